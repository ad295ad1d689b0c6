"""The table of answers: integer codes, checked once when it is built."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class AnswerTable:
    """One row an answer: `task`, `worker` and `label` are int32 [n], each counting from 0.

    A worker who answered a task more than once has several rows, and each counts.
    """

    task: Codes
    worker: Codes
    label: Codes
    n_tasks: int
    n_workers: int
    n_labels: int

    @classmethod
    def from_codes(
        cls,
        task: ArrayLike,
        worker: ArrayLike,
        label: ArrayLike,
        *,
        n_tasks: int,
        n_workers: int,
        n_labels: int,
    ) -> "AnswerTable":
        """A table of the given columns. Raises ValueError naming the row and the code that is out of range."""
        columns = (
            _column("task", task, n_tasks),
            _column("worker", worker, n_workers),
            _column("label", label, n_labels),
        )
        if len({len(column) for column in columns}) > 1:
            raise ValueError(f"the columns have different lengths: {[len(column) for column in columns]}")
        return cls(columns[0], columns[1], columns[2], n_tasks, n_workers, n_labels)

    def __len__(self) -> int:
        return len(self.task)


@dataclass(frozen=True)
class Coded:
    """A table with the names behind its codes."""

    table: AnswerTable
    tasks: list[object]
    workers: list[object]
    labels: list[object]


def from_frame(frame: pd.DataFrame, *, labels: Sequence[object] | None = None) -> Coded:
    """The table of a frame with columns task, worker, label.

    Tasks and workers are coded in the order in which they are first seen, labels in the order of `labels`,
    which may hold some that were never given, or else sorted. Raises ValueError for a missing column, a
    missing value, or a label not in `labels`, naming the row.
    """
    for name in ("task", "worker", "label"):
        if name not in frame:
            raise ValueError(f"the frame has no column {name}; it has {', '.join(map(str, frame.columns))}")
        if frame[name].isna().any():
            raise ValueError(f"row {int(frame[name].isna().to_numpy().argmax())} has no {name}")
    task, tasks = pd.factorize(frame["task"])
    worker, workers = pd.factorize(frame["worker"])
    known = list(labels) if labels is not None else sorted(frame["label"].unique().tolist())
    label = pd.Index(known).get_indexer(pd.Index(frame["label"])) if len(frame) else np.empty(0)
    if (label < 0).any():
        row = int((label < 0).argmax())
        raise ValueError(f"row {row} has the label {frame['label'].iloc[row]!r}, which is not among the labels given")
    table = AnswerTable.from_codes(task, worker, label, n_tasks=len(tasks), n_workers=len(workers), n_labels=len(known))
    return Coded(table, list(tasks), list(workers), known)


def _column(name: str, values: ArrayLike, count: int) -> Codes:
    column = np.asarray(values)
    if column.size and (column.min() < 0 or column.max() >= count):
        row = int(((column < 0) | (column >= count)).argmax())
        raise ValueError(f"row {row} has the {name} {column[row]}, which is not from 0 to {count - 1}")
    return column.astype(np.int32)
