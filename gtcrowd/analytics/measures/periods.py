"""Periods made of few pieces: spans of 1, 4, 16, 64 and 256 days, each beginning at a multiple of its own length.

A period of n days is made of at most six spans of each size but the largest, so that what has been added up by
spans answers for it at a cost that hardly grows with n."""

from datetime import date, timedelta
from itertools import pairwise

EPOCH = date(2000, 1, 1)
"""Days are counted from here."""
SIZES = (1, 4, 16, 64, 256)
"""In days; each a multiple of the one before."""
LAST = date(2100, 1, 1)
"""Periods without an end reach until here."""


def begin(day: int, size: int) -> int:
    """The first day of the span of that size in which a day lies; both counted from EPOCH."""
    return day // size * size


def cover(first: date | None, last: date | None) -> list[tuple[int, date]]:
    """The fewest spans that make up the days from first to last, both counted: (size, first day) each. A period
    without a beginning, or without an end, reaches over all there can be."""
    start = max((first - EPOCH).days if first else 0, 0)
    end = ((last if last else LAST) - EPOCH).days + 1
    found: list[tuple[int, int]] = []
    for size, larger in pairwise(SIZES):
        while start < end and start % larger and start + size <= end:
            found.append((size, start))
            start += size
    for size in reversed(SIZES):
        while start + size <= end:
            found.append((size, start))
            start += size
    return [(size, EPOCH + timedelta(days=day)) for size, day in found]
