"""One process at a time, by a lock of the database that ends with the process that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TOTALS = 0x746F7461  # the letters `tota`: who forms totals of days
QUALITY = 0x7175616C  # the letters `qual`: who compares a job's answers


@contextmanager
def alone(space: int, key: int = 0, *, wait: bool) -> Iterator[bool]:
    """Whether this process does `space` for `key` now; with `wait` it does, as soon as others are done."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {'pg_advisory_lock' if wait else 'pg_try_advisory_lock'}(%s, %s)", [space, key])
        got = wait or bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, key])
