"""Detect a drop in a worker's accuracy with a CUSUM chart, within a false-alarm budget.

For each answer in time order, add the log-likelihood ratio

    s_t = log p(y_t | guessing on a share LOST of answers) - log p(y_t | worker as before)
    S_t = max(0, S_{t-1} + s_t),   alarm when S_t > h

(Page 1954, "Continuous inspection schemes", p. 106). Without a change, the mean number of answers between alarms is at
least exp(h) (Lorden 1971, "Procedures for reacting to a change in distribution", p. 1898), so h = log(N / budget) keeps
the expected false alarms over N answers of all workers within the budget. SAFETY is added to h because the worker
model is only approximate.

The baseline p(y_t | worker as before) is a per-class answer distribution, learned from the worker's earlier answers
and shrunk towards the crowd's, so a worker who is weak in one category raises no alarm when that category comes.
Workers who guessed from the start have a guessing baseline: they raise no drift alarm here and are found by `fraud`
instead. A guess is an answer drawn from the worker's overall frequencies.

The reference label of an object is the leave-one-out posterior; where it is flat, s_t is zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LOST = 0.6
"""Share of guessed answers under the alternative hypothesis."""
PRIOR = 3.0
"""Weight of the crowd's answer distribution in each category, in answers."""
GUESSER_PRIOR = 30.0
"""Additional weight for a worker who guesses from the start. Their agreement with the reference in a category is
chance; learned from few answers, it would pass for skill that is lost later."""
WARM, WARM_EACH = 30, 10
"""Answers at the start of a worker, per worker and per category, that only serve as the baseline."""
ATTENTIVE, ATTENTIVE_WEIGHT, STEPS = 0.95, 2.0, 20
"""Prior mean and weight (in answers) of the share of first answers that are not guessed; steps of EM."""
BUDGET = 1.0
"""False alarms per month over all workers of a requester."""
SAFETY = 2.0
"""Added to h: workers and objects of recorded crowds change slightly; with this margin the budget holds on them."""
MOST = 2.0
"""Bound of |s_t|: the reference of an object may be wrong as well."""
WORST = 12
"""Number of workers whose chart is stored."""
POINTS = 200
"""Maximum number of points of a stored chart."""


@dataclass(frozen=True, eq=False)
class Charts:
    """The CUSUM charts of all workers.

    alarm      [workers]      index, among the worker's own answers, of the first S_t >= h; -1 without an alarm
    began      [workers]      index at which the rise to the alarm, or to the maximum, began
    highest    [workers]      max S_t
    threshold                 h
    ratio      [n]            s_t, ordered by worker and time
    first      [workers + 1]  index of each worker's first entry in `ratio`
    """

    alarm: Codes
    began: Codes
    highest: FloatArray
    threshold: float
    ratio: FloatArray
    first: Codes

    def path(self, worker: int) -> FloatArray:
        """Return S_t after each of the worker's answers."""
        return _cusum(self.ratio[self.first[worker] : self.first[worker + 1]])[0]

    def worst(self, most: int = WORST) -> Codes:
        """Return up to `most` workers with max S_t > 0, highest first."""
        order = np.argsort(-self.highest, kind="stable")[:most]
        return np.asarray(order[self.highest[order] > 0])


def threshold(answers_a_month: float, *, budget: float = BUDGET) -> float:
    """Return h = log(answers_a_month / budget) + SAFETY, which allows `budget` false alarms per month."""
    return float(np.log(max(answers_a_month / budget, 2.0))) + SAFETY


