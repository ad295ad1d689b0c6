"""A real server on loopback that stands for a requester's hook, and remembers what it was asked."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Server(ThreadingHTTPServer):
    request_queue_size = (
        64  # the five of the standard library are fewer than call at once, and who waits does so for 1 s
    )


class Hooked:
    """`reply`: called with the event, gives what is answered: JSON, or (status, bytes), or a status and headers."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.reply: Callable[[Any], Any] = lambda event: {"taskInput": event["dataObject"]}
        self.asked: list[tuple[dict[str, str], bytes]] = []

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for _headers, body in self.asked]


@contextmanager
def serving(host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> Iterator[Hooked]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooked.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
            values = hooked.reply(json.loads(body))
            status, content, *more = values if isinstance(values, tuple) else (200, json.dumps(values).encode())
            self.send_response(status)
            for name, value in (more[0] if more else {}).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if callable(content):
                    content(self.wfile)
                else:
                    self.wfile.write(content)
            except OSError:
                return  # the other side has had enough

        def log_message(self, *_args: Any) -> None:
            return

    server = _Server((host, 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    hooked = Hooked(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hooked
    finally:
        server.shutdown()
        server.server_close()
