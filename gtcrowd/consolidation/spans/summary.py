"""Put the result of a method for spans together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.spans import entities
from gtcrowd.consolidation.spans.entities import Entities
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueTable


def mean_f1_with_label(table: ValueTable[Entities], labels: Sequence[Entities | None]) -> FloatArray:
    """Return the mean F1 of each task's answers with its label, [n_tasks]; 0 without answers."""
    score = _scores(table, labels)
    return np.bincount(table.task, score, table.n_tasks) / np.maximum(table.answers_per_task(), 1)


def summary(
    table: ValueTable[Entities],
    labels: Sequence[Entities | None],
    part_confidence: Sequence[FloatArray],
    confidence: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, float],
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Aggregation[list[Entities | None]]:
    """Return the result of a method; the score of an answer is its F1 with the label."""
    return summarise(
        table, labels, confidence=confidence, score=_scores(table, labels), part_confidence=part_confidence,
        agreement=entities.mean_f1(table), method=method, parameters=parameters, steps=steps, converged=converged,
        objective=objective,
    )  # fmt: skip


def _scores(table: ValueTable[Entities], labels: Sequence[Entities | None]) -> FloatArray:
    pairs = zip(table.value, table.task.tolist(), strict=True)
    return np.array([entities.f1(value, labels[task] or Entities(())) for value, task in pairs], dtype=np.float64)
