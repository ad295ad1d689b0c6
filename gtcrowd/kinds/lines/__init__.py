"""Lines: a straight line with a label along each object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import polylines
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.geometry import Polyline
from gtcrowd.kinds.shapes import OutlineKind


class Lines(OutlineKind):
    """A shape has label and exactly two vertices."""

    name = "lines"
    title = language.gettext_lazy("Lines")
    order = 60
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=polylines.read,
        write=polylines.write,
        methods=methods_in(polylines, StructuredMethod),
        default_method="matched",
        measure=polylines.measure,
        higher_is_better=polylines.HIGHER_IS_BETTER,
    )
    key = "lines"
    elements = ("crowd-line",)
    example = '{"lines": [{"label": "…", "vertices": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]}]}'
    min_points = max_points = 2

    def shape_geometry(self, shape: Mapping[str, Any]) -> Polyline:
        return Polyline(self.decode_shape(shape))

    def encode(self, value: Any, answers: Sequence[Any]) -> dict[str, Any]:
        # The method averages along the whole line; a straight one is determined by its ends.
        return super().encode(tuple((label, (line[0], line[-1])) for label, line in value), answers)


KIND = Lines()
