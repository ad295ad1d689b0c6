"""Hovy, Berg-Kirkpatrick, Vaswani, Hovy 2013, "Learning whom to trust with MACE", NAACL-HLT, section 3.

A worker either knows the label or spams: with probability theta the answer is the true label, otherwise it is drawn
from the worker's own habit. Labels are even beforehand. Variational Bayes as in the paper's section 3.1, with Beta(0.5,
0.5) on theta and Dirichlet(10) on the habits; begun from the votes, so that no restarts are needed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.ibcc import expected_log
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, checked_known
from gtcrowd.consolidation.parameters import Parameter


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_knows: float = 0.5,
    prior_habit: float = 10.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Conclusion:
    """Estimate labels, and for each worker how often they know and what they answer when they do not.

    prior_knows   count on either side of the Beta prior of knowing
    prior_habit   Dirichlet count of each label in a worker's habit

    `worker_accuracy` is not used. The objective is the log-likelihood under the expected logarithms, which rises but
    need not at each step. The confusion reported is theta times the identity and the rest the worker's habit.
    """
    certain = checked_known(table, known)
    posterior = vote_shares(table, certain)
    labels, n = table.n_labels, table.n_workers
    objective: list[float] = []
    gain = np.inf
    # At first a worker is thought to know whenever the answer agrees with the votes.
    knows = posterior.reshape(-1)[table.cells()]
    converged = False
    while len(objective) < max_steps and not converged:
        known_to = np.bincount(table.worker, knows, n)
        spam = table.answers_per_worker() - known_to
        theta = expected_log(np.asarray(np.stack([known_to, spam], axis=1) + prior_knows, dtype=np.float64))
        habit = np.exp(expected_log(_habits(table, knows) + prior_habit))
        spamming = np.exp(theta[:, 1])[table.worker] * habit[table.worker, table.label]
        knowing = np.exp(theta[:, 0])[table.worker]
        # An answer of another label than the true one is spam; of the true one it may be either.
        base = np.bincount(table.task, np.log(spamming), table.n_tasks)
        joint = table.votes(np.log1p(knowing / spamming)) + base[:, None] - np.log(labels)
        if certain is not None:
            steps.clamp(joint, certain)
        posterior, likelihood = steps.normalised(joint)
        knows = posterior.reshape(-1)[table.cells()] * knowing / (knowing + spamming)
        objective.append(likelihood)
        gain = objective[-1] - objective[-2] if len(objective) > 1 else np.inf
        converged = bool(abs(gain) < tolerance * max(len(table), 1))
    certain_of = np.bincount(table.worker, knows, n) + prior_knows
    trust = certain_of / (table.answers_per_worker() + 2 * prior_knows)
    final = _habits(table, knows) + prior_habit
    final /= final.sum(axis=1, keepdims=True)
    confusion = trust[:, None, None] * np.eye(labels) + (1 - trust)[:, None, None] * final[:, None, :]
    return conclusion.from_posterior(
        table,
        posterior,
        method="mace",
        parameters={
            "prior_knows": prior_knows,
            "prior_habit": prior_habit,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        confusion=confusion,
        steps=len(objective),
        converged=converged,
        objective=tuple(objective),
    )


def _habits(table: AnswerTable, knows: FloatArray) -> FloatArray:
    """Expected number of answers of each label given out of habit, [n_workers, n_labels]."""
    place = table.worker.astype(np.int64) * table.n_labels + table.label
    flat = np.bincount(place, 1 - knows, table.n_workers * table.n_labels)
    return np.asarray(flat.reshape(table.n_workers, table.n_labels), dtype=np.float64)


METHOD = Method(
    name="mace",
    title=language.later("MACE"),
    summary=language.later("A worker knows the label or answers out of habit; learns how often and which habit."),
    run=conclude,
    uses_known=True,
    uses_accuracy=False,
    parameters={
        "prior_knows": Parameter(0.5, 1e-6, 1e6, "count on either side of the prior of knowing"),
        "prior_habit": Parameter(10.0, 1e-6, 1e6, "count of each label in a worker's habit"),
        "max_steps": Parameter(200, 1, 100_000, "steps after which the search ends in any case"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "change in log-likelihood an answer below which it ends"),
    },
)
