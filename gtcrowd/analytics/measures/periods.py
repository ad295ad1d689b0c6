"""Split periods into few blocks of 1, 4, 16, 64 and 256 days, each starting at a multiple of its own length.

A period of n days consists of at most six blocks of each size but the largest, so the cost of reading block totals
hardly grows with n.
"""

from datetime import date, timedelta
from itertools import pairwise

EPOCH = date(2000, 1, 1)
"""Day 0."""
SIZES = (1, 4, 16, 64, 256)
"""Lengths of blocks in days; each is a multiple of the previous one."""
LAST = date(2100, 1, 1)
"""The end of periods without an end."""


def begin(day: int, size: int) -> int:
    """Return the first day of the block of this size that contains the day; both count from EPOCH."""
    return day // size * size


def cover(first: date | None, last: date | None) -> list[tuple[int, date]]:
    """Return the fewest blocks that make up the days from `first` to `last` inclusive, as (size, first day).

    None for `first` or `last` means no bound.
    """
    start = max((first - EPOCH).days if first else 0, 0)
    end = ((last if last else LAST) - EPOCH).days + 1
    blocks: list[tuple[int, int]] = []
    for size, larger in pairwise(SIZES):
        while start < end and start % larger and start + size <= end:
            blocks.append((size, start))
            start += size
    for size in reversed(SIZES):
        while start + size <= end:
            blocks.append((size, start))
            start += size
    return [(size, EPOCH + timedelta(days=day)) for size, day in blocks]
