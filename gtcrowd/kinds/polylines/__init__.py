"""Polylines: a line with a label along each object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import polylines
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.geometry import Polyline
from gtcrowd.kinds.shapes import OutlineKind


class Polylines(OutlineKind):
    """A shape has label and vertices, at least two."""

    name = "polylines"
    title = language.gettext_lazy("Polylines")
    order = 50
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=polylines.read,
        write=polylines.write,
        methods=methods_in(polylines, StructuredMethod),
        default_method="matched",
        measure=polylines.measure,
        higher_is_better=polylines.HIGHER_IS_BETTER,
    )
    key = "polylines"
    elements = ("crowd-polyline",)
    example = '{"polylines": [{"label": "…", "vertices": [{"x": 0, "y": 0}]}]}'
    min_points = 2

    def shape_geometry(self, shape: Mapping[str, Any]) -> Polyline:
        return Polyline(self.decode_shape(shape))


KIND = Polylines()
