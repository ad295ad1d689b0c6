"""Li, Rubinstein, Cohn 2019, "Exploiting worker correlation for label aggregation in crowdsourcing", ICML (EBCC).

Each class is a mixture of subtypes, and workers have a confusion row for each subtype: what looks alike within a class
is answered alike, which lets the workers' answers correlate given the class. Mean-field variational Bayes with the
paper's priors (section 4 and appendix).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, convergence, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.ibcc import divergence, expected_log
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray, checked_known
from gtcrowd.consolidation.classes.workers import expected_correct
from gtcrowd.consolidation.parameters import Parameter


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    subtypes: int = 10,
    prior_right: float = 4.0,
    prior_wrong: float = 1.0,
    prior_subtype: float = 0.1,
    restarts: int = 3,
    seed: int = 0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Conclusion:
    """Posterior over classes and subtypes; of several starts the one with the highest bound.

    subtypes        mixtures a class may have; those not needed become empty
    prior_right, prior_wrong   Dirichlet counts of each confusion row on and beside the diagonal (the paper: 4 and 1)
    prior_subtype   Dirichlet count of each subtype: small, so that few are used
    restarts, seed  starts differ in how votes are spread over the subtypes, by the same draws for every class

    `worker_accuracy` is not used: the paper's prior is the same for all. The objective is the evidence lower bound.
    The confusion reported is that of the classes, subtypes by their weight.
    """
    certain = checked_known(table, known)
    labels, wide = table.n_labels, table.n_labels * subtypes
    counts = steps.count(table)
    alpha = np.full((labels, labels), prior_wrong) + (prior_right - prior_wrong) * np.eye(labels)
    alpha = np.repeat(alpha, subtypes, axis=0)
    beta = np.full((labels, subtypes), prior_subtype)
    shares = vote_shares(table, certain)
    classes_prior = np.maximum(shares.sum(axis=0), 1e-9)  # the paper's: the counts of the votes

    def step(joint: FloatArray) -> tuple[FloatArray, float]:
        by_type = joint.sum(axis=0).reshape(labels, subtypes)
        rows = _rows(counts, joint, wide) + alpha
        nu, kappa = by_type.sum(axis=1) + classes_prior, by_type + beta
        start = (expected_log(nu)[:, None] + expected_log(kappa)).reshape(-1)
        better, likelihood = _types(counts, start, expected_log(rows), certain, subtypes)
        bound = likelihood - divergence(nu, classes_prior) - divergence(kappa, beta) - divergence(rows, alpha[None])
        return better, bound

    best: convergence.Climb[FloatArray] | None = None
    rng = np.random.default_rng(seed)
    for _ in range(restarts):
        spread = _spread(rng, table, shares, subtypes)
        begin = (shares[:, :, None] * spread[:, None, :]).reshape(table.n_tasks, wide)
        climb = convergence.climb(step, begin, max_steps=max_steps, gain=tolerance * max(len(table), 1))
        if best is None or climb.objective[-1] > best.objective[-1]:
            best = climb
    if best is None:
        raise ValueError("restarts is 0; expected at least 1")
    found = best.last.reshape(table.n_tasks, labels, subtypes).sum(axis=2)
    rows = _rows(counts, best.last, wide) + alpha
    by_class = rows.reshape(table.n_workers, labels, subtypes, labels).sum(axis=2)
    return conclusion.from_posterior(
        table,
        found,
        method="ebcc",
        parameters={
            "subtypes": subtypes,
            "prior_right": prior_right,
            "prior_wrong": prior_wrong,
            "prior_subtype": prior_subtype,
            "restarts": restarts,
            "seed": seed,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        confusion=by_class / by_class.sum(axis=2, keepdims=True),
        steps=len(best.objective),
        converged=best.converged,
        objective=best.objective,
    )


def _rows(counts: steps.Counts, joint: FloatArray, wide: int) -> FloatArray:
    """Expected answers of each worker for each subtype, [n_workers, classes * subtypes, answers]."""
    flat = steps.cell_counts(counts, joint)
    return np.ascontiguousarray(flat.reshape(counts.n_workers, counts.n_labels, wide).transpose(0, 2, 1))


def _types(
    counts: steps.Counts, start: FloatArray, log_rows: FloatArray, known: IntArray | None, subtypes: int
) -> tuple[FloatArray, float]:
    """Posterior of the subtypes [n_tasks, classes * subtypes] and the sum of the normalisers."""
    table = log_rows.transpose(0, 2, 1).reshape(-1, len(start))
    joint = np.asarray(counts.by_task @ table) + start
    if known is not None:
        task = np.flatnonzero(known >= 0)
        apart = np.arange(len(start))[None, :] // subtypes != known[task][:, None]
        joint[task] = np.where(apart, -np.inf, joint[task])
    return steps.normalised(joint)


def _spread(rng: np.random.Generator, table: AnswerTable, shares: FloatArray, subtypes: int) -> FloatArray:
    """Shares of the subtypes of each task [n_tasks, subtypes], by the pattern of its answers and not by its place."""
    # Draws belong to workers, so that tasks answered alike begin alike and the order of tasks does not matter; and to
    # workers by their answers, fewest and least agreeing first, so that neither does theirs.
    agreeing = np.round(expected_correct(table, shares), 9)
    draw = np.empty((table.n_workers, subtypes))
    draw[np.lexsort((agreeing, table.answers_per_worker()))] = rng.random((table.n_workers, subtypes))
    total = np.stack([np.bincount(table.task, draw[table.worker, m], table.n_tasks) for m in range(subtypes)], axis=1)
    part = np.asarray(total - np.floor(total) + 0.1, dtype=np.float64)
    return np.asarray(part / part.sum(axis=1, keepdims=True))


METHOD = Method(
    name="ebcc",
    title=language.later("EBCC"),
    summary=language.later("Subtypes of each class, so that workers may err together; several starts."),
    run=conclude,
    uses_known=True,
    uses_accuracy=False,
    parameters={
        "subtypes": Parameter(10, 1, 100, "mixtures that a class may have"),
        "prior_right": Parameter(4.0, 1e-3, 1e6, "Dirichlet count of right answers in each row"),
        "prior_wrong": Parameter(1.0, 1e-3, 1e6, "Dirichlet count of each wrong answer"),
        "prior_subtype": Parameter(0.1, 1e-6, 1e6, "Dirichlet count of each subtype"),
        "restarts": Parameter(3, 1, 1000, "starts of which the best counts"),
        "seed": Parameter(0, 0, 2**31 - 1, "seed of the starts"),
        "max_steps": Parameter(200, 1, 100_000, "steps after which a search ends in any case"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain of the bound an answer below which it ends"),
    },
)
