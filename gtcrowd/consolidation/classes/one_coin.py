"""One coin a worker: each is right with one probability over all classes, and wrong evenly.

The homogeneous model that Dawid and Skene 1979 is usually reduced to (Zhang, Chen, Zhou, Jordan 2016, "Spectral
methods meet EM", JMLR 17, section 2), by expectation maximisation with a Beta prior on the accuracies and a prior of
the classes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes import conclusion, convergence, steps, workers
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, checked_accuracy, checked_known
from gtcrowd.consolidation.parameters import Parameter

LEAST_ERROR = 0.001


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_accuracy: float = 0.7,
    prior_answers: float = 2.0,
    prior_tasks: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Conclusion:
    """Estimate classes, accuracies and class prior; parameters as for `dawid_skene`."""
    certain = checked_known(table, known)
    share = checked_accuracy(table, worker_accuracy, prior_accuracy)
    answers = table.answers_per_worker()
    accuracy = share

    def step(posterior: FloatArray) -> tuple[FloatArray, float]:
        nonlocal accuracy
        right = workers.expected_correct(table, posterior)
        accuracy = np.clip((right + prior_answers * share) / (answers + prior_answers), LEAST_ERROR, 1 - LEAST_ERROR)
        prior = posterior.sum(axis=0) + prior_tasks
        prior /= prior.sum()
        wrong = (1 - accuracy) / max(table.n_labels - 1, 1)
        joint = table.votes(np.log(accuracy / wrong)[table.worker])
        joint += np.bincount(table.task, np.log(wrong)[table.worker], table.n_tasks)[:, None] + np.log(prior)
        if certain is not None:
            steps.clamp(joint, certain)
        better, likelihood = steps.normalised(joint)
        penalty = prior_answers * float((share * np.log(accuracy) + (1 - share) * np.log1p(-accuracy)).sum())
        return better, likelihood + penalty + prior_tasks * float(np.log(prior).sum())

    climb = convergence.climb(
        step, vote_shares(table, certain), max_steps=max_steps, gain=tolerance * max(len(table), 1)
    )
    return conclusion.from_posterior(
        table,
        climb.last,
        method="one-coin",
        parameters={
            "prior_accuracy": prior_accuracy,
            "prior_answers": prior_answers,
            "prior_tasks": prior_tasks,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        ratio=workers.ratio_without_own_vote(table, climb.last, accuracy),
        steps=len(climb.objective),
        converged=climb.converged,
        objective=climb.objective,
    )


METHOD = Method(
    name="one-coin",
    title="One coin a worker",
    summary="Learns how often each worker is right, the same for all classes.",
    run=conclude,
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
