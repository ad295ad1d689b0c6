"""A method as the rest of the product sees it: a name, a sentence, its parameters, and something to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.classes import conclusion
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.parts import Model, Part, Whole
from gtcrowd.consolidation.classes.table import AnswerTable, checked_known
from gtcrowd.consolidation.parameters import Parameter, check


@dataclass(frozen=True)
class Method:
    """One way to consolidate.

    `run` takes a whole table. Or `learn` takes a `parts.Crowd`, the worker accuracies and every parameter, and gives
    a `parts.Model`: such a method works on parts that lie apart as well. A method has one of the two.
    `uses_known` and `uses_accuracy` say whether known answers and given worker accuracies change its conclusions;
    every method accepts them, so that callers need not ask.
    """

    name: str
    title: str
    summary: str
    uses_known: bool
    uses_accuracy: bool
    parameters: Mapping[str, Parameter]
    run: Callable[..., Conclusion] | None = None
    learn: Callable[..., Model] | None = None

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
        settled = self.settled(parameters)
        if self.learn is None:
            assert self.run is not None  # noqa: S101 - a method has one of the two
            return self.run(table, known=known, worker_accuracy=worker_accuracy, **parameters)
        part = Part(table, checked_known(table, known))
        model = self.learn(Whole(part), worker_accuracy=worker_accuracy, **settled)
        return conclusion.of_model(part, model, method=self.name, parameters=settled)

    def settled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters: those given, the others with their default. Raises `ParameterRefused`."""
        check(self.name, self.parameters, given)
        return {name: given.get(name, parameter.default) for name, parameter in self.parameters.items()}
