"""Dawid, Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm", pp. 20-28.

    z_i ~ Cat(π)                     true class of task i
    y_ij | z_i = k ~ Cat(θ_jk)       answer of worker j
    θ_jk ~ Dir(1 + n θ⁰_jk),   π ~ Dir(1 + m)

Maximum likelihood alone believes that a worker with three answers never errs, so each confusion row θ_jk has a prior
that favours the diagonal, and EM finds the maximum a posteriori.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import confusion
from gtcrowd.consolidation.categorical.confusion import Expected, Logs
from gtcrowd.consolidation.categorical.method import sharded_method
from gtcrowd.consolidation.categorical.shards import Dataset, Model
from gtcrowd.consolidation.parameters import Parameter


@sharded_method(
    name="dawid-skene",
    title=language.gettext_lazy("Dawid–Skene"),
    summary=language.gettext_lazy("Estimates a confusion matrix for each worker and weighs their answers by it."),
    order=60,
    uses_gold=True,
    uses_worker_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "accuracy expected of a worker before any answer"),
        "prior_answers": Parameter(1.0, 1e-6, 1e6, "weight of that expectation, in answers per true class"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain in log-likelihood per answer below which it stops"),
    },
)
def dawid_skene(
    dataset: Dataset,
    *,
    worker_accuracy: npt.ArrayLike | None,
    prior_accuracy: float,
    prior_answers: float,
    prior_tasks: float,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Fit π and θ, starting from the shares of the votes.

    prior_accuracy, prior_answers   θ⁰_jk has `prior_accuracy` on the diagonal and uniform errors; n is `prior_answers`
    worker_accuracy   [n_workers], replaces `prior_accuracy` worker by worker where it is not NaN
    prior_tasks       m, tasks of each class assumed beforehand
    max_steps, tolerance   stop when a step gains less than `tolerance` per answer, or after `max_steps`

    Tasks with a gold answer are certain and inform the estimates of workers. The objective is the log-likelihood plus
    the log-priors, up to constants.
    """
    pseudo = confusion.prior_counts(dataset, worker_accuracy, prior_accuracy, prior_answers)
    buffer = np.empty((dataset.n_workers, dataset.n_labels, dataset.n_labels))

    def shares_of(classes: FloatArray, answers: FloatArray) -> Expected:
        return estimate(classes, answers, pseudo, prior_tasks)

    def logs_of(classes: FloatArray, answers: FloatArray) -> Logs:
        prior, rows = estimate(classes, answers, pseudo, prior_tasks, buffer=buffer)
        log_prior, log_rows = np.log(prior), np.log(rows, out=buffer)
        # EM climbs the penalised likelihood, not the likelihood; up to constants of the two Dirichlet priors. Not by
        # BLAS: its threads keep spinning after a product, on the cores that the next step needs.
        penalty = prior_tasks * float(log_prior.sum()) + float(np.einsum("jkl,jkl->", pseudo, log_rows))
        return log_prior, log_rows, penalty

    return confusion.climb(dataset, logs_of, shares_of, max_steps=max_steps, tolerance=tolerance)


def estimate(
    classes: FloatArray,
    answers: FloatArray,
    pseudo: FloatArray,
    prior_tasks: float,
    *,
    buffer: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return the mode of π [n_labels] and θ [n_workers, truth, answer] (the M-step).

    classes, answers   expected counts from `steps.m_step`
    pseudo             Dirichlet counts n θ⁰, of the shape of θ
    buffer             where θ is written, if given
    """
    prior = classes + prior_tasks
    theta = np.add(answers, pseudo, out=buffer)
    theta /= theta.sum(axis=2, keepdims=True)
    return prior / prior.sum(), theta
