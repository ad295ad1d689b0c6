"""How good each worker is: the accuracy, and an interval that knows that the labels are in doubt as well.

Counting answers that agree with the concluded labels treats those as known, and as if the worker had had no part in
them; intervals made of such counts cover the true accuracy of a generated crowd in 70 to 85 of 100 cases instead of
95. Here a worker's answers are compared with what the *others* make probable: an answer to which the others give the
probability q is right with accuracy a in `a q + (1 - a)(1 - q) / (K - 1)` of cases. The product over the worker's
answers is a likelihood of a, and with a Jeffreys prior its quantiles are the interval.
"""

from __future__ import annotations

import numpy as np

from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray

# Answers whose labels have nearly the same probability say nearly the same about their worker.
GROUPS = 64
# Accuracies that are told apart, evenly spread over 0 to 1.
GRID = 400
# Rows worked on at a time, so that memory does not grow with the table.
CHUNK = 1 << 17
# A probability of 0 would forbid what was answered.
LEAST = 1e-12


def expected_correct(table: AnswerTable, posterior: FloatArray) -> FloatArray:
    """Expected number of right answers of each worker under the posterior, [n_workers]."""
    chance = posterior.reshape(-1)[table.cells()]
    right = np.bincount(table.worker, weights=chance, minlength=table.n_workers).astype(np.float64)
    return np.minimum(right, table.answers_per_worker())


def without_own(table: AnswerTable, posterior: FloatArray, confusion: FloatArray) -> FloatArray:
    """Probability of each answer's label with the evidence of that answer taken out of the posterior, [n].

    posterior [n_tasks, n_labels], confusion [n_workers, truth, answer]: the evidence divided by is P(answer | truth).
    """
    by_answer = confusion.transpose(0, 2, 1)
    chance = np.empty(len(table))
    for first in range(0, len(table), CHUNK):
        here = slice(first, first + CHUNK)
        label = table.label[here]
        rest = posterior[table.task[here]] / np.maximum(by_answer[table.worker[here], label], LEAST)
        chance[here] = np.take_along_axis(rest, label[:, None], axis=1)[:, 0] / rest.sum(axis=1)
    return chance


def without_own_vote(table: AnswerTable, posterior: FloatArray, accuracy: FloatArray) -> FloatArray:
    """The same for workers with one accuracy [n_workers] over all classes and even errors, [n]."""
    chance = posterior.reshape(-1)[table.cells()]
    right = accuracy[table.worker]
    wrong = (1 - right) / max(table.n_labels - 1, 1)
    hit, miss = chance / np.maximum(right, LEAST), (1 - chance) / np.maximum(wrong, LEAST)
    return np.asarray(hit / np.maximum(hit + miss, LEAST))


def interval(table: AnswerTable, others: FloatArray, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Central credible interval of each worker's accuracy, two arrays [n_workers]; 0 to 1 without any answer.

    others [n]: probability that the others give to each answer's label.
    """
    group = np.minimum((others * GROUPS).astype(np.int64), GROUPS - 1)
    size = np.bincount(group, minlength=GROUPS)
    chance = np.bincount(group, others, GROUPS) / np.maximum(size, 1)
    accuracy = (np.arange(GRID) + 0.5) / GRID
    wrong = (1 - accuracy) / max(table.n_labels - 1, 1)
    agree = np.log(np.maximum(np.outer(chance, accuracy) + np.outer(1 - chance, wrong), LEAST))
    jeffreys = -(np.log(accuracy) + np.log1p(-accuracy)) / 2
    answers = np.bincount(table.worker.astype(np.int64) * GROUPS + group, minlength=table.n_workers * GROUPS)
    low, high = np.empty(table.n_workers), np.empty(table.n_workers)
    for first in range(0, table.n_workers, CHUNK // GROUPS):
        here = slice(first, first + CHUNK // GROUPS)
        likelihood = answers.reshape(-1, GROUPS)[here] @ agree + jeffreys
        mass = np.exp(likelihood - likelihood.max(axis=1, keepdims=True)).cumsum(axis=1)
        mass /= mass[:, -1:]
        low[here] = (mass < (1 - level) / 2).sum(axis=1) / GRID
        high[here] = ((mass < (1 + level) / 2).sum(axis=1) + 1) / GRID
    return low, np.minimum(high, 1.0)
