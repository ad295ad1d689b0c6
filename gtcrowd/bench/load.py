"""Send requests as many concurrent workers and measure their latency. Reads its instructions from standard input.

A separate program without Django, so that its CPU time is not counted as the service's.
"""

import asyncio
import json
import sys
import time
from typing import Any


class Caller:
    """One worker with a connection of its own, kept open from request to request."""

    def __init__(self, spec: dict[str, Any], cookie: str, first: int | None, index: int) -> None:
        self.spec, self.cookie, self.assignment, self.index = spec, cookie, first, index
        self.seconds: list[float] = []
        self.answers = self.nothing = self.failed = 0

    async def work(self, until: float) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.spec["port"])
        think = self.spec.get("think", 0.0)
        await asyncio.sleep(think * self.index / max(len(self.spec["cookies"]), 1))
        while time.monotonic() < until and self.answers < self.spec.get("most", 1 << 60):
            began = time.monotonic()
            status, body = await self._post(self.spec["path"], self._body())
            self.seconds.append(time.monotonic() - began)
            if status != 200:
                self.failed += 1
                print(status, body[:300], file=sys.stderr)
                if self.failed > 3:
                    return
                continue
            self.answers += 1
            if self.spec["answering"]:
                following = json.loads(body)["next"]
                if following is None:
                    self.nothing += 1
                    return
                self.assignment = following["assignment"]
            if think:
                await asyncio.sleep(max(0.0, think - (time.monotonic() - began)))

    def _body(self) -> bytes:
        content = {"crowd-classifier": {"label": ("cat", "dog", "owl")[(self.index + self.answers) % 3]}}
        return json.dumps({"assignment": self.assignment, "content": content, "activeSeconds": 1.5}).encode()

    async def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.spec['port']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nCookie: {self.cookie}\r\nX-CSRFToken: {self.spec['csrf']}\r\n"
            f"Origin: http://127.0.0.1:{self.spec['port']}\r\n\r\n".encode()
            + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        return int(lines[0].split()[1]), await self.reader.readexactly(length)


async def main(spec: dict[str, Any]) -> None:
    firsts = spec.get("firsts") or [None] * len(spec["cookies"])
    callers = [
        Caller(spec, cookie, first, index)
        for index, (cookie, first) in enumerate(zip(spec["cookies"], firsts, strict=True))
    ]
    began = time.monotonic()
    await asyncio.gather(*(caller.work(began + spec["seconds"]) for caller in callers))
    took = time.monotonic() - began
    seconds = sorted(second for caller in callers for second in caller.seconds)
    print(json.dumps({
        "seconds": took,
        "answers": sum(caller.answers for caller in callers),
        "failed": sum(caller.failed for caller in callers),
        "finished": sum(caller.nothing for caller in callers),
        "p50": seconds[len(seconds) // 2] if seconds else None,
        "p99": seconds[int(len(seconds) * 0.99)] if seconds else None,
        "last": [caller.assignment for caller in callers],
    }))  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(json.load(sys.stdin)))
