"""Semantic segmentation: which pixels of an image belong to each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.shapes import masks
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext, manifest_confidence
from gtcrowd.kinds.segmentation import (
    BACKGROUND,
    SegmentationKind,
    check_distinct,
    nth_color,
    read_color,
    read_image,
    read_layers,
    value_of,
)

EXAMPLE = '{"labelMappings": {"…": {"color": "#2ca02c"}}, "labeledImage": {"pngImageData": "…"}}'


class Masks(SegmentationKind):
    """Layers are labels, each at most once, in the job's order; the label is the address of an image."""

    name = "masks"
    title = language.gettext_lazy("Semantic segmentation")
    order = 80
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=masks.read,
        write=masks.write,
        methods=methods_in(masks, StructuredMethod),
        default_method="staple",
        measure=masks.measure,
        higher_is_better=masks.HIGHER_IS_BETTER,
    )
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": "semantic-segmentation"})
    element = "crowd-semantic-segmentation"
    is_reference = True

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        name, fields = reading.element(content, names=(self.element,), key="labeledImage", example=EXAMPLE)
        mappings = fields.get("labelMappings")
        if not isinstance(mappings, Mapping):
            raise AnswerRefused(
                f"{name}.labelMappings", mappings, language.gettext("must be an object from label to its color.")
            )
        for label in mappings:
            if label not in categories:
                names = reading.first_of(categories)
                raise AnswerRefused(
                    f"{name}.labelMappings", label, language.gettext("must be among: %(names)s.", names=names)
                )
        colors = {
            label: read_color(f"{name}.labelMappings.{label}.color", mappings[label])
            for label in categories
            if label in mappings
        }
        check_distinct(f"{name}.labelMappings", list(colors.values()))
        image = read_image(f"{name}.labeledImage.pngImageData", fields["labeledImage"])
        return value_of(image, list(colors.items()))

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        read = read_layers(value, categories)
        by_label = {layer["label"]: layer for layer in read["layers"]}
        if len(by_label) < len(read["layers"]):
            raise AnswerRefused("value.layers", None, language.gettext("must have each label once."))
        return {**read, "layers": [by_label[label] for label in categories if label in by_label]}

    def page_colors(self, fields: Mapping[str, Any], value: Any) -> list[str]:
        return [fields["labelMappings"][layer["label"]]["color"] for layer in value["layers"]]

    def colors(self, value: Any, categories: Sequence[str]) -> list[str]:
        return [nth_color(list(categories).index(layer["label"])) for layer in value["layers"]]

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        if not reading.is_address(value):
            return False
        colors = metadata.get("internal-color-map") or {}
        if not isinstance(colors, Mapping) or not all(isinstance(entry, Mapping) for entry in colors.values()):
            return False
        names = [entry.get("class-name") for entry in colors.values()]
        return all(name == "BACKGROUND" or reading.category_of(name, categories) for name in names)

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        confidence = manifest_confidence(label.confidence)
        color_map = {"0": {"class-name": "BACKGROUND", "hex-color": BACKGROUND, "confidence": confidence}}
        for layer in label.value["layers"]:
            index = list(context.categories).index(layer["label"])
            color_map[str(index + 1)] = {
                "class-name": layer["label"], "hex-color": nth_color(index), "confidence": confidence,
            }  # fmt: skip
        return context.asset_uri, {"internal-color-map": color_map}


KIND = Masks()
