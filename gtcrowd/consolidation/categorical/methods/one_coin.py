"""The one-coin model: each worker has one accuracy for all classes, and uniform errors.

    z_i ~ Cat(π),   P(y_ij = k | z_i = k) = a_j,   P(y_ij = l | z_i = k) = (1 - a_j) / (K - 1)

The homogeneous special case of Dawid and Skene 1979 (Zhang, Chen, Zhou, Jordan 2016, "Spectral methods meet EM",
JMLR 17, section 2), by expectation maximisation with a beta prior on a_j and a Dirichlet prior on π.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import convergence, shards, steps
from gtcrowd.consolidation.categorical import worker_accuracy as accuracies
from gtcrowd.consolidation.categorical.method import sharded_method
from gtcrowd.consolidation.categorical.shards import Dataset, Inference, Model, Shard, Sums
from gtcrowd.consolidation.categorical.table import checked_accuracy
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.parameters import Parameter

MIN_ERROR = 0.001

# Expected number of correct answers [n_workers] and of tasks of each class [n_labels].
Expected = tuple[FloatArray, FloatArray]


@sharded_method(
    name="one-coin",
    title=language.gettext_lazy("One-coin model"),
    summary=language.gettext_lazy("Estimates one accuracy for each worker, the same for all classes."),
    order=50,
    uses_gold=True,
    uses_worker_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "accuracy expected of a worker before any answer"),
        "prior_answers": Parameter(2.0, 1e-6, 1e6, "weight of that expectation, in answers"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain in log-likelihood per answer below which it stops"),
    },
)
def one_coin(
    dataset: Dataset,
    *,
    worker_accuracy: npt.ArrayLike | None,
    prior_accuracy: float,
    prior_answers: float,
    prior_tasks: float,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Fit π and a; the parameters are those of `dawid_skene`."""
    share = checked_accuracy(dataset.n_workers, worker_accuracy, prior_accuracy)
    (answers,) = dataset.total(shards.answers_per_worker)
    accuracy = log_prior = share

    def step(expected: Expected) -> tuple[Expected, float]:
        nonlocal accuracy, log_prior
        correct, classes = expected
        accuracy = np.clip((correct + prior_answers * share) / (answers + prior_answers), MIN_ERROR, 1 - MIN_ERROR)
        log_prior = np.log((classes + prior_tasks) / (classes + prior_tasks).sum())
        correct, classes, likelihood = dataset.total(em_step, accuracy, log_prior)
        penalty = prior_answers * float((share * np.log(accuracy) + (1 - share) * np.log1p(-accuracy)).sum())
        return (correct, classes), likelihood + penalty + prior_tasks * float(log_prior.sum())

    correct, classes = dataset.total(start)
    result = convergence.climb(
        step, (correct, classes), max_steps=max_steps, gain=tolerance * max(dataset.n_answers, 1)
    )
    return Model(
        e_step=e_step,
        arguments=(accuracy, log_prior),
        steps=len(result.objective),
        converged=result.converged,
        objective=result.objective,
    )


def start(shard: Shard) -> Sums:
    """Return expected correct answers and classes if the shares of the votes are the posterior."""
    return _expected(shard, vote_shares(shard.table, shard.gold))


def em_step(shard: Shard, accuracy: FloatArray, log_prior: FloatArray) -> Sums:
    """Return expected correct answers [n_workers], expected classes [n_labels], and the log-likelihood."""
    posterior, likelihood = _posterior(shard, accuracy, log_prior)
    return *_expected(shard, posterior), likelihood


def e_step(shard: Shard, accuracy: FloatArray, log_prior: FloatArray) -> Inference:
    """Return the posterior under a [n_workers] and ln π [n_labels]."""
    posterior, _ = _posterior(shard, accuracy, log_prior)
    ratio = accuracies.leave_one_out_ratio_of_accuracy(shard.table, posterior, accuracy)
    return Inference(posterior, posterior, ratio)


def _expected(shard: Shard, posterior: FloatArray) -> Expected:
    return accuracies.expected_correct(shard.table, posterior), posterior.sum(axis=0)


def _posterior(shard: Shard, accuracy: FloatArray, log_prior: FloatArray) -> tuple[FloatArray, float]:
    table = shard.table
    wrong = (1 - accuracy) / max(table.n_labels - 1, 1)
    joint = table.votes(np.log(accuracy / wrong)[table.worker])
    joint += np.bincount(table.task, np.log(wrong)[table.worker], table.n_tasks)[:, None] + log_prior
    if shard.gold is not None:
        steps.fix(joint, shard.gold)
    return steps.normalised(joint)
