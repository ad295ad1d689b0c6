"""Put the result of a structured method together, with workers scored in the one way that all value types share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from gtcrowd.consolidation.aggregation import Aggregation, Json
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.intervals import credible_interval
from gtcrowd.consolidation.structured.table import ValueTable

T = TypeVar("T")


def summarise(
    table: ValueTable[T],
    labels: Sequence[T | None],
    *,
    confidence: FloatArray,
    score: FloatArray,
    agreement: float | None,
    method: str,
    parameters: Mapping[str, Json],
    part_confidence: Sequence[FloatArray] | None = None,
    worker_parameters: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
    model: object = None,
) -> Aggregation[list[T | None]]:
    """Return the result of a method.

    labels, confidence   [n_tasks]
    score                [n], similarity of each answer to its label, 0 to 1 in the measure of the value type

    The other arguments are fields of `Aggregation`. A worker's accuracy is their mean score; its interval is that of a
    proportion of so many answers (`intervals.credible_interval`), which is as wide as scores between 0 and 1 can make
    it, and wider than necessary if they are not all 0 or 1.
    """
    answers = table.answers_per_worker()
    total = np.bincount(table.worker, score, table.n_workers).astype(np.float64)
    accuracy = np.divide(total, answers, out=np.full(table.n_workers, 0.5), where=answers > 0)
    low, high = credible_interval(total, answers)
    return Aggregation(
        labels=list(labels),
        confidence=np.where([label is not None for label in labels], np.clip(confidence, 0.0, 1.0), 0.0),
        answers=answers,
        accuracy=accuracy,
        low=np.minimum(low, accuracy),
        high=np.maximum(high, accuracy),
        steps=steps,
        converged=converged,
        objective=objective,
        method=method,
        parameters=dict(parameters),
        part_confidence=[np.zeros(0)] * table.n_tasks if part_confidence is None else part_confidence,
        worker_parameters={} if worker_parameters is None else worker_parameters,
        agreement=agreement,
        model=model,
    )
