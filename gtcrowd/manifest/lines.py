"""Cut a stream of bytes into lines without ever holding more of one than a line may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

PIECE = 1 << 16


class Readable(Protocol):
    """A stream opened for reading bytes."""

    def read(self, size: int, /) -> bytes: ...


def cut(stream: Readable | Iterable[bytes], *, most: int) -> Iterator[tuple[bytes, int]]:
    """Each line without its line feed, and how many bytes it took up in the stream, line feed included.

    An iterable may be cut anywhere, at lines or in between. Of a line with more than `most` bytes at least
    `most` + 1 are handed out, so that it can be refused, and the rest is counted and passed over.
    """
    head, length = bytearray(), 0
    for piece in _pieces(stream):
        *whole, rest = piece.split(b"\n")
        for part in whole:
            yield (bytes(head) + part if length else part), length + len(part) + 1
            if length:
                head, length = bytearray(), 0
        if len(head) <= most:
            head += rest[: most + 1]
        length += len(rest)
    if length:
        yield bytes(head), length


def _pieces(stream: Readable | Iterable[bytes]) -> Iterator[bytes]:
    # A file is an iterable too, but of whole lines, however long they are.
    if isinstance(stream, Iterable) and not hasattr(stream, "read"):
        yield from stream
        return
    while piece := stream.read(PIECE):
        yield piece
