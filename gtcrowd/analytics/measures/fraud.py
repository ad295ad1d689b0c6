"""Test for answers that were not given with attention. Each test gives a likelihood ratio; none is a proof.

All tests work on one job and return, per worker or pair, the log of the likelihood ratio of its evidence: the suspected
behavior against an innocent one. `discoveries` controls the share of false reports over all workers and all tests.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special, stats

from gtcrowd.analytics.measures.leave_one_out import CORRELATION, LEAST

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LEAST_ANSWERS = 20
LEAST_SHARED = 10
"""Minimum number of shared objects for comparing the errors of two workers."""
COPIES = 0.8
"""Share of copied answers under the alternative hypothesis."""
UNLIKELY = 0.5
"""An answer with a lower probability is unlikely."""
QUICK = 0.02
"""Quantile of the answer times of a job below which an answer is fast."""


@dataclass(frozen=True, eq=False)
class Signs:
    """The result of one test, all [workers].

    p         p-value; 1 with too few answers
    ratio     log likelihood ratio; 0 with too few answers
    observed  test statistic
    expected  its value under innocent behavior
    """

    p: FloatArray
    ratio: FloatArray
    observed: FloatArray
    expected: FloatArray


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of workers with shared objects, all [pairs].

    first, second  codes of the workers
    shared         number of objects that both answered
    same           number of these with the same unlikely answer
    expected       expected number of these by chance
    ratio          log likelihood ratio
    """

    first: Codes
    second: Codes
    shared: Codes
    same: Codes
    expected: FloatArray
    ratio: FloatArray


def discoveries(ratio: npt.ArrayLike, *, rate: float = 0.05, tests: int | None = None) -> npt.NDArray[np.bool_]:
    """Choose the signs to report with a false discovery rate of at most `rate`, [n].

    ratio  [n]  log likelihood ratios; their exponentials e have an expectation of at most 1 under the null hypothesis
    tests       total number of tests, if larger than n

    Reports the k largest with e_(k) >= n / (rate k), under any dependence (Wang, Ramdas 2022, "False discovery rate
    control with e-values", p. 829).
    """
    values = np.asarray(ratio, dtype=np.float64)
    n = len(values)
    reported = np.zeros(n, dtype=bool)
    if not n:
        return reported
    order = np.argsort(-values, kind="stable")
    enough = values[order] >= np.log((tests or n) / (rate * np.arange(1, n + 1)))
    last = int(np.flatnonzero(enough).max()) if enough.any() else -1
    reported[order[: last + 1]] = True
    return reported


def speed(worker: Codes, seconds: FloatArray, *, n_workers: int) -> Signs:
    """Test for too many fast answers: faster than 98 % of the answers of the job.

    worker   [n]  codes
    seconds  [n]  answer times

    The number of fast answers is compared with a binomial with twice the expected share, because people differ in
    speed and a slightly faster worker should not be reported.
    """
    time = np.log(np.maximum(seconds, 1e-3))
    n = np.bincount(worker, minlength=n_workers)
    limit = float(np.quantile(time, QUICK)) if len(time) else 0.0
    # Leave out the very fast workers themselves; they would lower the limit.
    medians = _medians(worker, time, n_workers)
    usual = medians[worker] > limit
    limit = float(np.quantile(time[usual], QUICK)) if usual.any() else limit
    quick = np.bincount(worker[time < limit], minlength=n_workers).astype(float)
    return _binomial(quick, n, share=2 * QUICK, alternative=0.6)


def regularity(worker: Codes, seconds: FloatArray, *, n_workers: int) -> Signs:
    """Test for too regular answer times: a chi-square test of the variance of the log times.

    worker   [n]  codes
    seconds  [n]  answer times

    Scripts wait a constant time, people do not. The null hypothesis is half of the 5 % quantile of the workers'
    standard deviations.
    """
    time = np.log(np.maximum(seconds, 1e-3))
    n = np.bincount(worker, minlength=n_workers).astype(float)
    mean = np.bincount(worker, time, n_workers) / np.maximum(n, 1)
    square = np.bincount(worker, (time - mean[worker]) ** 2, n_workers)
    spread = np.sqrt(square / np.maximum(n - 1, 1))
    enough = n >= LEAST_ANSWERS
    usual = float(np.quantile(spread[enough], 0.05)) / 2 if enough.sum() >= 5 else 0.0
    if usual <= 0:
        return Signs(np.ones(n_workers), np.zeros(n_workers), spread, np.full(n_workers, usual))
    p = np.where(enough, stats.chi2.cdf(square / usual**2, np.maximum(n - 1, 1)), 1.0)
    quiet = usual / 4
    ratio = (n - 1) * np.log(usual / quiet) - square / 2 * (1 / quiet**2 - 1 / usual**2)
    return Signs(p, np.where(enough, ratio, 0.0), spread, np.full(n_workers, usual))


