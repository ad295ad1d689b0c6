"""Instance segmentation: which pixels of an image belong to each object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import instances
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext
from gtcrowd.kinds.segmentation import (
    SegmentationKind,
    check_distinct,
    nth_color,
    read_color,
    read_image,
    read_layers,
    value_of,
)
from gtcrowd.kinds.structured import CUSTOM, part_confidences

MAX_INSTANCES = 254
EXAMPLE = '{"instances": [{"label": "…", "color": "#2ca02c"}], "labeledImage": {"pngImageData": "…"}}'


class Instances(SegmentationKind):
    """Layers are objects, so a label may occur several times; the label has the address of an image."""

    name = "instances"
    title = language.gettext_lazy("Instance segmentation")
    order = 90
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=instances.read,
        write=instances.write,
        methods=methods_in(instances, StructuredMethod),
        default_method="instances",
        measure=instances.measure,
        higher_is_better=instances.HIGHER_IS_BETTER,
    )
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": CUSTOM})
    element = "crowd-instance-segmentation"

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        name, fields = reading.element(content, names=(self.element,), key="labeledImage", example=EXAMPLE)
        objects = fields.get("instances")
        if not isinstance(objects, list) or len(objects) > MAX_INSTANCES:
            raise AnswerRefused(
                f"{name}.instances",
                objects,
                language.gettext("must be a list of at most %(most)s objects.", most=MAX_INSTANCES),
            )
        colors = []
        for index, item in enumerate(objects):
            where = f"{name}.instances[{index}]"
            label = item.get("label") if isinstance(item, Mapping) else None
            label = reading.one_of(f"{where}.label", label, categories)
            colors.append((label, read_color(f"{where}.color", item)))
        check_distinct(f"{name}.instances", [color for _label, color in colors])
        return value_of(read_image(f"{name}.labeledImage.pngImageData", fields["labeledImage"]), colors)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        return read_layers(value, categories)

    def page_colors(self, fields: Mapping[str, Any], value: Any) -> list[str]:
        return [item["color"] for item in fields["instances"]]

    def colors(self, value: Any, categories: Sequence[str]) -> list[str]:
        return [nth_color(index) for index in range(len(value["layers"]))]

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        objects = value.get("instances") if isinstance(value, Mapping) else None
        if not isinstance(objects, list) or not all(isinstance(item, Mapping) for item in objects):
            return False
        return reading.is_address(value.get("mask-uri")) and all(
            reading.category_of(item.get("label"), categories) for item in objects
        )

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        objects = [
            {"label": layer["label"], "color": color}
            for layer, color in zip(label.value["layers"], self.colors(label.value, context.categories), strict=True)
        ]
        return {"instances": objects, "mask-uri": context.asset_uri}, {
            "objects": part_confidences(label.part_confidence)
        }


KIND = Instances()
