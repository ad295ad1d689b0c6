"""A person's own assignment, with as much of its job as handing in needs; goes with every answer."""

import json
from typing import Any

from gtcrowd.jobs.models import Job
from gtcrowd.platform import sql
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Worker

ASSIGNMENT_COLUMNS = (
    "id", "task_id", "slot_id", "job_id", "worker_id", "fence", "price", "state", "in_advance", "extended",
    "claimed_at", "expires_at",
)  # fmt: skip


def _in_order(model: Any, names: set[str]) -> tuple[str, ...]:
    """Columns in the order in which `from_db` wants them."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in names)


JOB = _in_order(Job, {
    "id", "requester_id", "team_id", "name", "kind", "medium", "categories", "price", "workers_per_object",
    "min_workers", "target_error", "time_limit", "late_answers_paid", "gold", "task_order", "simulated", "state",
})  # fmt: skip
WORKER = _in_order(Worker, {"id", "workforce_id", "user_id", "code", "state"})
IN_JSON = ("categories", "gold")

OWN = f"""
SELECT {", ".join(f"assignment.{name}" for name in ASSIGNMENT_COLUMNS)}, {", ".join(f"job.{name}" for name in JOB)},
       {", ".join(f"worker.{name}" for name in WORKER)}
FROM tasks_assignment assignment
JOIN workforce_worker worker ON worker.id = assignment.worker_id AND worker.user_id = %(user)s
JOIN jobs_job job ON job.id = assignment.job_id
WHERE assignment.id = %(assignment)s AND (%(job)s::bigint IS NULL OR job.id = %(job)s::bigint)
"""  # noqa: S608


def own(*, user: int, assignment: int, job: int | None = None) -> Assignment | None:
    """The assignment if it is this person's, and of this job if one is given; fields not loaded come when asked for."""
    for row in sql.rows(OWN, user=user, assignment=assignment, job=job):
        loaded = Assignment(**dict(zip(ASSIGNMENT_COLUMNS, row, strict=False)))
        loaded.job = _loaded(Job, JOB, row[len(ASSIGNMENT_COLUMNS) :])
        loaded.worker = _loaded(Worker, WORKER, row[len(ASSIGNMENT_COLUMNS) + len(JOB) :])
        loaded._state.adding, loaded._state.db = False, "default"
        return loaded
    return None


def _loaded(model: Any, names: tuple[str, ...], row: tuple[Any, ...]) -> Any:
    values = [json.loads(value) if name in IN_JSON else value for name, value in zip(names, row, strict=False)]
    return model.from_db("default", names, values)
