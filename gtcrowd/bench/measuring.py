"""Measure the time and the memory of a piece of work."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import psutil

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that `work` took, and its result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def peak_memory(work: Callable[[], T], *, interval: float) -> tuple[float, T]:
    """Return the megabytes by which the process grew at most while `work` ran, and its result.

    interval  seconds between two looks at the process
    """
    process, ended = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    peak = before

    def watch() -> None:
        nonlocal peak
        while not ended.wait(interval):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = work()
    finally:
        ended.set()
        watcher.join()
    return (peak - before) / 1e6, result
