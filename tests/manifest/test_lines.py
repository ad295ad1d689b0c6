import io

from hypothesis import given
from hypothesis import strategies as st

from gtcrowd.manifest.lines import CHUNK, cut


def pieces_of(content, sizes):
    start = 0
    for size in sizes:
        yield content[start : start + size]
        start += size
    yield content[start:]


@given(st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b""))), st.lists(st.integers(0, 5)))
def test_any_chunks_give_same_lines(lines, sizes):
    content = b"".join(line + b"\n" for line in lines)

    result = list(cut(pieces_of(content, sizes), max_bytes=100))

    assert result == [(line, len(line) + 1) for line in lines]
    assert result == list(cut(io.BytesIO(content), max_bytes=100))


def test_last_line_needs_no_line_feed():
    assert list(cut(io.BytesIO(b"a\nbc"), max_bytes=9)) == [(b"a", 2), (b"bc", 2)]


def test_truncates_and_counts_long_line():
    content = b"a" * (3 * CHUNK) + b"\nb\n"

    first, second = cut(io.BytesIO(content), max_bytes=10)

    assert 10 < len(first[0]) <= 2 * CHUNK
    assert first[1] == 3 * CHUNK + 1
    assert second == (b"b", 2)


def test_bounds_memory_of_endless_line():
    class Endless:
        sent = 0

        def read(self, size):
            self.sent += size
            return b"a" * size if self.sent < 100 * CHUNK else b""

    [(line, length)] = cut(Endless(), max_bytes=2 * CHUNK)

    assert 2 * CHUNK < len(line) <= 4 * CHUNK
    assert length == 99 * CHUNK
