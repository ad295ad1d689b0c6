"""Read the answers of a job into columns, with labels, gold answers and truth, once for all comparisons."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from gtcrowd import kinds
from gtcrowd.analytics import reference_label
from gtcrowd.analytics.measures import comparisons as comparing
from gtcrowd.consolidation.shapes.boxes import Boxes
from gtcrowd.jobs.models import Job
from gtcrowd.kinds.boxes import KIND as BOXES
from gtcrowd.labels import bulk_copy

JOINED = f"FROM tasks_answer answer {reference_label.joins('answer.task_id')} WHERE answer.job_id = %(job)s"
CODED = """
SELECT answer.task_id, answer.worker_id, (answer.submitted_at AT TIME ZONE %(zone)s)::date - date '2000-01-01',
       answer.gold::int, {value}, {label}, {truth}, {gold},
       coalesce((label.posterior ->> ({value}))::float8, -1), answer.seconds,
       extract(epoch FROM answer.submitted_at)::float8
"""
CODE = "coalesce(array_position(%(values)s::jsonb[], {column}), 0)::int - 1"
WHOLE = """
SELECT answer.task_id, answer.worker_id, (answer.submitted_at AT TIME ZONE %(zone)s)::date - date '2000-01-01',
       answer.gold, answer.value::text, coalesce(label.value::text, ''), coalesce(truth.value::text, ''),
       coalesce(gold.value::text, ''), coalesce(label.confidence, 0)
"""


@dataclass(frozen=True, eq=False)
class Columns:
    """The answers of a job, ordered by object and worker.

    task, worker              [n]  codes
    day                       [n]  day in the requester's time zone, counted from 2000-01-01
    gold                      [n]  whether the answer is to a gold question
    value                     [n]  code of the answer
    label, truth, gold_value  [n]  code of the label, of the truth, and of the gold answer; -1 where there is none
    right                     [n]  probability that the answer is correct
    compared, agreed          [n]  whether other workers answered the object, and the agreement with them, 0 to 1
    workers                        ids, [workers]
    seconds, at               [n]  answer time, and time of submission in seconds since 1970
    boxes                          for bounding boxes: the boxes of each answer, and the reference boxes

    For kinds without a list of values, `value` is 1, and `label`, `truth` and `gold_value` are 1 if the answer matches
    and 0 if not.
    """

    task: npt.NDArray[np.int64]
    worker: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    gold: npt.NDArray[np.bool_]
    value: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    gold_value: npt.NDArray[np.int64]
    right: npt.NDArray[np.float64]
    compared: npt.NDArray[np.bool_]
    agreed: npt.NDArray[np.float64]
    workers: npt.NDArray[np.int64]
    n_tasks: int
    seconds: npt.NDArray[np.float64]
    at: npt.NDArray[np.float64]
    boxes: tuple[list[Boxes], list[Boxes | None]] | None = None


def read(job: Job) -> Columns:
    """Read all answers of the job with its current labels."""
    kind = kinds.kind(job.kind)
    values = kind.values(job.categories)
    return _coded(job, values) if values is not None else _whole(job, kind)


def reference(columns: Columns) -> npt.NDArray[np.int64]:
    """Return the reference of each answer: the gold answer, else the truth, else the label; -1 where there is none."""
    return reference_label.codes(gold=columns.gold_value, truth=columns.truth, label=columns.label)


def rows(query: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        result: list[tuple[Any, ...]] = cursor.fetchall()
        return result


def _params(job: Job) -> dict[str, Any]:
    return {"job": job.pk, "zone": job.requester.zone}


def _coded(job: Job, values: Any) -> Columns:
    codes = {name: CODE.format(column=f"{name}.value") for name in ("label", "truth", "gold")}
    query = CODED.format(value=CODE.format(column="answer.value"), **codes) + JOINED
    names = ("task", "worker", "day", "gold", "value", "label", "truth", "gold_value")
    types = dict.fromkeys(names, "i4") | {"task": "i8", "worker": "i8"} | dict.fromkeys(("p", "seconds", "at"), "f8")
    read = bulk_copy.read(query, _params(job) | {"values": [json.dumps(value) for value in values]}, types)
    order = np.lexsort((read["worker"], read["task"]))
    read = {name: column[order] for name, column in read.items()}
    tasks, task = np.unique(read["task"], return_inverse=True)
    workers, worker = np.unique(read["worker"], return_inverse=True)
    value, gold, label = read["value"].astype(np.int64), read["gold"].astype(bool), read["label"].astype(np.int64)
    real = ~gold
    both, agreed = np.zeros(len(task), bool), np.zeros(len(task))
    both[real], agreed[real] = comparing.agreement_with_others(
        task[real].astype(np.int64), value[real], n_tasks=len(tasks), n_values=len(values)
    )
    # Without a posterior, the answer is correct if it is the label.
    right = np.where(read["p"] >= 0, read["p"], (value == label).astype(float))
    return Columns(
        task.astype(np.int64), worker.astype(np.int64), read["day"].astype(np.int64), gold, value,
        np.where(gold, -1, label), read["truth"].astype(np.int64),
        np.where(gold, read["gold_value"], -1).astype(np.int64),
        right, both, agreed, workers, len(tasks), read["seconds"], read["at"],
    )  # fmt: skip


def _whole(job: Job, kind: kinds.Kind) -> Columns:
    """Read answers of kinds without a list of values; `right` is the similarity to the label."""
    records = sorted(rows(WHOLE + JOINED, _params(job)), key=lambda row: (row[0], row[1]))
    tasks, task = np.unique(np.array([row[0] for row in records], np.int64), return_inverse=True)
    workers, worker = np.unique(np.array([row[1] for row in records], np.int64), return_inverse=True)
    parsed: dict[str, Any] = {}

    def value(text: str) -> Any:
        if text not in parsed:
            parsed[text] = json.loads(text)
        return parsed[text]

    gold = np.array([row[3] for row in records], dtype=bool)
    real = np.flatnonzero(~gold)
    both, agreed = np.zeros(len(records), bool), np.zeros(len(records))
    both[real], agreed[real] = comparing.similarity_to_others(
        task[real].astype(np.int64), [value(records[row][4]) for row in real.tolist()], kind.similarity
    )
    labeled = np.array([bool(row[5]) and not row[3] for row in records], dtype=bool)
    right = np.array([
        kind.similarity(value(row[4]), value(row[5])) if has_label else 0.0
        for row, has_label in zip(records, labeled, strict=True)
    ])  # fmt: skip

    def matches(column: int, *, of_gold: bool) -> npt.NDArray[np.int64]:
        return np.array([
            int(kind.matches(value(row[4]), value(row[column]))) if row[column] and row[3] >= of_gold else -1
            for row in records
        ], dtype=np.int64)  # fmt: skip

    ones = np.ones(len(records), np.int64)
    days = np.array([row[2] for row in records], np.int64)
    return Columns(
        task.astype(np.int64), worker.astype(np.int64), days, gold, ones, np.where(labeled, 1, -1),
        matches(6, of_gold=False), np.where(gold, matches(7, of_gold=True), -1), right, both, agreed, workers,
        len(tasks), np.zeros(len(records)), np.zeros(len(records)),
        ([BOXES.decode(value(row[4])) for row in records], [_reference_boxes(row, value) for row in records])
        if kind is BOXES else None,
    )  # fmt: skip


def _reference_boxes(row: tuple[Any, ...], value: Callable[[str], Any]) -> Boxes | None:
    text: str | None = reference_label.first(is_gold=row[3], gold=row[7], truth=row[6], label=row[5])
    return BOXES.decode(value(text)) if text else None
