"""Store the CUSUM charts of the workers most likely to have drifted, in few points, for the pages."""

import numpy as np

from gtcrowd.analytics.cases import JobAnswers
from gtcrowd.analytics.columns import Columns
from gtcrowd.analytics.measures import drift
from gtcrowd.analytics.quality_report import Drift, DriftChart

MOST_GOLD = 100
"""Maximum number of correct, and of incorrect, gold answers stored per worker."""


def summarize(answers: JobAnswers, charts: drift.Charts, columns: Columns) -> Drift:
    """Return the charts for JSON.

    threshold  h
    watched    number of workers with an answer; `alarms`: of those with an alarm; `answers`: number of all answers
    workers    those with the highest max S_t: worker (id), n (answers), highest (max S_t), began and told (index of the
               start of the rise, and of the alarm or None), began_at, told_at, points (index, S_t, seconds since 1970),
               known_n and known_right (gold answers, and correct ones), known (index among the worker's answers of each
               gold answer, and whether it is correct)
    """
    n = np.bincount(answers.worker, minlength=len(answers.workers))
    return {
        "threshold": round(charts.threshold, 3),
        "watched": int((n > 0).sum()),
        "alarms": int((charts.alarm >= 0).sum()),
        "answers": len(answers.task),
        "workers": [_chart(answers, charts, columns, worker) for worker in charts.worst().tolist()],
    }


def _chart(answers: JobAnswers, charts: drift.Charts, columns: Columns, worker: int) -> DriftChart:
    at = np.sort(answers.at[answers.worker == worker])
    path, began, alarm = charts.path(worker), int(charts.began[worker]), int(charts.alarm[worker])
    points = drift.thinned(path, also=[began, *([alarm] if alarm >= 0 else [])])
    tests = np.flatnonzero((columns.worker == worker) & columns.gold & (columns.gold_value >= 0))
    right = columns.gold_value[tests] == columns.value[tests]
    sample = np.sort(np.concatenate([_sample(np.flatnonzero(right)), _sample(np.flatnonzero(~right))]))
    before = np.searchsorted(at, columns.at[tests])
    return {
        "worker": int(answers.workers[worker]),
        "n": len(at),
        "highest": round(float(charts.highest[worker]), 3),
        "began": began,
        "began_at": round(float(at[began])),
        "told": alarm if alarm >= 0 else None,
        "told_at": round(float(at[alarm])) if alarm >= 0 else None,
        "points": [[int(index), round(float(path[index]), 3), round(float(at[index]))] for index in points],
        "known_n": len(tests),
        "known_right": int(right.sum()),
        "known": [[int(before[row]), bool(right[row])] for row in sample],
    }


def _sample(rows: np.ndarray) -> np.ndarray:
    """Return at most MOST_GOLD of the rows, evenly spaced."""
    if len(rows) <= MOST_GOLD:
        return rows
    result: np.ndarray = rows[np.linspace(0, len(rows) - 1, MOST_GOLD).astype(int)]
    return result
