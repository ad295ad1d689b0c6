"""Keypoints: a point with a label on each object."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import keypoints
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.geometry import Point
from gtcrowd.kinds.shapes import ShapeKind, read_point, rounded
from gtcrowd.kinds.structured import CUSTOM


class Keypoints(ShapeKind):
    """A shape has label, x and y."""

    name = "keypoints"
    title = language.gettext_lazy("Keypoints")
    order = 70
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=keypoints.read,
        write=keypoints.write,
        methods=methods_in(keypoints, StructuredMethod),
        default_method="matched",
        measure=keypoints.measure,
        higher_is_better=keypoints.HIGHER_IS_BETTER,
    )
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": CUSTOM})
    key = "keypoints"
    elements = ("crowd-keypoint",)
    example = '{"keypoints": [{"label": "…", "x": 0, "y": 0}]}'

    def decode_shape(self, shape: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
        return ((shape["x"], shape["y"]),)

    def encode_shape(self, label: str, shape: Any) -> dict[str, Any]:
        ((x, y),) = shape
        return {"label": label, "x": rounded(x), "y": rounded(y)}

    def shape_geometry(self, shape: Mapping[str, Any]) -> Point:
        return Point(shape["x"], shape["y"])

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        return read_point(field, shape, size)


KIND = Keypoints()
