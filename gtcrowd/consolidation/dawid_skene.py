"""Dawid & Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm", section 3.

Every worker has a confusion matrix: the chance of each answer, given the right label. EM finds the matrices
and the labels' posterior together. Here with Dirichlet priors (MAP instead of maximum likelihood), because
workers with few answers would otherwise be found perfect or hopeless; in logarithms; and from the majority.
"""

import numpy as np
from numpy.typing import ArrayLike

from gtcrowd.consolidation import steps
from gtcrowd.consolidation.conclusion import Conclusion, Floats, conclude
from gtcrowd.consolidation.table import AnswerTable

RIGHT, WRONG = 0.5, 0.25
"""Answers supposed of every worker for each right label, beforehand: right ones, and wrong ones over all other
labels together. Less than one answer in all, so that a dozen real ones decide."""
LABEL = 1.0
"""Tasks of each label supposed beforehand: a label never given keeps a chance."""


def dawid_skene(
    table: AnswerTable,
    *,
    known: ArrayLike | None = None,
    right: float = RIGHT,
    wrong: float = WRONG,
    max_steps: int = 200,
    tolerance: float = 1e-7,
) -> Conclusion:
    """EM from the majority's shares until the objective gains less than `tolerance` an answer.

    `known`: int [tasks], the right label where it is known and -1 elsewhere; those tasks stay as they are.
    The objective is the log-likelihood of the answers with the log-priors; it never falls.
    """
    parameters = {"right": right, "wrong": wrong, "max_steps": max_steps, "tolerance": tolerance}
    if table.n_labels < 2 or not len(table):
        return conclude("dawid-skene", table, steps.vote_shares(table), parameters=parameters)
    clamp = _clamp(table, known)
    prior = _prior(table.n_labels, right, wrong)
    posterior = clamp(steps.vote_shares(table))
    objective: list[float] = []
    for _step in range(max_steps):
        log_prior, log_confusion = _maximise(table, posterior, prior)
        posterior, likelihood = steps.task_posterior(table, log_prior, log_confusion)
        posterior = clamp(posterior)
        objective.append(likelihood + float((log_confusion * prior).sum() + LABEL * log_prior.sum()))
        if len(objective) > 1 and objective[-1] - objective[-2] < tolerance * len(table):
            break
    converged = len(objective) > 1 and objective[-1] - objective[-2] < tolerance * len(table)
    return conclude(
        "dawid-skene",
        table,
        posterior,
        confusion=np.exp(log_confusion),
        steps=len(objective),
        converged=converged,
        objective=tuple(objective),
        parameters=parameters,
    )


def _maximise(table: AnswerTable, posterior: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """The M-step: the labels' shares, and each worker's confusion matrix."""
    counts = steps.expected_counts(table, posterior) + prior
    log_confusion = np.log(counts) - np.log(counts.sum(axis=2, keepdims=True))
    share = posterior.sum(axis=0) + LABEL
    return np.log(share) - np.log(share.sum()), log_confusion


def _prior(n_labels: int, right: float, wrong: float) -> Floats:
    prior = np.full((n_labels, n_labels), wrong / (n_labels - 1))
    np.fill_diagonal(prior, right)
    return prior


def _clamp(table: AnswerTable, known: ArrayLike | None):  # type: ignore[no-untyped-def]
    if known is None:
        return lambda posterior: posterior
    codes = np.asarray(known)
    if codes.shape != (table.n_tasks,) or (codes.size and (codes.min() < -1 or codes.max() >= table.n_labels)):
        raise ValueError(f"known must be {table.n_tasks} labels from 0 to {table.n_labels - 1}, or -1")
    where = np.flatnonzero(codes >= 0)

    def clamp(posterior: Floats) -> Floats:
        posterior[where] = 0
        posterior[where, codes[where]] = 1
        return posterior

    return clamp
