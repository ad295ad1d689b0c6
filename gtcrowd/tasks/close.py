"""End tasks that get no more answers: their availability is over, the job stops, or all declined."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import Seat, Task, TaskState

PORTION = 1000


def end_overdue(job: Job, *, now: datetime) -> int:
    """End the open tasks whose availability is over and that nobody is working on; returns how many."""
    return _end_all(Q(job=job, available_until__lte=now), reason_code="availability-ended", now=now)


def end_all(job: Job, *, reason_code: str, now: datetime) -> int:
    """End every open task of a stopping job that nobody is working on; returns how many."""
    return _end_all(Q(job=job), reason_code=reason_code, now=now)


def end(task_ids: Sequence[int], *, reason_code: str, now: datetime) -> int:
    """End these tasks, except where a lease still runs: that worker may finish. Locks tasks, then seats.

    A task with an answer ends done, one without any ends failed. Returns how many ended.
    """
    with transaction.atomic():
        locked = (
            Task.objects.select_for_update(no_key=True).filter(pk__in=task_ids, state=TaskState.OPEN).order_by("pk")
        )
        ids = [task.pk for task in locked]
        Seat.objects.filter(task__in=ids, free_at__lte=now).update(free_at=None)
        at_work = Exists(Seat.objects.filter(task=OuterRef("pk"), free_at__isnull=False))
        return Task.objects.filter(~at_work, pk__in=ids).update(
            state=Case(When(answered=0, then=Value(TaskState.FAILED)), default=Value(TaskState.DONE)),
            reason_code=reason_code,
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
