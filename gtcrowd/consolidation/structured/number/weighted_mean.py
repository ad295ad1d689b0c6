"""Mean weighted by the precision of the workers, corrected for their biases; the default for numbers.

    y_ij = μ_i + b_j + e_ij,   e_ij ~ t_ν(0, σ_j²)

Raykar et al. 2010, "Learning from crowds", JMLR 11, section 6, give each worker a precision; here a bias b_j is added,
and errors have Student's t distribution, so that outliers have little weight (Lange, Little, Taylor 1989, "Robust
statistical modeling using the t distribution", p. 882). b_j and σ_j are pooled towards those of the crowd: with few
answers the result is close to the plain mean.
"""

from __future__ import annotations

import math

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.number import Numbers, as_array, summary


@method(
    name="weighted-mean",
    title=language.gettext_lazy("Weighted mean"),
    summary=language.gettext_lazy("Corrects each worker's bias, weights workers by precision, and discounts outliers."),
    order=30,
    parameters={
        "freedom": Parameter(20.0, 1.0, 1e6, "degrees of freedom of the errors"),
        "worker_answers": Parameter(10.0, 1e-3, 1e6, "weight of the crowd's spread for a worker, in answers"),
        "max_steps": Parameter(100, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "change, in units of the crowd's spread, below which it stops"),
    },
)
def weighted_mean(
    table: Numbers,
    *,
    freedom: float = 20.0,
    worker_answers: float = 10.0,
    max_steps: int = 100,
    tolerance: float = 1e-6,
) -> Aggregation[list[float | None]]:
    """Estimate μ, b and σ.

    freedom          ν, degrees of freedom of the errors; a low value discounts outliers, a high one (1000) does not
    worker_answers   weight of the crowd's σ² in that of a worker, in answers
    max_steps, tolerance   stop when no μ_i moves by more than `tolerance` times the crowd's σ

    The mean of all biases is 0: what all workers have in common cannot be distinguished from the truth. The confidence
    is 1 - variance of μ_i / variance of all μ. `worker_parameters`: bias b_j and spread σ_j, in the unit of the
    numbers. The objective is the log-likelihood of the answers; with the priors it need not rise.
    """
    value, answers = as_array(table), table.answers_per_worker()
    parameters = {
        "freedom": freedom,
        "worker_answers": worker_answers,
        "max_steps": max_steps,
        "tolerance": tolerance,
    }
    n = table.answers_per_task()
    mu = np.bincount(table.task, value, table.n_tasks) / np.maximum(n, 1)
    residual = value - mu[table.task]
    degrees_left = max(len(value) - int((n > 0).sum()), 1)
    crowd = float(residual @ residual) / degrees_left
    if crowd <= 0:
        return summary(table, value, mu, method="weighted-mean", parameters=parameters)
    bias, variance = np.zeros(table.n_workers), np.full(table.n_workers, crowd)
    objective: list[float] = []
    moved = math.inf
    while len(objective) < max_steps and moved >= tolerance:
        residual = value - mu[table.task] - bias[table.worker]
        spread = variance[table.worker]
        robust = (freedom + 1) / (freedom + residual**2 / spread)
        objective.append(_log_likelihood(residual, spread, freedom))
        weight = robust / spread
        total = np.bincount(table.task, weight, table.n_tasks)
        weighted = np.bincount(table.task, weight * (value - bias[table.worker]), table.n_tasks)
        before, mu = mu, np.divide(weighted, total, out=mu.copy(), where=total > 0)
        residual = value - mu[table.task]
        # Biases are drawn to 0 as strongly as the estimated biases differ from it.
        precision = np.bincount(table.worker, weight, table.n_workers)
        weighted_residual = np.bincount(table.worker, weight * residual, table.n_workers)
        typical = max(float(np.mean((bias**2 + 1 / (precision + 1 / crowd))[answers > 0])), crowd * 1e-6)
        bias = weighted_residual / (precision + 1 / typical)
        bias -= np.average(bias, weights=answers)
        residual -= bias[table.worker]
        # μ_i was fitted to these answers, which removes some of the spread.
        leverage = 1 - weight / np.maximum(total[table.task], np.finfo(np.float64).tiny)
        squares = np.bincount(table.worker, robust * residual**2, table.n_workers)
        degrees = np.bincount(table.worker, leverage, table.n_workers)
        crowd = max(float(squares.sum()) / max(float(degrees.sum()), 1.0), np.finfo(np.float64).tiny)
        variance = (squares + worker_answers * crowd) / (degrees + worker_answers)
        moved = float(np.abs(mu - before).max()) / math.sqrt(crowd)
    residual = value - mu[table.task] - bias[table.worker]
    weight = (freedom + 1) / (freedom + residual**2 / variance[table.worker]) / variance[table.worker]
    mu_variance = 1 / np.maximum(np.bincount(table.task, weight, table.n_tasks), np.finfo(np.float64).tiny)
    return summary(
        table, value, mu, method="weighted-mean", variance=mu_variance, parameters=parameters,
        worker_parameters={"bias": bias, "spread": np.sqrt(variance)}, steps=len(objective),
        converged=moved < tolerance, objective=tuple(objective),
    )  # fmt: skip


def _log_likelihood(residual: FloatArray, variance: FloatArray, freedom: float) -> float:
    """Return the log-likelihood of the errors up to a constant of `freedom`."""
    return float(-np.sum(np.log(variance)) / 2 - (freedom + 1) / 2 * np.sum(np.log1p(residual**2 / variance / freedom)))
