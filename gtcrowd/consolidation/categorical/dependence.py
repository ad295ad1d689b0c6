"""How strongly the answers to one object are correlated, and how much less evidence they therefore carry.

Workers do not err independently: a blurred picture misleads all of them. n answers with pairwise correlation ρ carry
the information of n / (1 + (n - 1) ρ) independent ones (design effect; Kish 1965, "Survey sampling", section 5.4).
Multiplying their likelihoods as if they were independent is what makes the posteriors of the Dawid–Skene family
overconfident.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.results import TIE
from gtcrowd.consolidation.categorical.shards import Dataset, Shard, Sums
from gtcrowd.consolidation.categorical.table import AnswerTable


def residual_correlation(dataset: Dataset, posterior: str, *, prior_answers: float) -> float:
    """Return ρ, the mean correlation of correctness between two answers to a task, given their workers' accuracy.

    posterior       name in the shards' state of the posterior [n_tasks, n_labels]
    prior_answers   weight, in answers, by which the accuracy of a worker is drawn to the crowd's

    Intraclass correlation of the residuals r_ij = T_i[y_ij] - a_j, where a_j is the worker's accuracy on the other
    answers: ρ = Σ r_ij r_ik / Σ s_ij s_ik over pairs of answers to a task, with s_ij² = a_j (1 - a_j). Computed from
    sums per task, in time linear in the answers. 0 if no task has two answers, and never negative: answers that repel
    each other are not worth more than independent ones.
    """
    if not dataset.n_answers:
        return 0.0
    answers, correct = dataset.total(_correct, posterior)
    covariance, maximum = dataset.total(_products, posterior, answers, correct, prior_answers)
    return float(np.clip(covariance / maximum, 0, 1)) if maximum > 0 else 0.0


def effective_share(answers: FloatArray, correlation: float) -> FloatArray:
    """Return 1 / (1 + (n - 1) ρ), the share of the evidence that is left, [n_tasks]; answers [n_tasks] is n."""
    return np.asarray(1 / (1 + np.maximum(answers - 1, 0) * correlation))


def _correct(shard: Shard, posterior: str) -> Sums:
    """Return the number of answers and the expected number of correct ones of each worker."""
    correct = shard.state[posterior].reshape(-1)[shard.table.vote_index()]
    return shard.table.answers_per_worker(), np.bincount(shard.table.worker, correct, shard.table.n_workers)


def _products(
    shard: Shard, posterior: str, answers: npt.NDArray[np.int64], correct: FloatArray, prior_answers: float
) -> Sums:
    """Return the sums over pairs of answers to a task of r_ij r_ik and of s_ij s_ik."""
    table = shard.table
    right = shard.state[posterior].reshape(-1)[table.vote_index()]
    others = correct[table.worker] - right + prior_answers * correct.sum() / answers.sum()
    expected = others / (answers[table.worker] - 1 + prior_answers)
    expected = np.clip(expected, TIE, 1 - TIE)
    spread = np.sqrt(expected * (1 - expected))
    return _sum_of_products(table, right - expected), _sum_of_products(table, spread)


def _sum_of_products(table: AnswerTable, value: FloatArray) -> float:
    """Return the sum over ordered pairs of different answers to a task of the product of their values [n]."""
    total = np.bincount(table.task, value, table.n_tasks)
    return float(total @ total - value @ value)
