"""Numbers: each worker has a bias and a spread of their own, and some answers are plain blunders.

An answer is `truth + bias of the worker + error`. Raykar et al. 2010, "Learning from crowds", JMLR 11, section 6, give
each worker a precision; here a bias is added, and errors have Student's t distribution, so that a blunder counts for
little (Lange, Little, Taylor 1989, "Robust statistical modeling using the t distribution", p. 882). Biases and
precisions are pooled towards those of the crowd: with few answers the result is nearly the plain mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

Numbers = ValueTable[float]


def read(text: str) -> float:
    """A finite decimal number."""
    try:
        value = float(text)
    except ValueError as error:
        raise ValueRefused(f"is {text!r}; expected a number such as 12.5") from error
    if not math.isfinite(value):
        raise ValueRefused(f"is {text!r}; expected a finite number")
    return value


def write(value: float) -> str:
    """The shortest text that reads as the same number."""
    return repr(float(value))


def mean(table: Numbers) -> Outcome[float]:
    """The plain mean of a task's answers."""
    value = _array(table)
    n = table.answers_per_task()
    center = np.bincount(table.task, value, table.n_tasks) / np.maximum(n, 1)
    return _concluded(table, value, center, method="mean", parameters={})


def median(table: Numbers) -> Outcome[float]:
    """The median of a task's answers; of an even number the mean of the middle two."""
    value = _array(table)
    center = np.zeros(table.n_tasks)
    order = np.lexsort((value, table.task))
    n = table.answers_per_task()
    first = np.cumsum(n) - n
    some = n > 0
    low, high = first + (n - 1) // 2, first + n // 2
    center[some] = (value[order[low[some]]] + value[order[high[some]]]) / 2
    return _concluded(table, value, center, method="median", parameters={})


def weighted_mean(
    table: Numbers,
    *,
    freedom: float = 20.0,
    worker_answers: float = 10.0,
    max_steps: int = 100,
    tolerance: float = 1e-6,
) -> Outcome[float]:
    """Mean weighted by the precision of the workers, their biases taken out; the default.

    freedom          degrees of freedom of the errors; few of them forgive blunders, many (1000) forgive none
    worker_answers   answers that the crowd's spread is worth when a worker's own is estimated
    max_steps, tolerance   stop when no number moves by more than `tolerance` of the crowd's spread

    The mean of all biases is 0: what all workers have in common cannot be told from the truth. `confidence` is the
    share of the variance between tasks that is left of doubt: 1 - variance of the number / variance of the numbers.
    `traits`: bias and spread (standard deviation) of each worker, in the numbers' own unit. The objective is the
    log-likelihood of the answers under the t distribution; with the priors it need not rise.
    """
    value, answers = _array(table), table.answers_per_worker()
    parameters = {
        "freedom": freedom,
        "worker_answers": worker_answers,
        "max_steps": max_steps,
        "tolerance": tolerance,
    }
    n = table.answers_per_task()
    truth = np.bincount(table.task, value, table.n_tasks) / np.maximum(n, 1)
    rest = value - truth[table.task]
    spare = max(len(value) - int((n > 0).sum()), 1)
    crowd = float(rest @ rest) / spare
    if crowd <= 0:
        return _concluded(
            table,
            value,
            truth,
            method="weighted-mean",
            parameters=parameters,
        )
    bias, variance = np.zeros(table.n_workers), np.full(table.n_workers, crowd)
    objective: list[float] = []
    moved = math.inf
    while len(objective) < max_steps and moved >= tolerance:
        rest = value - truth[table.task] - bias[table.worker]
        spread = variance[table.worker]
        robust = (freedom + 1) / (freedom + rest**2 / spread)
        objective.append(_likelihood(rest, spread, freedom))
        weight = robust / spread
        total = np.bincount(table.task, weight, table.n_tasks)
        pulled = np.bincount(table.task, weight * (value - bias[table.worker]), table.n_tasks)
        before, truth = truth, np.divide(pulled, total, out=truth.copy(), where=total > 0)
        rest = value - truth[table.task]
        # Biases are drawn to 0 as strongly as the biases found differ from it.
        own = np.bincount(table.worker, weight, table.n_workers)
        lean = np.bincount(table.worker, weight * rest, table.n_workers)
        usual = max(float(np.mean((bias**2 + 1 / (own + 1 / crowd))[answers > 0])), crowd * 1e-6)
        bias = lean / (own + 1 / usual)
        bias -= np.average(bias, weights=answers)
        rest -= bias[table.worker]
        # A task's number has been fitted to its answers, which takes some of the spread away.
        left = 1 - weight / np.maximum(total[table.task], np.finfo(np.float64).tiny)
        squares = np.bincount(table.worker, robust * rest**2, table.n_workers)
        degrees = np.bincount(table.worker, left, table.n_workers)
        crowd = max(float(squares.sum()) / max(float(degrees.sum()), 1.0), np.finfo(np.float64).tiny)
        variance = (squares + worker_answers * crowd) / (degrees + worker_answers)
        moved = float(np.abs(truth - before).max()) / math.sqrt(crowd)
    rest = value - truth[table.task] - bias[table.worker]
    weight = (freedom + 1) / (freedom + rest**2 / variance[table.worker]) / variance[table.worker]
    doubt = 1 / np.maximum(np.bincount(table.task, weight, table.n_tasks), np.finfo(np.float64).tiny)
    return _concluded(
        table, value, truth, method="weighted-mean", doubt=doubt, parameters=parameters,
        traits={"bias": bias, "spread": np.sqrt(variance)}, steps=len(objective), converged=moved < tolerance,
        objective=tuple(objective),
    )  # fmt: skip


