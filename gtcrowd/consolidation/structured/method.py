"""Structured methods, and the decorator that makes a function one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.method import Method
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.structured.table import ValueTable

T = TypeVar("T")
NO_PARAMETERS: Mapping[str, Parameter] = MappingProxyType({})


@dataclass(frozen=True)
class StructuredMethod(Method, Generic[T]):
    """A method for one type of value.

    run         (table, **parameters) → Aggregation of a list of values
    uses_gold   whether `run` takes `gold_answers` and `worker_accuracy` as well and learns from them. Otherwise gold
        answers replace the labels of their tasks afterwards
    """

    uses_gold: bool
    run: Callable[..., Aggregation[list[T | None]]]

    def consolidate(
        self,
        table: ValueTable[T],
        *,
        gold_answers: Mapping[int, T] | None = None,
        worker_accuracy: npt.ArrayLike | None = None,
        **parameters: Any,
    ) -> Aggregation[list[T | None]]:
        """Run the method.

        gold_answers      values by code of the task; they are the labels whatever workers answered
        worker_accuracy   [n_workers] share of tasks that each worker has entirely right, NaN where it is unknown

        Raises ParameterRefused for an unknown parameter or a value out of bounds, and TableRefused if answers to one
        task do not fit together.
        """
        self.check(parameters)
        if self.uses_gold:
            return self.run(table, gold_answers=gold_answers or {}, worker_accuracy=worker_accuracy, **parameters)
        return _with_gold(self.run(table, **parameters), gold_answers or {})

    __call__ = consolidate


def method(
    *,
    name: str,
    title: str,
    summary: str,
    order: int,
    parameters: Mapping[str, Parameter] = NO_PARAMETERS,
    uses_gold: bool = False,
) -> Callable[[Callable[..., Aggregation[list[T | None]]]], StructuredMethod[T]]:
    """Make the decorated function a method; see `StructuredMethod`."""

    def decorate(run: Callable[..., Aggregation[list[T | None]]]) -> StructuredMethod[T]:
        return StructuredMethod(name, title, summary, parameters, order, uses_gold, run)

    return decorate


def _with_gold(result: Aggregation[list[T | None]], gold_answers: Mapping[int, T]) -> Aggregation[list[T | None]]:
    labels, confidence = list(result.labels), result.confidence.copy()
    parts = list(result.part_confidence or ())
    for task, value in gold_answers.items():
        labels[task], confidence[task] = value, 1.0
        parts[task] = np.ones(len(value) if isinstance(value, list | tuple) else 0)
    return replace(result, labels=labels, part_confidence=parts, confidence=confidence)
