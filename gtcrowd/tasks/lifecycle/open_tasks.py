"""Open objects for work: each becomes a task with a slot for each answer that it needs first.

If the job has a pre-annotation hook, no object is opened before it is prepared. Objects for which the hook failed, or
that need no worker, become tasks that have ended.
"""

from datetime import datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from gtcrowd.hooks.calls import Stage
from gtcrowd.jobs.models import DataObject, Hook, Job, JobState, TaskOrder
from gtcrowd.platform import locks, sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle.slots import RANK
from gtcrowd.tasks.models import BY_HOOK, Task, TaskState
from gtcrowd.workforce.models import WorkforceType

PROBE = 10
"""Objects of the first batch for the public: a broken page costs ten objects, not a thousand."""
PORTION = 10_000
"""Objects opened in one transaction, so that none takes long."""
BY_RANK = (TaskOrder.RANDOM, TaskOrder.PRIORITY)

OPEN = f"""
WITH next AS (
    SELECT object.id, object.job_id, object.position, object.rank, object.sequence,
           {{outcome}} AS outcome
    FROM jobs_dataobject object {{prepared}}
    WHERE object.job_id = %(job)s AND object.{{behind}} > %(after)s AND NOT object.labeled_before
      AND object.{{behind}} < %(before)s
      AND NOT EXISTS (SELECT FROM tasks_task known WHERE known.data_object_id = object.id)
    ORDER BY object.{{behind}} LIMIT %(count)s
), opened AS (
    INSERT INTO tasks_task (data_object_id, job_id, position, batch, target_answers, answer_count, decline_count, state,
                            reason_code, opened_at, available_until, ended_at, consolidated, rank, sequence)
    SELECT id, job_id, position, %(batch)s, CASE outcome WHEN 'ready' THEN %(target_answers)s ELSE 0 END, 0, 0,
           CASE outcome WHEN 'ready' THEN 'open' WHEN 'nobody' THEN 'done' ELSE 'failed' END,
           CASE outcome WHEN 'ready' THEN '' WHEN 'nobody' THEN %(no_workers)s ELSE %(failed)s END,
           %(now)s, %(until)s, CASE outcome WHEN 'ready' THEN NULL ELSE %(now)s::timestamptz END,
           outcome <> 'ready', coalesce(rank, position), sequence
    FROM next
    RETURNING data_object_id, job_id, position, rank, sequence, state, NULL::float8 AS value_of_more_answers
), sequences AS (
    INSERT INTO tasks_sequence (job_id, name, number, held_until)
    SELECT job_id, sequence, number, %(now)s::timestamptz
    FROM opened, generate_series(1, %(target_answers)s) AS number WHERE sequence <> '' AND state = 'open'
    GROUP BY job_id, sequence, number ORDER BY min(position), number
    ON CONFLICT (job_id, name, number) DO NOTHING
), slots AS (
    INSERT INTO tasks_slot (task_id, number, job_id, rank, free_at, fence, withdrawn)
    SELECT data_object_id, number, job_id, {RANK}, %(now)s, 0, false
    FROM opened AS task, generate_series(1, %(target_answers)s) AS number WHERE state = 'open'
)
SELECT count(*), count(*) FILTER (WHERE state = 'open') FROM opened
"""  # noqa: S608
PREPARED = (
    "coalesce(prepared.outcome, 'ready')",
    "{} jobs_preannotation prepared ON prepared.data_object_id = object.id",
)
"""What became of an object, and where it stands."""
UNPREPARED = """
SELECT object.{behind} FROM jobs_dataobject object
WHERE object.job_id = %(job)s AND object.{behind} > %(after)s AND NOT object.labeled_before
  AND NOT EXISTS (SELECT FROM jobs_preannotation prepared WHERE prepared.data_object_id = object.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM tasks_task known WHERE known.data_object_id = object.id OFFSET 0)
ORDER BY object.{behind} LIMIT 1
"""
"""Where the objects end that may be opened, for they are opened in order and none is passed over."""
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
            locks.transaction(locks.Lock.OPEN_TASKS, job.pk)
            job.refresh_from_db(fields=["pre_hook"])  # from the moment it is set, nothing unprepared is opened
            taken, added = _open(job, now)
        opened += added
        # Objects that ended at once have left their room to others.
        if taken < PORTION and taken == added:
            return opened


