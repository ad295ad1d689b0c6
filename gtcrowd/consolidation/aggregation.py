"""The result of every method: one label per task, its confidence, and the accuracy of each worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import scipy

from gtcrowd.consolidation.arrays import FloatArray

L = TypeVar("L")
Json = bool | int | float | str | None


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that computed a result, as part of its provenance."""
    return {"numpy": np.__version__, "scipy": scipy.__version__}


@dataclass(frozen=True, eq=False)
class Aggregation(Generic[L]):
    """The result of one method on one table of answers. No array ever holds NaN.

    Every method sets:

    labels      one per task. Categorical methods: int32 [n_tasks], class codes, the lowest code in a tie, -1 without
                an answer. Structured methods: a list of n_tasks values, None without an answer
    confidence  float64 [n_tasks], 0 to 1; 0 without an answer. Each method documents what its confidence means
    answers     int64 [n_workers], number of answers in the table
    accuracy    float64 [n_workers], 0 to 1: expected share of correct answers, or for structured values the mean
                similarity of the worker's answers to the labels (IoU, F1, …); 0.5 without an answer
    low, high   float64 [n_workers], 95 % interval of the accuracy
    steps       number of iterations; `converged`: whether the stopping rule was met before the limit
    objective   one float per step; it never falls for methods that climb a likelihood
    method, parameters, versions   provenance

    Only some methods set:

    posterior          float64 [n_tasks, n_labels]. Categorical methods: rows sum to 1, the class prior without an
                       answer. Multi-label methods: probability that each label applies
    part_confidence    for each task float64 [parts of its value] (boxes, spans, items, …), in the value's order
    confusion          float64 [n_workers, n_labels, n_labels], P(answer | truth)
    class_prior        float64 [n_labels], P(truth), of methods with confusion matrices
    difficulty         float64 [n_tasks], above 0
    correlation        of the answers to one task, by which the evidence was tempered; 0 where it was not
    worker_parameters  further estimates by name, each float64 [n_workers] (bias, spread, sensitivity, …)
    agreement          the measure of agreement over the answers alone; None where no task has two answers to compare
    model              what else the method learned, of its own type
    """

    labels: L
    confidence: FloatArray
    answers: npt.NDArray[np.int64]
    accuracy: FloatArray
    low: FloatArray
    high: FloatArray
    steps: int
    converged: bool
    objective: tuple[float, ...]
    method: str
    parameters: Mapping[str, Json]
    versions: Mapping[str, str] = field(default_factory=library_versions)
    posterior: FloatArray | None = None
    part_confidence: Sequence[FloatArray] | None = None
    confusion: FloatArray | None = None
    class_prior: FloatArray | None = None
    difficulty: FloatArray | None = None
    correlation: float = 0.0
    worker_parameters: Mapping[str, FloatArray] = field(default_factory=dict)
    agreement: float | None = None
    model: object = None

    @property
    def class_posterior(self) -> FloatArray:
        """The posterior, of methods that set it. Raises ValueError for others."""
        if self.posterior is None:
            raise ValueError(f"{self.method} has no posterior")
        return self.posterior
