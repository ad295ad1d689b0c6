"""The table of answers that categorical methods consolidate: task, worker and label as integer codes.

Everything a method may rely on is checked once, when a table is built; after that there are only arrays.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gtcrowd.consolidation.arrays import FloatArray, IntArray

COLUMNS = ("task", "worker", "label")


class TableRefused(ValueError):
    """Answers, gold answers or worker accuracies do not fit together; `task` is the code of the task at fault."""

    def __init__(self, fault: str, *, task: int | None = None) -> None:
        self.fault, self.task = fault, task
        super().__init__(fault if task is None else f"task {task}: {fault}")


@dataclass(frozen=True, eq=False)
class AnswerTable:
    """Answers as three parallel int32 columns of codes; one row is one answer.

    `task`, `worker`, `label` have shape [n] and hold codes from 0 to below `n_tasks`, `n_workers`, `n_labels`.
    Tasks and workers may have no row, but there is at least one label. If a worker answered a task more than once,
    each of the answers counts. The columns are read-only.

    Raises TableRefused for columns of different lengths, codes out of range, and a table without labels.
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
        """Build a table from anything that NumPy reads as integers. Raises TableRefused, which names row and value."""
        return cls(np.asarray(task), np.asarray(worker), np.asarray(label), n_tasks, n_workers, n_labels)

    def answers_per_task(self) -> npt.NDArray[np.int64]:
        """Return the number of answers of each task, [n_tasks]."""
        return np.bincount(self.task, minlength=self.n_tasks)

    def answers_per_worker(self) -> npt.NDArray[np.int64]:
        """Return the number of answers of each worker, [n_workers]."""
        return np.bincount(self.worker, minlength=self.n_workers)

    def vote_index(self) -> npt.NDArray[np.int64]:
        """Return for each row the flat index of its vote in an array [n_tasks, n_labels], [n]."""
        return self.task.astype(np.int64) * self.n_labels + self.label

    def votes(self, weight: FloatArray | None = None) -> FloatArray:
        """Return the votes, or the sums of their weights [n], for each label of each task, [n_tasks, n_labels]."""
        flat = np.bincount(self.vote_index(), weights=weight, minlength=self.n_tasks * self.n_labels)
        return flat.astype(np.float64).reshape(self.n_tasks, self.n_labels)


@dataclass(frozen=True, eq=False)
class CodedAnswers:
    """A table and the names of its codes: code `i` of a column is element `i` of its names."""

    table: AnswerTable
    tasks: Sequence[Hashable]
    workers: Sequence[Hashable]
    labels: Sequence[Hashable]


def from_frame(frame: pd.DataFrame, *, labels: Sequence[Hashable] | None = None) -> CodedAnswers:
    """Code a frame with the columns `task`, `worker`, `label`, one row per answer.

    labels   the labels in their order, including those nobody chose; by default those of the frame, sorted

    Tasks and workers are in the order of their first row. Raises TableRefused, which names the row, for a missing
    value and for a label that is not among `labels`.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise TableRefused(f"column {missing[0]!r} is missing; expected the columns {', '.join(COLUMNS)}")
    task, tasks = _factorized(frame, "task")
    worker, workers = _factorized(frame, "worker")
    frame_code, frame_labels = _factorized(frame, "label")
    ordered = _sorted_labels(frame_labels) if labels is None else _unique_labels(labels)
    code_of = {name: code for code, name in enumerate(ordered)}
    translate = np.array([code_of.get(name, -1) for name in frame_labels], dtype=np.int32)
    label = translate[frame_code] if len(frame_labels) else np.zeros(0, dtype=np.int32)
    if label.size and label.min() < 0:
        row = int(np.argmax(label < 0))
        raise TableRefused(f"row {row}: label is {frame['label'].iloc[row]!r}, which is not among the labels")
    table = AnswerTable(task, worker, label, len(tasks), len(workers), len(ordered))
    return CodedAnswers(table, tasks, workers, ordered)


def checked_gold(table: AnswerTable, gold: npt.ArrayLike | None) -> IntArray | None:
    """Return gold answers as int32 [n_tasks], -1 for tasks without one, or None if no task has one.

    Raises TableRefused for a wrong length and for codes out of range.
    """
    if gold is None:
        return None
    codes = _whole("gold", np.asarray(gold))
    if codes.shape != (table.n_tasks,):
        raise TableRefused(f"gold has {len(codes)} entries; there are {table.n_tasks} tasks")
    _within("gold", codes, -1, table.n_labels)
    return codes.astype(np.int32) if bool((codes >= 0).any()) else None


def checked_accuracy(n_workers: int, accuracy: npt.ArrayLike | None, default: float) -> FloatArray:
    """Return worker accuracies as float64 [n_workers], `default` in place of NaN, or everywhere if there are none.

    Raises TableRefused for a wrong length and for values outside of 0 to 1.
    """
    if accuracy is None:
        return np.full(n_workers, default)
    values = np.asarray(accuracy, dtype=np.float64)
    if values.shape != (n_workers,):
        raise TableRefused(f"worker_accuracy has shape {values.shape}; there are {n_workers} workers")
    outside = (values < 0) | (values > 1)
    if outside.any():
        row = int(np.argmax(outside))
        raise TableRefused(f"worker_accuracy of worker {row} is {values[row]}; expected 0 to 1, or NaN")
    return np.where(np.isnan(values), default, values)


def _codes(name: str, column: npt.NDArray[Any], size: int) -> IntArray:
    """Return the column as a read-only int32 view. Raises TableRefused unless its codes are from 0 to `size` - 1."""
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
    # NumPy reads an empty list as float; there is nothing in it that could be wrong.
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


def _sorted_labels(labels: list[Hashable]) -> list[Hashable]:
    try:
        return sorted(labels)  # type: ignore[type-var]  # whether they can be compared shows when it is tried
    except TypeError as error:
        raise TableRefused(f"labels cannot be sorted ({error}); give their order as labels") from error


def _unique_labels(labels: Sequence[Hashable]) -> list[Hashable]:
    ordered = list(labels)
    if len(set(ordered)) < len(ordered):
        raise TableRefused(f"labels are not unique: {ordered!r}")
    return ordered
