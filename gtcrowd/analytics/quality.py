"""How answers compare with labels and with each other, formed again for a job after each of its official runs.

One pass over the job's answers, in the queue worker; what comes of it is a row for each worker and day (`Quality`),
for each worker (`Profile`) and one for the job (`JobQuality`). Formed again from the same answers and labels, it is
the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.db.models import Max

from gtcrowd import kinds
from gtcrowd.analytics import cases
from gtcrowd.analytics.measures import compared as comparing
from gtcrowd.analytics.measures import trust
from gtcrowd.analytics.models import JobQuality, Profile, Quality
from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.classes.table import AnswerTable
from gtcrowd.jobs.models import Job
from gtcrowd.labels import copying
from gtcrowd.labels.models import Run, RunState

EPOCH = date(2000, 1, 1)
DRAWS = 200
DAYS_KEPT, WORKERS_KEPT, DOUBTFUL_KEPT = 120, 60, 200
MOST_CATEGORIES = 50
"""Beyond so many, a table of each worker's confusions says nothing that a person could read."""

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
REDUNDANCY = """
SELECT answered, state, reason_code, count(*) FROM tasks_task WHERE job_id = %(job)s AND state <> 'gold'
GROUP BY answered, state, reason_code ORDER BY answered, state, reason_code
"""
SURE = """
SELECT least(floor(confidence * 20), 19)::int, count(*) FROM labels_label WHERE job_id = %(job)s AND current
GROUP BY 1 ORDER BY 1
"""
DOUBTFUL = """
SELECT position, value::text, confidence FROM labels_label WHERE job_id = %(job)s AND current
ORDER BY confidence, position LIMIT %(most)s
"""
RELIABLE = """
SELECT label.confidence, (label.value = coalesce(truth.value, known.value))::int
FROM labels_label label LEFT JOIN labels_truth truth ON truth.data_object_id = label.data_object_id
LEFT JOIN tasks_gold known ON known.task_id = label.data_object_id AND known.active
WHERE label.job_id = %(job)s AND label.current AND truth.value IS NOT NULL ORDER BY label.position
"""
GOLD = """
SELECT object.position, known.value::text, known.active, answer.value::text
FROM tasks_gold known JOIN jobs_dataobject object ON object.id = known.task_id
LEFT JOIN tasks_answer answer ON answer.task_id = known.task_id AND answer.gold
WHERE known.job_id = %(job)s ORDER BY object.position, answer.assignment_id
"""


@dataclass(frozen=True, eq=False)
class Columns:
    """Answers in columns, ordered by object and worker. `label`, `truth`, `known` are -1 where there is none, and for
    kinds whose values cannot be listed 1 and 0: whether the answer is what is known."""

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


def stale() -> list[int]:
    """Ids of jobs with an official run that has not been taken in: none is forgotten, whatever becomes of the queue."""
    newest = Run.objects.filter(official=True, state=RunState.DONE).values_list("job").annotate(last=Max("pk"))
    seen = dict(JobQuality.objects.values_list("job_id", "run_id"))
    return [job for job, run in newest.order_by("job") if seen.get(job) != run]


def form(job: Job, *, now: datetime) -> bool:
    """Compare the job's answers again; False if it has no official run."""
    run = Run.objects.filter(job=job, official=True, state=RunState.DONE).order_by("-pk").first()
    if run is None:
        return False
    kind = kinds.kind(job.kind)
    values = kind.values(job.categories)
    columns = _coded(job, values) if values is not None else _whole(job, kind)
    if values is not None and 0 < len(values) <= MOST_CATEGORIES:
        cases.look(job, _seen(run, columns, len(values)), now=now)
    categories = len(values) if values is not None and len(values) <= MOST_CATEGORIES else 0
    content = _content(job, columns, values, categories)
    with transaction.atomic():
        for model in (Quality, Profile):
            model._default_manager.filter(job=job).delete()
        Quality.objects.bulk_create(_days(job, columns), batch_size=2000)
        Profile.objects.bulk_create(_profiles(job, columns, categories), batch_size=500)
        JobQuality.objects.update_or_create(job=job, defaults={"run_id": run.pk, "made_at": now, "content": content})
    return True


def _facts(job: Job) -> dict[str, Any]:
    return {"job": job.pk, "zone": job.requester.zone}


def _coded(job: Job, values: Any) -> Columns:
    codes = {name: CODE.format(column=f"{name}.value") for name in ("label", "truth", "known")}
    query = CODED.format(value=CODE.format(column="answer.value"), **codes) + JOINED
    names = ("task", "worker", "day", "gold", "value", "label", "truth", "known")
    types = dict.fromkeys(names, "i4") | {"task": "i8", "worker": "i8"} | dict.fromkeys(("p", "seconds", "at"), "f8")
    read = copying.read(query, _facts(job) | {"values": [json.dumps(value) for value in values]}, types)
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


