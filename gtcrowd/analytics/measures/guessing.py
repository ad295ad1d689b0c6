"""Test whether a worker has guessed from the first answer on; `drift` only sees a change.

For each answer in time order, compare a guess, drawn from the worker's own frequencies, with an answer of the least
skilled worker who is still innocent:

    e_t = log g_t(y_t) - log Σ_z p_t(z) [ SKILL c(y_t | z) + (1 - SKILL) g_t(y_t) ]

where g_t are the frequencies of the worker's earlier answers, with one answer added to each value (Laplace), p_t is the
leave-one-out posterior of the object, and c the answer distribution of the crowd. exp(Σ e_t) is an e-value: against a
worker who looks at a share of at least SKILL of the objects, its expectation is at most 1, because the expectation of
each factor given the earlier answers is at most 1 and does not grow with the share (Ramdas et al. 2023, "Game-theoretic
statistics and safe anytime-valid inference", section 3). `fraud.discoveries` compares it with all other tests.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.analytics.measures import accuracy
from gtcrowd.analytics.measures.fraud import LEAST_ANSWERS

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

SKILL = 0.5
"""Share of the objects that the least skilled innocent worker looks at: halfway from guessing to the crowd."""


@dataclass(frozen=True, eq=False)
class Guessing:
    """The result of the test, all [workers].

    ratio      Σ e_t; 0 with too few answers
    accuracy   mean probability that the worker's answers are right, without them; low, high: 95 % interval
    chance     the same for guesses from the worker's frequencies
    crowd      the same for answers of the crowd
    """

    ratio: FloatArray
    accuracy: FloatArray
    low: FloatArray
    high: FloatArray
    chance: FloatArray
    crowd: FloatArray


def detect(worker: Codes, value: Codes, others: FloatArray, *, crowd: FloatArray, n_workers: int) -> Guessing:
    """Test every worker; entries are in time order.

    worker, value  [n]               codes
    others         [n, values]       leave-one-out posterior of the object (measures.leave_one_out)
    crowd          [values, values]  answer distribution of the typical worker, rows: true value
    """
    order = np.argsort(worker, kind="stable")
    code, answer, right = worker[order], value[order], others[order]
    n = np.bincount(code, minlength=n_workers)
    rows = np.arange(len(code))
    guess = _earlier_frequencies(code, answer, n, n_values=crowd.shape[0])
    attentive = (right * crowd[:, answer].T).sum(axis=1)
    terms = np.log(guess) - np.log(np.maximum(SKILL * attentive + (1 - SKILL) * guess, 1e-12))
    ratio = np.bincount(code, terms, n_workers)
    own = right[rows, answer]
    correct = np.bincount(code, own, n_workers)
    interval = accuracy.estimate(
        scored=n, expected_correct=correct, variance=np.bincount(code, own * (1 - own), n_workers),
        gold=np.zeros(n_workers), gold_right=np.zeros(n_workers), pooled=False,
    )  # fmt: skip
    frequencies = np.zeros((n_workers, crowd.shape[0]))
    np.add.at(frequencies, (code, answer), 1.0)
    frequencies /= np.maximum(n, 1)[:, None]
    chance = np.bincount(code, (right * frequencies[code]).sum(axis=1), n_workers) / np.maximum(n, 1)
    usual = np.bincount(code, ((right @ crowd) * right).sum(axis=1), n_workers) / np.maximum(n, 1)
    return Guessing(
        np.where(n >= LEAST_ANSWERS, ratio, 0.0), correct / np.maximum(n, 1), interval.low, interval.high, chance, usual
    )


def _earlier_frequencies(code: Codes, answer: Codes, n: Codes, *, n_values: int) -> FloatArray:
    """Return the share of each answer's value among the worker's earlier answers, [n], with one added to each value.

    code, answer  [n]        sorted by worker, in time order
    n             [workers]  number of answers
    """
    first = np.cumsum(n) - n
    rank = np.arange(len(code)) - first[code]
    cell = code * n_values + answer
    order = np.argsort(cell, kind="stable")
    size = np.bincount(cell, minlength=len(n) * n_values)
    begin = np.cumsum(size) - size
    same = np.empty(len(code))
    same[order] = np.arange(len(code)) - begin[cell[order]]
    return np.asarray((same + 1.0) / (rank + n_values))
