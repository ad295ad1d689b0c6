"""Open objects for work: each becomes a task with as many seats as answers are wanted."""

from datetime import datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.db.models import Max

from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import Task, TaskState
from gtcrowd.workforce.models import Kind

PROBE = 10
"""Objects of the first batch for the public: a broken page costs ten objects, not a thousand."""

OPEN = """
WITH opened AS (
    INSERT INTO tasks_task (data_object_id, job_id, position, batch, wanted, answered, declined, state, reason_code,
                            opened_at, available_until, concluded)
    SELECT id, job_id, position, %(batch)s, %(wanted)s, 0, 0, 'open', '', %(now)s, %(until)s, false
    FROM jobs_dataobject
    WHERE job_id = %(job)s AND position > %(after)s AND NOT labeled_before
    ORDER BY position LIMIT %(count)s
    RETURNING data_object_id, position
)
INSERT INTO tasks_seat (task_id, number, job_id, position, free_at, fence)
SELECT data_object_id, number, %(job)s, position, %(now)s, 0
FROM opened, generate_series(1, %(wanted)s) AS number
"""


def open_next(job: Job, *, now: datetime) -> int:
    """Open as many further objects, in the order of the manifest, as may be open at once; returns how many.

    Only one caller at a time may do this for a job: the lock in gtcrowd.line sees to it.
    """
    with transaction.atomic():
        last = Task.objects.filter(job=job).aggregate(position=Max("position"), batch=Max("batch"))
        count = _room(job, first=last["batch"] is None)
        if count <= 0 or (last["batch"] == 1 and _probing(job)):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                OPEN,
                {
                    "job": job.pk,
                    "after": -1 if last["position"] is None else last["position"],
                    "batch": (last["batch"] or 0) + 1,
                    "wanted": job.workers_per_object,
                    "count": count,
                    "now": now,
                    "until": now + timedelta(seconds=job.availability),
                },
            )
            return cursor.rowcount // job.workers_per_object


def exhausted(job: Job) -> bool:
    """Whether every object that needs a label has been opened."""
    last = Task.objects.filter(job=job).aggregate(position=Max("position"))["position"]
    waiting = job.data_objects.filter(position__gt=-1 if last is None else last, labeled_before=False)
    return not waiting.exists()


def most_labeled(job: Job) -> int | None:
    """How many objects the stopping conditions allow to be labeled, or None."""
    limits = [job.max_human_labeled] if job.max_human_labeled else []
    if job.max_percentage:
        limits.append(ceil(job.objects_total * job.max_percentage / 100))
    return min(limits) if limits else None


def _room(job: Job, *, first: bool) -> int:
    room = job.max_concurrent - Task.objects.filter(job=job, state=TaskState.OPEN).count()
    most = most_labeled(job)
    if most is not None:
        room = min(room, most - Task.objects.filter(job=job).exclude(state=TaskState.FAILED).count())
    if first and job.team.workforce.kind == Kind.PUBLIC:
        room = min(room, PROBE)
    return room


def _probing(job: Job) -> bool:
    """Whether the public's first batch has yet to show that an object can be answered at all."""
    if job.team.workforce.kind != Kind.PUBLIC:
        return False
    ended = Task.objects.filter(job=job).exclude(state=TaskState.OPEN)
    return not ended.exists()
