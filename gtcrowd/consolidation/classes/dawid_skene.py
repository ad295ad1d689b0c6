"""Dawid, Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm", p. 20-28.

Every worker has a confusion matrix, P(answer | truth), and the classes have a prior; both are found along with the
labels by expectation maximisation. Maximum likelihood alone believes that a worker with three answers never errs,
so each row of a confusion matrix has a Dirichlet prior that leans to the diagonal (maximum a posteriori).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes import conclusion, convergence, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray, checked_accuracy, checked_known
from gtcrowd.consolidation.parameters import Parameter

# The prior of a confusion row must leave each answer possible; a logarithm of 0 would be the end of the climb.
LEAST_ERROR = 0.01

# Expected counts of the classes [n_labels] and of the answers [n_workers, truth, answer].
Sums = tuple[FloatArray, FloatArray]


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_accuracy: float = 0.7,
    prior_answers: float = 1.0,
    prior_tasks: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Conclusion:
    """Estimate classes, confusion matrices and class prior, beginning from the shares of the votes.

    The result is the mode under the priors; the objective is the log-likelihood with theirs, up to constants.

    prior_accuracy, prior_answers   for each true class a worker begins as if they had given that many answers, that
        share of them right and the errors even over the other classes; Dirichlet(1 + prior_answers * row)
    worker_accuracy   [n_workers], replaces `prior_accuracy` worker by worker where it is not NaN
    prior_tasks       tasks seen beforehand of each class; Dirichlet(1 + prior_tasks) for the class prior
    known             [n_tasks], code of the known label or -1; such tasks are certain and teach about workers
    max_steps, tolerance   stop when a step gains less than `tolerance` an answer, at the latest after `max_steps`
    """
    certain = checked_known(table, known)
    share = checked_accuracy(table, worker_accuracy, prior_accuracy)
    pseudo = prior_answers * leaning(np.clip(share, LEAST_ERROR, 1 - LEAST_ERROR), table.n_labels)
    posterior, climb, prior, confusion = _climb(
        table, certain, pseudo=pseudo, prior_tasks=prior_tasks, max_steps=max_steps, tolerance=tolerance
    )
    return conclusion.from_posterior(
        table,
        posterior,
        method="dawid-skene",
        parameters={
            "prior_accuracy": prior_accuracy,
            "prior_answers": prior_answers,
            "prior_tasks": prior_tasks,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        confusion=confusion,
        class_prior=prior,
        steps=len(climb.objective),
        converged=climb.converged,
        objective=climb.objective,
    )


def leaning(accuracy: FloatArray, n_labels: int) -> FloatArray:
    """Confusion matrices with `accuracy` on the diagonal and equal errors beside it, [..., n_labels, n_labels]."""
    if n_labels == 1:
        return np.ones((*accuracy.shape, 1, 1))
    error = (1 - accuracy[..., None, None]) / (n_labels - 1)
    eye = np.eye(n_labels)
    return np.asarray(accuracy[..., None, None] * eye + error * (1 - eye))


def estimate(
    classes: FloatArray, answers: FloatArray, pseudo: FloatArray, prior_tasks: float, *, room: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """The M-step with priors: class prior [n_labels] and confusion [n_workers, truth, answer], both of the mode.

    classes and answers: the expected counts of `steps.m_step`. room: where the confusion is to be written, if anywhere.
    """
    prior = classes + prior_tasks
    confusion = np.add(answers, pseudo, out=room)
    confusion /= confusion.sum(axis=2, keepdims=True)
    return prior / prior.sum(), confusion


def _climb(
    table: AnswerTable,
    known: IntArray | None,
    *,
    pseudo: FloatArray,
    prior_tasks: float,
    max_steps: int,
    tolerance: float,
) -> tuple[FloatArray, convergence.Climb[Sums], FloatArray, FloatArray]:
    counts = steps.count(table)
    logs = np.zeros(0), np.zeros(0)
    room = np.empty((table.n_workers, table.n_labels, table.n_labels))

    def step(sums: Sums) -> tuple[Sums, float]:
        nonlocal logs
        prior, confusion = estimate(*sums, pseudo, prior_tasks, room=room)
        log_prior, log_confusion = logs = np.log(prior), np.log(confusion, out=room)
        classes, answers, likelihood = steps.em_step(counts, log_prior, log_confusion, known)
        # EM climbs the penalised likelihood, not the likelihood; up to constants of the two Dirichlet priors.
        # Not by BLAS: its threads go on spinning after a product, on the cores that the next step needs.
        penalty = prior_tasks * float(log_prior.sum()) + float(np.einsum("jkl,jkl->", pseudo, log_confusion))
        return (classes, answers), likelihood + penalty

    start = steps.m_step(counts, vote_shares(table, known))
    climb = convergence.climb(step, start, max_steps=max_steps, gain=tolerance * max(len(table), 1))
    posterior, _ = steps.e_step(counts, *logs, known)
    return posterior, climb, *estimate(*climb.last, pseudo, prior_tasks)


METHOD = Method(
    name="dawid-skene",
    title="Dawid–Skene",
    summary="Learns what each worker confuses with what, and weighs answers by it.",
    run=conclude,
    uses_known=True,
    uses_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "share of right answers of a worker before any answer"),
        "prior_answers": Parameter(1.0, 1e-6, 1e6, "answers, for each true class, that this expectation is worth"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "steps after which the search ends in any case"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain in log-likelihood an answer below which it ends"),
    },
)
