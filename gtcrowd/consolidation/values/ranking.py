"""Rankings: an answer is some items of a task, best first; a comparison of two items is a ranking of two.

Bradley, Terry 1952, "Rank analysis of incomplete block designs", p. 325: item i stands above j with probability
s_i / (s_i + s_j). A longer ranking counts as all its pairs. The scores are found by Hunter 2004, "MM algorithms for
generalized Bradley-Terry models", Annals of Statistics 32, p. 388. The noisy variant gives each worker a reliability,
after Chen, Bennett, Collins-Thompson, Horvitz 2013, "Pairwise ranking aggregation in a crowdsourced setting", section
3; here a worker answers by the scores or by a coin, and reliabilities are pooled, because most workers compare little.
"""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd import language
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

Ranking = tuple[str, ...]
Codes = npt.NDArray[np.int64]

# Above so many items of one task the doubt in a place is taken from the diagonal alone: the inverse of the whole
# information matrix costs the cube of their number.
MOST_EXACT = 300


def read(text: str) -> Ranking:
    """A JSON list of at least two different names, best first."""
    try:
        names = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueRefused(f'is {text!r:.60}; expected a JSON list of names, best first, such as ["a", "b"]') from error
    if not isinstance(names, list) or len(names) < 2 or not all(isinstance(name, str) for name in names):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of at least two names, best first")
    if len(set(names)) < len(names):
        raise ValueRefused(f"is {text!r:.60}; expected each name once")
    return tuple(names)


def write(value: Ranking) -> str:
    """The JSON list that reads as this ranking."""
    return json.dumps(list(value), ensure_ascii=False)


@dataclass(frozen=True, eq=False)
class Pairs:
    """All comparisons: item codes of winner and loser, the row they come from, and the items of each task.

    Items are coded task by task, in the order of their names; `task` [items].
    """

    winner: Codes
    loser: Codes
    row: Codes
    names: list[str]
    task: Codes


def borda(table: ValueTable[Ranking]) -> Outcome[Ranking]:
    """Items by the share of their comparisons that they won; de Borda 1781."""
    pairs = compared(table)
    n = len(pairs.names)
    won, lost = np.bincount(pairs.winner, minlength=n), np.bincount(pairs.loser, minlength=n)
    share = (won + 0.5) / (won + lost + 1)
    score = np.log(share / (1 - share))
    spread = 1 / np.maximum((won + lost + 1) * share * (1 - share), 1e-12)
    return _concluded(
        table, pairs, score, np.diag(spread) if n <= MOST_EXACT else None, spread, method="borda", parameters={}
    )


def bradley_terry(
    table: ValueTable[Ranking], *, prior_wins: float = 0.1, max_steps: int = 1000, tolerance: float = 1e-6
) -> Outcome[Ranking]:
    """Scores by maximum a posteriori; every comparison counts the same.

    prior_wins   comparisons won and lost against an average item, so that an item that always won has a finite score
    max_steps, tolerance   stop when no log-score moves by `tolerance`
    """
    return _fit(table, prior_wins, max_steps, tolerance, reliability=None, method="bradley-terry")


def noisy_bradley_terry(
    table: ValueTable[Ranking],
    *,
    prior_wins: float = 0.1,
    prior_reliability: float = 0.8,
    worker_answers: float = 20.0,
    max_steps: int = 1000,
    tolerance: float = 1e-6,
) -> Outcome[Ranking]:
    """Scores and workers' reliabilities together; the default.

    prior_reliability, worker_answers   share of a worker's comparisons that follow the scores and not a coin, and the
        comparisons that this expectation is worth
    `traits`: reliability of each worker. The objective is the log-likelihood with its priors.
    """
    return _fit(
        table, prior_wins, max_steps, tolerance, reliability=(prior_reliability, worker_answers),
        method="noisy-bradley-terry",
    )  # fmt: skip


def compared(table: ValueTable[Ranking]) -> Pairs:
    """Every ranking as its pairs."""
    codes: dict[tuple[int, Hashable], int] = {}
    for task, value in zip(table.task.tolist(), table.value, strict=True):
        for name in value:
            codes.setdefault((task, name), 0)
    ordered = sorted(codes, key=lambda item: (item[0], str(item[1])))
    codes = {item: code for code, item in enumerate(ordered)}
    winner, loser, row = [], [], []
    for place, (task, value) in enumerate(zip(table.task.tolist(), table.value, strict=True)):
        coded = [codes[task, name] for name in value]
        for upper in range(len(coded)):
            below = coded[upper + 1 :]
            winner += [coded[upper]] * len(below)
            loser += below
            row += [place] * len(below)
    as_codes = (np.array(column, dtype=np.int64) for column in (winner, loser, row, [task for task, _ in ordered]))
    won, lost, rows, task = as_codes
    return Pairs(won, lost, rows, [str(name) for _, name in ordered], task)