def _seen(run: Run, columns: Columns, n_values: int) -> cases.Seen:
    """The answers to real objects, with the workers as the run has them: by their confusions, or where its method has
    none, by one accuracy over all categories."""
    own = ~columns.gold
    confusion = np.full((len(columns.workers), n_values, n_values), 0.0)
    known = {worker: (accuracy, rows) for worker, accuracy, rows in run.worker_qualities.values_list(
        "worker_id", "accuracy", "confusion")}  # fmt: skip
    for place, worker in enumerate(columns.workers.tolist()):
        accuracy, rows = known.get(worker, (0.5, None))
        if rows is None:
            accuracy = min(max(accuracy, 0.02), 0.98)
            rows = np.full((n_values, n_values), (1 - accuracy) / max(n_values - 1, 1))
            np.fill_diagonal(rows, accuracy)
        confusion[place] = rows
    labels = np.bincount(columns.label[own & (columns.label >= 0)], minlength=n_values) + 1.0
    return cases.Seen(
        columns.task[own], columns.worker[own], columns.value[own], columns.seconds[own], columns.at[own], confusion,
        labels / labels.sum(), columns.workers, columns.n_tasks,
    )  # fmt: skip


def _whole(job: Job, kind: kinds.Kind) -> Columns:
    """For values that cannot be listed: a label's likeness to the answer stands for the probability of being right."""
    rows = sorted(_rows(WHOLE + JOINED, _facts(job)), key=lambda row: (row[0], row[1]))
    tasks, task = np.unique(np.array([row[0] for row in rows], np.int64), return_inverse=True)
    workers, worker = np.unique(np.array([row[1] for row in rows], np.int64), return_inverse=True)
    read: dict[str, Any] = {}

    def value(text: str) -> Any:
        if text not in read:
            read[text] = json.loads(text)
        return read[text]

    gold = np.array([row[3] for row in rows], dtype=bool)
    given = np.flatnonzero(~gold)
    both, agreed = np.zeros(len(rows), bool), np.zeros(len(rows))
    both[given], agreed[given] = comparing.likeness_with_others(
        task[given].astype(np.int64), [value(rows[place][4]) for place in given.tolist()], kind.likeness
    )
    labeled = np.array([bool(row[5]) and not row[3] for row in rows], dtype=bool)
    right = np.array([
        kind.likeness(value(row[4]), value(row[5])) if there else 0.0 for row, there in zip(rows, labeled, strict=True)
    ])  # fmt: skip

    def same(column: int, *, of_gold: bool) -> npt.NDArray[np.int64]:
        return np.array([
            int(kind.same(value(row[4]), value(row[column]))) if row[column] and row[3] >= of_gold else -1
            for row in rows
        ], dtype=np.int64)  # fmt: skip

    one = np.ones(len(rows), np.int64)
    days = np.array([row[2] for row in rows], np.int64)
    return Columns(
        task.astype(np.int64), worker.astype(np.int64), days, gold, one, np.where(labeled, 1, -1),
        same(6, of_gold=False), np.where(gold, same(7, of_gold=True), -1), right, both, agreed, workers, len(tasks),
        np.zeros(len(rows)), np.zeros(len(rows)),
    )  # fmt: skip


