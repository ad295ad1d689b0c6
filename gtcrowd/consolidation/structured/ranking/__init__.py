"""Rankings: an answer is some items of a task, best first; a comparison of two items is a ranking of two."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, parse_list

Ranking = tuple[str, ...]
Codes = npt.NDArray[np.int64]
HIGHER_IS_BETTER = frozenset({"tau", "top", "spearman"})

# Above so many items the variance of a score difference is taken from the diagonal alone: inverting the whole
# information matrix costs the cube of their number.
MAX_ITEMS_FOR_INVERSE = 300


def read(text: str) -> Ranking:
    """Parse a JSON list of at least two distinct names, best first. Raises ValueRefused."""
    names = parse_list(text, 'a JSON list of names, best first, such as ["a", "b"]')
    if len(names) < 2 or not all(isinstance(name, str) for name in names):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of at least two names, best first")
    if len(set(names)) < len(names):
        raise ValueRefused(f"is {text!r:.60}; expected each name once")
    return tuple(names)


def write(value: Ranking) -> str:
    """Return the JSON list that reads as this ranking."""
    return json.dumps(list(value), ensure_ascii=False)


def measure(labels: Sequence[Ranking | None], truths: Sequence[Ranking]) -> Mapping[str, float]:
    """Return the means over tasks of Kendall's tau, of whether the best item is right, and of Spearman's correlation.

    Only items of both rankings count; a task without a ranking counts 0.
    """
    tau: list[float] = []
    top: list[float] = []
    rho: list[float] = []
    for ranking, truth in zip(labels, truths, strict=True):
        shared = [name for name in ranking or () if name in truth]
        rank = np.array([truth.index(name) for name in shared])
        n = len(rank)
        if n < 2:
            for figure in (tau, top, rho):
                figure.append(0.0)
            continue
        signs = np.sign(rank[None, :] - rank[:, None])[np.triu_indices(n, 1)]
        tau.append(float(signs.mean()))
        top.append(float(rank[0] == rank.min()))
        own = np.argsort(np.argsort(rank))
        rho.append(1 - 6 * float(((own - np.arange(n)) ** 2).sum()) / (n * (n * n - 1)))
    return {
        name: float(np.mean(values)) if values else 0.0
        for name, values in (("tau", tau), ("top", top), ("spearman", rho))
    }


@dataclass(frozen=True, eq=False)
class Comparisons:
    """All comparisons of two items.

    winner, loser   [comparisons], item codes
    row             [comparisons], the row of the table they come from
    names, task     [items]; items are coded task by task, in the order of their names
    """

    winner: Codes
    loser: Codes
    row: Codes
    names: list[str]
    task: Codes


def comparisons(table: ValueTable[Ranking]) -> Comparisons:
    """Return every ranking as comparisons of all its pairs."""
    codes: dict[tuple[int, Hashable], int] = {}
    for task, value in zip(table.task.tolist(), table.value, strict=True):
        for name in value:
            codes.setdefault((task, name), 0)
    ordered = sorted(codes, key=lambda item: (item[0], str(item[1])))
    codes = {item: code for code, item in enumerate(ordered)}
    winner, loser, row = [], [], []
    for index, (task, value) in enumerate(zip(table.task.tolist(), table.value, strict=True)):
        coded = [codes[task, name] for name in value]
        for upper in range(len(coded)):
            below = coded[upper + 1 :]
            winner += [coded[upper]] * len(below)
            loser += below
            row += [index] * len(below)
    winners, losers, rows, tasks = (
        np.array(column, dtype=np.int64) for column in (winner, loser, row, [task for task, _ in ordered])
    )
    return Comparisons(winners, losers, rows, [str(name) for _, name in ordered], tasks)


def summary(
    table: ValueTable[Ranking],
    pairs: Comparisons,
    score: FloatArray,
    covariance: FloatArray | None,
    variance: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, float],
    worker_parameters: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Aggregation[list[Ranking | None]]:
    """Return the result of a method.

    score        [items]
    covariance   of the scores, [items, items], or None to use their variance [items] alone

    `part_confidence`: probability that each item ranks above the next, 1 for the last; `confidence`: their product, as
    if the positions were independent. The score of an answer is the share of its comparisons that agree.
    """
    # Scores within rounding of each other are a tie, which goes to the name that sorts first.
    order = np.lexsort((np.arange(len(score)), -np.round(score, 9), pairs.task))
    labels: list[Ranking | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    position = np.empty(len(score), dtype=np.int64)
    position[order] = np.arange(len(score))
    for items in np.split(order, np.flatnonzero(np.diff(pairs.task[order])) + 1) if len(order) else ():
        task = int(pairs.task[items[0]])
        labels[task] = tuple(pairs.names[item] for item in items)
        above, below = items[:-1], items[1:]
        of_difference = variance[above] + variance[below]
        if covariance is not None:
            of_difference = (
                of_difference * 0 + covariance[above, above] + covariance[below, below] - 2 * covariance[above, below]
            )
        probability = special.ndtr((score[above] - score[below]) / np.sqrt(np.maximum(of_difference, 1e-12)))
        parts[task] = np.append(probability, 1.0)
        confidence[task] = float(np.prod(probability))
    agrees = (position[pairs.winner] < position[pairs.loser]).astype(np.float64)
    size = np.maximum(np.bincount(pairs.row, minlength=len(table)), 1)
    return summarise(
        table, labels, confidence=confidence, score=np.bincount(pairs.row, agrees, len(table)) / size,
        part_confidence=parts, agreement=_agreement(table, pairs), method=method, parameters=parameters,
        worker_parameters=worker_parameters, steps=steps, converged=converged, objective=objective,
    )  # fmt: skip


def _agreement(table: ValueTable[Ranking], pairs: Comparisons) -> float | None:
    """Return the share of pairs of comparisons of the same two items that agree."""
    low, high = np.minimum(pairs.winner, pairs.loser), np.maximum(pairs.winner, pairs.loser)
    _, duel = np.unique(low * max(len(pairs.names), 1) + high, return_inverse=True)
    up = np.bincount(duel, pairs.winner == low)
    n = np.bincount(duel)
    total = float((n * (n - 1)).sum())
    return float((up * (up - 1) + (n - up) * (n - up - 1)).sum()) / total if total else None
