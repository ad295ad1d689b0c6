"""A kind that the product does not have: a rating of one to five stars."""

from __future__ import annotations

import sys
from types import MappingProxyType

from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.free_form import FreeFormKind
from gtcrowd.kinds.kind import AnswerRefused


def measure(labels, truths):
    return {"exact": sum(first == second for first, second in zip(labels, truths, strict=True)) / max(len(truths), 1)}


class Stars(FreeFormKind):
    """A value is a whole number of stars."""

    name = "stars"
    title = "Stars"
    order = 1000
    value_type = ValueType(
        read=int,
        write=str,
        methods=methods_in(sys.modules[__name__], StructuredMethod),
        default_method="lowest",
        measure=measure,
        higher_is_better=frozenset({"exact"}),
    )
    types = MappingProxyType({"text": "custom"})
    field = "stars"

    def encode(self, value, answers):
        return value

    def matches(self, answer, truth):
        return answer == truth

    def _read(self, field, value):
        if not str(value).isdecimal() or not 1 <= int(value) <= 5:
            raise AnswerRefused(field, value, "must be 1 to 5 stars.")
        return int(value)


KIND = Stars()
