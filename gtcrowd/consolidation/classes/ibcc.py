"""Kim, Ghahramani 2012, "Bayesian classifier combination", AISTATS, section 3 (IBCC), by mean-field variational Bayes.

Dawid and Skene's model with Dirichlet priors on every row of every confusion matrix and on the classes, of which not
the mode but the expected logarithm is used (Simpson, Roberts, Psorakis, Smith 2013, "Dynamic Bayesian combination of
multiple imperfect classifiers", section 4): what was seen seldom counts for less than its share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.classes import conclusion, convergence, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.dawid_skene import LEAST_ERROR, leaning
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, checked_accuracy, checked_known
from gtcrowd.consolidation.parameters import Parameter


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_accuracy: float = 0.7,
    prior_answers: float = 3.0,
    prior_tasks: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Conclusion:
    """Posterior over classes and confusion matrices; parameters as for `dawid_skene`, but whole Dirichlet counts.

    The objective is the evidence lower bound, which never falls.
    """
    certain = checked_known(table, known)
    share = np.clip(checked_accuracy(table, worker_accuracy, prior_accuracy), LEAST_ERROR, 1 - LEAST_ERROR)
    alpha = prior_answers * leaning(share, table.n_labels)
    beta = np.full(table.n_labels, prior_tasks)
    counts = steps.count(table)
    rows = np.zeros(0)

    def step(posterior: FloatArray) -> tuple[FloatArray, float]:
        nonlocal rows
        classes, answers = steps.m_step(counts, posterior)
        nu, rows = classes + beta, answers + alpha
        log_prior, log_confusion = expected_log(nu), expected_log(rows)
        better, likelihood = steps.e_step(counts, log_prior, log_confusion, certain)
        # The sum over tasks of the normalisers is expectation and entropy of the classes; then the priors' part.
        bound = likelihood - divergence(nu, beta) - divergence(rows, alpha)
        return better, bound

    climb = convergence.climb(
        step, vote_shares(table, certain), max_steps=max_steps, gain=tolerance * max(len(table), 1)
    )
    classes, answers = steps.m_step(counts, climb.last)
    classes += beta
    rows = answers + alpha
    return conclusion.from_posterior(
        table,
        climb.last,
        method="ibcc",
        parameters={
            "prior_accuracy": prior_accuracy,
            "prior_answers": prior_answers,
            "prior_tasks": prior_tasks,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        confusion=rows / rows.sum(axis=2, keepdims=True),
        class_prior=classes / classes.sum(),
        steps=len(climb.objective),
        converged=climb.converged,
        objective=climb.objective,
    )


def expected_log(dirichlet: FloatArray) -> FloatArray:
    """Expected logarithm of the shares under Dirichlet distributions along the last axis."""
    return np.asarray(special.digamma(dirichlet) - special.digamma(dirichlet.sum(axis=-1, keepdims=True)))


def divergence(found: FloatArray, prior: FloatArray) -> float:
    """Kullback–Leibler divergence of Dirichlet distributions along the last axis, summed over all."""

    def log_norm(dirichlet: FloatArray) -> FloatArray:
        return np.asarray(special.gammaln(dirichlet.sum(axis=-1)) - special.gammaln(dirichlet).sum(axis=-1))

    return float(np.sum(log_norm(found) - log_norm(prior)) + np.sum((found - prior) * expected_log(found)))


METHOD = Method(
    name="ibcc",
    title="IBCC",
    summary="Dawid–Skene with distributions in place of estimates: what was seen seldom counts for less.",
    run=conclude,
    uses_known=True,
    uses_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "share of right answers of a worker before any answer"),
        "prior_answers": Parameter(3.0, 1e-3, 1e6, "answers, for each true class, that this expectation is worth"),
        "prior_tasks": Parameter(1.0, 1e-3, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "steps after which the search ends in any case"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain of the bound an answer below which it ends"),
    },
)
