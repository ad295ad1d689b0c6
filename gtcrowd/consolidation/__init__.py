"""Consolidate many answers per task into one label with a confidence.

`consolidate(name, table)` runs one of the categorical `METHODS` on an `AnswerTable` and returns an `Aggregation`.
Structured values (boxes, spans, texts, …) have methods of their own in the packages `structured`, `shapes` and `spans`;
a kind of label names those it can be consolidated by (`gtcrowd.kinds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import methods as _methods
from gtcrowd.consolidation.categorical.method import CategoricalMethod
from gtcrowd.consolidation.categorical.table import AnswerTable, CodedAnswers, TableRefused, from_frame
from gtcrowd.consolidation.method import Method, methods_in
from gtcrowd.consolidation.parameters import Parameter, ParameterRefused

__all__ = [
    "METHODS",
    "Aggregation",
    "AnswerTable",
    "CategoricalMethod",
    "CodedAnswers",
    "FloatArray",
    "IntArray",
    "Method",
    "Parameter",
    "ParameterRefused",
    "TableRefused",
    "UnknownMethod",
    "consolidate",
    "from_frame",
    "methods_in",
]

METHODS: Mapping[str, CategoricalMethod] = MappingProxyType(methods_in(_methods, CategoricalMethod))


class UnknownMethod(LookupError):
    """There is no method of that name."""


def consolidate(
    name: str,
    table: AnswerTable,
    *,
    gold: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    **parameters: Any,
) -> Aggregation[IntArray]:
    """Consolidate `table` by the categorical method called `name`; see `CategoricalMethod.consolidate`.

    Raises UnknownMethod, ParameterRefused and TableRefused.
    """
    if name not in METHODS:
        raise UnknownMethod(f"method is {name!r}; expected one of {', '.join(METHODS)}")
    return METHODS[name].consolidate(table, gold=gold, worker_accuracy=worker_accuracy, **parameters)
