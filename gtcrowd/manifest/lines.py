"""Cut a stream of bytes into lines without ever holding more of a line than it may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

CHUNK = 1 << 16


class Readable(Protocol):
    """A stream opened for reading bytes."""

    def read(self, size: int, /) -> bytes: ...


def cut(stream: Readable | Iterable[bytes], *, max_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Yield each line without its line feed, and the number of bytes it takes in the stream, line feed included.

    stream      may be an iterable of chunks, cut anywhere
    max_bytes   of a line with more bytes at least `max_bytes` + 1 are yielded, so that it can be refused; the rest is
        counted and skipped
    """
    head, length = bytearray(), 0
    for chunk in _chunks(stream):
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            yield (bytes(head) + part if length else part), length + len(part) + 1
            if length:
                head, length = bytearray(), 0
        if len(head) <= max_bytes:
            head += rest[: max_bytes + 1]
        length += len(rest)
    if length:
        yield bytes(head), length


def _chunks(stream: Readable | Iterable[bytes]) -> Iterator[bytes]:
    # A file is an iterable too, but of whole lines, however long they are.
    if isinstance(stream, Iterable) and not hasattr(stream, "read"):
        yield from stream
        return
    while chunk := stream.read(CHUNK):
        yield chunk
