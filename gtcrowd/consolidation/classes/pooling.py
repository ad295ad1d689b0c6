"""What a worker is expected to answer, learned from the worker, from the crowd, and never from the task in question.

A worker's confusion row for a true class is drawn from a Dirichlet distribution around an expected row: right as often
as the worker is over all classes, moved by how much easier or harder the class is for the crowd, and wrong in the way
the crowd is wrong. With few answers the row is that expectation, and the evidence a weighted vote; with many it is the
worker's own, and the evidence that of Dawid and Skene.

Two things keep the crowd from talking itself into something:

- *Cavity.* What a task taught about its workers is taken out before they are asked about it, as in collapsed
  variational Bayes: Teh, Newman, Welling 2007, "A collapsed variational Bayesian inference algorithm for latent
  Dirichlet allocation", section 3; without the second-order terms: Asuncion, Welling, Smyth, Teh 2009, "On smoothing
  and inference for topic models", section 3.4. Otherwise three answers confirm themselves.
- *Bounded bias.* That a whole crowd is better at one class than at another is believed only up to a bound. Votes
  cannot tell "many objects of a rare class, mostly missed" from "hard objects of the common class", and the former
  reading, which needs the greater bias, is the one that takes Dawid and Skene far below a majority vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gtcrowd.consolidation.classes import steps
from gtcrowd.consolidation.classes.ranges import in_ranges
from gtcrowd.consolidation.classes.steps import Counts
from gtcrowd.consolidation.classes.table import FloatArray

# No worker is believed to be always right or always wrong.
LEAST_ERROR = 0.01
# Answers a true class that the crowd's typical accuracy and the crowd's typical errors are worth beforehand.
CLASS_ANSWERS, ERROR_ANSWERS = 4.0, 10.0
# Answers, and the share of them right, that are assumed of the whole crowd beforehand.
CROWD_ANSWERS, CROWD_ACCURACY = 10.0, 0.7
# The plain path works on so many answers at a time, so that its memory does not grow with the table.
CHUNK = 1 << 16


@dataclass(frozen=True)
class Beliefs:
    """How strongly a worker is drawn to the crowd; see `hierarchical` for the meaning of each."""

    worker_answers: float
    row_answers: float
    most_bias: float


@dataclass(frozen=True, eq=False)
class Pool:
    """Everything that the evidence of an answer needs; all float64, a cell is `worker * n_labels + answer`.

    answers   [n_cells, truth] expected number of answers
    given     [n_workers, truth] their sum over the answers; right [n_workers, truth] those that are right
    total     [n_workers] number of answers; correct [n_workers] expected number of right ones
    share     [n_workers] expected accuracy before any answer
    odds      [truth] factor by which the crowd's odds of being right differ in a class
    pull      [truth] factor on being wrong that leaves only the bounded part of that difference
    errors    [answer, truth] share of the crowd's errors that are this answer; 0 on the diagonal
    """

    answers: FloatArray
    given: FloatArray
    right: FloatArray
    total: FloatArray
    correct: FloatArray
    share: FloatArray
    odds: FloatArray
    pull: FloatArray
    errors: FloatArray
    beliefs: Beliefs


def pool(
    cells: FloatArray, *, n_workers: int, total: FloatArray, expected: FloatArray | None, beliefs: Beliefs
) -> Pool:
    """What the crowd and each worker do, from expected counts `cells` [n_cells, truth].

    total [n_workers]: number of answers; expected [n_workers]: accuracy known from elsewhere, NaN where it is not.
    """
    labels = cells.shape[1]
    answers = cells.reshape(n_workers, labels, labels)
    right = np.ascontiguousarray(np.einsum("jkk->jk", answers))
    given, correct, crowd = answers.sum(axis=1), right.sum(axis=1), answers.sum(axis=0)
    accuracy = (correct.sum() + CROWD_ANSWERS * CROWD_ACCURACY) / (total.sum() + CROWD_ANSWERS)
    hits = np.diag(crowd)
    by_class = (hits + CLASS_ANSWERS * accuracy) / (crowd.sum(axis=0) + CLASS_ANSWERS)
    bias = _logit(np.clip(by_class, LEAST_ERROR, 1 - LEAST_ERROR)) - _logit(accuracy)
    believed = beliefs.most_bias * np.tanh(bias / beliefs.most_bias)
    beside = 1 - np.eye(labels)
    errors = crowd * beside + ERROR_ANSWERS / max(labels - 1, 1) * beside
    errors /= np.maximum(errors.sum(axis=0), np.finfo(np.float64).tiny)
    share = np.full(n_workers, accuracy) if expected is None else np.where(np.isnan(expected), accuracy, expected)
    odds, pull = np.exp(bias), np.exp(bias - believed)
    return Pool(cells, given, right, total, correct, share, odds, pull, errors, beliefs)


def evidence(counts: Counts, taught: FloatArray, pool: Pool) -> FloatArray:
    """ln P(answers of a task | truth) [n_tasks, n_labels], each task's own part in `pool` taken out.

    taught [n_tasks, n_labels]: the posterior that each task put into the pool.
    """
    out = np.empty((counts.n_tasks, counts.n_labels))
    if not counts.compiled:
        _plain_evidence(counts, taught, pool, out)
        return out
    tables = (pool.answers, pool.given, pool.right, pool.total, pool.correct, pool.share, pool.odds, pool.pull)
    strengths = (pool.beliefs.row_answers, pool.beliefs.worker_answers)
    inputs = (counts.start, counts.cell, taught, *tables, pool.errors, *strengths, out)
    in_ranges(steps.kernels.pooled_evidence, counts.n_tasks, *inputs)
    return out


def confusion(pool: Pool) -> FloatArray:
    """Confusion matrices [n_workers, truth, answer] as the evidence of a new task would use them."""
    labels = len(pool.odds)
    strength = pool.beliefs.row_answers
    lean = _lean(pool, pool.correct, pool.total, pool.share)
    hit = pool.right + strength * lean
    miss = pool.answers.reshape(-1, labels, labels) + strength * (1 - lean)[:, None, :] * pool.errors
    scale = hit + np.maximum(pool.given + strength - hit, 0) * pool.pull
    rows = miss * pool.pull / scale[:, None, :]
    own = np.arange(labels)
    rows[:, own, own] = hit / scale
    return np.ascontiguousarray(rows.transpose(0, 2, 1))


def _lean(pool: Pool, correct: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    """Expected accuracy in each class of a worker with so many right, shape [..., truth]."""
    trust = pool.beliefs.worker_answers
    accuracy = np.clip((correct + trust * share) / (total + trust), LEAST_ERROR, 1 - LEAST_ERROR)
    chance = (accuracy / (1 - accuracy))[..., None] * pool.odds
    return np.asarray(chance / (1 + chance))


def _plain_evidence(counts: Counts, taught: FloatArray, pool: Pool, out: FloatArray) -> None:
    """`evidence` with arrays instead of compiled loops, task by task in chunks of about `CHUNK` answers."""
    labels, strength = counts.n_labels, pool.beliefs.row_answers
    within = np.searchsorted(counts.start, np.arange(CHUNK, counts.start[-1], CHUNK))
    for first, last in pairwise([0, *within.tolist(), counts.n_tasks]):
        here = slice(counts.start[first], counts.start[last])
        task = np.repeat(np.arange(last - first), np.diff(counts.start[first : last + 1]))
        worker, label = counts.cell[here] // labels, counts.cell[here] % labels
        own = taught[first:last][task]
        mine = np.take_along_axis(own, label[:, None], axis=1)[:, 0]
        lean = strength * _lean(pool, pool.correct[worker] - mine, pool.total[worker] - 1, pool.share[worker])
        seen = np.maximum(pool.given[worker] - own, 0) + strength
        same = np.arange(labels) == label[:, None]
        hit = pool.right[worker] + lean
        hit = np.where(same, np.maximum(hit - own, lean), hit)
        others = np.maximum(pool.answers[counts.cell[here]] - own, 0) + (strength - lean) * pool.errors[label]
        above = np.where(same, hit, others * pool.pull)
        below = hit + np.maximum(seen - hit, 0) * pool.pull
        # Where the crowd knows no other answer (one label) nothing is ever wrong and nothing is learned.
        logs = np.log(np.maximum(above, np.finfo(np.float64).tiny)) - np.log(below)
        out[first:last] = 0
        np.add.at(out[first:last], task, logs)


def _logit(chance: FloatArray | float) -> FloatArray:
    return np.asarray(np.log(chance) - np.log1p(-np.asarray(chance)))
