"""Tidy up after leases that ran out. Nothing depends on it: a seat is free by its time alone."""

from datetime import datetime

from django.db import connection

TIDY = """
UPDATE tasks_assignment SET state = 'expired', ended_at = expires_at
WHERE id IN (
    SELECT id FROM tasks_assignment WHERE state = 'live' AND expires_at <= %s
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""
PORTION = 5000


def tidy(*, now: datetime) -> int:
    """Mark live assignments whose time is over as expired; returns how many."""
    marked = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(TIDY, [now, PORTION])
            marked += cursor.rowcount
            if cursor.rowcount < PORTION:
                return marked
