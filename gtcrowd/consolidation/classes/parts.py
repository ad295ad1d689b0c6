"""Tasks in parts: what a method must know is a sum over tasks, wherever these lie.

A method that learns in *passes* asks each part for sums, adds them up, and works out from them what to ask next; parts
never see each other. With one part in memory that is the usual run; with many, on disks and machines, it is the same
run to rounding, because only the order of the additions differs.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from gtcrowd.consolidation.classes import steps
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray

# Arrays and numbers that may be added, part by part.
Sums = tuple[Any, ...]


@dataclass(eq=False)
class Part:
    """Some tasks with all their answers.

    table   the answers; tasks are numbered within the part, workers and labels over all parts
    known   [n_tasks] codes of known labels or -1, or None where nothing is known
    kept    arrays a task that one pass leaves for a later one, by name. A pass may be repeated from its beginning, so
        it writes under new names, and takes away only what no repetition of it would read.
    """

    table: AnswerTable
    known: IntArray | None
    kept: MutableMapping[str, FloatArray] = field(default_factory=dict)

    @cached_property
    def counts(self) -> steps.Counts:
        """The answers in the order in which they are read."""
        return steps.count(self.table)


class Crowd(Protocol):
    """All parts of a crowd's answers."""

    @property
    def n_tasks(self) -> int:
        """Number of tasks of all parts."""

    @property
    def n_answers(self) -> int:
        """Number of answers of all parts."""

    @property
    def n_workers(self) -> int:
        """Number of workers, numbered alike in all parts."""

    @property
    def n_labels(self) -> int:
        """Number of labels, numbered alike in all parts."""

    def total(self, look: Callable[..., Sums], *tables: Any) -> Sums:
        """What `look(part, *tables)` gives for the parts, added up place by place in the order of the parts.

        `look` is a function of a module; what is given back is not to be changed, as it may lie in memory of others.
        """


@dataclass(frozen=True, eq=False)
class Whole:
    """All answers in one part, in the memory of this process."""

    part: Part

    @property
    def n_tasks(self) -> int:
        """Number of tasks."""
        return self.part.table.n_tasks

    @property
    def n_answers(self) -> int:
        """Number of answers."""
        return len(self.part.table)

    @property
    def n_workers(self) -> int:
        """Number of workers."""
        return self.part.table.n_workers

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.part.table.n_labels

    def total(self, look: Callable[..., Sums], *tables: Any) -> Sums:
        """What the only part gives."""
        return look(self.part, *tables)


@dataclass(frozen=True, eq=False)
class Opinion:
    """What a method says of the tasks of a part, before labels are decided.

    posterior   [n_tasks, n_labels], the probabilities handed out
    judged      [n_tasks, n_labels], those by which workers are measured
    ratio       [n], what each answer says about its worker; see `workers`
    """

    posterior: FloatArray
    judged: FloatArray
    ratio: FloatArray


@dataclass(frozen=True, eq=False)
class Model:
    """What a method has learned from all parts; `look(part, *tables)` is then its `Opinion` of each.

    The rest as in `conclusion.Conclusion`.
    """

    look: Callable[..., Opinion]
    tables: tuple[Any, ...] = ()
    confusion: FloatArray | None = None
    class_prior: FloatArray | None = None
    correlation: float = 0.0
    steps: int = 1
    converged: bool = True
    objective: tuple[float, ...] = ()


def answers(part: Part) -> Sums:
    """Number of answers of each worker, [n_workers]."""
    return (part.table.answers_per_worker(),)
