"""Seconds of a piece of work."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that `work` took, and what it gave."""
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done
