"""Leave a note for the runner in the same transaction as the change: nothing enqueued is lost or premature."""

from typing import Any

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

ADVANCE_JOB = "advance_job"
RUN_METHOD = "run_method"
RELABEL_JOB = "relabel_job"
SEND_INVITATION = "send_invitation"
COMPARE_ANSWERS = "compare_answers"
REBUILD_TOTALS = "rebuild_totals"
TELL_OF_MESSAGES = "tell_of_messages"
NAMES = (
    ADVANCE_JOB, RUN_METHOD, RELABEL_JOB, SEND_INVITATION, COMPARE_ANSWERS, REBUILD_TOTALS, TELL_OF_MESSAGES,
)  # fmt: skip
"""Every task that a room may ask for by name; the runner defines each of them, and a test says so."""


def advance(job_id: int, *, wait: int = 0) -> None:
    """Have the runner look at a job; many calls in a moment make one look."""
    enqueue(ADVANCE_JOB, once=f"advance-{job_id}", wait=wait, job=job_id)


def enqueue(name: str, *, once: str | None = None, wait: int = 0, **params: Any) -> None:
    """Ask the runner to do `name` with `facts` (JSON values) after the present transaction commits.

    `once`: while one with this key waits to begin, another is not added. One that has begun may have
    read too early, so it does not count.
    `wait`: seconds before it may begin, so that many changes in a moment make one task.
    """
    if once and _waits(once):
        return
    task = app.configure_task(
        name, queueing_lock=once, schedule_in={"seconds": wait} if wait else None, allow_unknown=True
    )
    try:
        # A savepoint: losing the race for the key must not spoil the caller's transaction.
        with transaction.atomic():
            task.defer(**params)
    except exceptions.AlreadyEnqueued:
        return


def _waits(key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [key])
        return cursor.fetchone() is not None