def entropy(worker: Codes, value: Codes, right: FloatArray, *, n_workers: int, n_values: int) -> Signs:
    """Test for answers that do not depend on the object: almost always the same one.

    worker, value  [n]          codes
    right          [n, values]  leave-one-out posterior of each answer's object

    Compares the frequency of the worker's most frequent answer with its expected frequency given the other answers to
    the same objects.
    """
    counts = np.bincount(worker * n_values + value, minlength=n_workers * n_values).reshape(n_workers, n_values)
    n = counts.sum(axis=1)
    most = counts.argmax(axis=1)
    observed = counts[np.arange(n_workers), most].astype(float)
    expected = np.bincount(worker, right[np.arange(len(worker)), most[worker]], n_workers)
    share = np.clip(expected / np.maximum(n, 1), 0.02, 0.98)
    # Careful people prefer an answer by a few percent as well.
    lean = special.expit(special.logit(share) + 1.0)
    signs = _binomial(observed, n, share=lean, alternative=0.97)
    return Signs(signs.p, signs.ratio, observed / np.maximum(n, 1), share)


def sessions(worker: Codes, at: FloatArray, seconds: FloatArray, *, n_workers: int, gap: float = 1800.0) -> Signs:
    """Test for two people in one account: the log times differ between sessions (one-way ANOVA).

    worker       [n]  codes
    at, seconds  [n]  time of submission, and answer time
    gap               pause in seconds that ends a session

    The F statistic is divided by the median F of the job's workers, because every person's sessions differ.
    """
    order = np.lexsort((at, worker))
    code, time = worker[order], np.log(np.maximum(seconds[order], 1e-3))
    starts = (
        np.concatenate([[True], (code[1:] != code[:-1]) | (np.diff(at[order]) > gap)])
        if len(code)
        else np.zeros(0, bool)
    )
    session = starts.cumsum() - 1
    count = int(session[-1]) + 1 if len(session) else 0
    size = np.bincount(session, minlength=count)
    mean = np.bincount(session, time, count) / np.maximum(size, 1)
    owner = np.zeros(count, np.int64)
    owner[session] = code
    n = np.bincount(code, minlength=n_workers).astype(float)
    whole = np.bincount(code, time, n_workers) / np.maximum(n, 1)
    between = np.bincount(owner, size * (mean - whole[owner]) ** 2, n_workers)
    within = np.bincount(code, (time - mean[session]) ** 2, n_workers)
    groups = np.bincount(owner, minlength=n_workers)
    enough = (groups >= 4) & (n >= LEAST_ANSWERS + groups)
    above, below = np.maximum(groups - 1, 1), np.maximum(n - groups, 1)
    f = (between / above) / np.maximum(within / below, 1e-9)
    usual = max(float(np.median(f[enough])), 1.0) if enough.sum() >= 5 else 3.0
    p = np.where(enough, stats.f.sf(f / usual, above, below), 1.0)
    ratio = np.where(enough, -np.log(np.maximum(p, 1e-300)) - 3, 0.0)
    return Signs(p, ratio, f, np.full(n_workers, usual))


def copying(
    task: Codes, worker: Codes, value: Codes, *, confusion: FloatArray, prior: FloatArray, n_tasks: int,
    correlation: float = CORRELATION, copies: float = COPIES,
) -> Pairs:  # fmt: skip
    """Compare the common unlikely answers of every pair of workers with at least LEAST_SHARED shared objects.

    task, worker, value  [n]                        codes
    confusion            [workers, values, values]  answer distribution of each worker, rows: true value
    prior                [values]                   both as estimated by the job's last run
    correlation          correlation of the answers to one object, see `leave_one_out`
    copies               share of copied answers under the alternative hypothesis

    For a shared object with q, the probability that the worker gives this answer independently, a pair adds
    log(copies / q + 1 - copies) if the answers are the same, else log(1 - copies).

    q follows from the worker's confusion and the posterior of all other answers. The partner's answer is included:
    two correct workers agree on an easy object even if no third answer shows that it is easy. q is at least the share
    of the remaining workers who gave the answer, because an object that misleads everybody is no evidence. A common
    error where others are right therefore counts most.
    """
    values = confusion.shape[1]
    order = np.lexsort((worker, task))
    task, worker, value = task[order], worker[order], value[order]
    log = np.log(np.maximum(confusion, LEAST))
    total = np.stack([np.bincount(task, log[worker, true, value], n_tasks) for true in range(values)], axis=1)
    votes = np.bincount(task * values + value, minlength=n_tasks * values).reshape(n_tasks, values)
    size = votes.sum(axis=1)
    n_workers, log_prior = len(confusion), np.log(np.maximum(prior, LEAST))
    keys: list[Codes] = []
    sames: list[npt.NDArray[np.bool_]] = []
    chances: list[FloatArray] = []
    for lag in range(1, int(size.max(initial=1))):
        first = np.flatnonzero(task[:-lag] == task[lag:]) if lag < len(task) else np.zeros(0, np.int64)
        if not len(first):
            break
        second = first + lag
        at, x, y = task[first], value[first], value[second]
        rest = size[at] - 2
        # Includes the partner's answer, excludes the worker's own.
        share = 1 / (1 + rest * correlation)
        both = []
        for row, own, partner in ((first, x, y), (second, y, x)):
            joint = log_prior + share[:, None] * (total[at] - log[worker[row], :, own])
            joint = np.exp(joint - joint.max(axis=1, keepdims=True))
            joint /= joint.sum(axis=1, keepdims=True)
            alone = (joint * confusion[worker[row], :, own]).sum(axis=1)
            others = votes[at, own] - 1 - (partner == own)
            both.append(np.clip(np.maximum(alone, (others + alone) / (rest + 1)), 0.01, 0.99))
        keys.append(worker[first] * n_workers + worker[second])
        sames.append(x == y)
        # The direction of copying is unknown: take the more probable of the two answers as the copied one.
        chances.append(np.maximum(*both))
    if not keys:
        none = np.zeros(0, np.int64)
        return Pairs(none, none, none, none, np.zeros(0), np.zeros(0))
    pair, index = np.unique(np.concatenate(keys), return_inverse=True)
    return _summed(pair, index, np.concatenate(sames), np.concatenate(chances), n_workers=n_workers, copies=copies)


