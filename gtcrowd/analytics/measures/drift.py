"""Whether a worker's answers have become worse, told as soon as a stated number of false alarms allows.

Page's cumulative sum (Page 1954, "Continuous inspection schemes", p. 106) of log-likelihood ratios: for each answer, in
the order of time, how much likelier it is of somebody who has stopped looking, in a share LOST of the answers, than of
the worker as they are known. Where the sum falls below zero it begins anew; where it passes a threshold h, an alarm is
raised. If nothing has changed, the mean number of answers between alarms is at least exp(h) (Lorden 1971, "Procedures
for reacting to a change in distribution", p. 1898). With N answers of all workers in a month, h = ln(N / budget)
therefore keeps the expected number of false alarms of all workers in that month within the budget, as far as the model
of the workers holds; DOUBT is added to h for what it does not know.

How the worker is known: by how they answered each category before, beginning with how the crowd does, as far as the
first answers were given by looking at all, so that whoever is weak in one category is not told when that category
comes, nor who never looked when they do not look. What is right is taken from the other answers to the
object, without the worker's own; where they leave it open, the answer says nothing either way. Who does not look gives
each answer as often as the worker does over all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LOST = 0.6
"""Share of the answers given without looking that is watched for."""
PRIOR = 3.0
"""Answers of each category that the crowd is worth at the beginning."""
UNSEEN = 30.0
"""How many more the habit of somebody is worth who never looked: how often such answers meet in a category is chance,
and learned from few it would be taken for knowledge that is then lost."""
WARM, WARM_EACH = 30, 10
"""First answers of a worker, and of each category, that only tell how they answer: who never looked has not changed."""
MOSTLY, OPEN, STEPS = 0.95, 2.0, 20
"""Share of first answers taken to be given by looking before any is seen, and how many answers that is worth."""
BUDGET = 1.0
"""False alarms a month, over all workers of a requester."""
DOUBT = 2.0
"""Added to the threshold: on recorded crowds, whose workers and objects do change a little, it keeps to the budget."""
MOST = 2.0
"""Most that one answer may count: what the others say of its object may be wrong as well."""
WORST = 12
"""Workers whose path is worth drawing."""
POINTS = 200
"""Of a path that is drawn."""


@dataclass(frozen=True, eq=False)
class Watched:
    """`alarm` [workers]: the place, among the worker's own answers, at which the sum first passes the threshold, or -1;
    `began`: where the rise began that led there, or to the highest sum; `highest`: the highest sum; `threshold`: h.
    `ratio` [n]: what each answer adds, in the order of workers and, for each, of time; `first` [workers + 1]: where in
    it a worker's begin."""

    alarm: Codes
    began: Codes
    highest: FloatArray
    threshold: float
    ratio: FloatArray
    first: Codes

    def path(self, worker: int) -> FloatArray:
        """The sum after each of the worker's answers, S_n = max(0, S_{n-1} + ratio_n) with S_0 = 0."""
        return _risen(self.ratio[self.first[worker] : self.first[worker + 1]])[0]

    def worst(self, most: int = WORST) -> Codes:
        """At most so many workers whose sum rose at all, the highest first."""
        order = np.argsort(-self.highest, kind="stable")[:most]
        return np.asarray(order[self.highest[order] > 0])


def threshold(answers_a_month: float, *, budget: float = BUDGET) -> float:
    """The sum at which an alarm is raised, so that in a month of so many answers `budget` false ones are expected."""
    return float(np.log(max(answers_a_month / budget, 2.0))) + DOUBT


