"""A job's answers in columns, beside its labels, what is known and the truth: read once, for all that is compared."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from gtcrowd import kinds
from gtcrowd.analytics.measures import comparisons as comparing
from gtcrowd.consolidation.shapes.boxes import Boxes
from gtcrowd.jobs.models import Job
from gtcrowd.kinds.boxes import KIND as BOXES
from gtcrowd.labels import bulk_copy

JOINED = """
FROM tasks_answer answer
LEFT JOIN labels_label label ON label.data_object_id = answer.task_id AND label.current
LEFT JOIN labels_truth truth ON truth.data_object_id = answer.task_id
LEFT JOIN tasks_gold known ON known.task_id = answer.task_id AND known.active
WHERE answer.job_id = %(job)s
"""
CODED = """
SELECT answer.task_id, answer.worker_id, (answer.submitted_at AT TIME ZONE %(zone)s)::date - date '2000-01-01',
       answer.gold::int, {value}, {label}, {truth}, {known},
       coalesce((label.posterior ->> ({value}))::float8, -1), answer.seconds,
       extract(epoch FROM answer.submitted_at)::float8
"""
CODE = "coalesce(array_position(%(values)s::jsonb[], {column}), 0)::int - 1"
WHOLE = """
SELECT answer.task_id, answer.worker_id, (answer.submitted_at AT TIME ZONE %(zone)s)::date - date '2000-01-01',
       answer.gold, answer.value::text, coalesce(label.value::text, ''), coalesce(truth.value::text, ''),
       coalesce(known.value::text, ''), coalesce(label.confidence, 0)
"""


@dataclass(frozen=True, eq=False)
class Columns:
    """Answers in columns, ordered by object and worker. `label`, `truth`, `known` are -1 where there is none, and for
    kinds whose values cannot be listed 1 and 0: whether the answer is what is known. `boxes`, of jobs that ask for
    boxes: those of each answer, and those they are held against (what is known, else the truth, else the label)."""

    task: npt.NDArray[np.int64]
    worker: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    gold: npt.NDArray[np.bool_]
    value: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]
    right: npt.NDArray[np.float64]
    compared: npt.NDArray[np.bool_]
    agreed: npt.NDArray[np.float64]
    workers: npt.NDArray[np.int64]
    n_tasks: int
    seconds: npt.NDArray[np.float64]
    at: npt.NDArray[np.float64]
    boxes: tuple[list[Boxes], list[Boxes | None]] | None = None


def read(job: Job) -> Columns:
    """All answers of the job, as its present labels see them."""
    kind = kinds.kind(job.kind)
    values = kind.values(job.categories)
    return _coded(job, values) if values is not None else _whole(job, kind)


def reference(columns: Columns) -> npt.NDArray[np.int64]:
    """What each answer is held against: what is known, else the truth, else the job's label; -1 where there is none."""
    known = np.where(columns.known >= 0, columns.known, columns.truth)
    return np.asarray(np.where(known >= 0, known, columns.label))


def rows(query: str, facts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What the query selects."""
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return cursor.fetchall()


def _facts(job: Job) -> dict[str, Any]:
    return {"job": job.pk, "zone": job.requester.zone}


def _coded(job: Job, values: Any) -> Columns:
    codes = {name: CODE.format(column=f"{name}.value") for name in ("label", "truth", "known")}
    query = CODED.format(value=CODE.format(column="answer.value"), **codes) + JOINED
    names = ("task", "worker", "day", "gold", "value", "label", "truth", "known")
    types = dict.fromkeys(names, "i4") | {"task": "i8", "worker": "i8"} | dict.fromkeys(("p", "seconds", "at"), "f8")
    read = bulk_copy.read(query, _facts(job) | {"values": [json.dumps(value) for value in values]}, types)
    order = np.lexsort((read["worker"], read["task"]))
    read = {name: column[order] for name, column in read.items()}
    tasks, task = np.unique(read["task"], return_inverse=True)
    workers, worker = np.unique(read["worker"], return_inverse=True)
    value, gold, label = read["value"].astype(np.int64), read["gold"].astype(bool), read["label"].astype(np.int64)
    given = ~gold
    both, agreed = np.zeros(len(task), bool), np.zeros(len(task))
    both[given], agreed[given] = comparing.agreement_with_others(
        task[given].astype(np.int64), value[given], n_tasks=len(tasks), n_values=len(values)
    )
    # A method without probabilities says only what its label is.
    right = np.where(read["p"] >= 0, read["p"], (value == label).astype(float))
    return Columns(
        task.astype(np.int64), worker.astype(np.int64), read["day"].astype(np.int64), gold, value,
        np.where(gold, -1, label), read["truth"].astype(np.int64), np.where(gold, read["known"], -1).astype(np.int64),
        right, both, agreed, workers, len(tasks), read["seconds"], read["at"],
    )  # fmt: skip


def _whole(job: Job, kind: kinds.Kind) -> Columns:
    """For values that cannot be listed: a label's likeness to the answer stands for the probability of being right."""
    found = sorted(rows(WHOLE + JOINED, _facts(job)), key=lambda row: (row[0], row[1]))
    tasks, task = np.unique(np.array([row[0] for row in found], np.int64), return_inverse=True)
    workers, worker = np.unique(np.array([row[1] for row in found], np.int64), return_inverse=True)
    read: dict[str, Any] = {}

    def value(text: str) -> Any:
        if text not in read:
            read[text] = json.loads(text)
        return read[text]

    gold = np.array([row[3] for row in found], dtype=bool)
    given = np.flatnonzero(~gold)
    both, agreed = np.zeros(len(found), bool), np.zeros(len(found))
    both[given], agreed[given] = comparing.likeness_with_others(
        task[given].astype(np.int64), [value(found[place][4]) for place in given.tolist()], kind.similarity
    )
    labeled = np.array([bool(row[5]) and not row[3] for row in found], dtype=bool)
    right = np.array([
        kind.similarity(value(row[4]), value(row[5])) if there else 0.0
        for row, there in zip(found, labeled, strict=True)
    ])  # fmt: skip

    def same(column: int, *, of_gold: bool) -> npt.NDArray[np.int64]:
        return np.array([
            int(kind.matches(value(row[4]), value(row[column]))) if row[column] and row[3] >= of_gold else -1
            for row in found
        ], dtype=np.int64)  # fmt: skip

    one = np.ones(len(found), np.int64)
    days = np.array([row[2] for row in found], np.int64)
    return Columns(
        task.astype(np.int64), worker.astype(np.int64), days, gold, one, np.where(labeled, 1, -1),
        same(6, of_gold=False), np.where(gold, same(7, of_gold=True), -1), right, both, agreed, workers, len(tasks),
        np.zeros(len(found)), np.zeros(len(found)),
        ([BOXES.decode(value(row[4])) for row in found], [_held_against(row, value) for row in found])
        if kind is BOXES else None,
    )  # fmt: skip


def _held_against(row: tuple[Any, ...], value: Callable[[str], Any]) -> Boxes | None:
    text = (row[7] if row[3] else "") or row[6] or ("" if row[3] else row[5])
    return BOXES.decode(value(text)) if text else None
