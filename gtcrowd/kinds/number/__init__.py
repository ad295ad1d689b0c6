"""Number: a count, a measurement, a rating."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from gtcrowd import language, plain_text
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.structured import number
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.free_form import FreeFormKind
from gtcrowd.kinds.kind import AnswerRefused

RELATIVE_TOLERANCE = 0.01
"""An answer is correct if it differs from the truth by at most this share of it."""


class Number(FreeFormKind):
    """A value is a finite number, an integer where it is whole."""

    name = "number"
    title = language.gettext_lazy("Number")
    order = 120
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=number.read,
        write=number.write,
        methods=methods_in(number, StructuredMethod),
        default_method="weighted-mean",
        measure=number.measure,
        higher_is_better=number.HIGHER_IS_BETTER,
    )
    field = "number"

    def encode(self, value: Any, answers: Sequence[Any]) -> float:
        rounded = round(float(value), 6)
        return int(rounded) if rounded.is_integer() else rounded

    def matches(self, answer: Any, truth: Any) -> bool:
        return math.isclose(answer, truth, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-9)

    def _read(self, field: str, value: object) -> float:
        number = plain_text.number(value)
        if number is None:
            problem = language.gettext("must be a number in the digits 0 to 9, such as 3 or 0.5.")
            raise AnswerRefused(field, value, problem)
        return number if abs(number) < 1e15 else float(number)


KIND = Number()
