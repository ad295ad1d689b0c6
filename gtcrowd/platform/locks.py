"""The one list of advisory locks, and how they are taken.

An advisory lock is named by a space and a key. A lock of the session ends with its process, so a killed process leaves
none behind; a lock of the transaction ends with the transaction. Row locks are taken in the order job, task or
assignment, ledger accounts by id; an advisory lock is taken before any of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """First halves of the keys of all advisory locks."""

    JOB = 0x6A6F62  # "job": one process moves a job (gtcrowd.job_lifecycle)
    OPEN_TASKS = 0x6F706E  # "opn": one transaction opens the objects of a job (gtcrowd.tasks.lifecycle.open_tasks)
    TOTALS = 0x746F7461  # "tota": one process forms the totals of days (gtcrowd.analytics.rollup)
    QUALITY = 0x7175616C  # "qual": one process compares the answers of a job (gtcrowd.analytics.quality)


@contextmanager
def session(lock: Lock, key: int = 0, *, wait: bool) -> Iterator[bool]:
    """Hold the lock for the block and yield whether it is held; without `wait`, another process may have it."""
    with connection.cursor() as cursor:
        function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        cursor.execute(f"SELECT {function}(%s, %s)", [lock, key])
        held = wait or bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock, key])


def transaction(lock: Lock, key: int, *, wait: bool = True) -> bool:
    """Take the lock until the transaction ends; return whether it is held."""
    with connection.cursor() as cursor:
        function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
        cursor.execute(f"SELECT {function}(%s, %s)", [lock, key])
        return wait or bool(cursor.fetchone()[0])
