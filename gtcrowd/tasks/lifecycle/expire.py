"""Tidy up after leases that ran out. Nothing depends on it: a slot is free by its time alone."""

from datetime import datetime

from django.db import connection

from gtcrowd.platform import sql

END = """
WITH ended AS (
    UPDATE tasks_assignment SET state = 'expired', ended_at = expires_at WHERE {which}
    RETURNING job_id, worker_id, ended_at
)
INSERT INTO tasks_dirtyday (job_id, worker_id, at) SELECT job_id, worker_id, ended_at FROM ended
"""
TIDY = END.format(
    which="""id IN (
    SELECT id FROM tasks_assignment WHERE state = 'live' AND expires_at <= %s
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
)"""
)
ONE = END.format(which="id = %(assignment)s AND state = 'live'")
PORTION = 5000


def end(assignment_id: int) -> None:
    """Mark one live assignment, whose time is over, as expired."""
    sql.run(ONE, assignment=assignment_id)


def tidy(*, now: datetime) -> int:
    """Mark live assignments whose time is over as expired; returns how many."""
    marked = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(TIDY, [now, PORTION])
            marked += cursor.rowcount
            if cursor.rowcount < PORTION:
                result: int = marked
                return result