def watch(
    worker: Codes, value: Codes, others: FloatArray, *, crowd: FloatArray, n_workers: int, limit: float
) -> Watched:
    """Watch every worker's answers, in columns in the order of time.

    worker, value [n]: codes; others [n, values]: what the other answers to the object make probable (measures.others);
    crowd [right, answer]: how the typical worker answers. `limit`: see `threshold`.
    """
    order = np.argsort(worker, kind="stable")
    code, answer = worker[order], value[order]
    first = np.searchsorted(code, np.arange(n_workers + 1))
    values = crowd.shape[0]
    counts = np.bincount(code * values + answer, minlength=n_workers * values).reshape(n_workers, values)
    habit = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    seen = np.arange(len(code)) - first[code]
    warm = max(WARM, WARM_EACH * values)
    blind = habit[code, answer]
    share = _looking(code, (others[order] * crowd[:, answer].T).sum(axis=1), blind, seen < warm, n_workers=n_workers)
    ratio = np.empty(len(code))
    for one in range(n_workers):
        own = slice(first[one], first[one + 1])
        begin = share[one] * crowd + (1 - share[one]) * habit[one]
        looking = _as_before(
            others[order[own]], answer[own], begin, worth=PRIOR + max(1 - 2 * share[one], 0.0) * UNSEEN
        )
        ratio[own] = np.log((1 - LOST) + LOST * blind[own] / np.maximum(looking, 1e-6))
    ratio = np.where(seen < warm, 0.0, np.clip(ratio, -MOST, MOST))
    alarm, began = np.full(n_workers, -1), np.zeros(n_workers, np.int64)
    highest = np.zeros(n_workers)
    for one in range(n_workers):
        risen, total = _risen(ratio[first[one] : first[one + 1]])
        if not len(risen):
            continue
        passed = np.flatnonzero(risen >= limit)
        place = int(passed[0]) if len(passed) else int(risen.argmax())
        alarm[one] = place if len(passed) else -1
        began[one] = place - int(total[: place + 1][::-1].argmin())
        highest[one] = float(risen.max())
    return Watched(alarm, began, highest, limit, ratio, first)


def thinned(path: FloatArray, *, also: Sequence[int] = (), most: int = POINTS) -> Codes:
    """Places of at most so many points of a path that look like all of it: of each of equal stretches the highest and
    the lowest, both ends, and the places `also`."""
    if len(path) <= most:
        return np.arange(len(path))
    stretches = np.array_split(np.arange(len(path)), (most - 2 - len(also)) // 2)
    ends = [own[place] for own in stretches for place in (path[own].argmax(), path[own].argmin())]
    return np.unique([0, len(path) - 1, *ends, *also])


def _risen(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The sum that begins anew where it falls below zero, and the one that does not, with a zero before it."""
    total = np.concatenate([[0.0], ratio.cumsum()])
    return (total - np.minimum.accumulate(total))[1:], total


def _looking(
    code: Codes, looked: FloatArray, blind: FloatArray, warm: npt.NDArray[np.bool_], *, n_workers: int
) -> FloatArray:
    """Share of each worker's first answers that were given by looking, [workers]: by EM, beginning with nearly all, as
    many answers' worth as OPEN."""
    own, seen, unseen = code[warm], looked[warm], blind[warm]
    n = np.bincount(own, minlength=n_workers)
    share = np.full(n_workers, MOSTLY)
    for _step in range(STEPS):
        by_looking = share[own] * seen
        told = by_looking / np.maximum(by_looking + (1 - share[own]) * unseen, 1e-12)
        share = (np.bincount(own, told, n_workers) + OPEN * MOSTLY) / (n + OPEN)
    return share


def _as_before(others: FloatArray, answer: Codes, begin: FloatArray, *, worth: float) -> FloatArray:
    """Probability of each answer of one worker, as their earlier ones and `begin` have it, which is worth so many."""
    upto = others.cumsum(axis=0) - others
    same = np.zeros_like(others)
    for value in np.unique(answer):
        rows = answer == value
        taken = others[rows].cumsum(axis=0) - others[rows]
        same[rows] = taken
    given = (same + worth * begin[:, answer].T) / (upto + worth)
    return np.asarray((others * given).sum(axis=1))