def measure(concluded: Sequence[float | None], true: Sequence[float]) -> Mapping[str, float]:
    """Root mean square error, mean absolute error and correlation; a missing number counts as the mean of the truth."""
    if not true:
        return {"rmse": 0.0, "mae": 0.0, "correlation": 0.0}
    right = np.array(true)
    found = np.array([right.mean() if value is None else value for value in concluded])
    off = found - right
    varied = found.std() > 0 and right.std() > 0
    correlation = float(np.corrcoef(found, right)[0, 1]) if varied else 0.0
    return {"rmse": float(np.sqrt(np.mean(off**2))), "mae": float(np.abs(off).mean()), "correlation": correlation}


def _array(table: Numbers) -> FloatArray:
    return np.array(table.value, dtype=np.float64).reshape(-1)


def _likelihood(rest: FloatArray, variance: FloatArray, freedom: float) -> float:
    """Log-likelihood of the errors up to a constant of `freedom`."""
    return float(-np.sum(np.log(variance)) / 2 - (freedom + 1) / 2 * np.sum(np.log1p(rest**2 / variance / freedom)))


def _concluded(
    table: Numbers,
    value: FloatArray,
    center: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, float],
    doubt: FloatArray | None = None,
    traits: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Outcome[float]:
    n = table.answers_per_task()
    answered = n > 0
    between = float(center[answered].var()) if answered.any() else 0.0
    rest = value - center[table.task]
    if doubt is None:
        spare = max(int((n - 1)[answered].sum()), 1)
        doubt = float(rest @ rest) / spare / np.maximum(n, 1)
    certain = 1 - doubt / (between + doubt) if between > 0 else np.where(doubt > 0, 0.0, 1.0)
    # 1 for an answer on the number, 1/2 for one as far off as the numbers of the tasks are apart.
    near = between / (between + rest**2) if between > 0 else np.where(np.abs(rest) > 0, 0.0, 1.0)
    return outcome(
        table,
        [float(x) if some else None for x, some in zip(center, answered, strict=True)],
        confidence=certain,
        score=near,
        agreement=agreement.alpha_of_numbers(table.task, value, n_tasks=table.n_tasks, draws=1).value,
        method=method,
        parameters=parameters,
        traits=traits,
        steps=steps,
        converged=converged,
        objective=objective,
    )


STEPS = {
    "max_steps": Parameter(100, 1, 100_000, "steps after which the search ends in any case"),
    "tolerance": Parameter(1e-6, 0.0, 1.0, "movement, in spreads of the crowd, below which it ends"),
}
FORM = Form(
    name="number",
    read=read,
    write=write,
    methods={
        "mean": ValueMethod("mean", language.later("Mean"), language.later("The plain mean."), mean, {}),
        "median": ValueMethod("median", language.later("Median"), language.later("The middle answer."), median, {}),
        "weighted-mean": ValueMethod(
            "weighted-mean",
            language.later("Weighted mean"),
            language.later("Takes out each worker's bias and counts precise workers for more, blunders for less."),
            weighted_mean,
            {
                "freedom": Parameter(20.0, 1.0, 1e6, "degrees of freedom of the errors"),
                "worker_answers": Parameter(10.0, 1e-3, 1e6, "answers that the crowd's spread is worth"),
                **STEPS,
            },
        ),
    },
    default="weighted-mean",
    measure=measure,
    higher=frozenset({"correlation"}),
)
