"""The two steps that all methods of the Dawid–Skene family share, over columns and without dense cubes."""

import numpy as np
from scipy.special import logsumexp

from gtcrowd.consolidation.conclusion import Floats
from gtcrowd.consolidation.table import AnswerTable


def vote_shares(table: AnswerTable) -> Floats:
    """Share of each label among a task's answers, float64 [tasks, labels]; even where there are none."""
    votes = sum_by_task(table, np.ones(len(table)))
    total = votes.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(votes, total, out=np.full_like(votes, 1 / max(table.n_labels, 1)), where=total > 0)
    return shares


def sum_by_task(table: AnswerTable, weights: Floats) -> Floats:
    """Sum of the answers' weights by task and label, float64 [tasks, labels]."""
    cell = table.task.astype(np.int64) * table.n_labels + table.label
    sums = np.bincount(cell, weights, table.n_tasks * table.n_labels)
    return sums.reshape(table.n_tasks, table.n_labels).astype(np.float64, copy=False)  # integers if there is no row


def expected_counts(table: AnswerTable, posterior: Floats) -> Floats:
    """How often each worker gave label l where k was right, in expectation: float64 [workers, k, l]."""
    size = table.n_workers * table.n_labels
    counts = np.empty((table.n_workers, table.n_labels, table.n_labels))
    cell = table.worker.astype(np.int64) * table.n_labels + table.label
    for k in range(table.n_labels):  # one column at a time: memory stays linear in the answers
        counts[:, k, :] = np.bincount(cell, posterior[table.task, k], size).reshape(table.n_workers, table.n_labels)
    return counts


def task_posterior(table: AnswerTable, log_prior: Floats, log_confusion: Floats) -> tuple[Floats, float]:
    """Posterior of each task's label, and the log-likelihood of all answers.

    `log_prior` [labels]; `log_confusion` [workers, k, l]. In logarithms: the product of many answers' chances
    is smaller than a float can hold.
    """
    log_joint = np.empty((table.n_tasks, table.n_labels))
    for k in range(table.n_labels):
        chances = log_confusion[table.worker, k, table.label]
        log_joint[:, k] = log_prior[k] + np.bincount(table.task, chances, table.n_tasks)
    evidence = logsumexp(log_joint, axis=1, keepdims=True)
    return np.exp(log_joint - evidence), float(evidence.sum())
