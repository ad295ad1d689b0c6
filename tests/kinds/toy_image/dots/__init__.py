"""A kind that the product does not have: one point on an image, sent as `X,Y of WIDTHxHEIGHT`."""

from __future__ import annotations

import re
import sys
from types import MappingProxyType

from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.free_form import FreeFormKind
from gtcrowd.kinds.geometry import Point, Shape, with_confidence
from gtcrowd.kinds.kind import AnswerRefused

DOT = re.compile(r"(\d+),(\d+) of (\d+)x(\d+)")


def measure(labels, truths):
    return {"exact": sum(label == truth for label, truth in zip(labels, truths, strict=True)) / max(len(truths), 1)}


class Dots(FreeFormKind):
    """A value is a text as the page sends it."""

    name = "dots"
    title = "Dots"
    order = 1001
    value_type = ValueType(
        read=str,
        write=str,
        methods=methods_in(sys.modules[__name__], StructuredMethod),
        default_method="leftmost",
        measure=measure,
        higher_is_better=frozenset({"exact"}),
    )
    types = MappingProxyType({"image": "custom"})
    field = "dot"

    def encode(self, value, answers):
        return value

    def matches(self, answer, truth):
        return answer == truth

    def geometry(self, value, part_confidence=None) -> list[Shape]:
        x, y, _width, _height = _numbers(value)
        return with_confidence([(Point(x, y), "dot")], part_confidence)

    def image_size(self, value):
        _x, _y, width, height = _numbers(value)
        return width, height

    def _read(self, field, value):
        if not DOT.fullmatch(str(value)):
            raise AnswerRefused(field, value, "must be a point such as 3,4 of 640x480.")
        return value


def _numbers(value):
    return [int(number) for number in DOT.fullmatch(value).groups()]


KIND = Dots()
