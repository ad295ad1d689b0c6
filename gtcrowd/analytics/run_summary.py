"""Summarize a job after an official run: agreement, confusions, confidence and gold, as JSON for the pages."""

import json
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd import kinds
from gtcrowd.analytics import object_flow
from gtcrowd.analytics.columns import Columns, reference, rows
from gtcrowd.analytics.measures import boxes, calibration
from gtcrowd.analytics.measures import comparisons as comparing
from gtcrowd.analytics.measures.periods import EPOCH
from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.jobs.models import Job

DRAWS = 200
MOST_DAYS, MOST_WORKERS, MOST_UNCERTAIN = 120, 60, 200

REDUNDANCY = """
SELECT answer_count, state, reason_code, count(*) FROM tasks_task WHERE job_id = %(job)s AND state <> 'gold'
GROUP BY answer_count, state, reason_code ORDER BY answer_count, state, reason_code
"""
CONFIDENCES = """
SELECT least(floor(confidence * 20), 19)::int, count(*) FROM labels_label WHERE job_id = %(job)s AND current
GROUP BY 1 ORDER BY 1
"""
UNCERTAIN = """
SELECT position, value::text, confidence FROM labels_label WHERE job_id = %(job)s AND current
ORDER BY confidence, position LIMIT %(most)s
"""
RELIABILITY = """
SELECT label.confidence, (label.value = truth.value)::int
FROM labels_label label JOIN labels_truth truth ON truth.data_object_id = label.data_object_id
WHERE label.job_id = %(job)s AND label.current ORDER BY label.position
"""
"""Labels are measured against the truth only, not against gold: see `reference_label`."""
GOLD = """
SELECT object.position, known.value::text, known.active, answer.value::text
FROM tasks_gold known JOIN jobs_dataobject object ON object.id = known.task_id
LEFT JOIN tasks_answer answer ON answer.task_id = known.task_id AND answer.gold
WHERE known.job_id = %(job)s ORDER BY object.position, answer.assignment_id
"""


def summarize(job: Job, columns: Columns, values: Any, categories: int) -> dict[str, Any]:
    """Return the quality report of a job.

    values      all possible values; None for kinds without a list of values
    categories  number of categories of the confusion matrix; 0 for none
    """
    content: dict[str, Any] = {"categories": list(job.categories), "confusion": None, "agreement": {}, "by_day": []}
    real = ~columns.gold
    if values is not None:
        table = _table(columns, real, len(values))
        content["agreement"] = {
            name: _interval(measure(table, draws=DRAWS))
            for name, measure in (
                ("percent", agreement.percent),
                ("fleiss", agreement.fleiss),
                ("alpha", agreement.alpha),
            )
        }
        content["by_day"] = _by_day(columns, real, len(values))
        content["matrix"] = _matrix(columns, real, len(values))
    if categories:
        whole = np.zeros((1, categories, categories), np.int64)
        whole += comparing.confusion(
            np.zeros_like(columns.worker), reference(columns), columns.value, n_workers=1, n_values=categories
        )
        content["confusion"] = whole[0].tolist()
    params = {"job": job.pk, "most": MOST_UNCERTAIN}
    content["redundancy"] = [list(row) for row in rows(REDUNDANCY, params)]
    content["sure"] = [list(row) for row in rows(CONFIDENCES, params)]
    content["doubtful"] = [
        [position, json.loads(text), confidence] for position, text, confidence in rows(UNCERTAIN, params)
    ]
    content["reliability"] = calibration.reliability(np.array(rows(RELIABILITY, params), dtype=float).reshape(-1, 2))
    content["gold"] = _gold(job)
    content["flow"] = {"objects": job.objects_total, "tasks": object_flow.counted(job.pk)}
    content["boxes"] = _boxes(columns)
    return content


def _boxes(columns: Columns) -> dict[str, Any] | None:
    """Return the box errors (measures.boxes) of all and of the busiest workers; None for other kinds."""
    if columns.boxes is None:
        return None
    errors = boxes.compare(*columns.boxes)
    busiest = np.argsort(-np.bincount(columns.worker, minlength=len(columns.workers)), kind="stable")[:MOST_WORKERS]
    return {
        "crowd": boxes.summarize(errors, np.ones(len(columns.worker), bool)),
        "workers": [
            {"worker": int(columns.workers[code]), **boxes.summarize(errors, columns.worker == code)}
            for code in np.sort(busiest).tolist()
        ],
    }


def _table(columns: Columns, chosen: npt.NDArray[np.bool_], n_values: int) -> AnswerTable:
    return AnswerTable(
        columns.task[chosen].astype(np.int32), columns.worker[chosen].astype(np.int32),
        columns.value[chosen].astype(np.int32), columns.n_tasks, len(columns.workers), n_values,
    )  # fmt: skip


def _interval(coefficient: agreement.Agreement) -> dict[str, Any]:
    return {
        "value": coefficient.value, "low": coefficient.low, "high": coefficient.high, "tasks": coefficient.tasks,
        "answers": coefficient.answers, "reason": coefficient.reason,
    }  # fmt: skip


def _by_day(columns: Columns, real: npt.NDArray[np.bool_], n_values: int) -> list[dict[str, Any]]:
    """Return alpha of the answers of each of the last MOST_DAYS days."""
    days = np.unique(columns.day[real])[-MOST_DAYS:]
    points = []
    for day in days.tolist():
        table = _table(columns, real & (columns.day == day), n_values)
        alpha = agreement.alpha(table, draws=DRAWS)
        points.append({"day": (EPOCH + timedelta(days=day)).isoformat(), **_interval(alpha)})
    return points


def _matrix(columns: Columns, real: npt.NDArray[np.bool_], n_values: int) -> dict[str, Any]:
    """Return Cohen's kappa of each pair of the busiest workers, and the number of objects they share."""
    busiest = np.argsort(-np.bincount(columns.worker[real], minlength=len(columns.workers)), kind="stable")
    chosen = np.sort(busiest[:MOST_WORKERS])
    code = np.full(len(columns.workers), -1)
    code[chosen] = np.arange(len(chosen))
    rows = real & (code[columns.worker] >= 0)
    table = AnswerTable(
        columns.task[rows].astype(np.int32), code[columns.worker[rows]].astype(np.int32),
        columns.value[rows].astype(np.int32), columns.n_tasks, len(chosen), n_values,
    )  # fmt: skip
    kappa, shared = agreement.cohen_matrix(table)
    return {
        "workers": columns.workers[chosen].tolist(),
        "kappa": np.round(kappa, 4).tolist(),
        "shared": shared.astype(int).tolist(),
    }


def _gold(job: Job) -> list[dict[str, Any]]:
    """Return the gold questions with their number of answers, and of correct answers."""
    kind = kinds.kind(job.kind)
    items: dict[int, dict[str, Any]] = {}
    for position, value, active, answer in rows(GOLD, {"job": job.pk}):
        expected = json.loads(value)
        item = items.setdefault(
            position, {"position": position, "value": expected, "active": active, "n": 0, "right": 0}
        )
        if answer is not None:
            item["n"] += 1
            item["right"] += int(kind.matches(json.loads(answer), expected))
    return list(items.values())