def _summed(
    pair: Codes, index: Codes, same: npt.NDArray[np.bool_], chance: FloatArray, *, n_workers: int, copies: float
) -> Pairs:
    """Sum the evidence of the shared objects into pairs.

    pair    [pairs]  codes of the pairs
    index   [n]      index of the pair of each shared object
    same    [n]      whether the answers are the same
    chance  [n]      q

    Objects that mislead people make errors coincide more often than the model of workers predicts. The excess is
    estimated from the job: over all pairs but the tenth with the largest excess, because a ring is few pairs. The q of
    unlikely answers is raised by this factor.
    """
    unlikely = chance < UNLIKELY
    met = np.bincount(index, same & unlikely, len(pair))
    expected = np.bincount(index, np.where(unlikely, chance, 0.0), len(pair))
    usual = np.argsort((met - expected) / np.sqrt(expected + 1))[: max(int(len(pair) * 0.9), 1)]
    raised = max(float(met[usual].sum()) / max(float(expected[usual].sum()), 1e-9), 1.0)
    chance = np.where(unlikely, np.minimum(chance * raised, 0.95), chance)
    ratio = np.where(same, np.log(copies / chance + 1 - copies), np.log(1 - copies))
    shared, total = np.bincount(index, minlength=len(pair)), np.bincount(index, ratio, len(pair))
    keep = shared >= LEAST_SHARED
    return Pairs(
        pair[keep] // n_workers, pair[keep] % n_workers, shared[keep].astype(np.int64), met[keep].astype(np.int64),
        (expected * raised)[keep].astype(np.float64), total[keep].astype(np.float64),
    )  # fmt: skip


def rings(pairs: Pairs, reported: npt.NDArray[np.bool_], *, n_workers: int) -> list[list[int]]:
    """Return the connected components of the reported pairs, largest first."""
    graph = sparse.coo_array(
        (np.ones(int(reported.sum())), (pairs.first[reported], pairs.second[reported])), shape=(n_workers, n_workers)
    )
    count, part = sparse.csgraph.connected_components(graph, directed=False)
    members = (
        [np.flatnonzero(part == index).tolist() for index in range(count) if (part == index).sum() > 1]
        if reported.any()
        else []
    )
    return sorted(members, key=len, reverse=True)


def _binomial(observed: FloatArray, n: Codes, *, share: npt.ArrayLike, alternative: float) -> Signs:
    rate = np.broadcast_to(np.asarray(share, dtype=np.float64), n.shape)
    p = np.where(n >= LEAST_ANSWERS, stats.binom.sf(observed - 1, n, rate), 1.0)
    other = np.maximum(alternative, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = special.xlogy(observed, other / rate) + special.xlogy(n - observed, (1 - other) / (1 - rate))
    return Signs(p, np.where(n >= LEAST_ANSWERS, ratio, 0.0), observed / np.maximum(n, 1), rate.copy())


def _medians(worker: Codes, value: FloatArray, n_workers: int) -> FloatArray:
    order = np.argsort(worker, kind="stable")
    first = np.searchsorted(worker[order], np.arange(n_workers + 1))
    return np.array([
        np.median(value[order[first[code] : first[code + 1]]]) if first[code] < first[code + 1] else np.inf
        for code in range(n_workers)
    ])  # fmt: skip
