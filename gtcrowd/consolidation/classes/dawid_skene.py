"""Dawid, Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm", p. 20-28.

Every worker has a confusion matrix, P(answer | truth), and the classes have a prior; both are found along with the
labels by expectation maximisation. Maximum likelihood alone believes that a worker with three answers never errs,
so each row of a confusion matrix has a Dirichlet prior that leans to the diagonal (maximum a posteriori).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import confusion
from gtcrowd.consolidation.classes.confusion import Expected, Logs
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.parts import Crowd, Model
from gtcrowd.consolidation.classes.table import FloatArray, checked_accuracy
from gtcrowd.consolidation.parameters import Parameter

# The prior of a confusion row must leave each answer possible; a logarithm of 0 would be the end of the climb.
LEAST_ERROR = 0.01


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
    """Estimate classes, confusion matrices and class prior, beginning from the shares of the votes.

    The result is the mode under the priors; the objective is the log-likelihood with theirs, up to constants.

    prior_accuracy, prior_answers   for each true class a worker begins as if they had given that many answers, that
        share of them right and the errors even over the other classes; Dirichlet(1 + prior_answers * row)
    worker_accuracy   [n_workers], replaces `prior_accuracy` worker by worker where it is not NaN
    prior_tasks       tasks seen beforehand of each class; Dirichlet(1 + prior_tasks) for the class prior
    max_steps, tolerance   stop when a step gains less than `tolerance` an answer, at the latest after `max_steps`

    Tasks with known labels are certain and teach about workers.
    """
    share = checked_accuracy(crowd.n_workers, worker_accuracy, prior_accuracy)
    pseudo = prior_answers * leaning(np.clip(share, LEAST_ERROR, 1 - LEAST_ERROR), crowd.n_labels)
    room = np.empty((crowd.n_workers, crowd.n_labels, crowd.n_labels))

    def shares_of(classes: FloatArray, answers: FloatArray) -> Expected:
        return estimate(classes, answers, pseudo, prior_tasks)

    def logs_of(classes: FloatArray, answers: FloatArray) -> Logs:
        prior, rows = estimate(classes, answers, pseudo, prior_tasks, room=room)
        log_prior, log_rows = np.log(prior), np.log(rows, out=room)
        # EM climbs the penalised likelihood, not the likelihood; up to constants of the two Dirichlet priors. Not by
        # BLAS: its threads go on spinning after a product, on the cores that the next step needs.
        penalty = prior_tasks * float(log_prior.sum()) + float(np.einsum("jkl,jkl->", pseudo, log_rows))
        return log_prior, log_rows, penalty

    return confusion.climb(crowd, logs_of, shares_of, max_steps=max_steps, tolerance=tolerance)


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


METHOD = Method(
    name="dawid-skene",
    title=language.later("Dawid–Skene"),
    summary=language.later("Learns what each worker confuses with what, and weighs answers by it."),
    learn=learn,
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
