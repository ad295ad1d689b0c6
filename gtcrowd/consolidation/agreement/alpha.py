"""Krippendorff's alpha: agreement beyond chance for any number of raters, with answers missing anywhere.

    α = 1 - D_o / D_e

(Krippendorff 2011, "Computing Krippendorff's alpha-reliability", University of Pennsylvania). The observed
disagreement D_o is the mean distance over pairs of answers to one task, tasks weighted by their answers; the expected
disagreement D_e that over all pairs of answers. For classes the cost is answers + tasks × classes²; for numbers it is
linear in the answers, as sums of squares replace the pairs.

Every coefficient is a ratio of sums over tasks, so a bootstrap over tasks (Efron, Tibshirani 1993, chapter 13)
resamples sums, not answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical.table import AnswerTable

Level = Literal["nominal", "ordinal"]
DRAWS = 1000


@dataclass(frozen=True)
class Agreement:
    """A coefficient with its 95 % bootstrap interval over tasks, from `low` to `high`.

    value            None if the coefficient is undefined; `reason` then says why
    tasks, answers   those that counted: tasks with at least two answers
    """

    value: float | None
    low: float | None
    high: float | None
    tasks: int
    answers: int
    reason: str = ""


def undefined(reason: str, tasks: int = 0, answers: int = 0) -> Agreement:
    """Return an undefined coefficient with the reason."""
    return Agreement(None, None, None, tasks, answers, reason)


def alpha(table: AnswerTable, *, level: Level = "nominal", seed: int = 0, draws: int = DRAWS) -> Agreement:
    """Return alpha of classes.

    level   "nominal", or "ordinal" to take the codes of the classes as ranks
    seed, draws   of the bootstrap
    """
    votes = table.votes()
    votes = votes[votes.sum(axis=1) >= 2]
    if not len(votes):
        return undefined("no task has two answers")
    n = votes.sum(axis=1)
    marginal = votes.sum(axis=0)
    if np.count_nonzero(marginal) < 2:
        return undefined("only one class was ever answered", len(votes), int(n.sum()))
    distance = _nominal(len(marginal)) if level == "nominal" else _ordinal(marginal)
    # Ordered pairs of different answers within a task; a pair of equal classes has the distance 0.
    within = np.einsum("ic,cd,id->i", votes, distance, votes, optimize=True) / (n - 1)

    def coefficient(weight: FloatArray) -> FloatArray:
        by_class = weight @ votes
        total = weight @ n
        expected = np.einsum("...c,cd,...d->...", by_class, distance, by_class, optimize=True) / (total - 1)
        return 1 - _ratio(weight @ within, expected)

    return bootstrapped(coefficient, len(votes), int(n.sum()), seed=seed, draws=draws)


def alpha_of_numbers(
    task: IntArray, value: FloatArray, *, n_tasks: int, seed: int = 0, draws: int = DRAWS
) -> Agreement:
    """Return alpha of numbers at the interval level: the distance is the squared difference.

    task, value   [n], one element per answer
    seed, draws   of the bootstrap
    """
    count = np.bincount(task, minlength=n_tasks)
    pairable = count[task] >= 2
    n = count[count >= 2].astype(np.float64)
    if not len(n):
        return undefined("no task has two answers")
    # Differences do not depend on the mean; centred numbers lose no digits when squared.
    centred = value - value[pairable].mean()
    total = np.bincount(task[pairable], centred[pairable], n_tasks)[count >= 2]
    square = np.bincount(task[pairable], centred[pairable] ** 2, n_tasks)[count >= 2]
    if square.sum() <= np.finfo(np.float64).eps * max(float(np.abs(value).max()) ** 2, 1.0):
        return undefined("all answers are the same number", len(n), int(n.sum()))
    within = 2 * (n * square - total**2) / (n - 1)

    def coefficient(weight: FloatArray) -> FloatArray:
        answers = weight @ n
        expected = 2 * (answers * (weight @ square) - (weight @ total) ** 2) / (answers - 1)
        return 1 - _ratio(weight @ within, expected)

    return bootstrapped(coefficient, len(n), int(n.sum()), seed=seed, draws=draws)


def bootstrapped(
    coefficient: Callable[[FloatArray], FloatArray], tasks: int, answers: int, *, seed: int, draws: int
) -> Agreement:
    """Return the coefficient at weight 1 for each task, with its interval over `draws` random weights of the tasks.

    coefficient      weights [..., tasks] → values [...], NaN where it is undefined
    tasks, answers   for the result

    The draws are Poisson weights, which for more than a handful of tasks are equivalent to resampling with replacement.
    """
    value = float(coefficient(np.ones(tasks)))
    if np.isnan(value):
        return undefined("no disagreement is to be expected", tasks, answers)
    rng = np.random.default_rng(seed)
    step = max(1, 4_000_000 // tasks)
    replicates = np.concatenate([
        np.atleast_1d(coefficient(rng.poisson(1.0, (min(step, draws - first), tasks)).astype(np.float64)))
        for first in range(0, draws, step)
    ])  # fmt: skip
    replicates = replicates[np.isfinite(replicates)]
    if not len(replicates):
        return Agreement(value, value, value, tasks, answers)
    low, high = np.quantile(replicates, [0.025, 0.975])
    return Agreement(value, min(float(low), value), max(float(high), value), tasks, answers)


def _nominal(classes: int) -> FloatArray:
    return np.asarray(1 - np.eye(classes))


def _ordinal(marginal: FloatArray) -> FloatArray:
    """Return the squared number of answers between two ranks, the ends counting half (Krippendorff 2011, p. 6)."""
    rank = np.cumsum(marginal) - marginal / 2
    distance: FloatArray = (rank[:, None] - rank) ** 2
    return distance


def _ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> FloatArray:
    """Return numerator / denominator, NaN where the denominator is not positive."""
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    return np.asarray(np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom > 0))
