"""A job as its last official run sees it: agreement, confusions, doubt and known objects, in JSON for the pages."""

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
DAYS_KEPT, WORKERS_KEPT, DOUBTFUL_KEPT = 120, 60, 200

REDUNDANCY = """
SELECT answer_count, state, reason_code, count(*) FROM tasks_task WHERE job_id = %(job)s AND state <> 'gold'
GROUP BY answer_count, state, reason_code ORDER BY answer_count, state, reason_code
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


def described(job: Job, columns: Columns, values: Any, categories: int) -> dict[str, Any]:
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
            np.zeros_like(columns.worker), reference(columns), columns.value, n_workers=1, n_values=categories
        )
        content["confusion"] = whole[0].tolist()
    facts = {"job": job.pk, "most": DOUBTFUL_KEPT}
    content["redundancy"] = [list(row) for row in rows(REDUNDANCY, facts)]
    content["sure"] = [list(row) for row in rows(SURE, facts)]
    content["doubtful"] = [[place, json.loads(text), sure] for place, text, sure in rows(DOUBTFUL, facts)]
    content["reliability"] = calibration.reliability(np.array(rows(RELIABLE, facts), dtype=float).reshape(-1, 2))
    content["gold"] = _gold(job)
    content["flow"] = {"objects": job.objects_total, "tasks": object_flow.counted(job.pk)}
    content["boxes"] = _boxes(columns)
    return content


def _boxes(columns: Columns) -> dict[str, Any] | None:
    """Errors of place and size of boxes (measures.boxes), of all and of the busiest workers; None for other kinds."""
    if columns.boxes is None:
        return None
    found = boxes.compared(*columns.boxes)
    busiest = np.argsort(-np.bincount(columns.worker, minlength=len(columns.workers)), kind="stable")[:WORKERS_KEPT]
    return {
        "crowd": boxes.summed(found, np.ones(len(columns.worker), bool)),
        "workers": [
            {"worker": int(columns.workers[place]), **boxes.summed(found, columns.worker == place)}
            for place in np.sort(busiest).tolist()
        ],
    }


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
    for position, value, active, answer in rows(GOLD, {"job": job.pk}):
        known = json.loads(value)
        item = items.setdefault(position, {"position": position, "value": known, "active": active, "n": 0, "right": 0})
        if answer is not None:
            item["n"] += 1
            item["right"] += int(kind.matches(json.loads(answer), known))
    return list(items.values())
