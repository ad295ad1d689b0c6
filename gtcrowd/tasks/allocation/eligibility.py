"""What decides whether a worker may have a task of a job: read in one statement, as one moment sees it."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from gtcrowd.jobs.models import Job, JobState
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason, sentence
from gtcrowd.tasks.allocation import limits
from gtcrowd.tasks.models import Assignment, JobWorkerState
from gtcrowd.workforce.models import Worker

GATE = """
SELECT job.state, job.paused_at IS NOT NULL, job.time_limit, job.price, job.task_order, job.worker_limits, job.gold,
       job.objects_total, worker.state = 'active' AND member.id IS NOT NULL,
       EXISTS (
           SELECT FROM jobs_job_excluded_jobs other
           JOIN tasks_jobworker there ON there.job_id = other.to_job_id AND there.answers > 0
           JOIN workforce_worker same ON same.id = there.worker_id AND same.user_id = worker.user_id
           WHERE other.from_job_id = job.id
       ),
       job_worker.id, job_worker.state, job_worker.reason_code, job_worker.reason_params,
       job_worker.answers, job_worker.seconds, job_worker.paid,
       job_worker.gold_seen, job_worker.scan_rank, job_worker.scan_since, job_worker.scan_restarted_at,
       held.id, held.task_id, held.slot_id, held.fence, held.price, held.in_advance, held.extended,
       held.claimed_at, held.expires_at
FROM jobs_job job
JOIN workforce_worker worker ON worker.id = %(worker)s
LEFT JOIN workforce_teamworker member ON member.team_id = job.team_id AND member.worker_id = worker.id
LEFT JOIN tasks_jobworker job_worker ON job_worker.job_id = job.id AND job_worker.worker_id = worker.id
LEFT JOIN tasks_assignment held ON held.job_id = job.id AND held.worker_id = worker.id AND held.state = 'live'
WHERE job.id = %(job)s
ORDER BY held.in_advance
"""


class NothingToDo(Exception):
    """No task can be had now; `reason` tells the worker why."""

    def __init__(self, reason_code: Reason, text: str = "") -> None:
        self.reason_code, self.reason = reason_code, text or sentence(reason_code)
        super().__init__(self.reason)


@dataclass(frozen=True)
class Eligibility:
    """What decides whether a worker may have a task of a job, as one moment saw it."""

    state: str
    paused: bool
    time_limit: int
    price: Decimal
    task_order: str
    worker_limits: dict[str, Any]
    gold: dict[str, Any]
    objects: int
    in_team: bool
    excluded: bool
    job_worker: int | None
    job_worker_state: str | None
    reason_code: str | None
    reason_params: dict[str, Any] | None
    answers: int | None
    seconds: float | None
    paid: Decimal | None
    gold_seen: int | None
    scan_rank: int | None
    scan_since: datetime | None
    scan_restarted_at: datetime | None


JSON_COLUMNS = ("worker_limits", "gold", "reason_params")
N_ELIGIBILITY = len(Eligibility.__dataclass_fields__)
ASSIGNMENT_COLUMNS = (
    "id",
    "task_id",
    "slot_id",
    "fence",
    "price",
    "in_advance",
    "extended",
    "claimed_at",
    "expires_at",
)


def load(worker: Worker, job: Job) -> tuple[Eligibility, list[Assignment]]:
    """The gate, and what the worker holds of the job. Raises NothingToDo for a stranger to its workforce."""
    rows = sql.rows(GATE, job=job.pk, worker=worker.pk)
    if not rows:
        raise NothingToDo(Reason.NOT_IN_TEAM)
    live = [
        dict(zip(ASSIGNMENT_COLUMNS, row[N_ELIGIBILITY:], strict=True))
        for row in rows
        if row[N_ELIGIBILITY] is not None
    ]
    values = dict(zip(Eligibility.__dataclass_fields__, rows[0], strict=False))
    gate = Eligibility(**values | {name: json.loads(values[name]) for name in JSON_COLUMNS if values[name] is not None})
    return gate, [Assignment(job=job, worker=worker, **values) for values in live]


def must_be_open(gate: Eligibility) -> None:
    """Raise NothingToDo if the job is not open to the worker at all, not even for a task at hand."""
    if not gate.in_team:
        raise NothingToDo(Reason.NOT_IN_TEAM)
    if gate.state != JobState.IN_PROGRESS:
        raise NothingToDo(Reason.JOB_NOT_OPEN)


def must_be_within(gate: Eligibility) -> None:
    """Raise NothingToDo if the job or the worker's place in it does not allow another task."""
    if gate.paused:
        raise NothingToDo(Reason.JOB_PAUSED)
    if gate.excluded:
        raise NothingToDo(Reason.WORKED_ELSEWHERE)
    if gate.job_worker_state == JobWorkerState.PAUSED:
        raise NothingToDo(Reason.WORKER_PAUSED, sentence(gate.reason_code or "", gate.reason_params))
    over = limits.reached(
        gate.worker_limits,
        answers=gate.answers or 0,
        seconds=gate.seconds or 0.0,
        paid=gate.paid or Decimal(0),
        price=gate.price,
        objects=gate.objects,
    )
    if over:
        raise NothingToDo(Reason.LIMIT_REACHED, over)
