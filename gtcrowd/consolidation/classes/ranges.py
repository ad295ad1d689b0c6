"""Running a compiled loop over ranges of rows in threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

# Rows a range: small enough to keep threads busy, large enough that handing out costs nothing. Cuts and the order in
# which results are added up are the same on every machine, and so are therefore the results.
RANGE = 1 << 15


def in_ranges(loop: Callable[..., Any], rows: int, *inputs: Any, size: int | None = None) -> list[Any]:
    """What `loop(first, last, *inputs)` gives for each range of rows, in order; the loop must release the lock.

    size: rows a range; fewer than `RANGE` where rows differ much in their work.
    """
    pairs = list(pairwise([*range(0, rows, size or RANGE), rows]))
    return in_threads(lambda place: loop(*pairs[place], *inputs), len(pairs))


def in_threads(work: Callable[[int], Any], parts: int) -> list[Any]:
    """What `work` gives for each part, in order. The caller's thread takes parts like the others."""
    done: list[Any] = [None] * parts
    places = iter(range(parts))

    def take() -> None:
        # The lock of the interpreter hands each place out once.
        for place in places:
            done[place] = work(place)

    helpers = min(parts, os.cpu_count() or 1) - 1
    waiting = [_helpers().submit(take) for _ in range(helpers)]
    take()
    for helper in waiting:
        # One that has not begun is not waited for: all helpers may be busy for others, or waiting here themselves.
        if not helper.cancel():
            helper.result()
    return done


@cache
def _helpers() -> ThreadPoolExecutor:
    """Threads beside the caller's, kept: a step of a few milliseconds must not wait for new ones."""
    return ThreadPoolExecutor(max_workers=max((os.cpu_count() or 1) - 1, 1), thread_name_prefix="consolidation")


# A forked process has none of its parent's threads.
os.register_at_fork(after_in_child=_helpers.cache_clear)
