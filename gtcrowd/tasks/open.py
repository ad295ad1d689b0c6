"""Open objects for work: each becomes a task with as many seats as answers are wanted to begin with."""

from datetime import datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.db.models import Max

from gtcrowd import statement
from gtcrowd.jobs.models import DataObject, HandOut, Job, JobState
from gtcrowd.tasks.models import Task, TaskState
from gtcrowd.tasks.seats import RANK
from gtcrowd.workforce.models import Kind

PROBE = 10
"""Objects of the first batch for the public: a broken page costs ten objects, not a thousand."""
PORTION = 10_000
"""Objects opened in one transaction, so that none takes long."""
BY_RANK = (HandOut.RANDOM, HandOut.PRIORITY)
LOCK_SPACE = 0x6F706E
"""First half of the advisory lock's key: the letters `opn`."""

OPEN = f"""
WITH opened AS (
    INSERT INTO tasks_task (data_object_id, job_id, position, batch, wanted, answered, declined, state, reason_code,
                            opened_at, available_until, concluded, rank, sequence)
    SELECT id, job_id, position, %(batch)s, %(wanted)s, 0, 0, 'open', '', %(now)s, %(until)s, false,
           coalesce(rank, position), sequence
    FROM jobs_dataobject object
    WHERE job_id = %(job)s AND {{behind}} > %(after)s AND NOT labeled_before
      AND NOT EXISTS (SELECT FROM tasks_task known WHERE known.data_object_id = object.id)
    ORDER BY {{behind}} LIMIT %(count)s
    RETURNING data_object_id, job_id, position, rank, sequence, NULL::float8 AS avoidable
), sequences AS (
    INSERT INTO tasks_sequence (job_id, name, number, held_until)
    SELECT job_id, sequence, number, %(now)s::timestamptz
    FROM opened, generate_series(1, %(wanted)s) AS number WHERE sequence <> ''
    GROUP BY job_id, sequence, number ORDER BY min(position), number
    ON CONFLICT (job_id, name, number) DO NOTHING
)
INSERT INTO tasks_seat (task_id, number, job_id, rank, free_at, fence, withdrawn)
SELECT data_object_id, number, job_id, {RANK}, %(now)s, 0, false
FROM opened AS task, generate_series(1, %(wanted)s) AS number
"""  # noqa: S608
UNOPENED = """
SELECT object.id FROM jobs_dataobject object
WHERE object.job_id = %(job)s AND NOT object.labeled_before
  AND object.{behind} > (
      SELECT coalesce(max(task.{behind}), -1) FROM tasks_task task
      WHERE task.job_id = %(job)s AND task.state <> 'gold'
  )
  AND NOT EXISTS (SELECT FROM tasks_gold known WHERE known.task_id = object.id OFFSET 0)
ORDER BY object.{behind} LIMIT 1
"""
"""The next object to open. Known ones are tasks from the beginning, wherever they stand in the order."""


def open_next(job: Job, *, now: datetime) -> int:
    """Open as many further objects, in the job's order, as may be open at once; returns how many."""
    opened = 0
    while True:
        with transaction.atomic():
            connection.cursor().execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, job.pk])
            portion = _open(job, now)
        opened += portion
        if portion < PORTION:
            return opened


def release(job: Job, *, now: datetime) -> int:
    """The same at the moment when a worker finds nothing, so that nobody waits for the runner's next look.

    Returns how many were opened: 0 also while somebody else is just opening.
    """
    if exhausted(job):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, job.pk])
        fresh = Job.objects.filter(pk=job.pk, state=JobState.IN_PROGRESS).select_related("team__workforce").first()
        return _open(fresh, now) if cursor.fetchone()[0] and fresh else 0


def exhausted(job: Job) -> bool:
    """Whether every object that needs a label has been opened."""
    return statement.rows(UNOPENED.format(behind=_behind(job)), job=job.pk) == []


def most_labeled(job: Job) -> int | None:
    """How many objects the stopping conditions allow to be labeled, or None."""
    if job.streaming:
        return None
    limits = [job.max_human_labeled] if job.max_human_labeled else []
    if job.max_percentage:
        limits.append(ceil(job.objects_total * job.max_percentage / 100))
    return min(limits) if limits else None


def _open(job: Job, now: datetime) -> int:
    batch = Task.objects.filter(job=job).exclude(state=TaskState.GOLD).order_by("-position").values("batch").first()
    first = batch is None
    count = min(PORTION, _room(job, first=first))
    if count <= 0 or (batch == {"batch": 1} and _probing(job)):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN.format(behind=_behind(job)),
            {
                "job": job.pk,
                "after": _last(job),
                "batch": 1 if batch is None else batch["batch"] + 1,
                "wanted": job.first_workers,
                "count": count,
                "now": now,
                "until": now + timedelta(seconds=job.availability),
                "hand_out": job.hand_out,
            },
        )
        return cursor.rowcount // job.first_workers


def _behind(job: Job) -> str:
    """The column by which objects are opened one after the other."""
    return "rank" if job.hand_out in BY_RANK and not job.streaming else "position"


def _last(job: Job) -> int:
    """The place of the last object that was opened."""
    last = Task.objects.filter(job=job).exclude(state=TaskState.GOLD).aggregate(last=Max(_behind(job)))["last"]
    return -1 if last is None else last


def _room(job: Job, *, first: bool) -> int:
    open_now = Task.objects.filter(job=job, state=TaskState.OPEN)[: job.max_concurrent].count()
    room = job.max_concurrent - open_now
    most = most_labeled(job)
    if most is not None:
        done = Task.objects.filter(job=job).exclude(state__in=[TaskState.FAILED, TaskState.GOLD])
        room = min(room, most - done.count())
    if first and job.team.workforce.kind == Kind.PUBLIC:
        room = min(room, PROBE)
    return room


def _probing(job: Job) -> bool:
    """Whether the public's first batch has yet to show that an object can be answered at all."""
    if job.team.workforce.kind != Kind.PUBLIC:
        return False
    return not Task.objects.filter(job=job, state__in=[TaskState.DONE, TaskState.FAILED]).exists()


def waiting(job: Job) -> int:
    """Objects of the job that are not open yet, gold and those labeled before left out; counted to 10,000."""
    objects = DataObject.objects.filter(job=job, labeled_before=False, **{f"{_behind(job)}__gt": _last(job)})
    return objects[:10_000].count()
