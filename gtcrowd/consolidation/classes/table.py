"""The one shape in which answers are consolidated: task, worker, label, as integer codes.

Everything a method may rely on is checked once, when a table is built; after that there are only arrays.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]

COLUMNS = ("task", "worker", "label")


class TableRefused(ValueError):
    """The answers, or what was given along with them, do not fit together; `task` is the code of the task at fault."""

    def __init__(self, fault: str, *, task: int | None = None) -> None:
        self.fault, self.task = fault, task
        super().__init__(fault if task is None else f"task {task}: {fault}")


@dataclass(frozen=True, eq=False)
class AnswerTable:
    """Answers as three parallel int32 columns of codes; one row is one answer.

    `task`, `worker`, `label` have shape [n] and hold codes from 0 to below `n_tasks`, `n_workers`, `n_labels`.
    There may be tasks and workers without a row, but there is at least one label. When a worker answered a task
    more than once, each of the answers counts. The columns are read-only.
    """

    task: IntArray
    worker: IntArray
    label: IntArray
    n_tasks: int
    n_workers: int
    n_labels: int

    def __post_init__(self) -> None:
        if self.n_labels < 1:
            raise TableRefused(f"n_labels is {self.n_labels}; a table needs at least 1 label")
        for name, size in zip(COLUMNS, (self.n_tasks, self.n_workers, self.n_labels), strict=True):
            object.__setattr__(self, name, _codes(name, getattr(self, name), size))
        lengths = {name: len(getattr(self, name)) for name in COLUMNS}
        if len(set(lengths.values())) > 1:
            raise TableRefused(f"columns have different lengths: {lengths}; one row is one answer")

    def __len__(self) -> int:
        return len(self.task)

    @classmethod
    def from_codes(
        cls,
        task: npt.ArrayLike,
        worker: npt.ArrayLike,
        label: npt.ArrayLike,
        *,
        n_tasks: int,
        n_workers: int,
        n_labels: int,
    ) -> AnswerTable:
        """Build a table from anything that NumPy reads as integers; `TableRefused` names row and value."""
        return cls(np.asarray(task), np.asarray(worker), np.asarray(label), n_tasks, n_workers, n_labels)

    def answers_per_task(self) -> npt.NDArray[np.int64]:
        """Number of answers of each task, shape [n_tasks]."""
        return np.bincount(self.task, minlength=self.n_tasks)

    def answers_per_worker(self) -> npt.NDArray[np.int64]:
        """Number of answers of each worker, shape [n_workers]."""
        return np.bincount(self.worker, minlength=self.n_workers)

    def cells(self) -> npt.NDArray[np.int64]:
        """For each row the flat place of its vote in an array [n_tasks, n_labels], shape [n]."""
        return self.task.astype(np.int64) * self.n_labels + self.label

    def votes(self, weight: FloatArray | None = None) -> FloatArray:
        """Sum of the votes (or of their weights, shape [n]) for each label of each task, [n_tasks, n_labels]."""
        flat = np.bincount(self.cells(), weights=weight, minlength=self.n_tasks * self.n_labels)
        return flat.astype(np.float64).reshape(self.n_tasks, self.n_labels)


@dataclass(frozen=True, eq=False)
class Coded:
    """A table and the names behind its codes: code `i` of a column stands for element `i` of its names."""

    table: AnswerTable
    tasks: Sequence[Hashable]
    workers: Sequence[Hashable]
    labels: Sequence[Hashable]


def from_frame(frame: pd.DataFrame, *, labels: Sequence[Hashable] | None = None) -> Coded:
    """Code a frame with the columns `task`, `worker`, `label`, one row an answer.

    Tasks and workers keep the order in which they are first seen. Labels keep the order of `labels`, which also
    allows labels nobody chose; without it they are sorted. `TableRefused` names the row for a missing value or a
    label that is not among `labels`.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise TableRefused(f"column {missing[0]!r} is missing; a frame of answers has {', '.join(COLUMNS)}")
    task, tasks = _factorized(frame, "task")
    worker, workers = _factorized(frame, "worker")
    seen_code, seen = _factorized(frame, "label")
    ordered = _sorted_labels(seen) if labels is None else _unique_labels(labels)
    place = {name: code for code, name in enumerate(ordered)}
    translate = np.array([place.get(name, -1) for name in seen], dtype=np.int32)
    label = translate[seen_code] if len(seen) else np.zeros(0, dtype=np.int32)
    if label.size and label.min() < 0:
        row = int(np.argmax(label < 0))
        raise TableRefused(f"row {row}: label is {frame['label'].iloc[row]!r}, which is not among the labels")
    table = AnswerTable(task, worker, label, len(tasks), len(workers), len(ordered))
    return Coded(table, tasks, workers, ordered)


