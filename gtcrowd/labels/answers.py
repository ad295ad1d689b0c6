"""Read the answers of a job in columns, as a method takes them."""

import json
from dataclasses import dataclass

from django.db import connection

from gtcrowd.jobs.models import Job

COLUMNS = """
SELECT task.data_object_id, task.position, answer.worker_id, answer.value
FROM tasks_answer answer JOIN tasks_task task ON task.data_object_id = answer.task_id
WHERE answer.job_id = %(job)s {which}
ORDER BY task.position, answer.submitted_at, answer.assignment_id
"""
NOT_CONCLUDED = "AND task.state <> 'open' AND NOT task.concluded"


@dataclass(frozen=True)
class Answers:
    """Answers in columns of equal length, coded by place in `objects` and `workers`.

    `objects`: (id, position) of each answered object, in the order of the manifest. `workers`: their ids.
    The order is that of the manifest and of time, so that the same answers give the same bytes.
    """

    object_code: list[int]
    worker_code: list[int]
    value: list[object]
    objects: list[tuple[int, int]]
    workers: list[int]


def read(job: Job, *, only_new: bool = False) -> Answers:
    """All answers of the job; with `only_new`, those to tasks that ended since the last official run."""
    objects: dict[tuple[int, int], int] = {}
    workers: dict[int, int] = {}
    object_code, worker_code, values = [], [], []
    query = COLUMNS.format(which=NOT_CONCLUDED if only_new else "")
    with connection.cursor() as cursor:
        cursor.execute(query, {"job": job.pk})
        while rows := cursor.fetchmany(10_000):
            for object_id, position, worker_id, value in rows:
                object_code.append(objects.setdefault((object_id, position), len(objects)))
                worker_code.append(workers.setdefault(worker_id, len(workers)))
                values.append(json.loads(value))  # Django leaves jsonb as text to its own fields
    return Answers(object_code, worker_code, values, list(objects), list(workers))
