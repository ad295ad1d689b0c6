"""Li, Rubinstein, Cohn 2019, "Exploiting worker correlation for label aggregation in crowdsourcing", ICML (EBCC).

    z_i ~ Cat(τ)                        class,     τ ~ Dir(a_τ)
    g_i | z_i = k ~ Cat(η_k)            subtype,   η_k ~ Dir(a_η)
    y_ij | z_i = k, g_i = m ~ Cat(v_jkm),          v_jkm ~ Dir(a_v on, b_v beside the diagonal)

Each class is a mixture of subtypes: objects that look alike are answered alike, so the answers of workers may be
correlated given the class. Mean-field variational Bayes with the paper's priors (section 4 and appendix).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import convergence, results, steps
from gtcrowd.consolidation.categorical.dirichlet import expected_log, kl_divergence
from gtcrowd.consolidation.categorical.method import method
from gtcrowd.consolidation.categorical.table import AnswerTable, checked_gold
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.categorical.worker_accuracy import expected_correct
from gtcrowd.consolidation.parameters import Parameter


@method(
    name="ebcc",
    title=language.gettext_lazy("EBCC"),
    summary=language.gettext_lazy("Divides each class into subtypes, so that workers' errors may be correlated."),
    order=80,
    uses_gold=True,
    uses_worker_accuracy=False,
    parameters={
        "subtypes": Parameter(10, 1, 100, "subtypes that a class may have"),
        "prior_right": Parameter(4.0, 1e-3, 1e6, "Dirichlet count of the correct answer in each row"),
        "prior_wrong": Parameter(1.0, 1e-3, 1e6, "Dirichlet count of each wrong answer"),
        "prior_subtype": Parameter(0.1, 1e-6, 1e6, "Dirichlet count of each subtype"),
        "restarts": Parameter(3, 1, 1000, "random starts, of which the best counts"),
        "seed": Parameter(0, 0, 2**31 - 1, "seed of the random starts"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps of each start"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain of the bound per answer below which it stops"),
    },
)
def ebcc(
    table: AnswerTable,
    *,
    gold: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    subtypes: int = 10,
    prior_right: float = 4.0,
    prior_wrong: float = 1.0,
    prior_subtype: float = 0.1,
    restarts: int = 3,
    seed: int = 0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Aggregation[IntArray]:
    """Return the posterior of the start with the highest bound.

    subtypes                  M, subtypes that a class may have; those not needed become empty
    prior_right, prior_wrong  a_v and b_v (4 and 1 in the paper)
    prior_subtype             a_η, small so that few subtypes are used
    restarts, seed            starts differ in how votes are spread over the subtypes, by the same draws for every class
    max_steps, tolerance      stop when a step gains less than `tolerance` per answer, or after `max_steps`

    `worker_accuracy` is not used: the paper's prior is the same for all workers. The objective is the evidence lower
    bound. The confusion that is reported is that of the classes, subtypes by their weight.

    Raises ValueError if `restarts` is 0.
    """
    fixed = checked_gold(table, gold)
    labels, width = table.n_labels, table.n_labels * subtypes
    counts = steps.count(table)
    alpha = np.full((labels, labels), prior_wrong) + (prior_right - prior_wrong) * np.eye(labels)
    alpha = np.repeat(alpha, subtypes, axis=0)
    beta = np.full((labels, subtypes), prior_subtype)
    shares = vote_shares(table, fixed)
    classes_prior = np.maximum(shares.sum(axis=0), 1e-9)  # a_τ of the paper: the counts of the votes

    def step(joint: FloatArray) -> tuple[FloatArray, float]:
        by_type = joint.sum(axis=0).reshape(labels, subtypes)
        rows = _rows(counts, joint, width) + alpha
        nu, kappa = by_type.sum(axis=1) + classes_prior, by_type + beta
        log_prior = (expected_log(nu)[:, None] + expected_log(kappa)).reshape(-1)
        joint, likelihood = _types(counts, log_prior, expected_log(rows), fixed, subtypes)
        bound = (
            likelihood
            - kl_divergence(nu, classes_prior)
            - kl_divergence(kappa, beta)
            - kl_divergence(rows, alpha[None])
        )
        return joint, bound

    best: convergence.Climb[FloatArray] | None = None
    rng = np.random.default_rng(seed)
    for _ in range(restarts):
        spread = _spread(rng, table, shares, subtypes)
        begin = (shares[:, :, None] * spread[:, None, :]).reshape(table.n_tasks, width)
        climb = convergence.climb(step, begin, max_steps=max_steps, gain=tolerance * max(len(table), 1))
        if best is None or climb.objective[-1] > best.objective[-1]:
            best = climb
    if best is None:
        raise ValueError("restarts is 0; expected at least 1")
    posterior = best.last.reshape(table.n_tasks, labels, subtypes).sum(axis=2)
    rows = _rows(counts, best.last, width) + alpha
    by_class = rows.reshape(table.n_workers, labels, subtypes, labels).sum(axis=2)
    return results.from_posterior(
        table,
        posterior,
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
        gold=fixed,
        confusion=by_class / by_class.sum(axis=2, keepdims=True),
        steps=len(best.objective),
        converged=best.converged,
        objective=best.objective,
    )


def _rows(counts: steps.Counts, joint: FloatArray, width: int) -> FloatArray:
    """Return the expected answers of each worker for each subtype, [n_workers, classes * subtypes, answers]."""
    flat = steps.pair_counts(counts, joint)
    return np.ascontiguousarray(flat.reshape(counts.n_workers, counts.n_labels, width).transpose(0, 2, 1))


def _types(
    counts: steps.Counts, log_prior: FloatArray, log_rows: FloatArray, gold: IntArray | None, subtypes: int
) -> tuple[FloatArray, float]:
    """Return the posterior of the subtypes [n_tasks, classes * subtypes] and the sum of the normalisers."""
    table = log_rows.transpose(0, 2, 1).reshape(-1, len(log_prior))
    joint = np.asarray(counts.by_task @ table) + log_prior
    if gold is not None:
        task = np.flatnonzero(gold >= 0)
        excluded = np.arange(len(log_prior))[None, :] // subtypes != gold[task][:, None]
        joint[task] = np.where(excluded, -np.inf, joint[task])
    return steps.normalised(joint)


def _spread(rng: np.random.Generator, table: AnswerTable, shares: FloatArray, subtypes: int) -> FloatArray:
    """Return random shares of the subtypes of each task [n_tasks, subtypes], by its answers and not by its position."""
    # Draws belong to workers, so that tasks with the same answers start alike and the order of tasks does not matter;
    # workers are ordered by their answers, fewest and least agreeing first, so that neither does theirs.
    agreeing = np.round(expected_correct(table, shares), 9)
    draw = np.empty((table.n_workers, subtypes))
    draw[np.lexsort((agreeing, table.answers_per_worker()))] = rng.random((table.n_workers, subtypes))
    total = np.stack([np.bincount(table.task, draw[table.worker, m], table.n_tasks) for m in range(subtypes)], axis=1)
    fraction = np.asarray(total - np.floor(total) + 0.1, dtype=np.float64)
    return np.asarray(fraction / fraction.sum(axis=1, keepdims=True))
