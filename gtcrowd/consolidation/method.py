"""A method as the rest of the product sees it: a name, a sentence, its parameters, and something to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.conclusion import Conclusion
from gtcrowd.consolidation.table import AnswerTable


class ParameterRefused(ValueError):
    """A method was given a parameter that it does not have, or a value it cannot work with."""


@dataclass(frozen=True)
class Parameter:
    """A number that a method can be told: its default, its bounds (both allowed), and what it means."""

    default: float
    low: float
    high: float
    meaning: str

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do; the default shows it by its type."""
        return isinstance(self.default, int)

    def check(self, name: str, value: object) -> None:
        """Raise `ParameterRefused` unless the value is a number of the right sort within the bounds."""
        sort = "a whole number" if self.whole else "a number"
        number = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if not (number and self.low <= value <= self.high):  # type: ignore[operator]  # `number` says it is one
            raise ParameterRefused(f"{name} is {value!r}; expected {sort} from {self.low} to {self.high}")


@dataclass(frozen=True)
class Method:
    """One way to consolidate.

    `uses_known` and `uses_accuracy` say whether known answers and given worker accuracies change its conclusions;
    every method accepts them, so that callers need not ask.
    """

    name: str
    title: str
    summary: str
    run: Callable[..., Conclusion]
    uses_known: bool
    uses_accuracy: bool
    parameters: Mapping[str, Parameter]

    def conclude(
        self,
        table: AnswerTable,
        *,
        known: npt.ArrayLike | None = None,
        worker_accuracy: npt.ArrayLike | None = None,
        **parameters: Any,
    ) -> Conclusion:
        """Run the method; `known` [n_tasks] codes or -1, `worker_accuracy` [n_workers] 0 to 1 or NaN.

        Raises `ParameterRefused` for an unknown or impossible parameter and `TableRefused` for arrays that do not
        fit the table.
        """
        for name, value in parameters.items():
            if name not in self.parameters:
                known_names = ", ".join(self.parameters) or "none"
                raise ParameterRefused(f"{self.name} has no parameter {name!r}; it has: {known_names}")
            self.parameters[name].check(name, value)
        return self.run(table, known=known, worker_accuracy=worker_accuracy, **parameters)
