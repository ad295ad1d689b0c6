"""How good each worker is: the accuracy, and an interval that knows that the labels are in doubt as well.

Counting answers that agree with the concluded labels treats those as known, and as if the worker had had no part in
them; intervals made of such counts cover the true accuracy of a generated crowd in 70 to 85 of 100 cases instead of
95. Here a worker's answers are compared with what the *others* make probable. If they give the probability q to the
answered label, and a worker who errs would have answered it with probability w, then a worker of accuracy a answers it
with `a q + (1 - a) w`. The product over the worker's answers is a likelihood of a, and with a Jeffreys prior its
quantiles are the interval. Only the ratio q / w of each answer matters for it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray

# Answers of nearly the same ratio say nearly the same about their worker; ratios beyond e to this power are cut off.
GROUPS, FARTHEST = 128, 12.0
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


def ratio_without_own(table: AnswerTable, posterior: FloatArray, confusion: FloatArray) -> FloatArray:
    """For each answer the ratio q / w, with the evidence of that answer taken out of the posterior, [n].

    posterior [n_tasks, n_labels]; confusion [n_workers, truth, answer]: the evidence taken out is P(answer | truth),
    and a worker who errs on a class answers the others in the proportions of that worker's row.
    """
    by_answer = np.maximum(confusion.transpose(0, 2, 1), LEAST)
    wrong = np.maximum(1 - np.einsum("jkk->jk", confusion), LEAST)
    ratio = np.empty(len(table))
    for first in range(0, len(table), CHUNK):
        here = slice(first, first + CHUNK)
        worker, label = table.worker[here], table.label[here]
        given = by_answer[worker, label]
        rest = posterior[table.task[here]] / given
        right = np.take_along_axis(rest, label[:, None], axis=1)[:, 0]
        error = rest * given / wrong[worker]
        np.put_along_axis(error, label[:, None], 0.0, axis=1)
        ratio[here] = right / np.maximum(error.sum(axis=1), LEAST)
    return ratio


def ratio_without_own_vote(table: AnswerTable, posterior: FloatArray, accuracy: FloatArray) -> FloatArray:
    """The same for workers with one accuracy [n_workers] over all classes and even errors, [n]."""
    chance = posterior.reshape(-1)[table.cells()]
    right = np.maximum(accuracy[table.worker], LEAST)
    wrong = np.maximum(1 - accuracy[table.worker], LEAST) / max(table.n_labels - 1, 1)
    return even_ratio((chance / right) / np.maximum(chance / right + (1 - chance) / wrong, LEAST), table.n_labels)


def even_ratio(chance: FloatArray, n_labels: int) -> FloatArray:
    """The ratio q / w for q = `chance` when errors are even over the other labels."""
    return np.asarray(chance * max(n_labels - 1, 1) / np.maximum(1 - chance, LEAST))


def tally(table: AnswerTable, ratio: FloatArray) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Answers of each worker by groups of nearly the same ratio, [n_workers, GROUPS], and the groups' sums of ln ratio.

    ratio [n]: q / w of each answer, see above; at least 0. Both may be added up over parts of the answers.
    """
    log = np.clip(np.log(np.maximum(ratio, LEAST)), -FARTHEST, FARTHEST)
    group = np.minimum((log + FARTHEST) / (2 * FARTHEST) * GROUPS, GROUPS - 1).astype(np.int64)
    answers = np.bincount(table.worker.astype(np.int64) * GROUPS + group, minlength=table.n_workers * GROUPS)
    return answers.reshape(-1, GROUPS).astype(np.int64, copy=False), np.bincount(group, log, GROUPS).astype(np.float64)


def interval(answers: npt.NDArray[np.int64], logs: FloatArray, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Central credible interval of each worker's accuracy, two arrays [n_workers]; 0 to 1 without any answer.

    answers, logs: what `tally` gives for all answers.
    """
    typical = np.exp(logs / np.maximum(answers.sum(axis=0), 1))
    accuracy = (np.arange(GRID) + 0.5) / GRID
    agree = np.log(np.outer(typical, accuracy) + (1 - accuracy))
    jeffreys = -(np.log(accuracy) + np.log1p(-accuracy)) / 2
    low, high = np.empty(len(answers)), np.empty(len(answers))
    for first in range(0, len(answers), CHUNK // GROUPS):
        here = slice(first, first + CHUNK // GROUPS)
        likelihood = answers[here] @ agree + jeffreys
        mass = np.exp(likelihood - likelihood.max(axis=1, keepdims=True)).cumsum(axis=1)
        mass /= mass[:, -1:]
        low[here] = (mass < (1 - level) / 2).sum(axis=1) / GRID
        high[here] = ((mass < (1 + level) / 2).sum(axis=1) + 1) / GRID
    return low, np.minimum(high, 1.0)
