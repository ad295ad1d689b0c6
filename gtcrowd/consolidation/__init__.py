"""Many answers into one, with a number for doubt.

The door of the room: `conclude(name, table)` runs one of `METHODS` on an `AnswerTable` and gives a `Conclusion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.classes import (
    dawid_skene,
    ebcc,
    glad,
    gt_compat,
    hierarchical,
    ibcc,
    iterative_weights,
    mace,
    majority,
    one_coin,
    weighted,
)
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, Coded, TableRefused, from_frame
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.parameters import Parameter, ParameterRefused

__all__ = [
    "FORMS",
    "METHODS",
    "AnswerTable",
    "Coded",
    "Conclusion",
    "Method",
    "Parameter",
    "ParameterRefused",
    "TableRefused",
    "UnknownMethod",
    "conclude",
    "from_frame",
]

# A new method is a new file and a word here.
_MODULES = (
    hierarchical, majority, weighted, iterative_weights, one_coin, dawid_skene, ibcc, ebcc, glad, mace, gt_compat,
)  # fmt: skip
METHODS: Mapping[str, Method] = MappingProxyType({module.METHOD.name: module.METHOD for module in _MODULES})


class UnknownMethod(LookupError):
    """There is no method of that name."""


def conclude(
    name: str,
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    **parameters: Any,
) -> Conclusion:
    """Consolidate `table` by the method called `name`; see `Method.conclude` for the rest."""
    if name not in METHODS:
        raise UnknownMethod(f"method is {name!r}; expected one of {', '.join(METHODS)}")
    return METHODS[name].conclude(table, known=known, worker_accuracy=worker_accuracy, **parameters)
