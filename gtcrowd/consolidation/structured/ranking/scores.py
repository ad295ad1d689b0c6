"""Scores that explain comparisons, with or without a reliability for each worker.

    P(i beats k) = s_i / (s_i + s_k)

Bradley, Terry 1952, "Rank analysis of incomplete block designs", p. 325; a longer ranking counts as all its pairs. The
scores are fitted by Hunter 2004, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics 32, p. 388.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.structured.ranking import MAX_ITEMS_FOR_INVERSE, Comparisons, Ranking, comparisons, summary
from gtcrowd.consolidation.structured.table import ValueTable

PARAMETERS = {
    "prior_wins": Parameter(0.1, 1e-6, 1e6, "comparisons won and lost against an average item assumed beforehand"),
    "max_steps": Parameter(1000, 1, 1_000_000, "maximum number of steps"),
    "tolerance": Parameter(1e-6, 0.0, 1.0, "change of a log-score below which it stops"),
}


def fit(
    table: ValueTable[Ranking],
    prior_wins: float,
    max_steps: int,
    tolerance: float,
    *,
    reliability: tuple[float, float] | None,
    method: str,
) -> Aggregation[list[Ranking | None]]:
    """Fit ln s by maximum a posteriori.

    prior_wins    comparisons won and lost against an average item (s = 1), so that scores are finite
    max_steps, tolerance   stop when no ln s moves by `tolerance`
    reliability   mean and weight in comparisons of the prior of a worker's reliability r_j, the share of comparisons
        that follow the scores and not a coin; None if all are reliable
    """
    pairs = comparisons(table)
    n, worker = len(pairs.names), table.worker[pairs.row]
    compared = np.bincount(worker, minlength=table.n_workers)
    score = np.zeros(n)
    reliable = np.full(table.n_workers, 1.0 if reliability is None else reliability[0])
    objective: list[float] = []
    moved = math.inf
    follows = np.ones(len(worker))
    while len(objective) < max_steps and moved >= tolerance:
        probability = special.expit(score[pairs.winner] - score[pairs.loser])
        likelihood = reliable[worker] * probability + (1 - reliable[worker]) / 2
        prior = 2 * prior_wins * float(special.log_expit(score).sum() + special.log_expit(-score).sum()) / 2
        if reliability is not None:
            share, strength = reliability
            inner = np.clip(reliable, 1e-12, 1 - 1e-12)
            prior += strength * float((share * np.log(inner) + (1 - share) * np.log1p(-inner)).sum())
            follows = reliable[worker] * probability / likelihood
            reliable = (np.bincount(worker, follows, table.n_workers) + strength * share) / (compared + strength)
        objective.append(float(np.log(likelihood).sum()) + prior)
        # One step of Hunter's MM algorithm, with the average item (ln s = 0) as a further opponent.
        wins = np.bincount(pairs.winner, follows, n) + prior_wins
        s = np.exp(score)
        met = follows / (s[pairs.winner] + s[pairs.loser])
        against = np.bincount(pairs.winner, met, n) + np.bincount(pairs.loser, met, n) + 2 * prior_wins / (s + 1)
        new_score = np.log(wins / against)
        # Comparisons do not determine the level of a task's scores, and the weak prior does so only slowly.
        new_score -= (np.bincount(pairs.task, new_score) / np.maximum(np.bincount(pairs.task), 1))[pairs.task]
        moved = float(np.abs(new_score - score).max(initial=0.0))
        score = new_score
    matrix, diagonal = _information(pairs, score, follows, prior_wins)
    covariance = None if matrix is None else np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    parameters: dict[str, float] = {"prior_wins": prior_wins, "max_steps": max_steps, "tolerance": tolerance}
    if reliability is not None:
        parameters |= {"prior_reliability": reliability[0], "worker_answers": reliability[1]}
    return summary(
        table, pairs, score, covariance, 1 / diagonal,
        method=method, parameters=parameters, steps=len(objective), converged=moved < tolerance,
        objective=tuple(objective), worker_parameters={} if reliability is None else {"reliability": reliable},
    )  # fmt: skip


def _information(
    pairs: Comparisons, score: FloatArray, weight: FloatArray, prior_wins: float
) -> tuple[FloatArray | None, FloatArray]:
    """Return the Fisher information of the scores [items, items], None if there are many items, and its diagonal."""
    n = len(score)
    probability = special.expit(score[pairs.winner] - score[pairs.loser])
    of_pair = weight * probability * (1 - probability)
    own = special.expit(score)
    diagonal = (
        np.bincount(pairs.winner, of_pair, n) + np.bincount(pairs.loser, of_pair, n) + 2 * prior_wins * own * (1 - own)
    )
    if n > MAX_ITEMS_FOR_INVERSE:
        return None, diagonal
    matrix = np.diag(diagonal)
    np.add.at(matrix, (pairs.winner, pairs.loser), -of_pair)
    np.add.at(matrix, (pairs.loser, pairs.winner), -of_pair)
    return matrix, diagonal
