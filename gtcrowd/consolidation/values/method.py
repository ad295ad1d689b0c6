"""A method for values as the rest of the product sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gtcrowd.consolidation.parameters import Parameter, check
from gtcrowd.consolidation.values.outcome import Outcome
from gtcrowd.consolidation.values.table import ValueTable

T = TypeVar("T")


@dataclass(frozen=True)
class ValueMethod(Generic[T]):
    """One way to consolidate values of one kind: `run(table, **parameters)`."""

    name: str
    title: str
    summary: str
    run: Callable[..., Outcome[T]]
    parameters: Mapping[str, Parameter]

    def conclude(self, table: ValueTable[T], **parameters: Any) -> Outcome[T]:
        """Run the method; raises `ParameterRefused` for an unknown or impossible parameter."""
        check(self.name, self.parameters, parameters)
        return self.run(table, **parameters)
