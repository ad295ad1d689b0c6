"""Categorical methods, and the decorators that make a function one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import IntArray
from gtcrowd.consolidation.categorical import results
from gtcrowd.consolidation.categorical.shards import InMemoryDataset, Model, Shard
from gtcrowd.consolidation.categorical.table import AnswerTable, checked_gold
from gtcrowd.consolidation.method import Method
from gtcrowd.consolidation.parameters import Parameter

NO_PARAMETERS: Mapping[str, Parameter] = MappingProxyType({})
Run = Callable[..., Aggregation[IntArray]]
Fit = Callable[..., Model]


@dataclass(frozen=True)
class CategoricalMethod(Method):
    """A method that chooses one class per task.

    A method has either `run` or `fit`:

    run   (table, gold=…, worker_accuracy=…, **parameters) → Aggregation; needs all answers in one table
    fit   (dataset, worker_accuracy=…, **all parameters) → Model; works on shards in different places as well

    uses_gold, uses_worker_accuracy   whether gold answers and given worker accuracies change the results; every
        method accepts both, so that callers need not ask
    """

    uses_gold: bool
    uses_worker_accuracy: bool
    run: Run | None = None
    fit: Fit | None = None

    def consolidate(
        self,
        table: AnswerTable,
        *,
        gold: npt.ArrayLike | None = None,
        worker_accuracy: npt.ArrayLike | None = None,
        **parameters: Any,
    ) -> Aggregation[IntArray]:
        """Run the method.

        gold              [n_tasks] code of the gold answer, -1 for tasks without one
        worker_accuracy   [n_workers] 0 to 1, NaN where it is unknown

        Raises ParameterRefused for an unknown parameter or a value out of bounds, and TableRefused for arrays that
        do not fit the table.
        """
        settings = self.with_defaults(parameters)
        if self.fit is None:
            assert self.run is not None  # noqa: S101 - a method has one of the two
            return self.run(table, gold=gold, worker_accuracy=worker_accuracy, **parameters)
        shard = Shard(table, checked_gold(table, gold))
        model = self.fit(InMemoryDataset(shard), worker_accuracy=worker_accuracy, **settings)
        return results.from_model(shard, model, method=self.name, parameters=settings)

    __call__ = consolidate


def method(
    *,
    name: str,
    title: str,
    summary: str,
    order: int,
    uses_gold: bool,
    uses_worker_accuracy: bool,
    parameters: Mapping[str, Parameter] = NO_PARAMETERS,
) -> Callable[[Run], CategoricalMethod]:
    """Make the decorated function, which takes a whole table, a method; see `CategoricalMethod`."""

    def decorate(run: Run) -> CategoricalMethod:
        return CategoricalMethod(name, title, summary, parameters, order, uses_gold, uses_worker_accuracy, run=run)

    return decorate


def sharded_method(
    *,
    name: str,
    title: str,
    summary: str,
    order: int,
    uses_gold: bool,
    uses_worker_accuracy: bool,
    parameters: Mapping[str, Parameter] = NO_PARAMETERS,
) -> Callable[[Fit], CategoricalMethod]:
    """Make the decorated function, which fits a model to a dataset in shards, a method; see `CategoricalMethod`."""

    def decorate(fit: Fit) -> CategoricalMethod:
        return CategoricalMethod(name, title, summary, parameters, order, uses_gold, uses_worker_accuracy, fit=fit)

    return decorate
