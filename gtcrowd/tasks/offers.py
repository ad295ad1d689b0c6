"""What a person could work on now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Job, JobState
from gtcrowd.tasks.models import Assignment, AssignmentState
from gtcrowd.workforce.models import TeamWorker, Worker

MOST_COUNTED = 1000
RECENT = 200
"""The typical time is the median of so many latest answers, so that it costs the same in a large job."""

WAITING = """
SELECT count(*) FROM (
    SELECT DISTINCT seat.position FROM tasks_seat seat JOIN tasks_task task ON task.data_object_id = seat.task_id
    WHERE seat.job_id = %(job)s AND seat.free_at <= %(now)s AND task.available_until > %(now)s
      AND NOT EXISTS (
          SELECT FROM tasks_assignment past WHERE past.task_id = seat.task_id AND past.worker_id = %(worker)s
            AND past.state IN ('live', 'submitted', 'declined')
      )
    LIMIT %(most)s
) AS could_take
"""
TYPICAL = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
FROM (SELECT seconds FROM tasks_answer WHERE job_id = %s ORDER BY submitted_at DESC LIMIT %s) AS latest
"""
SUBMITTED = "SELECT count(*) FROM tasks_assignment WHERE job_id = %s AND worker_id = %s AND state = 'submitted'"


@dataclass(frozen=True)
class Offer:
    """A job that a worker may work on. `waiting` is counted to 1000; pay per hour follows from the typical time."""

    job: Job
    worker: Worker
    waiting: int
    holding: Assignment | None
    typical_seconds: float | None
    submitted: int

    @property
    def pay_per_hour(self) -> Decimal | None:
        if not self.typical_seconds:
            return None
        return (self.job.price * 3600 / Decimal(self.typical_seconds)).quantize(Decimal("0.01"))


def offers(user: User, *, now: datetime) -> list[Offer]:
    """The jobs in progress that were given to a team of this person, newest first."""
    places = {worker.workforce_id: worker for worker in Worker.objects.of_person(user.pk)}
    teams = TeamWorker.objects.filter(worker__in=places.values()).values_list("team", flat=True)
    jobs = (
        Job.objects.filter(team__in=teams, state=JobState.IN_PROGRESS)
        .select_related("requester", "team")
        .order_by("-created_at")
    )
    return [offer(places[job.team.workforce_id], job, now=now) for job in jobs]


def offer(worker: Worker, job: Job, *, now: datetime) -> Offer:
    """What `job` has for `worker` now."""
    held = Assignment.objects.filter(worker=worker, job=job, state=AssignmentState.LIVE, expires_at__gt=now).first()
    facts = {"job": job.pk, "worker": worker.pk, "now": now, "most": MOST_COUNTED}
    with connection.cursor() as cursor:
        waiting = _one(cursor, WAITING, facts)
        typical = _one(cursor, TYPICAL, [job.pk, RECENT])
        submitted = _one(cursor, SUBMITTED, [job.pk, worker.pk])
    return Offer(job, worker, waiting, held, typical, submitted)


def _one(cursor: CursorWrapper, sql: str, facts: Any) -> Any:
    cursor.execute(sql, facts)
    return cursor.fetchone()[0]
