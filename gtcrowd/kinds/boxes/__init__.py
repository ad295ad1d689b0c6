"""Bounding boxes: a box with a label around each object."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import boxes
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.geometry import Rectangle
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext
from gtcrowd.kinds.shapes import ShapeKind, check_inside, read_number, rounded


class Boxes(ShapeKind):
    """A shape has label, left, top, width and height."""

    name = "boxes"
    title = language.gettext_lazy("Bounding boxes")
    order = 30
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=boxes.read,
        write=boxes.write,
        methods=methods_in(boxes, StructuredMethod),
        default_method="matched",
        measure=boxes.measure,
        higher_is_better=boxes.HIGHER_IS_BETTER,
    )
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": "object-detection"})
    key = "boundingBoxes"
    elements = ("crowd-bounding-box", "boundingBox")
    example = '{"boundingBoxes": [{"label": "…", "left": 0, "top": 0, "width": 1, "height": 1}]}'
    manifest_key = "annotations"

    def decode_shape(self, shape: Mapping[str, Any]) -> tuple[float, float, float, float]:
        left, top = shape["left"], shape["top"]
        return left, top, left + shape["width"], top + shape["height"]

    def encode_shape(self, label: str, shape: Any) -> dict[str, Any]:
        left, top, right, bottom = shape
        return {"label": label, "left": rounded(left), "top": rounded(top), "width": rounded(right - left),
                "height": rounded(bottom - top)}  # fmt: skip

    def shape_geometry(self, shape: Mapping[str, Any]) -> Rectangle:
        return Rectangle(shape["left"], shape["top"], shape["width"], shape["height"])

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        box = {name: read_number(f"{field}.{name}", shape.get(name)) for name in ("left", "top", "width", "height")}
        for name in ("width", "height"):
            if box[name] <= 0:
                raise AnswerRefused(f"{field}.{name}", box[name], language.gettext("must be more than 0."))
        check_inside(f"{field}.left", box["left"], box["left"] + box["width"], size[0])
        check_inside(f"{field}.top", box["top"], box["top"] + box["height"], size[1])
        return box

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        value, metadata = super().label_fields(label, context)
        order = ("class_id", "top", "left", "height", "width")
        value["annotations"] = [{name: box[name] for name in order} for box in value["annotations"]]
        return value, metadata


KIND = Boxes()
