"""Answers beside what others say and what is known: numbers for each answer, in columns, the own answer left out.

Every function takes and gives parallel arrays, one place an answer; objects, workers and values are codes from 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
MOST_COMPARED = 5
"""With so many others an answer whose likeness takes time is compared; more would hardly change the mean."""


@dataclass(frozen=True, eq=False)
class Compared:
    """`right` [n]: probability that the answer is right as the label's method sees it; `compared`: whether others
    answered the object too; `agreed`: how far the answer agrees with what they say, 0 to 1, and 0 where nobody did."""

    right: FloatArray
    compared: npt.NDArray[np.bool_]
    agreed: FloatArray


def agreement_with_others(task: Codes, value: Codes, *, n_tasks: int, n_values: int) -> tuple[Any, FloatArray]:
    """Whether others answered the same object, and the agreement with their most frequent answer, both [n].

    With ties for the most frequent, agreeing with one of m counts 1/m: what choosing among them by lot would give. The
    answer's own vote is taken out first, without which nobody who answers alone with one other would ever disagree.
    """
    votes = np.bincount(task * n_values + value, minlength=n_tasks * n_values).reshape(n_tasks, n_values)
    others = votes[task].astype(np.int64)
    rows = np.arange(len(task))
    others[rows, value] -= 1
    most = others.max(axis=1) if len(task) else np.zeros(0, np.int64)
    tied = (others == most[:, None]).sum(axis=1)
    compared = most > 0
    agreed = np.where(compared & (others[rows, value] == most), 1 / np.maximum(tied, 1), 0.0)
    return compared, agreed


def likeness_with_others(
    task: Codes, values: Sequence[Any], likeness: Callable[[Any, Any], float]
) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """The same for values that are alike more or less: mean likeness to at most MOST_COMPARED other answers.

    Answers to one object stand together (`task` ascending). Each is compared with those that follow it in the circle
    of the object's answers, so that nobody's is used more than others'.
    """
    agreed = np.zeros(len(task))
    compared = np.zeros(len(task), dtype=bool)
    first = np.flatnonzero(np.diff(task, prepend=-1))
    for start, end in zip(first.tolist(), [*first[1:].tolist(), len(task)], strict=True):
        size = end - start
        if size < 2:
            continue
        compared[start:end] = True
        steps = range(1, min(size, MOST_COMPARED + 1))
        known: dict[tuple[int, int], float] = {}
        for own in range(size):
            total = 0.0
            for step in steps:
                pair = (own, (own + step) % size)
                pair = (min(pair), max(pair))
                if pair not in known:
                    known[pair] = likeness(values[start + pair[0]], values[start + pair[1]])
                total += known[pair]
            agreed[start + own] = total / len(steps)
    return compared, agreed


def confusion(worker: Codes, reference: Codes, value: Codes, *, n_workers: int, n_values: int) -> npt.NDArray[np.int64]:
    """Counts [workers, reference, answer], of the answers whose reference is known (not -1)."""
    known = reference >= 0
    place = (worker[known] * n_values + reference[known]) * n_values + value[known]
    return np.bincount(place, minlength=n_workers * n_values**2).reshape(n_workers, n_values, n_values)
