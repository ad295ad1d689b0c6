"""Expectation maximisation with one confusion matrix per worker; `dawid_skene` and `ibcc` differ only in the M-step.

    z_i ~ Cat(π),   y_ij | z_i = k ~ Cat(θ_jk)

E-step: T_ik ∝ π_k Π_j θ_jk[y_ij]. M-step: π and θ from the expected counts Σ_i T_ik and Σ_i T_ik 1[y_ij = l].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import convergence, steps, worker_accuracy
from gtcrowd.consolidation.categorical.shards import Dataset, Inference, Model, Shard, Sums
from gtcrowd.consolidation.categorical.table import checked_accuracy
from gtcrowd.consolidation.categorical.votes import vote_shares

# ln π [n_labels], ln θ [n_workers, truth, answer], and what the priors add to the objective.
Logs = tuple[FloatArray, FloatArray, float]
# Expected counts of the classes [n_labels] and of the answers [n_workers, truth, answer].
Expected = tuple[FloatArray, FloatArray]

# The prior of a confusion row must leave each answer possible; ln 0 would end the climb.
MIN_ERROR = 0.01


def climb(
    dataset: Dataset,
    logs_of: Callable[[FloatArray, FloatArray], Logs],
    shares_of: Callable[[FloatArray, FloatArray], Expected],
    *,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Run expectation maximisation, starting from the shares of the votes.

    logs_of     expected counts of classes and answers → what the next E-step uses
    shares_of   the same counts → the class prior and confusion matrices that are reported

    Stops when a step gains less than `tolerance` per answer, or after `max_steps`.
    """
    logs: Logs | None = None

    def step(expected: Expected) -> tuple[Expected, float]:
        nonlocal logs
        log_prior, log_confusion, penalty = logs = logs_of(*expected)
        classes, answers, likelihood = dataset.total(em_step, log_prior, log_confusion)
        return (classes, answers), likelihood + penalty

    classes, answers = dataset.total(start)
    result = convergence.climb(
        step, (classes, answers), max_steps=max_steps, gain=tolerance * max(dataset.n_answers, 1)
    )
    assert logs is not None  # noqa: S101 - there is at least one step
    prior, confusion = shares_of(*result.last)
    return Model(
        e_step=e_step,
        arguments=(*logs[:2], confusion),
        confusion=confusion,
        class_prior=prior,
        steps=len(result.objective),
        converged=result.converged,
        objective=result.objective,
    )


def start(shard: Shard) -> Sums:
    """Return the expected counts of classes and answers if the shares of the votes are the posterior."""
    return steps.m_step(shard.counts, vote_shares(shard.table, shard.gold))


def em_step(shard: Shard, log_prior: FloatArray, log_confusion: FloatArray) -> Sums:
    """Return the expected counts of classes and answers, and the log-likelihood."""
    return steps.em_step(shard.counts, log_prior, log_confusion, shard.gold)


def e_step(shard: Shard, log_prior: FloatArray, log_confusion: FloatArray, confusion: FloatArray) -> Inference:
    """Return the posterior under the matrices of the last step; workers are scored with `confusion`."""
    posterior, _ = steps.e_step(shard.counts, log_prior, log_confusion, shard.gold)
    ratio = worker_accuracy.leave_one_out_ratio(shard.table, posterior, confusion)
    return Inference(posterior, posterior, ratio)


def prior_counts(
    dataset: Dataset, accuracy: npt.ArrayLike | None, prior_accuracy: float, prior_answers: float
) -> FloatArray:
    """Return the Dirichlet counts of each confusion row before any answer, [n_workers, truth, answer].

    accuracy   [n_workers] given accuracies; NaN, or None for all, stands for `prior_accuracy`

    Each row sums to `prior_answers`, with the accuracy on the diagonal and uniform errors.
    """
    share = np.clip(checked_accuracy(dataset.n_workers, accuracy, prior_accuracy), MIN_ERROR, 1 - MIN_ERROR)
    return np.asarray(prior_answers * symmetric_confusion(share, dataset.n_labels))


def symmetric_confusion(accuracy: FloatArray, n_labels: int) -> FloatArray:
    """Return matrices with `accuracy` [...] on the diagonal and uniform errors beside it, [..., n_labels, n_labels]."""
    if n_labels == 1:
        return np.ones((*accuracy.shape, 1, 1))
    error = (1 - accuracy[..., None, None]) / (n_labels - 1)
    eye = np.eye(n_labels)
    return np.asarray(accuracy[..., None, None] * eye + error * (1 - eye))
