"""End tasks that get no more answers, and withdraw slots: nobody new gets one, who holds one may still answer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from gtcrowd.jobs.models import Job
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.models import Slot, Task, TaskState

PORTION = 1000
UNSEEN = 3
"""An object that could not be shown to so many workers fails; one whose network is down must not decide alone."""

LOCK = """
SELECT data_object_id FROM tasks_task
WHERE data_object_id = ANY(%(tasks)s::bigint[]) AND state = 'open' ORDER BY data_object_id FOR NO KEY UPDATE
"""
WITHDRAW = """
UPDATE tasks_slot SET withdrawn = true, free_at = CASE WHEN free_at <= %(now)s THEN NULL ELSE free_at END
WHERE task_id = ANY(%(tasks)s::bigint[]) AND free_at IS NOT NULL
"""
REFUSED = """
SELECT task.data_object_id, task.unseen_count > task.decline_count FROM tasks_task task
WHERE task.job_id = %(job)s AND task.state = 'open' AND task.decline_count + task.unseen_count > 0
  AND (%(tasks)s::bigint[] IS NULL OR task.data_object_id = ANY(%(tasks)s::bigint[]))
  AND NOT EXISTS (
      SELECT FROM workforce_teamworker member
      JOIN workforce_worker worker ON worker.id = member.worker_id AND worker.state = 'active'
      LEFT JOIN tasks_jobworker job_worker ON job_worker.job_id = task.job_id AND job_worker.worker_id = worker.id
      WHERE member.team_id = %(team)s AND coalesce(job_worker.state, '') <> 'paused'
        AND NOT EXISTS (
            SELECT FROM tasks_assignment past WHERE past.task_id = task.data_object_id
              AND past.worker_id = worker.id AND past.state IN ('submitted', 'declined')
        )
        AND NOT EXISTS (
            SELECT FROM jobs_job_excluded_jobs other
            JOIN tasks_jobworker there ON there.job_id = other.to_job_id AND there.answers > 0
            JOIN workforce_worker same ON same.id = there.worker_id AND same.user_id = worker.user_id
            WHERE other.from_job_id = task.job_id
        )
  )
"""
"""Open tasks that workers declined or could not see, and that nobody who may work in the job is left for."""
GIVEN_UP = """
UPDATE tasks_slot SET free_at = NULL
WHERE job_id = %(job)s AND withdrawn AND free_at IS NOT NULL AND free_at <= %(now)s RETURNING task_id
"""


def end_overdue(job: Job, *, now: datetime) -> int:
    """End the open tasks whose availability is over and that nobody is working on; returns how many."""
    return _end_all(Q(job=job, available_until__lte=now), reason_code=Reason.AVAILABILITY_ENDED, now=now)


def end_all(job: Job, *, reason_code: str, now: datetime) -> int:
    """End every open task of a stopping job that nobody is working on; returns how many."""
    return _end_all(Q(job=job), reason_code=reason_code, now=now)


def end_refused(job: Job, *, tasks: Sequence[int] | None = None, now: datetime) -> int:
    """End the tasks that everybody who may work in the job declined, could not see, or answered; returns how many.

    tasks   ids to look at; None: all open tasks
    """
    refused = sql.rows(REFUSED, job=job.pk, team=job.team_id, tasks=tasks)
    ended = 0
    for reason, unseen in ((Reason.OBJECT_NOT_SHOWN, True), (Reason.ALL_DECLINED, False)):
        ids = [pk for pk, mostly_unseen in refused if mostly_unseen == unseen]
        ended += end(ids, reason_code=reason, now=now) if ids else 0
    return ended


def end_given_up(job: Job, *, now: datetime) -> int:
    """End the tasks whose last, withdrawn slots were held by workers who let their time run out; returns how many."""
    with transaction.atomic():
        given_up = sorted({task for (task,) in sql.rows(GIVEN_UP, job=job.pk, now=now)})
        return finish(given_up, now=now)


def end(task_ids: Sequence[int], *, reason_code: str, now: datetime) -> int:
    """End these tasks, except where a lease still runs: that worker may finish. Locks tasks, then slots.

    A task with an answer ends done, one without any ends failed. Returns how many ended.
    """
    with transaction.atomic():
        ids = [pk for (pk,) in sql.rows(LOCK, tasks=list(task_ids))]
        sql.run(WITHDRAW, tasks=ids, now=now)
        Task.objects.filter(pk__in=ids).exclude(reason_code=reason_code).update(reason_code=reason_code)
        return finish(ids, now=now)


def finish(task_ids: Sequence[int], *, now: datetime) -> int:
    """End those of the tasks that have no slot left to fill, for the reason they carry; returns how many."""
    in_use = Exists(Slot.objects.filter(task=OuterRef("pk"), free_at__isnull=False))
    return Task.objects.filter(~in_use, pk__in=task_ids, state=TaskState.OPEN).update(
        state=Case(When(answer_count=0, then=Value(TaskState.FAILED)), default=Value(TaskState.DONE)),
        reason_code=Case(When(reason_code="", then=Value(Reason.ALL_ANSWERS)), default="reason_code"),
        ended_at=now,
    )


def _end_all(which: Q, *, reason_code: str, now: datetime) -> int:
    ended, after = 0, -1
    while True:
        open_tasks = Task.objects.filter(which, state=TaskState.OPEN, position__gt=after).order_by("position")
        portion = list(open_tasks.values_list("pk", "position")[:PORTION])
        if not portion:
            return ended
        ended += end([pk for pk, _position in portion], reason_code=reason_code, now=now)
        after = portion[-1][1]