def _fit(
    table: ValueTable[Ranking],
    prior_wins: float,
    max_steps: int,
    tolerance: float,
    *,
    reliability: tuple[float, float] | None,
    method: str,
) -> Outcome[Ranking]:
    pairs = compared(table)
    n, worker = len(pairs.names), table.worker[pairs.row]
    given = np.bincount(worker, minlength=table.n_workers)
    score = np.zeros(n)
    reliable = np.full(table.n_workers, 1.0 if reliability is None else reliability[0])
    objective: list[float] = []
    moved = math.inf
    follows = np.ones(len(worker))
    while len(objective) < max_steps and moved >= tolerance:
        chance = special.expit(score[pairs.winner] - score[pairs.loser])
        seen = reliable[worker] * chance + (1 - reliable[worker]) / 2
        prior = 2 * prior_wins * float(special.log_expit(score).sum() + special.log_expit(-score).sum()) / 2
        if reliability is not None:
            share, strength = reliability
            inner = np.clip(reliable, 1e-12, 1 - 1e-12)
            prior += strength * float((share * np.log(inner) + (1 - share) * np.log1p(-inner)).sum())
            follows = reliable[worker] * chance / seen
            reliable = (np.bincount(worker, follows, table.n_workers) + strength * share) / (given + strength)
        objective.append(float(np.log(seen).sum()) + prior)
        # One step of Hunter's MM algorithm, with the average item (score 0) as a further opponent.
        wins = np.bincount(pairs.winner, follows, n) + prior_wins
        strong = np.exp(score)
        met = follows / (strong[pairs.winner] + strong[pairs.loser])
        against = np.bincount(pairs.winner, met, n) + np.bincount(pairs.loser, met, n) + 2 * prior_wins / (strong + 1)
        better = np.log(wins / against)
        # Comparisons say nothing of the level of a task's scores, and the weak prior finds it but slowly.
        better -= (np.bincount(pairs.task, better) / np.maximum(np.bincount(pairs.task), 1))[pairs.task]
        moved = float(np.abs(better - score).max(initial=0.0))
        score = better
    matrix, diagonal = _information(pairs, score, follows, prior_wins)
    covariance = None if matrix is None else np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    parameters: dict[str, float] = {"prior_wins": prior_wins, "max_steps": max_steps, "tolerance": tolerance}
    if reliability is not None:
        parameters |= {"prior_reliability": reliability[0], "worker_answers": reliability[1]}
    return _concluded(
        table, pairs, score, covariance, 1 / diagonal,
        method=method, parameters=parameters, steps=len(objective), converged=moved < tolerance,
        objective=tuple(objective), traits={} if reliability is None else {"reliability": reliable},
    )  # fmt: skip


def _information(
    pairs: Pairs, score: FloatArray, weight: FloatArray, prior_wins: float
) -> tuple[FloatArray | None, FloatArray]:
    """Fisher information of the scores: the whole matrix where there are few items, and its diagonal."""
    n = len(score)
    chance = special.expit(score[pairs.winner] - score[pairs.loser])
    said = weight * chance * (1 - chance)
    own = special.expit(score)
    diagonal = np.bincount(pairs.winner, said, n) + np.bincount(pairs.loser, said, n) + 2 * prior_wins * own * (1 - own)
    if n > MOST_EXACT:
        return None, diagonal
    matrix = np.diag(diagonal)
    np.add.at(matrix, (pairs.winner, pairs.loser), -said)
    np.add.at(matrix, (pairs.loser, pairs.winner), -said)
    return matrix, diagonal


