"""Many answers into one, with a number for doubt.

The door of the room: `conclude(name, table)` runs one of `METHODS` on an `AnswerTable` and gives a `Conclusion`; each
method is a function of its own name as well, as `hierarchical(table)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.classes import dawid_skene as _dawid_skene
from gtcrowd.consolidation.classes import ebcc as _ebcc
from gtcrowd.consolidation.classes import glad as _glad
from gtcrowd.consolidation.classes import gt_compat as _gt_compat
from gtcrowd.consolidation.classes import hierarchical as _hierarchical
from gtcrowd.consolidation.classes import ibcc as _ibcc
from gtcrowd.consolidation.classes import iterative_weights as _iterative_weights
from gtcrowd.consolidation.classes import mace as _mace
from gtcrowd.consolidation.classes import majority as _majority
from gtcrowd.consolidation.classes import one_coin as _one_coin
from gtcrowd.consolidation.classes import weighted as _weighted
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
    "dawid_skene",
    "ebcc",
    "from_frame",
    "glad",
    "gt_compat",
    "hierarchical",
    "ibcc",
    "iterative_weighted_vote",
    "mace",
    "majority",
    "one_coin",
    "weighted_vote",
]

# A new method is a new file and two words here.
_ALL = (
    _hierarchical, _majority, _weighted, _iterative_weights, _one_coin, _dawid_skene, _ibcc, _ebcc, _glad, _mace,
    _gt_compat,
)  # fmt: skip
METHODS: Mapping[str, Method] = MappingProxyType({module.METHOD.name: module.METHOD for module in _ALL})

hierarchical = _hierarchical.METHOD.conclude
majority = _majority.METHOD.conclude
weighted_vote = _weighted.METHOD.conclude
iterative_weighted_vote = _iterative_weights.METHOD.conclude
one_coin = _one_coin.METHOD.conclude
dawid_skene = _dawid_skene.METHOD.conclude
ibcc = _ibcc.METHOD.conclude
ebcc = _ebcc.METHOD.conclude
glad = _glad.METHOD.conclude
mace = _mace.METHOD.conclude
gt_compat = _gt_compat.METHOD.conclude


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
