"""Which marks of different workers mean the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from gtcrowd.consolidation.values.outcome import FloatArray
from gtcrowd.consolidation.values.table import ValueTable

S = TypeVar("S")


@dataclass(frozen=True)
class Mark(Generic[S]):
    """One shape of one answer: the row of the answer, its worker, the label, and the shape itself."""

    row: int
    worker: int
    label: str
    shape: S


@dataclass(frozen=True)
class Cluster(Generic[S]):
    """Marks of one task that are taken for the same thing, at most one a worker; `asked`: all workers of the task."""

    task: int
    marks: tuple[Mark[S], ...]
    asked: tuple[int, ...]


def clusters(
    table: ValueTable[Sequence[tuple[str, S]]],
    similarity: Callable[[Sequence[S]], FloatArray],
    *,
    least: float,
    key: Callable[[S], object],
    same_label: bool = False,
) -> list[Cluster[S]]:
    """Join the most similar marks of different workers, task by task, until none are similar by at least `least`.

    similarity: of shapes [n], each with each, [n, n], 0 to 1. Two groups are joined by the mean similarity of their
    marks, so that a chain of neighbours does not become one thing (average linkage; Sokal, Michener 1958). `key` puts
    marks in an order that does not depend on that of the answers, and decides between equal similarities. With
    `same_label` marks of different labels are never one thing; otherwise the label is voted on afterwards.
    """
    found: list[Cluster[S]] = []
    for task, rows in enumerate(table.rows_by_task()):
        marks = [
            Mark(int(row), int(table.worker[row]), label, shape) for row in rows for label, shape in table.value[row]
        ]
        marks.sort(key=lambda mark: (str(key(mark.shape)), mark.label, mark.worker))
        asked = tuple(sorted({int(table.worker[row]) for row in rows}))
        groups = []
        if marks:
            similar = similarity([mark.shape for mark in marks])
            if same_label:
                names = np.array([mark.label for mark in marks])
                similar = np.where(names[:, None] == names, similar, -1.0)
            groups = _joined(marks, similar, least)
        found += [Cluster(task, tuple(marks[place] for place in group), asked) for group in groups]
    return found


def _joined(marks: Sequence[Mark[S]], similar: FloatArray, least: float) -> list[list[int]]:
    n = len(marks)
    worker = np.array([mark.worker for mark in marks])
    near = np.where(worker[:, None] == worker, -1.0, similar)
    groups: dict[int, list[int]] = {place: [place] for place in range(n)}
    while len(groups) > 1:
        best = int(near.argmax())
        one, other = divmod(best, n)
        if near[one, other] < least:
            break
        one, other = min(one, other), max(one, other)
        sizes = len(groups[one]), len(groups[other])
        merged = (sizes[0] * near[one] + sizes[1] * near[other]) / sum(sizes)
        # Groups that have a worker in common can never be one thing.
        merged[(near[one] < 0) | (near[other] < 0)] = -1.0
        near[one], near[:, one] = merged, merged
        near[other], near[:, other] = -1.0, -1.0
        near[one, one] = -1.0
        groups[one] += groups.pop(other)
    return [sorted(group) for group in groups.values()]
