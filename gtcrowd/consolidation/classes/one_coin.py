"""One coin a worker: each is right with one probability over all classes, and wrong evenly.

The homogeneous model that Dawid and Skene 1979 is usually reduced to (Zhang, Chen, Zhou, Jordan 2016, "Spectral
methods meet EM", JMLR 17, section 2), by expectation maximisation with a Beta prior on the accuracies and a prior of
the classes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import convergence, parts, steps, workers
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.parts import Crowd, Model, Opinion, Part, Sums
from gtcrowd.consolidation.classes.table import FloatArray, checked_accuracy
from gtcrowd.consolidation.parameters import Parameter

LEAST_ERROR = 0.001

# Expected right answers of each worker, and expected number of tasks of each class.
Expected = tuple[FloatArray, FloatArray]


def learn(
    crowd: Crowd,
    *,
    worker_accuracy: npt.ArrayLike | None,
    prior_accuracy: float,
    prior_answers: float,
    prior_tasks: float,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Estimate classes, accuracies and class prior; parameters as for `dawid_skene`."""
    share = checked_accuracy(crowd.n_workers, worker_accuracy, prior_accuracy)
    (answers,) = crowd.total(parts.answers)
    accuracy = log_prior = share

    def step(expected: Expected) -> tuple[Expected, float]:
        nonlocal accuracy, log_prior
        right, classes = expected
        accuracy = np.clip((right + prior_answers * share) / (answers + prior_answers), LEAST_ERROR, 1 - LEAST_ERROR)
        log_prior = np.log((classes + prior_tasks) / (classes + prior_tasks).sum())
        right, classes, likelihood = crowd.total(both_steps, accuracy, log_prior)
        penalty = prior_answers * float((share * np.log(accuracy) + (1 - share) * np.log1p(-accuracy)).sum())
        return (right, classes), likelihood + penalty + prior_tasks * float(log_prior.sum())

    right, classes = crowd.total(start)
    climbed = convergence.climb(step, (right, classes), max_steps=max_steps, gain=tolerance * max(crowd.n_answers, 1))
    return Model(
        look=look,
        tables=(accuracy, log_prior),
        steps=len(climbed.objective),
        converged=climbed.converged,
        objective=climbed.objective,
    )


def start(part: Part) -> Sums:
    """Expected right answers and classes when the votes are believed."""
    return _expected(part, vote_shares(part.table, part.known))


def both_steps(part: Part, accuracy: FloatArray, log_prior: FloatArray) -> Sums:
    """Expected right answers [n_workers], expected classes [n_labels], and the log-likelihood."""
    posterior, likelihood = _posterior(part, accuracy, log_prior)
    return *_expected(part, posterior), likelihood


def look(part: Part, accuracy: FloatArray, log_prior: FloatArray) -> Opinion:
    """The posterior under accuracies [n_workers] and class prior."""
    posterior, _ = _posterior(part, accuracy, log_prior)
    return Opinion(posterior, posterior, workers.ratio_without_own_vote(part.table, posterior, accuracy))


def _expected(part: Part, posterior: FloatArray) -> Expected:
    return workers.expected_correct(part.table, posterior), posterior.sum(axis=0)


def _posterior(part: Part, accuracy: FloatArray, log_prior: FloatArray) -> tuple[FloatArray, float]:
    table = part.table
    wrong = (1 - accuracy) / max(table.n_labels - 1, 1)
    joint = table.votes(np.log(accuracy / wrong)[table.worker])
    joint += np.bincount(table.task, np.log(wrong)[table.worker], table.n_tasks)[:, None] + log_prior
    if part.known is not None:
        steps.clamp(joint, part.known)
    return steps.normalised(joint)


METHOD = Method(
    name="one-coin",
    title=language.later("One coin a worker"),
    summary=language.later("Learns how often each worker is right, the same for all classes."),
    learn=learn,
    uses_known=True,
    uses_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "share of right answers of a worker before any answer"),
        "prior_answers": Parameter(2.0, 1e-6, 1e6, "answers that this expectation is worth"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "steps after which the search ends in any case"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain in log-likelihood an answer below which it ends"),
    },
)
