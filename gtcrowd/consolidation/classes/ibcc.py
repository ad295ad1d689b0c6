"""Kim, Ghahramani 2012, "Bayesian classifier combination", AISTATS, section 3 (IBCC), by mean-field variational Bayes.

Dawid and Skene's model with Dirichlet priors on every row of every confusion matrix and on the classes, of which not
the mode but the expected logarithm is used (Simpson, Roberts, Psorakis, Smith 2013, "Dynamic Bayesian combination of
multiple imperfect classifiers", section 4): what was seen seldom counts for less than its share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd import language
from gtcrowd.consolidation.classes import confusion
from gtcrowd.consolidation.classes.confusion import Expected, Logs
from gtcrowd.consolidation.classes.dawid_skene import LEAST_ERROR, leaning
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.parts import Crowd, Model
from gtcrowd.consolidation.classes.table import FloatArray, checked_accuracy
from gtcrowd.consolidation.parameters import Parameter


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
    """Posterior over classes and confusion matrices; parameters as for `dawid_skene`, but whole Dirichlet counts.

    The objective is the evidence lower bound, which never falls.
    """
    share = np.clip(checked_accuracy(crowd.n_workers, worker_accuracy, prior_accuracy), LEAST_ERROR, 1 - LEAST_ERROR)
    alpha = prior_answers * leaning(share, crowd.n_labels)
    beta = np.full(crowd.n_labels, prior_tasks)

    def shares_of(classes: FloatArray, answers: FloatArray) -> Expected:
        nu, rows = classes + beta, answers + alpha
        return nu / nu.sum(), rows / rows.sum(axis=2, keepdims=True)

    def logs_of(classes: FloatArray, answers: FloatArray) -> Logs:
        nu, rows = classes + beta, answers + alpha
        # The sum over tasks of the normalisers is expectation and entropy of the classes; this is the priors' part.
        return expected_log(nu), expected_log(rows), -divergence(nu, beta) - divergence(rows, alpha)

    return confusion.climb(crowd, logs_of, shares_of, max_steps=max_steps, tolerance=tolerance)


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
    title=language.later("IBCC"),
    summary=language.later(
        "Dawid–Skene with distributions in place of estimates: what was seen seldom counts for less."
    ),
    learn=learn,
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
