"""The table of answers that structured methods consolidate: task and worker as codes, and the value itself."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.arrays import IntArray
from gtcrowd.consolidation.categorical.table import TableRefused

T = TypeVar("T")


class ValueRefused(ValueError):
    """A text is not a value of its type; the message says what it is and what is expected."""


def parse_json(text: str, expected: str) -> Any:
    """Return the value of a JSON text. Raises ValueRefused with what is expected, also for too deep a nesting."""
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueRefused(f"is {text!r:.60}; expected {expected}") from error


def parse_list(text: str, expected: str) -> list[Any]:
    """Return the list of a JSON text. Raises ValueRefused with what is expected."""
    items = parse_json(text, expected)
    if not isinstance(items, list):
        raise ValueRefused(f"is {text!r:.60}; expected {expected}")
    return items


@dataclass(frozen=True, eq=False)
class ValueTable(Generic[T]):
    """Answers as three parallel columns; one row is one answer.

    `task` and `worker` are int32 codes below `n_tasks` and `n_workers`, [n]; `value` has n elements of the value type.
    Tasks and workers may have no row, and a worker may have answered a task more than once.

    Raises TableRefused for columns of different lengths and codes out of range.
    """

    task: IntArray
    worker: IntArray
    value: Sequence[T]
    n_tasks: int
    n_workers: int

    def __post_init__(self) -> None:
        for name, size in (("task", self.n_tasks), ("worker", self.n_workers)):
            column = np.asarray(getattr(self, name))
            if column.shape != (len(self.value),):
                raise TableRefused(f"column {name!r} has shape {column.shape}; there are {len(self.value)} values")
            if column.size and (column.min() < 0 or column.max() >= size):
                row = int(np.argmax((column < 0) | (column >= size)))
                raise TableRefused(f"row {row}: {name} is {column[row]}; expected 0 to {size - 1}")
            object.__setattr__(self, name, column.astype(np.int32))

    def __len__(self) -> int:
        return len(self.value)

    def answers_per_task(self) -> npt.NDArray[np.int64]:
        """Return the number of answers of each task, [n_tasks]."""
        return np.bincount(self.task, minlength=self.n_tasks)

    def answers_per_worker(self) -> npt.NDArray[np.int64]:
        """Return the number of answers of each worker, [n_workers]."""
        return np.bincount(self.worker, minlength=self.n_workers)

    def rows_by_task(self) -> Iterator[npt.NDArray[np.intp]]:
        """Yield for each task the rows of its answers, in the order of the table."""
        order = np.argsort(self.task, kind="stable")
        yield from np.split(order, np.cumsum(self.answers_per_task())[:-1]) if self.n_tasks else ()


@dataclass(frozen=True, eq=False)
class CodedValues(Generic[T]):
    """A table and the names of its codes: code `i` of a column is element `i` of its names."""

    table: ValueTable[T]
    tasks: Sequence[Hashable]
    workers: Sequence[Hashable]


def from_rows(rows: Sequence[tuple[Hashable, Hashable, Any]]) -> CodedValues[Any]:
    """Code rows of (task, worker, value); tasks and workers are in the order of their first row."""
    tasks: dict[Hashable, int] = {}
    workers: dict[Hashable, int] = {}
    task = np.fromiter((tasks.setdefault(row[0], len(tasks)) for row in rows), np.int32, len(rows))
    worker = np.fromiter((workers.setdefault(row[1], len(workers)) for row in rows), np.int32, len(rows))
    table = ValueTable(task, worker, [row[2] for row in rows], len(tasks), len(workers))
    return CodedValues(table, list(tasks), list(workers))
