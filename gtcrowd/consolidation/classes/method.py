"""A method as the rest of the product sees it: a name, a sentence, its parameters, and something to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.table import AnswerTable
from gtcrowd.consolidation.parameters import Parameter, check


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
        check(self.name, self.parameters, parameters)
        return self.run(table, known=known, worker_accuracy=worker_accuracy, **parameters)