def checked_known(table: AnswerTable, known: npt.ArrayLike | None) -> IntArray | None:
    """Known answers as an int32 array [n_tasks] with -1 where nothing is known, or None if nothing is."""
    if known is None:
        return None
    codes = _whole("known", np.asarray(known))
    if codes.shape != (table.n_tasks,):
        raise TableRefused(f"known has {len(codes)} entries; there are {table.n_tasks} tasks")
    _within("known", codes, -1, table.n_labels)
    return codes.astype(np.int32) if bool((codes >= 0).any()) else None


def checked_accuracy(n_workers: int, accuracy: npt.ArrayLike | None, otherwise: float) -> FloatArray:
    """Worker accuracy given from outside, [n_workers]; NaN, or none given at all, becomes `otherwise`."""
    if accuracy is None:
        return np.full(n_workers, otherwise)
    given = np.asarray(accuracy, dtype=np.float64)
    if given.shape != (n_workers,):
        raise TableRefused(f"worker_accuracy has shape {given.shape}; there are {n_workers} workers")
    outside = (given < 0) | (given > 1)
    if outside.any():
        row = int(np.argmax(outside))
        raise TableRefused(f"worker_accuracy of worker {row} is {given[row]}; expected 0 to 1, or NaN")
    return np.where(np.isnan(given), otherwise, given)


def _codes(name: str, column: npt.NDArray[Any], size: int) -> IntArray:
    """The column as a read-only int32 view, once its codes are known to lie in `0..size-1`."""
    column = _whole(name, column)
    _within(name, column, 0, size)
    codes = np.ascontiguousarray(column, dtype=np.int32).view()
    codes.flags.writeable = False
    return codes


def _whole(name: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if column.ndim != 1:
        raise TableRefused(f"column {name!r} has shape {column.shape}; expected one dimension")
    if column.size and not np.issubdtype(column.dtype, np.integer):
        raise TableRefused(f"column {name!r} has type {column.dtype}; expected whole numbers")
    # An empty list arrives as float; there is nothing in it that could be wrong.
    return column if column.size else column.astype(np.int32)


def _within(name: str, column: npt.NDArray[Any], low: int, size: int) -> None:
    if column.size and (column.min() < low or column.max() >= size):
        row = int(np.argmax((column < low) | (column >= size)))
        raise TableRefused(f"row {row}: {name} is {column[row]}; expected {low} to {size - 1}")


def _factorized(frame: pd.DataFrame, name: str) -> tuple[npt.NDArray[Any], list[Hashable]]:
    codes, names = pd.factorize(frame[name])
    if codes.size and codes.min() < 0:
        raise TableRefused(f"row {int(np.argmax(codes < 0))}: {name} is missing")
    return codes, list(names)


def _sorted_labels(seen: list[Hashable]) -> list[Hashable]:
    try:
        return sorted(seen)  # type: ignore[type-var]  # whether they compare is found out by trying
    except TypeError as error:
        raise TableRefused(f"labels cannot be sorted ({error}); give their order as labels") from error


def _unique_labels(labels: Sequence[Hashable]) -> list[Hashable]:
    ordered = list(labels)
    if len(set(ordered)) < len(ordered):
        raise TableRefused(f"labels are not unique: {ordered!r}")
    return ordered
