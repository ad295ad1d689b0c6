"""Run a compiled loop over ranges of rows in threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

# Rows per range: few enough to keep all threads busy, enough that the overhead is negligible. Ranges, and the order in
# which results are added up, are the same on every machine, and therefore so are the results.
RANGE = 1 << 15


def in_ranges(loop: Callable[..., Any], rows: int, *inputs: Any, size: int | None = None) -> list[Any]:
    """Return `loop(first, last, *inputs)` for each range of rows, in order; the loop must release the GIL.

    size   rows per range; fewer than `RANGE` where rows differ much in their work
    """
    pairs = list(pairwise([*range(0, rows, size or RANGE), rows]))
    return in_threads(lambda index: loop(*pairs[index], *inputs), len(pairs))


def in_threads(work: Callable[[int], Any], parts: int) -> list[Any]:
    """Return `work(part)` for each part, in order. The calling thread takes its share of the parts."""
    results: list[Any] = [None] * parts
    remaining = iter(range(parts))

    def take() -> None:
        # The GIL hands each part out once.
        for part in remaining:
            results[part] = work(part)

    helpers = min(parts, os.cpu_count() or 1) - 1
    futures = [_helpers().submit(take) for _ in range(helpers)]
    take()
    for future in futures:
        # Do not wait for one that has not started: all helpers may be busy for others, or waiting here themselves.
        if not future.cancel():
            future.result()
    return results


@cache
def _helpers() -> ThreadPoolExecutor:
    """Return the kept threads beside the calling one: a step of a few milliseconds must not wait for new ones."""
    return ThreadPoolExecutor(max_workers=max((os.cpu_count() or 1) - 1, 1), thread_name_prefix="consolidation")


# A forked process has none of its parent's threads.
os.register_at_fork(after_in_child=_helpers.cache_clear)
