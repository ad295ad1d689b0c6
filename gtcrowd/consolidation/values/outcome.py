"""What a method hands out for values: one value a task, the doubt in it and in its parts, and the workers' quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes.conclusion import Json, library_versions
from gtcrowd.consolidation.intervals import credible_interval
from gtcrowd.consolidation.values.table import ValueTable

FloatArray = npt.NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Outcome(Generic[T]):
    """The result of one method on one `ValueTable`. No array ever holds NaN.

    value       one a task; None for a task without any answer
    confidence  float64 [n_tasks], 0 to 1; 0 without any answer. Each method says what its confidence means
    parts       for each task the confidence of each part of its value (box, span, label, item), in the value's
                order; empty arrays for a kind without parts
    answers     int64 [n_workers], number of answers in the table
    quality     float64 [n_workers], 0 to 1 in the kind's own measure (mean IoU, F1, ...); 0.5 without any answer
    low, high   float64 [n_workers], 95 % interval around it
    traits      further estimates about the workers by name, each float64 [n_workers] (bias, spread, ...)
    agreement   the kind's agreement measure over the answers alone; None where no task has two answers to compare
    objective   one float a step
    model       what was learned about the workers, for methods whose kind can judge a further answer by it at once
    """

    value: Sequence[T | None]
    confidence: FloatArray
    parts: Sequence[FloatArray]
    answers: npt.NDArray[np.int64]
    quality: FloatArray
    low: FloatArray
    high: FloatArray
    traits: Mapping[str, FloatArray]
    agreement: float | None
    steps: int
    converged: bool
    objective: tuple[float, ...]
    method: str
    parameters: Mapping[str, Json]
    versions: Mapping[str, str] = field(default_factory=library_versions)
    model: object = None
    confusion: ClassVar[None] = None

    @property
    def accuracy(self) -> FloatArray:
        """`quality`, by the name that results of all kinds have."""
        return self.quality


def outcome(
    table: ValueTable[T],
    value: Sequence[T | None],
    *,
    confidence: FloatArray,
    score: FloatArray,
    agreement: float | None,
    method: str,
    parameters: Mapping[str, Json],
    parts: Sequence[FloatArray] | None = None,
    traits: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
    model: object = None,
) -> Outcome[T]:
    """Put an outcome together; workers are measured in the one way that all kinds share.

    score [n]: how well each answer agrees with what is right, 0 to 1 in the kind's measure. A worker's quality is the
    mean; its interval is that of a share with so many answers (`intervals.credible_interval`), which is as wide as
    scores between 0 and 1 can make it, and wider than needed where they are not all 0 or 1.
    """
    answers = table.answers_per_worker()
    total = np.bincount(table.worker, score, table.n_workers).astype(np.float64)
    quality = np.divide(total, answers, out=np.full(table.n_workers, 0.5), where=answers > 0)
    low, high = credible_interval(total, answers)
    return Outcome(
        value=value,
        confidence=np.where([one is not None for one in value], np.clip(confidence, 0.0, 1.0), 0.0),
        parts=[np.zeros(0)] * table.n_tasks if parts is None else parts,
        answers=answers,
        quality=quality,
        low=np.minimum(low, quality),
        high=np.maximum(high, quality),
        traits={} if traits is None else traits,
        agreement=agreement,
        steps=steps,
        converged=converged,
        objective=objective,
        method=method,
        parameters=dict(parameters),
        model=model,
    )
