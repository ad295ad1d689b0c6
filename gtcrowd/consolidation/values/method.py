"""A method for values as the rest of the product sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.parameters import Parameter, check
from gtcrowd.consolidation.values.outcome import Outcome
from gtcrowd.consolidation.values.table import ValueTable

T = TypeVar("T")


@dataclass(frozen=True)
class ValueMethod(Generic[T]):
    """One way to consolidate values of one kind: `run(table, **parameters)`.

    `teachable`: `run` takes `known` and `worker_accuracy` as well, and learns from them.
    """

    name: str
    title: str
    summary: str
    run: Callable[..., Outcome[T]]
    parameters: Mapping[str, Parameter]
    teachable: bool = False

    def conclude(
        self,
        table: ValueTable[T],
        *,
        known: Mapping[int, T] | None = None,
        worker_accuracy: npt.ArrayLike | None = None,
        **parameters: Any,
    ) -> Outcome[T]:
        """Run the method; raises `ParameterRefused` for an unknown or impossible parameter.

        `known`: values known to be right, by code of the task; they are concluded whatever was answered.
        `worker_accuracy` [n_workers]: share of tasks that each worker has wholly right, NaN where not known.
        """
        self.check(parameters)
        if self.teachable:
            return self.run(table, known=known or {}, worker_accuracy=worker_accuracy, **parameters)
        return _corrected(self.run(table, **parameters), known or {})

    def check(self, parameters: Mapping[str, Any]) -> None:
        """Raise `ParameterRefused` unless the method has all these parameters, and each is within its bounds."""
        check(self.name, self.parameters, parameters)


def _corrected(found: Outcome[T], known: Mapping[int, T]) -> Outcome[T]:
    value, parts, confidence = list(found.value), list(found.parts), found.confidence.copy()
    for task, right in known.items():
        value[task], confidence[task] = right, 1.0
        parts[task] = np.ones(len(right) if isinstance(right, list | tuple) else 0)
    return replace(found, value=value, parts=parts, confidence=confidence)
