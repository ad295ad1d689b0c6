"""Decide what an answer is compared with: the gold answer of a gold question, else the truth, else the label.

The rule has three forms: SQL expressions over `joins`, one for the texts of a row (`first`), and one for arrays of
codes (`codes`). An answer to a gold question is never compared with a label, which is the gold answer itself.

One measure is outside of it: the reliability diagram (`run_summary.RELIABILITY`) compares a *label's* confidence with
the truth alone. Consolidation is told the gold answers, so that labels of gold objects would agree with gold by
construction, and confidence would look better calibrated than it is.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Value = TypeVar("Value")

CERTAIN = "coalesce(CASE WHEN answer.gold THEN gold.value END, truth.value)"
"""SQL: the gold answer or truth that an answer is compared with, NULL without one. Over `joins` and an `answer`."""
CERTAIN_OF_OBJECT = "coalesce(gold.value, truth.value)"
"""SQL: the gold answer or truth of an object, NULL without one."""
CATEGORY = (
    "coalesce("
    "CASE WHEN answer.gold AND gold.value = ANY(%(categories)s::jsonb[]) THEN gold.value END, "
    "CASE WHEN truth.value = ANY(%(categories)s::jsonb[]) THEN truth.value END, "
    "CASE WHEN NOT answer.gold THEN label.value END)"
)
"""SQL: the reference of an answer as `codes` has it: what is none of the job's `categories` counts as absent."""


def joins(data_object: str) -> str:
    """Return the SQL joins of `label`, `truth` and `gold` to an object, by an expression of its id."""
    return f"""
LEFT JOIN labels_label label ON label.data_object_id = {data_object} AND label.current
LEFT JOIN labels_truth truth ON truth.data_object_id = {data_object}
LEFT JOIN tasks_gold gold ON gold.task_id = {data_object} AND gold.active
"""


def first(*, is_gold: bool, gold: Value, truth: Value, label: Value) -> Value | None:
    """Return the reference of an answer, None without one; empty values are absent. `is_gold`: to a gold question."""
    return (gold if is_gold else None) or truth or (None if is_gold else label) or None


def codes(
    *, gold: npt.NDArray[np.int64], truth: npt.NDArray[np.int64], label: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the code of the reference of each answer, [n]; -1 where there is none.

    gold, truth, label: [n] codes, -1 where absent; `gold` only for answers to gold questions, `label` only for others.
    """
    certain = np.where(gold >= 0, gold, truth)
    return np.asarray(np.where(certain >= 0, certain, label))
