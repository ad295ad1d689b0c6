"""Cluster the shapes of different workers that are the same object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.structured.table import ValueTable

S = TypeVar("S")


@dataclass(frozen=True)
class Annotation(Generic[S]):
    """One shape of one answer: the row of the answer, its worker, the label, and the shape itself."""

    row: int
    worker: int
    label: str
    shape: S


@dataclass(frozen=True)
class Cluster(Generic[S]):
    """Annotations of one task that are taken for the same object, at most one per worker.

    workers   all workers who answered the task, whether they drew the object or not
    """

    task: int
    annotations: tuple[Annotation[S], ...]
    workers: tuple[int, ...]


def clusters(
    table: ValueTable[Sequence[tuple[str, S]]],
    similarity: Callable[[Sequence[S]], FloatArray],
    *,
    min_similarity: float,
    key: Callable[[S], object],
    same_label: bool = False,
) -> list[Cluster[S]]:
    """Join the most similar shapes of different workers, task by task, until no similarity reaches `min_similarity`.

    similarity   shapes [n] → similarity of each pair, [n, n], 0 to 1. Two groups are joined by the mean similarity of
        their shapes, so that a chain of neighbours does not become one object (average linkage; Sokal, Michener 1958)
    key          orders shapes independently of the order of the answers, and decides between equal similarities
    same_label   whether only shapes of one label are joined; otherwise the label is voted on afterwards
    """
    result: list[Cluster[S]] = []
    for task, rows in enumerate(table.rows_by_task()):
        annotations = [
            Annotation(int(row), int(table.worker[row]), label, shape)
            for row in rows
            for label, shape in table.value[row]
        ]
        annotations.sort(key=lambda item: (str(key(item.shape)), item.label, item.worker))
        workers = tuple(sorted({int(table.worker[row]) for row in rows}))
        groups = []
        if annotations:
            similarities = similarity([item.shape for item in annotations])
            if same_label:
                names = np.array([item.label for item in annotations])
                similarities = np.where(names[:, None] == names, similarities, -1.0)
            groups = _joined(annotations, similarities, min_similarity)
        result += [Cluster(task, tuple(annotations[index] for index in group), workers) for group in groups]
    return result


def _joined(annotations: Sequence[Annotation[S]], similarities: FloatArray, min_similarity: float) -> list[list[int]]:
    n = len(annotations)
    worker = np.array([item.worker for item in annotations])
    linkage = np.where(worker[:, None] == worker, -1.0, similarities)
    groups: dict[int, list[int]] = {index: [index] for index in range(n)}
    while len(groups) > 1:
        best = int(linkage.argmax())
        first, second = divmod(best, n)
        if linkage[first, second] < min_similarity:
            break
        first, second = min(first, second), max(first, second)
        sizes = len(groups[first]), len(groups[second])
        merged = (sizes[0] * linkage[first] + sizes[1] * linkage[second]) / sum(sizes)
        # Groups that have a worker in common can never be one object.
        merged[(linkage[first] < 0) | (linkage[second] < 0)] = -1.0
        linkage[first], linkage[:, first] = merged, merged
        linkage[second], linkage[:, second] = -1.0, -1.0
        linkage[first, first] = -1.0
        groups[first] += groups.pop(second)
    return [sorted(group) for group in groups.values()]
