"""Hovy, Berg-Kirkpatrick, Vaswani, Hovy 2013, "Learning whom to trust with MACE", NAACL-HLT, section 3.

    S_ij ~ Bernoulli(1 - θ_j)                  whether worker j spams on task i
    y_ij = z_i if S_ij = 0, else y_ij ~ Cat(ξ_j)
    θ_j ~ Beta(c, c),   ξ_j ~ Dir(h),   z_i uniform

Variational Bayes as in section 3.1 of the paper, with its priors c = 0.5 and h = 10; started from the votes, so that
no restarts are needed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import results, steps
from gtcrowd.consolidation.categorical.dirichlet import expected_log
from gtcrowd.consolidation.categorical.method import method
from gtcrowd.consolidation.categorical.table import AnswerTable, checked_gold
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.parameters import Parameter


@method(
    name="mace",
    title=language.gettext_lazy("MACE"),
    summary=language.gettext_lazy("Estimates how often each worker spams, and which labels they then choose."),
    order=100,
    uses_gold=True,
    uses_worker_accuracy=False,
    parameters={
        "prior_knows": Parameter(0.5, 1e-6, 1e6, "both counts of the beta prior of not spamming"),
        "prior_habit": Parameter(10.0, 1e-6, 1e6, "Dirichlet count of each label when a worker spams"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "change in log-likelihood per answer below which it stops"),
    },
)
def mace(
    table: AnswerTable,
    *,
    gold: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_knows: float = 0.5,
    prior_habit: float = 10.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Aggregation[IntArray]:
    """Estimate labels, θ and ξ.

    prior_knows   c, both counts of the beta prior of θ
    prior_habit   h, Dirichlet count of each label in ξ
    max_steps, tolerance   stop when a step changes the objective by less than `tolerance` per answer

    `worker_accuracy` is not used. The objective is the log-likelihood under the expected logarithms, which rises but
    need not at each step. The confusion that is reported is θ I + (1 - θ) 1 ξᵀ.
    """
    fixed = checked_gold(table, gold)
    posterior = vote_shares(table, fixed)
    labels, n = table.n_labels, table.n_workers
    objective: list[float] = []
    gain = np.inf
    # P(S_ij = 0), at first the share of the votes for the answer.
    honest = posterior.reshape(-1)[table.vote_index()]
    converged = False
    while len(objective) < max_steps and not converged:
        honest_count = np.bincount(table.worker, honest, n)
        spam_count = table.answers_per_worker() - honest_count
        theta = expected_log(np.asarray(np.stack([honest_count, spam_count], axis=1) + prior_knows, dtype=np.float64))
        xi = np.exp(expected_log(_spam_counts(table, honest) + prior_habit))
        spamming = np.exp(theta[:, 1])[table.worker] * xi[table.worker, table.label]
        knowing = np.exp(theta[:, 0])[table.worker]
        # An answer other than the true label is spam; the true label may be either.
        base = np.bincount(table.task, np.log(spamming), table.n_tasks)
        joint = table.votes(np.log1p(knowing / spamming)) + base[:, None] - np.log(labels)
        if fixed is not None:
            steps.fix(joint, fixed)
        posterior, likelihood = steps.normalised(joint)
        honest = posterior.reshape(-1)[table.vote_index()] * knowing / (knowing + spamming)
        objective.append(likelihood)
        gain = objective[-1] - objective[-2] if len(objective) > 1 else np.inf
        converged = bool(abs(gain) < tolerance * max(len(table), 1))
    competence = (np.bincount(table.worker, honest, n) + prior_knows) / (table.answers_per_worker() + 2 * prior_knows)
    final = _spam_counts(table, honest) + prior_habit
    final /= final.sum(axis=1, keepdims=True)
    confusion = competence[:, None, None] * np.eye(labels) + (1 - competence)[:, None, None] * final[:, None, :]
    return results.from_posterior(
        table,
        posterior,
        method="mace",
        parameters={
            "prior_knows": prior_knows,
            "prior_habit": prior_habit,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        gold=fixed,
        confusion=confusion,
        steps=len(objective),
        converged=converged,
        objective=tuple(objective),
    )


def _spam_counts(table: AnswerTable, honest: FloatArray) -> FloatArray:
    """Return the expected number of each worker's spam answers by label, [n_workers, n_labels]; honest [n]."""
    index = table.worker.astype(np.int64) * table.n_labels + table.label
    flat = np.bincount(index, 1 - honest, table.n_workers * table.n_labels)
    return np.asarray(flat.reshape(table.n_workers, table.n_labels), dtype=np.float64)
