"""Agreement of classes: percent agreement, Cohen's kappa of two workers, and Fleiss' kappa of many."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gtcrowd.consolidation.agreement.alpha import DRAWS, Agreement, bootstrapped, undefined
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.table import AnswerTable

Weights = Literal["none", "linear", "quadratic"]


def percent(table: AnswerTable, *, seed: int = 0, draws: int = DRAWS) -> Agreement:
    """Return the share of pairs of answers to one task that are equal, averaged over the tasks."""
    votes, n = _pairable(table)
    if not len(n):
        return undefined("no task has two answers")
    share = ((votes * votes).sum(axis=1) - n) / (n * (n - 1))
    return bootstrapped(lambda weight: _mean(weight, share), len(n), int(n.sum()), seed=seed, draws=draws)


def fleiss(table: AnswerTable, *, seed: int = 0, draws: int = DRAWS) -> Agreement:
    """Return κ = (P - Pe) / (1 - Pe); Fleiss 1971, "Measuring nominal scale agreement among many raters", p. 379.

    P is the mean over tasks of the share of agreeing pairs, Pe the sum of the squared shares of the classes. Tasks may
    have different numbers of answers: tasks are weighted equally in P, answers in Pe.
    """
    votes, n = _pairable(table)
    if not len(n):
        return undefined("no task has two answers")
    if np.count_nonzero(votes.sum(axis=0)) < 2:
        return undefined("only one class was ever answered", len(n), int(n.sum()))
    share = ((votes * votes).sum(axis=1) - n) / (n * (n - 1))

    def coefficient(weight: FloatArray) -> FloatArray:
        by_class = weight @ votes
        total = by_class.sum(axis=-1, keepdims=True)
        chance = np.square(np.divide(by_class, total, out=np.zeros_like(by_class), where=total > 0)).sum(axis=-1)
        return _beyond(_mean(weight, share), chance)

    return bootstrapped(coefficient, len(n), int(n.sum()), seed=seed, draws=draws)


def cohen(
    table: AnswerTable, worker: int, other: int, *, weights: Weights = "none", seed: int = 0, draws: int = DRAWS
) -> Agreement:
    """Return Cohen's kappa of two workers over the tasks that both answered.

    one, other   codes of the workers
    weights      how disagreements count by the distance of the codes (Cohen 1968, "Weighted kappa")

    Cohen 1960, "A coefficient of agreement for nominal scales", p. 40. Of repeated answers of a worker to a task the
    last counts.
    """
    pairs = _both(table, worker, other)
    if not len(pairs):
        return undefined("the two workers have no task in common")
    agree = _credit(table.n_labels, weights)
    matched = agree[pairs[:, 0], pairs[:, 1]]
    first, second = np.eye(table.n_labels)[pairs[:, 0]], np.eye(table.n_labels)[pairs[:, 1]]

    def coefficient(weight: FloatArray) -> FloatArray:
        total = weight.sum(axis=-1)
        square = np.where(total > 0, total * total, np.nan)
        chance = np.einsum("...c,cd,...d->...", weight @ first, agree, weight @ second, optimize=True) / square
        return _beyond(_mean(weight, matched), chance)

    kappa = bootstrapped(coefficient, len(pairs), 2 * len(pairs), seed=seed, draws=draws)
    if kappa.value is None:
        return undefined("both workers gave a single class only", len(pairs), 2 * len(pairs))
    return kappa


def cohen_matrix(table: AnswerTable) -> tuple[FloatArray, FloatArray]:
    """Return kappa of every pair of workers and the number of tasks they share, both [n_workers, n_workers].

    Kappa is NaN where it is undefined: for workers who share no task, and for those who gave a single class only. For
    up to a few thousand workers: memory grows with their square.
    """
    pair = table.task.astype(np.int64) * table.n_workers + table.worker
    # The first of each pair in the reversed table is its last answer.
    last = len(table) - 1 - np.unique(pair[::-1], return_index=True)[1]
    shape = (table.n_workers, table.n_tasks)
    by_label = [
        sparse.csr_array((np.ones(len(rows)), (table.worker[rows], table.task[rows])), shape=shape)
        for label in range(table.n_labels)
        for rows in [last[table.label[last] == label]]
    ]
    answered = sum(by_label[1:], by_label[0])
    together = np.asarray((answered @ answered.T).todense())
    agreed = sum(np.asarray((answers @ answers.T).todense()) for answers in by_label)
    chance = sum(
        np.asarray((answers @ answered.T).todense()) * np.asarray((answered @ answers.T).todense())
        for answers in by_label
    )
    shared = np.maximum(together, 1)
    kappa = _beyond(agreed / shared, chance / shared**2)
    return np.where(together > 0, kappa, np.nan), together


def _pairable(table: AnswerTable) -> tuple[FloatArray, FloatArray]:
    votes = table.votes()
    n = votes.sum(axis=1)
    return votes[n >= 2], n[n >= 2]


def _both(table: AnswerTable, first: int, second: int) -> npt.NDArray[np.int64]:
    answers = [
        dict(zip(table.task[rows].tolist(), table.label[rows].tolist(), strict=True))
        for worker in (first, second)
        for rows in [table.worker == worker]
    ]
    shared = sorted(answers[0].keys() & answers[1].keys())
    return np.array([(answers[0][task], answers[1][task]) for task in shared], dtype=np.int64).reshape(-1, 2)


def _credit(labels: int, weights: Weights) -> FloatArray:
    if weights == "none":
        return np.eye(labels)
    distance = np.abs(np.subtract.outer(np.arange(labels), np.arange(labels))) / max(labels - 1, 1)
    return np.asarray(1 - (distance if weights == "linear" else distance**2))


def _mean(weight: FloatArray, value: FloatArray) -> FloatArray:
    total = weight.sum(axis=-1)
    return np.asarray(np.divide(weight @ value, total, out=np.full(np.shape(total), np.nan), where=total > 0))


def _beyond(agreed: FloatArray, chance: FloatArray) -> FloatArray:
    """Return (agreed - chance) / (1 - chance); NaN where chance agreement is 1."""
    rest = 1 - chance
    return np.asarray(np.divide(agreed - chance, rest, out=np.full(np.shape(rest), np.nan), where=rest > 1e-12))
