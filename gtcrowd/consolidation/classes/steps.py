"""The two steps of expectation maximisation for confusion matrices (Dempster, Laird, Rubin 1977).

Both are products of one sparse matrix of counts with a dense one, so that time grows with answers × labels and
memory with answers + (tasks + workers × labels) × labels. Whoever has a faster kernel replaces this module.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Counts:
    """How often a worker gave a label to a task, kept in both directions because both are read row by row.

    by_task   sparse [n_tasks, n_workers * n_labels]; column `worker * n_labels + label`
    by_answer the same, transposed
    """

    by_task: sparse.csr_array
    by_answer: sparse.csr_array
    n_workers: int
    n_labels: int


def count(table: AnswerTable) -> Counts:
    """Count the answers of a table once, before the first step; repeated answers add up."""
    column = table.worker.astype(np.int64) * table.n_labels + table.label
    shape = (table.n_tasks, table.n_workers * table.n_labels)
    by_task = sparse.coo_array((np.ones(len(table)), (table.task, column)), shape=shape).tocsr()
    return Counts(by_task, by_task.T.tocsr(), table.n_workers, table.n_labels)


def e_step(
    counts: Counts, log_prior: FloatArray, log_confusion: FloatArray, known: IntArray | None = None
) -> tuple[FloatArray, float]:
    """Posterior of the tasks and log-likelihood of the answers, given class prior and confusion matrices.

    log_prior [n_labels]; log_confusion [n_workers, truth, answer]; known [n_tasks] with -1 for unknown.
    Returns posterior [n_tasks, n_labels] and the likelihood's natural logarithm.
    """
    by_answer = log_confusion.transpose(0, 2, 1).reshape(-1, counts.n_labels)
    joint = np.asarray(counts.by_task @ by_answer) + log_prior
    if known is not None:
        clamp(joint, known)
    return normalised(joint)


def m_step(counts: Counts, posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected counts under the posterior: of the classes [n_labels], of answers [n_workers, truth, answer]."""
    flat = np.asarray(counts.by_answer @ posterior)
    answers = flat.reshape(counts.n_workers, counts.n_labels, counts.n_labels).transpose(0, 2, 1)
    return posterior.sum(axis=0), answers


def clamp(joint: FloatArray, known: IntArray) -> None:
    """Leave a task with a known label no other possibility; changes `joint` [n_tasks, n_labels] of logarithms."""
    task = np.flatnonzero(known >= 0)
    kept = joint[task, known[task]]
    joint[task] = -np.inf
    joint[task, known[task]] = kept


def normalised(joint: FloatArray) -> tuple[FloatArray, float]:
    """Rows of logarithms as probabilities, and the sum over rows of ln of what each row added up to.

    The largest of each row is taken out first: a product of hundreds of small probabilities would be 0.
    """
    top = joint.max(axis=1, keepdims=True)
    chance = np.exp(joint - top)
    total = chance.sum(axis=1, keepdims=True)
    chance /= total
    return chance, float(np.sum(top) + np.sum(np.log(total)))
