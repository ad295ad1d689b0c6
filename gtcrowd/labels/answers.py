"""Read the answers of a job in columns, as a method takes them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from gtcrowd import kinds
from gtcrowd.jobs.models import Job
from gtcrowd.kinds import AnswerColumns
from gtcrowd.labels import bulk_copy
from gtcrowd.tasks.models import Gold

CODED = "coalesce(array_position(%(values)s::jsonb[], value), 0)::integer - 1"
"""Place of a value among those that a label can have."""
TEXT = "value::text"
ANSWERS = """
SELECT task_id, worker_id, {value}
FROM tasks_answer answer
WHERE job_id = %(job)s AND NOT extra {which}
"""
"""All that labels are made of. Extra answers are not used: whether one came before or after a run is chance."""
NOT_CONCLUDED = """AND EXISTS (
    SELECT FROM tasks_task task
    WHERE task.data_object_id = answer.task_id AND (
        task.state IN ('done', 'failed') AND NOT task.consolidated OR task.state = 'gold'
    ))
"""
TASKS = "SELECT data_object_id, position FROM tasks_task WHERE job_id = %(job)s"
WEIGHED = """
SELECT worker_id, gold_right, gold_seen FROM tasks_jobworker WHERE job_id = %(job)s AND fixed_accuracy AND gold_seen > 0
"""

Codes = npt.NDArray[Any]


@dataclass(frozen=True)
class Answers:
    """Answers of a job in columns, and the objects and workers that their codes stand for.

    columns       answers, ordered by position and worker, so that the same answers give the same bytes
    objects       (n_objects,) ids of the answered objects, in the order of the manifest
    positions     (n_objects,) their positions in the manifest
    workers       (n_workers,) ids, ascending
    gold_answers  correct value of each gold question, by code of the object
    accuracy      (n_workers,) accuracy on gold questions of workers with a fixed weight, NaN for all others
    """

    columns: AnswerColumns
    objects: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int32]
    workers: npt.NDArray[np.int64]
    gold_answers: dict[int, Any]
    accuracy: npt.NDArray[np.float64]


def read(job: Job, *, only_new: bool = False) -> Answers:
    """All answers of the job but extra ones; with `only_new`, those to tasks that ended since the last official run."""
    answers, distinct = _columns(job, NOT_CONCLUDED if only_new else "")
    tasks = bulk_copy.read(TASKS, {"job": job.pk}, {"id": "i8", "position": "i4"})
    index = _places(tasks["id"], tasks["position"], answers["task"])
    answered = np.zeros(len(tasks["id"]), dtype=bool)
    answered[index] = True
    gold = dict(Gold.objects.filter(job=job, active=True).values_list("pk", "value"))
    if gold:  # they get their label whether anybody has met them yet or not
        answered[_places(tasks["id"], tasks["position"], np.fromiter(gold, np.int64, len(gold)))] = True
    in_order = np.argsort(tasks["position"])[answered]
    code = (np.cumsum(answered) - 1)[index]
    workers, worker = np.unique(answers["worker"], return_inverse=True)
    # Nobody answers a task twice, so this is one order only.
    order = np.argsort(code * len(workers) + worker)
    columns = AnswerColumns(
        objects=code[order].astype(np.int32),
        workers=worker[order].astype(np.int32),
        values=answers["value"][order],
        distinct=distinct,
        n_objects=len(in_order),
        n_workers=len(workers),
    )
    objects = tasks["id"][in_order]
    gold_answers = {index: gold[pk] for index, pk in enumerate(objects.tolist()) if pk in gold} if gold else {}
    return Answers(columns, objects, tasks["position"][in_order], workers, gold_answers, _accuracy(job, workers))


def _columns(job: Job, which: str) -> tuple[dict[str, Codes], Sequence[Any]]:
    """Task, worker and code of the value of each answer, and what the codes stand for."""
    values = kinds.kind(job.kind).values(job.categories)
    if values is not None:
        params = {"job": job.pk, "values": [json.dumps(value) for value in values]}
        query = ANSWERS.format(value=CODED, which=which)
        return bulk_copy.read(query, params, {"task": "i8", "worker": "i8", "value": "i4"}), values
    codes: dict[str, int] = {}
    rows = [
        (task, worker, codes.setdefault(value, len(codes)))
        for task, worker, value in bulk_copy.rows(ANSWERS.format(value=TEXT, which=which), {"job": job.pk})
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return dict(zip(("task", "worker", "value"), table, strict=True)), [json.loads(text) for text in codes]


def _accuracy(job: Job, workers: Codes) -> npt.NDArray[np.float64]:
    accuracy = np.full(len(workers), np.nan)
    with connection.cursor() as cursor:
        cursor.execute(WEIGHED, {"job": job.pk})
        for worker, right, gold_seen in cursor.fetchall():
            index = np.searchsorted(workers, worker)
            if index < len(workers) and workers[index] == worker:
                accuracy[index] = (right + 0.5) / (gold_seen + 1)
    return accuracy


def _places(ids: Codes, position: Codes, task_ids: Codes) -> Codes:
    """For each wanted task its place in the order of the manifest, among all tasks of the job."""
    by_id = np.argsort(ids)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.argsort(position)] = np.arange(len(ids))
    return rank[by_id][np.searchsorted(ids, task_ids, sorter=by_id)]
