"""Datasets in shards: everything a method must know of the answers is a sum over tasks, wherever these are stored.

A method that works in *passes* asks each shard for sums, adds them up, and derives from them what to ask next; shards
never see each other. With one shard in memory that is the usual run; with many, on disks and machines, it is the same
run up to rounding, because only the order of the additions differs.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import steps
from gtcrowd.consolidation.categorical.table import AnswerTable

# Arrays and numbers that can be added, shard by shard.
Sums = tuple[Any, ...]


@dataclass(eq=False)
class Shard:
    """Some tasks with all their answers.

    table   the answers; tasks are numbered within the shard, workers and labels over all shards
    gold    int32 [n_tasks], code of the gold answer or -1; None if no task has one
    state   arrays per task that one pass leaves for a later one, by name. A pass may be repeated from its start, so it
        writes under new names, and removes only what no repetition of it would read
    """

    table: AnswerTable
    gold: IntArray | None
    state: MutableMapping[str, FloatArray] = field(default_factory=dict)

    @cached_property
    def counts(self) -> steps.Counts:
        """The answers in the order in which they are read."""
        return steps.count(self.table)


class Dataset(Protocol):
    """The answers of all shards."""

    @property
    def n_tasks(self) -> int:
        """Number of tasks of all shards."""

    @property
    def n_answers(self) -> int:
        """Number of answers of all shards."""

    @property
    def n_workers(self) -> int:
        """Number of workers, numbered alike in all shards."""

    @property
    def n_labels(self) -> int:
        """Number of labels, numbered alike in all shards."""

    def total(self, function: Callable[..., Sums], *arguments: Any) -> Sums:
        """Return the sums of `function(shard, *arguments)` over all shards, element by element, in their order.

        `function` is a function of a module. The result may be memory of the shard's; do not change it.
        """


@dataclass(frozen=True, eq=False)
class InMemoryDataset:
    """All answers in one shard, in the memory of this process; a `Dataset`."""

    shard: Shard

    @property
    def n_tasks(self) -> int:
        """Number of tasks."""
        return self.shard.table.n_tasks

    @property
    def n_answers(self) -> int:
        """Number of answers."""
        return len(self.shard.table)

    @property
    def n_workers(self) -> int:
        """Number of workers."""
        return self.shard.table.n_workers

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.shard.table.n_labels

    def total(self, function: Callable[..., Sums], *arguments: Any) -> Sums:
        """Return the sums of the only shard."""
        return function(self.shard, *arguments)


@dataclass(frozen=True, eq=False)
class Inference:
    """What a method infers about the tasks of a shard, before labels are decided.

    posterior           [n_tasks, n_labels], the probabilities that are reported
    scoring_posterior   [n_tasks, n_labels], those by which workers are scored
    likelihood_ratio    [n], what each answer says about its worker; see `worker_accuracy`
    """

    posterior: FloatArray
    scoring_posterior: FloatArray
    likelihood_ratio: FloatArray


@dataclass(frozen=True, eq=False)
class Model:
    """What a method learned from all shards; `e_step(shard, *arguments)` is its `Inference` for each of them.

    The other fields are those of `Aggregation`.
    """

    e_step: Callable[..., Inference]
    arguments: tuple[Any, ...] = ()
    confusion: FloatArray | None = None
    class_prior: FloatArray | None = None
    correlation: float = 0.0
    steps: int = 1
    converged: bool = True
    objective: tuple[float, ...] = ()


def answers_per_worker(shard: Shard) -> Sums:
    """Return the number of answers of each worker, [n_workers]."""
    return (shard.table.answers_per_worker(),)
