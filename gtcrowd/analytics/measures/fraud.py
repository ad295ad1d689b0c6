"""Signs that answers were not given by looking: each with a likelihood ratio, none a proof.

All tests look at a job. Each gives the likelihood ratio of its evidence: how much likelier it is if the sign means what
it looks like. `discoveries` keeps the share of false ones among all that are reported, over all workers and all tests.
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
"""Objects two workers must share before their errors are compared."""
COPIES = 0.8
"""Share of answers that a copier is taken to copy, in the likelihood ratio."""
UNLIKELY = 0.5
"""An answer that somebody gives with less than this chance is unlikely."""
QUICK = 0.02
"""Answers quicker than this share of all of a job's are quick."""


@dataclass(frozen=True, eq=False)
class Signs:
    """Of each worker [n]: `p` (1 where too little is known to say), `ratio` (log of the likelihood ratio), `seen`, and
    `expected`: the figure, and what it would be of somebody who does nothing unusual."""

    p: FloatArray
    ratio: FloatArray
    seen: FloatArray
    expected: FloatArray


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of workers: `one`, `other`: codes, `shared`: objects both answered, `same`: on how many they gave the same
    unlikely answer, `expected`: on how many they would have by chance; `ratio`: log of the likelihood ratio."""

    one: Codes
    other: Codes
    shared: Codes
    same: Codes
    expected: FloatArray
    ratio: FloatArray


def discoveries(ratio: npt.ArrayLike, *, rate: float = 0.05, tests: int | None = None) -> npt.NDArray[np.bool_]:
    """Which signs to report, so that at most `rate` of those reported are expected to be false.

    ratio [n]: logs of likelihood ratios, whose expectation without what is looked for is 1 at most. Then, whatever
    hangs together, those of the k largest that are at least n / (rate k) may be reported (Wang, Ramdas 2022, "False
    discovery rate control with e-values", p. 829). `tests`: how many were made in all, if more than these."""
    values = np.asarray(ratio, dtype=np.float64)
    n = len(values)
    found = np.zeros(n, dtype=bool)
    if not n:
        return found
    order = np.argsort(-values, kind="stable")
    enough = values[order] >= np.log((tests or n) / (rate * np.arange(1, n + 1)))
    last = int(np.flatnonzero(enough).max()) if enough.any() else -1
    found[order[: last + 1]] = True
    return found


def speed(worker: Codes, seconds: FloatArray, *, n_workers: int) -> Signs:
    """Too many quick answers: quicker than 98 of 100 of the other workers' answers in the job.

    The limit of each worker is that of all others, and the number of quick ones is compared with a binomial at twice
    the share: people differ in how quick they are, and whoever is a little quicker is not told."""
    time = np.log(np.maximum(seconds, 1e-3))
    n = np.bincount(worker, minlength=n_workers)
    limit = float(np.quantile(time, QUICK)) if len(time) else 0.0
    # Without the very quick workers themselves: they would move the limit to where they are.
    medians = _by_worker(np.median, worker, time, n_workers)
    usual = medians[worker] > limit
    limit = float(np.quantile(time[usual], QUICK)) if usual.any() else limit
    quick = np.bincount(worker[time < limit], minlength=n_workers).astype(float)
    return _binomial(quick, n, share=2 * QUICK, alternative=0.6)


def regularity(worker: Codes, seconds: FloatArray, *, n_workers: int) -> Signs:
    """Times that hardly differ: the spread of the logarithms, beside that of the typical worker of the job.

    A chi-square test of the variance; machines wait the same time, people do not.
    """
    time = np.log(np.maximum(seconds, 1e-3))
    n = np.bincount(worker, minlength=n_workers).astype(float)
    mean = np.bincount(worker, time, n_workers) / np.maximum(n, 1)
    square = np.bincount(worker, (time - mean[worker]) ** 2, n_workers)
    spread = np.sqrt(square / np.maximum(n - 1, 1))
    there = n >= LEAST_ANSWERS
    # Half of the spread that one in twenty stays under: people differ in this too.
    usual = float(np.quantile(spread[there], 0.05)) / 2 if there.sum() >= 5 else 0.0
    if usual <= 0:
        return Signs(np.ones(n_workers), np.zeros(n_workers), spread, np.full(n_workers, usual))
    p = np.where(there, stats.chi2.cdf(square / usual**2, np.maximum(n - 1, 1)), 1.0)
    quiet = usual / 4
    ratio = (n - 1) * np.log(usual / quiet) - square / 2 * (1 / quiet**2 - 1 / usual**2)
    return Signs(p, np.where(there, ratio, 0.0), spread, np.full(n_workers, usual))


def entropy(worker: Codes, value: Codes, right: FloatArray, *, n_workers: int, n_values: int) -> Signs:
    """Answers that do not depend on the object: nearly always the same one, and no better than that.

    Compared is how often the worker's most frequent answer comes, with how often it should, given what the others say
    of the same objects (`right` [n, values]: probability of each value, the own answer left out)."""
    counts = np.bincount(worker * n_values + value, minlength=n_workers * n_values).reshape(n_workers, n_values)
    n = counts.sum(axis=1)
    most = counts.argmax(axis=1)
    seen = counts[np.arange(n_workers), most].astype(float)
    should = np.bincount(worker, right[np.arange(len(worker)), most[worker]], n_workers)
    share = np.clip(should / np.maximum(n, 1), 0.02, 0.98)
    # People lean to an answer by a few percent without being careless.
    lean = special.expit(special.logit(share) + 1.0)
    found = _binomial(seen, n, share=lean, alternative=0.97)
    return Signs(found.p, found.ratio, seen / np.maximum(n, 1), share)


def sessions(worker: Codes, at: FloatArray, seconds: FloatArray, *, n_workers: int, gap: float = 1800.0) -> Signs:
    """Two hands in one account: sessions that differ in pace far more than a person's do (one-way ANOVA).

    at [n]: time of submission in seconds, ascending within a worker. A session ends with a pause of `gap` seconds. The
    F statistic is compared with that of the typical worker, for everybody's days differ."""
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
    there = (groups >= 4) & (n >= LEAST_ANSWERS + groups)
    above, below = np.maximum(groups - 1, 1), np.maximum(n - groups, 1)
    f = (between / above) / np.maximum(within / below, 1e-9)
    usual = max(float(np.median(f[there])), 1.0) if there.sum() >= 5 else 3.0
    p = np.where(there, stats.f.sf(f / usual, above, below), 1.0)
    ratio = np.where(there, -np.log(np.maximum(p, 1e-300)) - 3, 0.0)
    return Signs(p, ratio, f, np.full(n_workers, usual))


def copying(
    task: Codes, worker: Codes, value: Codes, *, confusion: FloatArray, prior: FloatArray, n_tasks: int,
    correlation: float = CORRELATION, copies: float = COPIES,
) -> Pairs:  # fmt: skip
    """Answers in common that the two would hardly have given by themselves, for each pair that shares enough objects.

    confusion [workers, right, answer], prior [values]: as the job's last run has them. What a worker would answer by
    themselves follows from their own confusions and from what all others say of the object, the partner among them:
    two who are right on what is easy agree, however little a third one helps to know that it is easy. It is never taken
    for less probable than the share of those others but the partner who gave that answer, for an object that misleads
    everybody is no sign. Agreeing on the same error where others are right counts much. The ratio of a pair is the
    product over its objects of the probability under copying a share `copies` by that without."""
    values = confusion.shape[1]
    order = np.lexsort((worker, task))
    task, worker, value = task[order], worker[order], value[order]
    log = np.log(np.maximum(confusion, LEAST))
    total = np.stack([np.bincount(task, log[worker, place, value], n_tasks) for place in range(values)], axis=1)
    votes = np.bincount(task * values + value, minlength=n_tasks * values).reshape(n_tasks, values)
    size = votes.sum(axis=1)
    n_workers, start = len(confusion), np.log(np.maximum(prior, LEAST))
    keys: list[Codes] = []
    sames: list[npt.NDArray[np.bool_]] = []
    chances: list[FloatArray] = []
    for lag in range(1, int(size.max(initial=1))):
        one = np.flatnonzero(task[:-lag] == task[lag:]) if lag < len(task) else np.zeros(0, np.int64)
        if not len(one):
            break
        other = one + lag
        at, x, y = task[one], value[one], value[other]
        rest = size[at] - 2
        # With the partner's answer, without the own: who agrees on what is easy, agrees as all do.
        share = 1 / (1 + rest * correlation)
        both = []
        for row, given, partner in ((one, x, y), (other, y, x)):
            joint = start + share[:, None] * (total[at] - log[worker[row], :, given])
            joint = np.exp(joint - joint.max(axis=1, keepdims=True))
            joint /= joint.sum(axis=1, keepdims=True)
            alone = (joint * confusion[worker[row], :, given]).sum(axis=1)
            others = votes[at, given] - 1 - (partner == given)
            both.append(np.clip(np.maximum(alone, (others + alone) / (rest + 1)), 0.01, 0.99))
        keys.append(worker[one] * n_workers + worker[other])
        sames.append(x == y)
        # Who copied from whom is not asked: the answer that would be less of a surprise is taken for the copied one.
        chances.append(np.maximum(*both))
    if not keys:
        none = np.zeros(0, np.int64)
        return Pairs(none, none, none, none, np.zeros(0), np.zeros(0))
    pair, place = np.unique(np.concatenate(keys), return_inverse=True)
    return _judged(pair, place, np.concatenate(sames), np.concatenate(chances), n_workers=n_workers, copies=copies)


def _judged(
    pair: Codes, place: Codes, same: npt.NDArray[np.bool_], chance: FloatArray, *, n_workers: int, copies: float
) -> Pairs:
    """Pairs from the objects that each shares: `place` [n] is the pair, `chance` [n] that of the same answer.

    Objects that mislead people in their own way let everybody's errors meet more often than a model of workers has it.
    How much more is seen in the job itself: over all pairs but the tenth with the largest excess, for a ring is few
    pairs. By so much the chance of unlikely answers is raised before anybody is told.
    """
    unlikely = chance < UNLIKELY
    met = np.bincount(place, same & unlikely, len(pair))
    expected = np.bincount(place, np.where(unlikely, chance, 0.0), len(pair))
    usual = np.argsort((met - expected) / np.sqrt(expected + 1))[: max(int(len(pair) * 0.9), 1)]
    raised = max(float(met[usual].sum()) / max(float(expected[usual].sum()), 1e-9), 1.0)
    chance = np.where(unlikely, np.minimum(chance * raised, 0.95), chance)
    ratio = np.where(same, np.log(copies / chance + 1 - copies), np.log(1 - copies))
    shared, total = np.bincount(place, minlength=len(pair)), np.bincount(place, ratio, len(pair))
    keep = shared >= LEAST_SHARED
    return Pairs(
        pair[keep] // n_workers, pair[keep] % n_workers, shared[keep].astype(np.int64), met[keep].astype(np.int64),
        (expected * raised)[keep].astype(np.float64), total[keep].astype(np.float64),
    )  # fmt: skip


def rings(pairs: Pairs, found: npt.NDArray[np.bool_], *, n_workers: int) -> list[list[int]]:
    """Workers that hang together by the pairs found, each group of two and more once."""
    graph = sparse.coo_array(
        (np.ones(int(found.sum())), (pairs.one[found], pairs.other[found])), shape=(n_workers, n_workers)
    )
    count, part = sparse.csgraph.connected_components(graph, directed=False)
    members = (
        [np.flatnonzero(part == place).tolist() for place in range(count) if (part == place).sum() > 1]
        if found.any()
        else []
    )
    return sorted(members, key=len, reverse=True)


def _binomial(seen: FloatArray, n: Codes, *, share: npt.ArrayLike, alternative: float) -> Signs:
    rate = np.broadcast_to(np.asarray(share, dtype=np.float64), n.shape)
    p = np.where(n >= LEAST_ANSWERS, stats.binom.sf(seen - 1, n, rate), 1.0)
    other = np.maximum(alternative, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = special.xlogy(seen, other / rate) + special.xlogy(n - seen, (1 - other) / (1 - rate))
    return Signs(p, np.where(n >= LEAST_ANSWERS, ratio, 0.0), seen / np.maximum(n, 1), rate.copy())


def _by_worker(measure: object, worker: Codes, value: FloatArray, n_workers: int) -> FloatArray:
    order = np.argsort(worker, kind="stable")
    first = np.searchsorted(worker[order], np.arange(n_workers + 1))
    return np.array([
        np.median(value[order[first[one] : first[one + 1]]]) if first[one] < first[one + 1] else np.inf
        for one in range(n_workers)
    ])  # fmt: skip
