"""Hand out work: a worker takes a seat until a deadline.

1. A worker who holds a task of the job already gets that one again: a reload or a second tab does no harm.
2. One statement finds the first free seat, skipping those that others are just taking, and moves its
   `free_at` to the deadline. It decides from the row it locks: had it looked into another table, two
   workers could both have found the seat free, for that row would not have changed.
3. The assignment carries the seat's new fence. Whoever held the seat before has an older one.

Behind it stand unique constraints: no worker twice on an object, one task of a job at a time.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from gtcrowd.jobs.models import Job, JobState
from gtcrowd.tasks.models import Assignment, AssignmentState, Seat
from gtcrowd.workforce.models import TeamWorker, Worker, WorkerState

TAKE = """
UPDATE tasks_seat SET free_at = %(until)s, fence = fence + 1
WHERE id = (
    SELECT seat.id
    FROM tasks_seat seat JOIN tasks_task task ON task.data_object_id = seat.task_id
    WHERE seat.job_id = %(job)s {only} AND seat.free_at <= %(now)s AND task.available_until > %(now)s
      AND EXISTS (SELECT FROM jobs_job job WHERE job.id = seat.job_id AND job.state = 'InProgress')
      AND NOT EXISTS (
          SELECT FROM tasks_assignment past
          WHERE past.task_id = seat.task_id AND past.worker_id = %(worker)s AND past.state = ANY(%(past)s)
      )
    ORDER BY seat.position, seat.number
    LIMIT 1
    FOR UPDATE OF seat SKIP LOCKED
)
RETURNING id, task_id, fence
"""

ONLY = "AND seat.task_id = %(task)s"

FINAL = [AssignmentState.LIVE, AssignmentState.SUBMITTED, AssignmentState.DECLINED]
"""After these a worker never sees the object again."""
ANY = [*FINAL, AssignmentState.RETURNED, AssignmentState.EXPIRED]
"""After returning an object, or letting its time run out, a worker gets others first."""

TRIES = 3


class NothingToDo(Exception):
    """No task can be had now; `reason` tells the worker why."""

    def __init__(self, reason_code: str, reason: str) -> None:
        self.reason_code, self.reason = reason_code, reason
        super().__init__(reason)


def next_assignment(*, worker: Worker, job: Job, now: datetime, task: int | None = None) -> Assignment:
    """The task of `job` that `worker` is to do next: the one held already, else a newly claimed one.

    With `task`, the id of one, only that is claimed, or nothing. Raises NothingToDo.
    """
    _must_be_allowed(worker, job)
    for _attempt in range(TRIES):
        held = holding(worker=worker, job=job, now=now)
        if held:
            return held
        try:
            with transaction.atomic():
                claimed = _claim(worker, job, now, task)
        except IntegrityError:
            continue  # the same worker claimed in another tab at this moment; that one is found now
        if claimed:
            return claimed
        break
    raise _why_nothing(job, now)


def holding(*, worker: Worker, job: Job, now: datetime) -> Assignment | None:
    """The worker's live assignment in the job, if its time is not over."""
    live = Assignment.objects.filter(worker=worker.pk, job=job.pk, state=AssignmentState.LIVE)
    held = next(iter(live), None)  # at most one, says the database
    if held:
        held.job, held.worker = job, worker
    if held and held.expires_at <= now:
        Assignment.objects.filter(pk=held.pk, state=AssignmentState.LIVE).update(
            state=AssignmentState.EXPIRED, ended_at=held.expires_at
        )
        return None
    return held


def _claim(worker: Worker, job: Job, now: datetime, task: int | None) -> Assignment | None:
    until = now + timedelta(seconds=job.time_limit)
    facts: dict[str, Any] = {"job": job.pk, "worker": worker.pk, "now": now, "until": until, "task": task}
    take = TAKE.format(only="" if task is None else ONLY)
    for past in (ANY, FINAL):
        with connection.cursor() as cursor:
            cursor.execute(take, facts | {"past": [str(state) for state in past]})
            seat = cursor.fetchone()
        if seat:
            return _assign(worker, job, seat, now=now, until=until)
    return None


def _assign(worker: Worker, job: Job, seat: tuple[int, int, int], *, now: datetime, until: datetime) -> Assignment:
    seat_id, task_id, fence = seat
    if fence > 1:  # somebody held it before and let the time run out
        Assignment.objects.filter(seat_id=seat_id, state=AssignmentState.LIVE).update(
            state=AssignmentState.EXPIRED, ended_at=now
        )
    return Assignment.objects.create(
        task_id=task_id,
        seat_id=seat_id,
        job=job,
        worker=worker,
        fence=fence,
        claimed_at=now,
        expires_at=until,
    )


def _must_be_allowed(worker: Worker, job: Job) -> None:
    if worker.state != WorkerState.ACTIVE or not TeamWorker.objects.filter(team=job.team_id, worker=worker.pk).exists():
        raise NothingToDo("not-in-team", _("You are not in the team that this job was given to."))
    if job.state != JobState.IN_PROGRESS:
        raise NothingToDo("job-not-open", _("This job does not hand out tasks at the moment."))


def _why_nothing(job: Job, now: datetime) -> NothingToDo:
    if Seat.objects.filter(job=job, free_at__gt=now).exists():
        return NothingToDo(
            "others-at-work",
            _("All remaining tasks are being done by others. Should one become free, it will appear here."),
        )
    return NothingToDo("all-done", _("You have done everything there is for you in this job. Thank you!"))
