"""What a worker is expected to answer: estimated from the worker and the crowd, and never from the task in question.

The confusion row of a worker for a true class is drawn from a Dirichlet distribution around an expected row: correct
as often as the worker is over all classes, adjusted by how much easier or harder the class is for the crowd, with the
crowd's error profile. With few answers the row is that expectation and the evidence a weighted vote; with many it is
the worker's own and the evidence that of Dawid and Skene.

Two things prevent the crowd from reinforcing its own errors:

- *Leave-one-out evidence.* What a task contributed to the estimates of its workers is taken out before they are used
  for it, as in collapsed variational Bayes: Teh, Newman, Welling 2007, "A collapsed variational Bayesian inference
  algorithm for latent Dirichlet allocation", section 3; without the second-order terms: Asuncion, Welling, Smyth, Teh
  2009, "On smoothing and inference for topic models", section 3.4. Otherwise three answers confirm themselves.
- *Bounded bias.* Differences in difficulty between classes are believed only up to a bound. Votes cannot distinguish
  "many objects of a rare class, mostly missed" from "hard objects of the common class", and the first reading, which
  needs the greater bias, is the one that takes Dawid and Skene far below a majority vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import steps
from gtcrowd.consolidation.categorical.ranges import in_ranges
from gtcrowd.consolidation.categorical.steps import Counts

# No worker is believed to be always right or always wrong.
MIN_ERROR = 0.01
# Weight, in answers per true class, of the crowd's mean accuracy and of uniform errors.
CLASS_ANSWERS, ERROR_ANSWERS = 4.0, 10.0
# Prior of the crowd's accuracy: its weight in answers, and its mean.
CROWD_ANSWERS, CROWD_ACCURACY = 10.0, 0.7
# Answers per chunk without compiled loops, so that memory does not grow with the table.
CHUNK = 1 << 16


@dataclass(frozen=True)
class Strengths:
    """How strongly workers are drawn to the crowd; see `hierarchical` for the meaning of each."""

    worker_answers: float
    row_answers: float
    max_bias: float


@dataclass(frozen=True, eq=False)
class Pool:
    """Everything that the evidence of an answer needs, float64; a pair is `worker * n_labels + answer`.

    answers   [n_pairs, truth] expected number of answers
    total_by_truth    [n_workers, truth] their sum over the answers
    correct_by_truth  [n_workers, truth] those that are correct
    total     [n_workers] number of answers
    correct   [n_workers] expected number of correct ones
    share     [n_workers] expected accuracy before any answer
    odds      [truth] factor on the odds of being correct for a class, as estimated
    pull      [truth] factor on being wrong that leaves only the bounded part of that difference
    errors    [answer, truth] share of the crowd's errors that are this answer; 0 on the diagonal
    """

    answers: FloatArray
    total_by_truth: FloatArray
    correct_by_truth: FloatArray
    total: FloatArray
    correct: FloatArray
    share: FloatArray
    odds: FloatArray
    pull: FloatArray
    errors: FloatArray
    strengths: Strengths


def pool(
    pairs: FloatArray, *, n_workers: int, total: FloatArray, given_accuracy: FloatArray | None, strengths: Strengths
) -> Pool:
    """Summarise the crowd and each worker.

    pairs   [n_pairs, truth] expected counts
    total   [n_workers] number of answers
    given_accuracy   [n_workers] accuracy known from elsewhere, NaN where it is not
    """
    labels = pairs.shape[1]
    answers = pairs.reshape(n_workers, labels, labels)
    diagonal = np.ascontiguousarray(np.einsum("jkk->jk", answers))
    by_truth, correct, crowd = answers.sum(axis=1), diagonal.sum(axis=1), answers.sum(axis=0)
    accuracy = (correct.sum() + CROWD_ANSWERS * CROWD_ACCURACY) / (total.sum() + CROWD_ANSWERS)
    hits = np.diag(crowd)
    by_class = (hits + CLASS_ANSWERS * accuracy) / (crowd.sum(axis=0) + CLASS_ANSWERS)
    bias = _logit(np.clip(by_class, MIN_ERROR, 1 - MIN_ERROR)) - _logit(accuracy)
    bounded = strengths.max_bias * np.tanh(bias / strengths.max_bias)
    off_diagonal = 1 - np.eye(labels)
    errors = crowd * off_diagonal + ERROR_ANSWERS / max(labels - 1, 1) * off_diagonal
    errors /= np.maximum(errors.sum(axis=0), np.finfo(np.float64).tiny)
    share = (
        np.full(n_workers, accuracy)
        if given_accuracy is None
        else np.where(np.isnan(given_accuracy), accuracy, given_accuracy)
    )
    odds, pull = np.exp(bias), np.exp(bias - bounded)
    return Pool(pairs, by_truth, diagonal, total, correct, share, odds, pull, errors, strengths)


def leave_one_out_evidence(counts: Counts, contributions: FloatArray, pool: Pool) -> FloatArray:
    """Return ln P(answers of a task | truth), [n_tasks, n_labels], each task's own contribution taken out of `pool`.

    contributions   [n_tasks, n_labels]: the posterior that each task put into the pool
    """
    out = np.empty((counts.n_tasks, counts.n_labels))
    if not counts.compiled:
        _uncompiled_evidence(counts, contributions, pool, out)
        return out
    inputs = (
        counts.start, counts.pair, contributions, pool.answers, pool.total_by_truth, pool.correct_by_truth,
        pool.total, pool.correct, pool.share, pool.odds, pool.pull, pool.errors,
        pool.strengths.row_answers, pool.strengths.worker_answers, out,
    )  # fmt: skip
    in_ranges(steps.kernels.pooled_evidence, counts.n_tasks, *inputs)
    return out


def confusion(pool: Pool) -> FloatArray:
    """Return the confusion matrices [n_workers, truth, answer] that the evidence of a new task would use."""
    labels = len(pool.odds)
    strength = pool.strengths.row_answers
    accuracy = _class_accuracy(pool, pool.correct, pool.total, pool.share)
    hit = pool.correct_by_truth + strength * accuracy
    miss = pool.answers.reshape(-1, labels, labels) + strength * (1 - accuracy)[:, None, :] * pool.errors
    scale = hit + np.maximum(pool.total_by_truth + strength - hit, 0) * pool.pull
    rows = miss * pool.pull / scale[:, None, :]
    diagonal = np.arange(labels)
    rows[:, diagonal, diagonal] = hit / scale
    return np.ascontiguousarray(rows.transpose(0, 2, 1))


def _class_accuracy(pool: Pool, correct: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    """Return the expected accuracy in each class, [..., truth], of workers with so many correct answers [...]."""
    weight = pool.strengths.worker_answers
    accuracy = np.clip((correct + weight * share) / (total + weight), MIN_ERROR, 1 - MIN_ERROR)
    odds = (accuracy / (1 - accuracy))[..., None] * pool.odds
    return np.asarray(odds / (1 + odds))


def _uncompiled_evidence(counts: Counts, contributions: FloatArray, pool: Pool, out: FloatArray) -> None:
    """Compute `leave_one_out_evidence` without compiled loops, in chunks of about `CHUNK` answers."""
    labels, strength = counts.n_labels, pool.strengths.row_answers
    within = np.searchsorted(counts.start, np.arange(CHUNK, counts.start[-1], CHUNK))
    for first, last in pairwise([0, *within.tolist(), counts.n_tasks]):
        rows = slice(counts.start[first], counts.start[last])
        task = np.repeat(np.arange(last - first), np.diff(counts.start[first : last + 1]))
        worker, label = counts.pair[rows] // labels, counts.pair[rows] % labels
        own = contributions[first:last][task]
        own_correct = np.take_along_axis(own, label[:, None], axis=1)[:, 0]
        accuracy = strength * _class_accuracy(
            pool, pool.correct[worker] - own_correct, pool.total[worker] - 1, pool.share[worker]
        )
        total = np.maximum(pool.total_by_truth[worker] - own, 0) + strength
        same = np.arange(labels) == label[:, None]
        hit = pool.correct_by_truth[worker] + accuracy
        hit = np.where(same, np.maximum(hit - own, accuracy), hit)
        miss = np.maximum(pool.answers[counts.pair[rows]] - own, 0) + (strength - accuracy) * pool.errors[label]
        numerator = np.where(same, hit, miss * pool.pull)
        denominator = hit + np.maximum(total - hit, 0) * pool.pull
        # With a single label the crowd makes no errors, and nothing is learned from an answer.
        logs = np.log(np.maximum(numerator, np.finfo(np.float64).tiny)) - np.log(denominator)
        out[first:last] = 0
        np.add.at(out[first:last], task, logs)


def _logit(probability: FloatArray | float) -> FloatArray:
    return np.asarray(np.log(probability) - np.log1p(-np.asarray(probability)))
