"""Worker accuracy, with an interval that accounts for the uncertainty of the labels.

Counting answers that agree with the labels treats the labels as certain, and as if the worker had no part in them;
intervals from such counts cover the true accuracy of simulated workers in 70 to 85 % of cases instead of 95 %. Here a
worker's answers are compared with what the *other* answers make probable:

    L(a) = Π_i [a q_i + (1 - a) w_i],   a ~ Beta(1/2, 1/2)

where q_i is the probability of the answered label given the other answers, and w_i the probability that a worker who
errs would have given that answer. The quantiles of the posterior of a are the interval. Only the likelihood ratio
q_i / w_i of each answer matters for it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.table import AnswerTable

# Answers with nearly the same log-likelihood ratio are counted together in one of GROUPS bins up to ±MAX_LOG_RATIO.
GROUPS, MAX_LOG_RATIO = 128, 12.0
# Grid of accuracies on which the likelihood is evaluated, evenly spaced from 0 to 1.
GRID = 400
# Rows per chunk, so that memory does not grow with the table.
CHUNK = 1 << 17
# A probability of 0 would exclude an answer that was given.
MIN_PROBABILITY = 1e-12


def expected_correct(table: AnswerTable, posterior: FloatArray) -> FloatArray:
    """Return the expected number of correct answers of each worker, [n_workers]; posterior [n_tasks, n_labels]."""
    correct = posterior.reshape(-1)[table.vote_index()]
    total = np.bincount(table.worker, weights=correct, minlength=table.n_workers).astype(np.float64)
    return np.minimum(total, table.answers_per_worker())


def leave_one_out_ratio(table: AnswerTable, posterior: FloatArray, confusion: FloatArray) -> FloatArray:
    """Return the likelihood ratio q / w of each answer, [n], with the answer's own evidence removed.

    posterior   [n_tasks, n_labels]
    confusion   [n_workers, truth, answer]; the evidence removed is P(answer | truth), and a worker who errs on a class
        gives the other answers in the proportions of that worker's row
    """
    by_answer = np.maximum(confusion.transpose(0, 2, 1), MIN_PROBABILITY)
    wrong = np.maximum(1 - np.einsum("jkk->jk", confusion), MIN_PROBABILITY)
    ratio = np.empty(len(table))
    for first in range(0, len(table), CHUNK):
        rows = slice(first, first + CHUNK)
        worker, label = table.worker[rows], table.label[rows]
        evidence = by_answer[worker, label]
        rest = posterior[table.task[rows]] / evidence
        correct = np.take_along_axis(rest, label[:, None], axis=1)[:, 0]
        error = rest * evidence / wrong[worker]
        np.put_along_axis(error, label[:, None], 0.0, axis=1)
        ratio[rows] = correct / np.maximum(error.sum(axis=1), MIN_PROBABILITY)
    return ratio


def leave_one_out_ratio_of_accuracy(table: AnswerTable, posterior: FloatArray, accuracy: FloatArray) -> FloatArray:
    """Return the same, [n], for workers with one accuracy [n_workers] for all classes and uniform errors."""
    probability = posterior.reshape(-1)[table.vote_index()]
    right = np.maximum(accuracy[table.worker], MIN_PROBABILITY)
    wrong = np.maximum(1 - accuracy[table.worker], MIN_PROBABILITY) / max(table.n_labels - 1, 1)
    without_own = (probability / right) / np.maximum(probability / right + (1 - probability) / wrong, MIN_PROBABILITY)
    return uniform_error_ratio(without_own, table.n_labels)


def uniform_error_ratio(probability: FloatArray, n_labels: int) -> FloatArray:
    """Return the ratio q / w for q = `probability` [n] if errors are uniform over the other labels."""
    return np.asarray(probability * max(n_labels - 1, 1) / np.maximum(1 - probability, MIN_PROBABILITY))


def tally(table: AnswerTable, ratio: FloatArray) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Count each worker's answers by likelihood ratio.

    ratio   [n], q / w of each answer, at least 0

    Returns the counts [n_workers, GROUPS] and the sum of ln ratio of each group [GROUPS], which add up over shards.
    """
    log = np.clip(np.log(np.maximum(ratio, MIN_PROBABILITY)), -MAX_LOG_RATIO, MAX_LOG_RATIO)
    group = np.minimum((log + MAX_LOG_RATIO) / (2 * MAX_LOG_RATIO) * GROUPS, GROUPS - 1).astype(np.int64)
    answers = np.bincount(table.worker.astype(np.int64) * GROUPS + group, minlength=table.n_workers * GROUPS)
    return answers.reshape(-1, GROUPS).astype(np.int64, copy=False), np.bincount(group, log, GROUPS).astype(np.float64)


def interval(answers: npt.NDArray[np.int64], logs: FloatArray, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Return the central credible interval of each worker's accuracy, two arrays [n_workers]; 0 to 1 without answers.

    answers, logs   the results of `tally` for all answers
    """
    typical = np.exp(logs / np.maximum(answers.sum(axis=0), 1))
    accuracy = (np.arange(GRID) + 0.5) / GRID
    log_likelihoods = np.log(np.outer(typical, accuracy) + (1 - accuracy))
    jeffreys = -(np.log(accuracy) + np.log1p(-accuracy)) / 2
    low, high = np.empty(len(answers)), np.empty(len(answers))
    for first in range(0, len(answers), CHUNK // GROUPS):
        rows = slice(first, first + CHUNK // GROUPS)
        log_posterior = answers[rows] @ log_likelihoods + jeffreys
        mass = np.exp(log_posterior - log_posterior.max(axis=1, keepdims=True)).cumsum(axis=1)
        mass /= mass[:, -1:]
        low[rows] = (mass < (1 - level) / 2).sum(axis=1) / GRID
        high[rows] = ((mass < (1 + level) / 2).sum(axis=1) + 1) / GRID
    return low, np.minimum(high, 1.0)