def release(job: Job, *, now: datetime) -> int:
    """The same at the moment when a worker finds nothing, so that nobody waits for the runner's next look.

    Returns how many were opened: 0 also while somebody else is just opening.
    """
    if exhausted(job):
        return 0
    with transaction.atomic():
        if not locks.transaction(locks.Lock.OPEN_TASKS, job.pk, wait=False):
            return 0
        fresh = Job.objects.filter(pk=job.pk, state=JobState.IN_PROGRESS).select_related("team__workforce").first()
        if not fresh:
            return 0
        taken, added = _open(fresh, now)
        while taken and not added:
            taken, added = _open(fresh, now)
        return added


def exhausted(job: Job) -> bool:
    """Whether every object that needs a label has been opened."""
    return sql.rows(UNOPENED.format(behind=behind(job)), job=job.pk) == []


def most_labeled(job: Job) -> int | None:
    """How many objects the stopping conditions allow to be labeled, or None."""
    if job.streaming:
        return None
    limits = [job.max_human_labeled] if job.max_human_labeled else []
    if job.max_percentage:
        limits.append(ceil(job.objects_total * job.max_percentage / 100))
    return min(limits) if limits else None


def _open(job: Job, now: datetime) -> tuple[int, int]:
    """How many objects became tasks, and how many of these are open."""
    batch = _for_workers(job).order_by("-position").values("batch").first()
    first = batch is None
    count = min(PORTION, _room(job, first=first))
    if count <= 0 or (batch == {"batch": 1} and _probing(job)):
        return 0, 0
    order, after, before = behind(job), last(job), 2**63 - 1
    if job.pre_hook:
        rows = sql.rows(UNPREPARED.format(behind=order), job=job.pk, after=after)
        before = rows[0][0] if rows else before
    outcome, prepared = PREPARED
    if not job.pre_hook and not Hook.objects.filter(job=job, stage=Stage.PRE).exists():
        outcome, prepared = "'ready'", ""
    with connection.cursor() as cursor:
        cursor.execute(
            # What has been prepared is a fact, also where the hook was taken away since.
            OPEN.format(
                behind=order, outcome=outcome, prepared=prepared.format("JOIN" if job.pre_hook else "LEFT JOIN")
            ),
            {
                "job": job.pk,
                "after": after,
                "before": before,
                "batch": 1 if batch is None else batch["batch"] + 1,
                "target_answers": job.first_workers,
                "count": count,
                "now": now,
                "until": now + timedelta(seconds=job.task_lifetime),
                "task_order": job.task_order,
                "no_workers": Reason.NO_WORKERS_NEEDED,
                "failed": Reason.PRE_HOOK_FAILED,
            },
        )
        taken, added = cursor.fetchone()
        return taken, added


def _for_workers(job: Job) -> QuerySet[Task]:
    """Return the tasks for workers: neither gold questions nor those that a hook ended."""
    return Task.objects.filter(job=job).exclude(state=TaskState.GOLD).exclude(reason_code__in=BY_HOOK)


def behind(job: Job) -> str:
    """The column by which objects are opened one after the other."""
    return "rank" if job.task_order in BY_RANK and not job.streaming else "position"


def last(job: Job) -> int:
    """The place of the last object that was opened."""
    position = Task.objects.filter(job=job).exclude(state=TaskState.GOLD).aggregate(last=Max(behind(job)))["last"]
    return -1 if position is None else position


def _room(job: Job, *, first: bool) -> int:
    open_now = Task.objects.filter(job=job, state=TaskState.OPEN)[: job.max_concurrent].count()
    room = job.max_concurrent - open_now
    most = most_labeled(job)
    if most is not None:
        done = _for_workers(job).exclude(state=TaskState.FAILED)
        room = min(room, most - done.count())
    if first and job.team.workforce.type == WorkforceType.PUBLIC:
        room = min(room, PROBE)
    return room


def _probing(job: Job) -> bool:
    """Whether the public's first batch has yet to show that an object can be answered at all."""
    if job.team.workforce.type != WorkforceType.PUBLIC:
        return False
    return not _for_workers(job).filter(state__in=[TaskState.DONE, TaskState.FAILED]).exists()


def waiting(job: Job) -> int:
    """Objects of the job that are not open yet, gold and those labeled before left out; counted to 10,000."""
    objects = DataObject.objects.filter(job=job, labeled_before=False, **{f"{behind(job)}__gt": last(job)})
    return objects[:10_000].count()