def _concluded(
    table: ValueTable[Ranking],
    pairs: Pairs,
    score: FloatArray,
    covariance: FloatArray | None,
    variance: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, float],
    traits: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Outcome[Ranking]:
    # Scores within rounding of each other are a tie, which goes to the name that sorts first.
    order = np.lexsort((np.arange(len(score)), -np.round(score, 9), pairs.task))
    value: list[Ranking | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    place = np.empty(len(score), dtype=np.int64)
    place[order] = np.arange(len(score))
    for items in np.split(order, np.flatnonzero(np.diff(pairs.task[order])) + 1) if len(order) else ():
        task = int(pairs.task[items[0]])
        value[task] = tuple(pairs.names[item] for item in items)
        above, below = items[:-1], items[1:]
        between = variance[above] + variance[below]
        if covariance is not None:
            between = between * 0 + covariance[above, above] + covariance[below, below] - 2 * covariance[above, below]
        sure = special.ndtr((score[above] - score[below]) / np.sqrt(np.maximum(between, 1e-12)))
        parts[task] = np.append(sure, 1.0)
        # Probability that every item stands above the next, as if the places were independent.
        confidence[task] = float(np.prod(sure))
    right = (place[pairs.winner] < place[pairs.loser]).astype(np.float64)
    size = np.maximum(np.bincount(pairs.row, minlength=len(table)), 1)
    agree = np.bincount(pairs.row, right, len(table)) / size
    return outcome(
        table, value, confidence=confidence, score=agree, parts=parts, agreement=_agreement(table, pairs),
        method=method, parameters=parameters, traits=traits, steps=steps, converged=converged, objective=objective,
    )  # fmt: skip


def _agreement(table: ValueTable[Ranking], pairs: Pairs) -> float | None:
    """Share of the pairs of different workers' comparisons of the same two items that agree."""
    low, high = np.minimum(pairs.winner, pairs.loser), np.maximum(pairs.winner, pairs.loser)
    _, duel = np.unique(low * max(len(pairs.names), 1) + high, return_inverse=True)
    up = np.bincount(duel, pairs.winner == low)
    n = np.bincount(duel)
    both = float((n * (n - 1)).sum())
    return float((up * (up - 1) + (n - up) * (n - up - 1)).sum()) / both if both else None


def measure(concluded: Sequence[Ranking | None], true: Sequence[Ranking]) -> Mapping[str, float]:
    """Means over the tasks of Kendall's tau, of whether the best item is found, and of Spearman's rank correlation.

    Only items of both rankings count; a task without a ranking counts 0.
    """
    tau: list[float] = []
    top: list[float] = []
    rho: list[float] = []
    for found, right in zip(concluded, true, strict=True):
        shared = [name for name in found or () if name in right]
        rank = np.array([right.index(name) for name in shared])
        n = len(rank)
        if n < 2:
            for missed in (tau, top, rho):
                missed.append(0.0)
            continue
        later = np.sign(rank[None, :] - rank[:, None])[np.triu_indices(n, 1)]
        tau.append(float(later.mean()))
        top.append(float(rank[0] == rank.min()))
        own = np.argsort(np.argsort(rank))
        rho.append(1 - 6 * float(((own - np.arange(n)) ** 2).sum()) / (n * (n * n - 1)))
    return {
        name: float(np.mean(values)) if values else 0.0
        for name, values in (("tau", tau), ("top", top), ("spearman", rho))
    }


SEARCH = {
    "prior_wins": Parameter(0.1, 1e-6, 1e6, "comparisons won and lost against an average item beforehand"),
    "max_steps": Parameter(1000, 1, 1_000_000, "steps after which the search ends in any case"),
    "tolerance": Parameter(1e-6, 0.0, 1.0, "movement of a log-score below which it ends"),
}
FORM = Form(
    name="ranking",
    read=read,
    write=write,
    methods={
        "borda": ValueMethod(
            "borda",
            language.later("Borda"),
            language.later("Items by the share of comparisons won."),
            borda,
            {},
        ),
        "bradley-terry": ValueMethod(
            "bradley-terry",
            language.later("Bradley–Terry"),
            language.later("Scores that explain the comparisons."),
            bradley_terry,
            SEARCH,
        ),
        "noisy-bradley-terry": ValueMethod(
            "noisy-bradley-terry",
            language.later("Noisy Bradley–Terry"),
            language.later("Scores and the workers' reliabilities together."),
            noisy_bradley_terry,
            {
                **SEARCH,
                "prior_reliability": Parameter(0.8, 0.01, 0.99, "share of comparisons that follow the scores"),
                "worker_answers": Parameter(20.0, 1e-3, 1e6, "comparisons that this expectation is worth"),
            },
        ),
    },
    default="noisy-bradley-terry",
    measure=measure,
    higher=frozenset({"tau", "top", "spearman"}),
)