def detect(
    worker: Codes, value: Codes, others: FloatArray, *, crowd: FloatArray, n_workers: int, limit: float
) -> Charts:
    """Compute the CUSUM chart of every worker; entries are in time order.

    worker, value  [n]               codes
    others         [n, values]       leave-one-out posterior of the object (measures.leave_one_out)
    crowd          [values, values]  answer distribution of the typical worker, rows: true value
    limit                            h, see `threshold`
    """
    order = np.argsort(worker, kind="stable")
    code, answer = worker[order], value[order]
    first = np.searchsorted(code, np.arange(n_workers + 1))
    values = crowd.shape[0]
    counts = np.bincount(code * values + answer, minlength=n_workers * values).reshape(n_workers, values)
    guess = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    rank = np.arange(len(code)) - first[code]
    warm = max(WARM, WARM_EACH * values)
    p_guess = guess[code, answer]
    share = _attentive_share(
        code, (others[order] * crowd[:, answer].T).sum(axis=1), p_guess, rank < warm, n_workers=n_workers
    )
    ratio = np.empty(len(code))
    for worker_code in range(n_workers):
        own = slice(first[worker_code], first[worker_code + 1])
        prior = share[worker_code] * crowd + (1 - share[worker_code]) * guess[worker_code]
        baseline = _baseline(
            others[order[own]], answer[own], prior, weight=PRIOR + max(1 - 2 * share[worker_code], 0.0) * GUESSER_PRIOR
        )
        ratio[own] = np.log((1 - LOST) + LOST * p_guess[own] / np.maximum(baseline, 1e-6))
    ratio = np.where(rank < warm, 0.0, np.clip(ratio, -MOST, MOST))
    alarm, began = np.full(n_workers, -1), np.zeros(n_workers, np.int64)
    highest = np.zeros(n_workers)
    for worker_code in range(n_workers):
        chart, total = _cusum(ratio[first[worker_code] : first[worker_code + 1]])
        if not len(chart):
            continue
        above = np.flatnonzero(chart >= limit)
        end = int(above[0]) if len(above) else int(chart.argmax())
        alarm[worker_code] = end if len(above) else -1
        began[worker_code] = end - int(total[: end + 1][::-1].argmin())
        highest[worker_code] = float(chart.max())
    return Charts(alarm, began, highest, limit, ratio, first)


def thinned(path: FloatArray, *, also: Sequence[int] = (), most: int = POINTS) -> Codes:
    """Return the indices of at most `most` points that preserve the shape of a path.

    Keeps the maximum and minimum of equal segments, both ends, and the indices `also`.
    """
    if len(path) <= most:
        return np.arange(len(path))
    segments = np.array_split(np.arange(len(path)), (most - 2 - len(also)) // 2)
    ends = [own[index] for own in segments for index in (path[own].argmax(), path[own].argmin())]
    return np.unique([0, len(path) - 1, *ends, *also])


def _cusum(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return S_t, and the plain cumulative sum with a leading zero."""
    total = np.concatenate([[0.0], ratio.cumsum()])
    return (total - np.minimum.accumulate(total))[1:], total


def _attentive_share(
    code: Codes, p_attentive: FloatArray, p_guess: FloatArray, warm: npt.NDArray[np.bool_], *, n_workers: int
) -> FloatArray:
    """Estimate the share of each worker's first answers that are not guessed, [workers], by EM.

    p_attentive, p_guess  [n]  likelihood of each answer under either hypothesis
    warm                  [n]  whether the answer belongs to the worker's first answers
    """
    own, likelihood, guessed = code[warm], p_attentive[warm], p_guess[warm]
    n = np.bincount(own, minlength=n_workers)
    share = np.full(n_workers, ATTENTIVE)
    for _step in range(STEPS):
        attentive = share[own] * likelihood
        responsibility = attentive / np.maximum(attentive + (1 - share[own]) * guessed, 1e-12)
        share = (np.bincount(own, responsibility, n_workers) + ATTENTIVE_WEIGHT * ATTENTIVE) / (n + ATTENTIVE_WEIGHT)
    return share


def _baseline(others: FloatArray, answer: Codes, prior: FloatArray, *, weight: float) -> FloatArray:
    """Return p(y_t | worker as before) for the answers of one worker.

    others  [n, values]       leave-one-out posteriors
    answer  [n]               answers in time order
    prior   [values, values]  prior mean of the answer distribution, with the weight of `weight` answers per row
    """
    exposure = others.cumsum(axis=0) - others
    same = np.zeros_like(others)
    for value in np.unique(answer):
        rows = answer == value
        earlier = others[rows].cumsum(axis=0) - others[rows]
        same[rows] = earlier
    distribution = (same + weight * prior[:, answer].T) / (exposure + weight)
    return np.asarray((others * distribution).sum(axis=1))
