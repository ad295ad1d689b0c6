"""Summarize a job after an official run: agreement, confusions, confidence and gold: its quality report."""

import json
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd import kinds
from gtcrowd.analytics import cusum, object_flow
from gtcrowd.analytics.cases import JobAnswers
from gtcrowd.analytics.columns import Columns, reference, rows
from gtcrowd.analytics.measures import boxes, calibration, drift
from gtcrowd.analytics.measures import comparisons as comparing
from gtcrowd.analytics.measures.periods import EPOCH
from gtcrowd.analytics.quality_report import (
    BoxErrors,
    Coefficient,
    DayCoefficient,
    GoldCount,
    KappaMatrix,
    QualityReport,
)
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


def summarize(
    job: Job, columns: Columns, values: Any, categories: int, charts: tuple[JobAnswers, drift.Charts] | None
) -> QualityReport:
    """Return the quality report of a job.

    values      all possible values; None for kinds without a list of values
    categories  number of categories of the confusion matrix; 0 for none
    charts      the answers that are watched for drift with their CUSUM charts; None if none are
    """
    real, n_values = ~columns.gold, len(values) if values is not None else 0
    params = {"job": job.pk, "most": MOST_UNCERTAIN}
    return QualityReport(
        categories=list(job.categories),
        confusion=_confusion(columns, categories) if categories else None,
        agreement=_agreement(columns, real, n_values) if values is not None else {},
        by_day=_by_day(columns, real, n_values) if values is not None else [],
        matrix=_matrix(columns, real, n_values) if values is not None else None,
        redundancy=[list(row) for row in rows(REDUNDANCY, params)],
        confidences=[list(row) for row in rows(CONFIDENCES, params)],
        least_confident=[
            [position, json.loads(text), confidence] for position, text, confidence in rows(UNCERTAIN, params)
        ],
        reliability=calibration.reliability(np.array(rows(RELIABILITY, params), dtype=float).reshape(-1, 2)),
        gold=_gold(job),
        flow={"objects": job.objects_total, "tasks": object_flow.counted(job.pk)},
        drift=cusum.summarize(*charts, columns) if charts else None,
        boxes=_boxes(columns),
    )


def _confusion(columns: Columns, categories: int) -> list[list[int]]:
    """Return the confusion counts of all workers, [reference, answer]."""
    whole = comparing.confusion(
        np.zeros_like(columns.worker), reference(columns), columns.value, n_workers=1, n_values=categories
    )
    counts: list[list[int]] = np.asarray(whole, np.int64).reshape(1, categories, categories)[0].tolist()
    return counts


def _agreement(columns: Columns, real: npt.NDArray[np.bool_], n_values: int) -> dict[str, Coefficient]:
    table = _table(columns, real, n_values)
    measures = (("percent", agreement.percent), ("fleiss", agreement.fleiss), ("alpha", agreement.alpha))
    return {name: _interval(measure(table, draws=DRAWS)) for name, measure in measures}


def _boxes(columns: Columns) -> BoxErrors | None:
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


def _interval(coefficient: agreement.Agreement) -> Coefficient:
    return {
        "value": coefficient.value, "low": coefficient.low, "high": coefficient.high, "tasks": coefficient.tasks,
        "answers": coefficient.answers, "reason": coefficient.reason,
    }  # fmt: skip


def _by_day(columns: Columns, real: npt.NDArray[np.bool_], n_values: int) -> list[DayCoefficient]:
    """Return alpha of the answers of each of the last MOST_DAYS days."""
    days = np.unique(columns.day[real])[-MOST_DAYS:]
    points: list[DayCoefficient] = []
    for day in days.tolist():
        table = _table(columns, real & (columns.day == day), n_values)
        alpha = agreement.alpha(table, draws=DRAWS)
        points.append({"day": (EPOCH + timedelta(days=day)).isoformat(), **_interval(alpha)})
    return points


def _matrix(columns: Columns, real: npt.NDArray[np.bool_], n_values: int) -> KappaMatrix:
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
        "kappa": [[None if np.isnan(cell) else round(cell, 4) for cell in row] for row in kappa.tolist()],
        "shared": shared.astype(int).tolist(),
    }


def _gold(job: Job) -> list[GoldCount]:
    """Return the gold questions with their number of answers, and of correct answers."""
    kind = kinds.kind(job.kind)
    items: dict[int, GoldCount] = {}
    for position, value, active, answer in rows(GOLD, {"job": job.pk}):
        expected = json.loads(value)
        item = items.setdefault(
            position, {"position": position, "value": expected, "active": active, "n": 0, "right": 0}
        )
        if answer is not None:
            item["n"] += 1
            item["right"] += int(kind.matches(json.loads(answer), expected))
    return list(items.values())
