"""Kim, Ghahramani 2012, "Bayesian classifier combination", AISTATS, section 3 (IBCC), by mean-field variational Bayes.

    z_i ~ Cat(κ),   y_ij | z_i = k ~ Cat(π_jk),   κ ~ Dir(ν⁰),   π_jk ~ Dir(α⁰_jk)

The model of Dawid and Skene with distributions in place of point estimates: the E-step uses E[ln κ] and E[ln π]
(Simpson, Roberts, Psorakis, Smith 2013, "Dynamic Bayesian combination of multiple imperfect classifiers", section 4),
so that what was rarely observed counts for less than its share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import confusion
from gtcrowd.consolidation.categorical.confusion import Expected, Logs
from gtcrowd.consolidation.categorical.dirichlet import expected_log, kl_divergence
from gtcrowd.consolidation.categorical.method import sharded_method
from gtcrowd.consolidation.categorical.shards import Dataset, Model
from gtcrowd.consolidation.parameters import Parameter


@sharded_method(
    name="ibcc",
    title=language.gettext_lazy("IBCC"),
    summary=language.gettext_lazy(
        "Dawid–Skene with distributions instead of point estimates: rare observations count for less."
    ),
    order=70,
    uses_gold=True,
    uses_worker_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "accuracy expected of a worker before any answer"),
        "prior_answers": Parameter(3.0, 1e-3, 1e6, "weight of that expectation, in answers per true class"),
        "prior_tasks": Parameter(1.0, 1e-3, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain of the bound per answer below which it stops"),
    },
)
def ibcc(
    dataset: Dataset,
    *,
    worker_accuracy: npt.ArrayLike | None,
    prior_accuracy: float,
    prior_answers: float,
    prior_tasks: float,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Fit the posteriors of κ and π; the parameters are those of `dawid_skene`, but whole Dirichlet counts.

    The objective is the evidence lower bound, which never falls.
    """
    alpha = confusion.prior_counts(dataset, worker_accuracy, prior_accuracy, prior_answers)
    nu0 = np.full(dataset.n_labels, prior_tasks)

    def shares_of(classes: FloatArray, answers: FloatArray) -> Expected:
        nu, rows = classes + nu0, answers + alpha
        return nu / nu.sum(), rows / rows.sum(axis=2, keepdims=True)

    def logs_of(classes: FloatArray, answers: FloatArray) -> Logs:
        nu, rows = classes + nu0, answers + alpha
        # The sum over tasks of the normalisers is expectation and entropy of the classes; this is the priors' part.
        return expected_log(nu), expected_log(rows), -kl_divergence(nu, nu0) - kl_divergence(rows, alpha)

    return confusion.climb(dataset, logs_of, shares_of, max_steps=max_steps, tolerance=tolerance)
