"""Numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd import plain_text
from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable

Numbers = ValueTable[float]
HIGHER_IS_BETTER = frozenset({"correlation"})


def read(text: str) -> float:
    """Parse a finite decimal number. Raises ValueRefused."""
    value = plain_text.measurement(text)
    if value is None:
        raise ValueRefused(f"is {text!r}; expected a finite number such as 12.5")
    return value


def write(value: float) -> str:
    """Return the shortest text that reads as the same number."""
    return repr(float(value))


def measure(labels: Sequence[float | None], truths: Sequence[float]) -> Mapping[str, float]:
    """Return root mean square error, mean absolute error and correlation.

    A missing number counts as the mean of the truths.
    """
    if not truths:
        return {"rmse": 0.0, "mae": 0.0, "correlation": 0.0}
    true = np.array(truths)
    predicted = np.array([true.mean() if value is None else value for value in labels])
    error = predicted - true
    varied = predicted.std() > 0 and true.std() > 0
    correlation = float(np.corrcoef(predicted, true)[0, 1]) if varied else 0.0
    return {"rmse": float(np.sqrt(np.mean(error**2))), "mae": float(np.abs(error).mean()), "correlation": correlation}


def as_array(table: Numbers) -> FloatArray:
    """Return the answers as float64 [n]."""
    return np.array(table.value, dtype=np.float64).reshape(-1)


def summary(
    table: Numbers,
    value: FloatArray,
    center: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, float],
    variance: FloatArray | None = None,
    worker_parameters: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Aggregation[list[float | None]]:
    """Return the result of a method.

    value      [n], the answers
    center     [n_tasks], the labels
    variance   [n_tasks], of the labels; by default that of a mean, from the pooled variance of the answers

    The confidence is 1 - variance / (variance between tasks + variance). The score of an answer is 1 if it equals the
    label, and 1/2 if it differs by the standard deviation between tasks.
    """
    n = table.answers_per_task()
    answered = n > 0
    between = float(center[answered].var()) if answered.any() else 0.0
    residual = value - center[table.task]
    if variance is None:
        degrees = max(int((n - 1)[answered].sum()), 1)
        variance = float(residual @ residual) / degrees / np.maximum(n, 1)
    confidence = 1 - variance / (between + variance) if between > 0 else np.where(variance > 0, 0.0, 1.0)
    score = between / (between + residual**2) if between > 0 else np.where(np.abs(residual) > 0, 0.0, 1.0)
    return summarise(
        table,
        [float(x) if has_answer else None for x, has_answer in zip(center, answered, strict=True)],
        confidence=confidence,
        score=score,
        agreement=agreement.alpha_of_numbers(table.task, value, n_tasks=table.n_tasks, draws=1).value,
        method=method,
        parameters=parameters,
        worker_parameters=worker_parameters,
        steps=steps,
        converged=converged,
        objective=objective,
    )
