"""Polygons: an outline with a label around each object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import polygons
from gtcrowd.consolidation.shapes.outlines import area_scale
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.geometry import Polygon
from gtcrowd.kinds.kind import AnswerRefused
from gtcrowd.kinds.shapes import OutlineKind


class Polygons(OutlineKind):
    """A shape has label and vertices, at least three."""

    name = "polygons"
    title = language.gettext_lazy("Polygons")
    order = 40
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=polygons.read,
        write=polygons.write,
        methods=methods_in(polygons, StructuredMethod),
        default_method="matched",
        measure=polygons.measure,
        higher_is_better=polygons.HIGHER_IS_BETTER,
    )
    key = "polygons"
    elements = ("crowd-polygon",)
    example = '{"polygons": [{"label": "…", "vertices": [{"x": 0, "y": 0}]}]}'
    min_points = 3

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        read = super().read_shape(field, shape, size)
        if not area_scale(self.decode_shape(read)):
            raise AnswerRefused(f"{field}.vertices", shape.get("vertices"), language.gettext("must enclose an area."))
        return read

    def shape_geometry(self, shape: Mapping[str, Any]) -> Polygon:
        return Polygon(self.decode_shape(shape))


KIND = Polygons()