def _days(job: Job, columns: Columns) -> list[Quality]:
    days, cell = np.unique(columns.worker * 1_000_000 + columns.day, return_inverse=True)
    judged = columns.label >= 0
    right = np.where(judged, columns.right, 0.0)

    def total(weight: Any) -> list[Any]:
        return np.bincount(cell, weight, len(days)).tolist()

    truth, known = columns.truth >= 0, columns.known >= 0
    sums = zip(
        days.tolist(), total(judged), total(right), total(np.where(judged, right * (1 - right), 0.0)),
        total(columns.compared), total(columns.agreed), total(truth), total(truth & (columns.truth == columns.value)),
        total(known), total(known & (columns.known == columns.value)), strict=True,
    )  # fmt: skip
    return [
        Quality(
            requester_id=job.requester_id, job=job, worker_id=int(columns.workers[place // 1_000_000]),
            day=EPOCH + timedelta(days=place % 1_000_000), judged=int(n), expected=round(expected, 9),
            doubt=round(doubt, 9), compared=int(both), agreed=round(agreed, 9), truth_n=int(truths),
            truth_right=int(truths_right), gold_n=int(golds), gold_right=int(golds_right),
        )
        for place, n, expected, doubt, both, agreed, truths, truths_right, golds, golds_right in sums
    ]  # fmt: skip


def _profiles(job: Job, columns: Columns, categories: int) -> list[Profile]:
    answers = np.bincount(columns.worker, minlength=len(columns.workers)).tolist()
    counts: list[Any] = [None] * len(answers)
    if categories:
        reference = _reference(columns)
        counts = comparing.confusion(
            columns.worker, reference, columns.value, n_workers=len(answers), n_values=categories
        ).tolist()
    return [
        Profile(job=job, worker_id=int(worker), answers=n, confusion=table)
        for worker, n, table in zip(columns.workers.tolist(), answers, counts, strict=True)
    ]


def _reference(columns: Columns) -> npt.NDArray[np.int64]:
    """What an answer is held against: what is known, else the truth, else the job's label."""
    known = np.where(columns.known >= 0, columns.known, columns.truth)
    return np.asarray(np.where(known >= 0, known, columns.label))


def _content(job: Job, columns: Columns, values: Any, categories: int) -> dict[str, Any]:
    content: dict[str, Any] = {"categories": list(job.categories), "confusion": None, "agreement": {}, "by_day": []}
    given = ~columns.gold
    if values is not None:
        table = _table(columns, given, len(values))
        content["agreement"] = {
            name: _told(measure(table, draws=DRAWS))
            for name, measure in (
                ("percent", agreement.percent),
                ("fleiss", agreement.fleiss),
                ("alpha", agreement.alpha),
            )
        }
        content["by_day"] = _by_day(columns, given, len(values))
        content["matrix"] = _matrix(columns, given, len(values))
    if categories:
        whole = np.zeros((1, categories, categories), np.int64)
        whole += comparing.confusion(
            np.zeros_like(columns.worker), _reference(columns), columns.value, n_workers=1, n_values=categories
        )
        content["confusion"] = whole[0].tolist()
    facts = {"job": job.pk, "most": DOUBTFUL_KEPT}
    content["redundancy"] = [list(row) for row in _rows(REDUNDANCY, facts)]
    content["sure"] = [list(row) for row in _rows(SURE, facts)]
    content["doubtful"] = [[place, json.loads(text), sure] for place, text, sure in _rows(DOUBTFUL, facts)]
    content["reliability"] = trust.reliability(np.array(_rows(RELIABLE, facts), dtype=float).reshape(-1, 2))
    content["gold"] = _gold(job)
    return content


def _table(columns: Columns, chosen: npt.NDArray[np.bool_], n_values: int) -> AnswerTable:
    return AnswerTable(
        columns.task[chosen].astype(np.int32), columns.worker[chosen].astype(np.int32),
        columns.value[chosen].astype(np.int32), columns.n_tasks, len(columns.workers), n_values,
    )  # fmt: skip


def _told(found: agreement.Agreement) -> dict[str, Any]:
    return {
        "value": found.value, "low": found.low, "high": found.high, "tasks": found.tasks, "answers": found.answers,
        "reason": found.reason,
    }  # fmt: skip


def _by_day(columns: Columns, given: npt.NDArray[np.bool_], n_values: int) -> list[dict[str, Any]]:
    """Alpha of the answers of each of the last days."""
    days = np.unique(columns.day[given])[-DAYS_KEPT:]
    found = []
    for day in days.tolist():
        table = _table(columns, given & (columns.day == day), n_values)
        alpha = agreement.alpha(table, draws=DRAWS)
        found.append({"day": (EPOCH + timedelta(days=day)).isoformat(), **_told(alpha)})
    return found


def _matrix(columns: Columns, given: npt.NDArray[np.bool_], n_values: int) -> dict[str, Any]:
    """Kappa of each two of the busiest workers, and the number of objects they share."""
    busiest = np.argsort(-np.bincount(columns.worker[given], minlength=len(columns.workers)), kind="stable")
    chosen = np.sort(busiest[:WORKERS_KEPT])
    place = np.full(len(columns.workers), -1)
    place[chosen] = np.arange(len(chosen))
    rows = given & (place[columns.worker] >= 0)
    table = AnswerTable(
        columns.task[rows].astype(np.int32), place[columns.worker[rows]].astype(np.int32),
        columns.value[rows].astype(np.int32), columns.n_tasks, len(chosen), n_values,
    )  # fmt: skip
    kappa, shared = agreement.cohen_matrix(table)
    return {
        "workers": columns.workers[chosen].tolist(),
        "kappa": np.round(kappa, 4).tolist(),
        "shared": shared.astype(int).tolist(),
    }


def _gold(job: Job) -> list[dict[str, Any]]:
    """Known objects with how often they were answered, and how often as is known."""
    kind = kinds.kind(job.kind)
    items: dict[int, dict[str, Any]] = {}
    for position, value, active, answer in _rows(GOLD, {"job": job.pk}):
        known = json.loads(value)
        item = items.setdefault(position, {"position": position, "value": known, "active": active, "n": 0, "right": 0})
        if answer is not None:
            item["n"] += 1
            item["right"] += int(kind.same(json.loads(answer), known))
    return list(items.values())


def _rows(query: str, facts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return cursor.fetchall()
