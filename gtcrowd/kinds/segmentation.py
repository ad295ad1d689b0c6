"""The family of kinds whose values are masks: which pixels of an image belong to each label, or to each object.

The page sends an image in which each label (or each object) has a color of its own. A value stores run lengths, which
are few where regions are large; a label is an image again, in a file that the manifest refers to.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from gtcrowd import language
from gtcrowd.consolidation.shapes import segmentation
from gtcrowd.consolidation.shapes.rle import Layer, Mask, decode, encode
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.geometry import RleMask, Shape, with_confidence
from gtcrowd.kinds.kind import AnswerRefused
from gtcrowd.kinds.structured import StructuredKind

MAX_BYTES = 20_000_000
MAX_PIXELS = Image.MAX_IMAGE_PIXELS = 120_000_000
MAX_PIXELS_WITHOUT_PALETTE = 32_000_000
"""Of an image without a palette, which must be unpacked and copied once more."""
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
BACKGROUND = "#ffffff"
PALETTE = ("#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22", "#7f7f7f")
PIXELS = "pngImageData"
LAYER_COLORS = "layerColors"
"""Key of stored content that has the colors of the layers instead of an image."""
MATCHING_IOU = 0.75
"""Intersection over union from which an answer is correct."""

Pixels = npt.NDArray[Any]


class SegmentationKind(StructuredKind):
    """A value is {"size": {height, width}, "layers": [{label, runs}]}.

    element   name of the page's element
    """

    element: ClassVar[str]
    similarity_measure = "mean_iou"
    min_categories, max_categories = 1, 200
    default_seconds = 1200

    def decode(self, value: Any) -> Mask:
        layers = tuple(Layer(layer["label"], tuple(layer["runs"])) for layer in value["layers"])
        return Mask(value["size"]["height"], value["size"]["width"], layers)

    def encode(self, value: Any, answers: Sequence[Any]) -> dict[str, Any]:
        return {
            "size": {"height": value.height, "width": value.width},
            "layers": [{"label": layer.label, "runs": list(layer.runs)} for layer in value.layers],
        }

    def matches(self, answer: Any, truth: Any) -> bool:
        figures = segmentation.measure([self.decode(answer)], [self.decode(truth)])
        return figures["mean_iou"] >= MATCHING_IOU

    def geometry(self, value: Any, part_confidence: Sequence[float] | None = None) -> list[Shape]:
        height, width = value["size"]["height"], value["size"]["width"]
        masks = [(RleMask(height, width, tuple(layer["runs"])), str(layer["label"])) for layer in value["layers"]]
        return with_confidence(masks, part_confidence)

    def image_size(self, value: Any) -> tuple[int, int]:
        return value["size"]["width"], value["size"]["height"]

    def compact(self, content: dict[str, Any], value: Any) -> dict[str, Any]:
        """Return the content with the colors of the value's layers in place of the image, which has the same pixels.

        Where an object has no pixel, and no layer, its color cannot be told from the others': the image is kept.
        """
        fields = content[self.element]
        colors = self.page_colors(fields, value)
        if len(colors) != len(value["layers"]):
            return content
        rest = {key: part for key, part in fields["labeledImage"].items() if key != PIXELS}
        return content | {self.element: fields | {"labeledImage": rest | {LAYER_COLORS: colors}}}

    def expand(self, content: dict[str, Any], value: Any) -> dict[str, Any]:
        """Return the content with a PNG of the value's layers; pixels of no layer are white."""
        fields = content[self.element]
        rest = dict(fields["labeledImage"])
        if PIXELS in rest:
            return content
        image = base64.b64encode(_png(_palette_image(value, rest.pop(LAYER_COLORS)))).decode()
        return content | {self.element: fields | {"labeledImage": rest | {PIXELS: image}}}

    @abstractmethod
    def page_colors(self, fields: Mapping[str, Any], value: Any) -> list[str]:
        """Return the colors that the page gave to the layers of the value, in their order."""

    @abstractmethod
    def colors(self, value: Any, categories: Sequence[str]) -> list[str]:
        """Return the color of each layer in the label's file."""

    def asset(self, value: Any, categories: Sequence[str]) -> bytes:
        """Return the label as a PNG, white where there is no layer."""
        return draw(value, self.colors(value, categories))


def nth_color(index: int) -> str:
    """Return the color of the label or object at this index, each a different one: the palette first, then any."""
    # An odd factor takes no two indices to the same color.
    return PALETTE[index] if index < len(PALETTE) else f"#{(index * 0x9E3779 + 0x2CA02C) & 0xFFFFFF:06x}"


def draw(value: Any, colors: Sequence[str]) -> bytes:
    """Return a PNG of the layers in these colors on white, without a palette, as Ground Truth writes it."""
    return _png(_palette_image(value, colors).convert("RGB"))


def _palette_image(value: Any, colors: Sequence[str]) -> Image.Image:
    height, width = value["size"]["height"], value["size"]["width"]
    codes = np.zeros(height * width, dtype=np.uint8)
    for code, layer in enumerate(value["layers"], start=1):
        codes[decode(layer["runs"], height * width)] = code
    image = Image.frombytes("P", (width, height), codes.tobytes())
    palette = [int(color[at : at + 2], 16) for color in (BACKGROUND, *colors) for at in (1, 3, 5)]
    image.putpalette(palette)
    return image


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=False)
    return file.getvalue()


def value_of(image: Pixels, colors: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the value of an image as `read_image` returns it; `colors`: label and color of each layer."""
    height, width = image.shape
    layers = []
    for label, color in colors:
        red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        inside = (image == (0xFF << 24 | blue << 16 | green << 8 | red)).reshape(-1)
        if inside.any():
            layers.append({"label": label, "runs": list(encode(inside))})
    return {"size": {"height": height, "width": width}, "layers": layers}


def read_image(field: str, value: object) -> Pixels:
    """Return the colors of a PNG as 0xAABBGGRR, uint32 [height, width]. Raises AnswerRefused."""
    data = value.get(PIXELS) if isinstance(value, Mapping) else None
    if not isinstance(data, str) or len(data) > MAX_BYTES * 4 // 3:
        raise AnswerRefused(
            field, data, language.gettext("must be a PNG in base64 of at most %(most)s bytes.", most=f"{MAX_BYTES:,}")
        )
    try:
        content = base64.b64decode(data, validate=True)
        width, height = struct.unpack(">II", content[16:24])  # the size precedes everything that must be unpacked
        if width * height > MAX_PIXELS:
            raise AnswerRefused(
                field, (width, height), language.gettext("must have at most %(most)s pixels.", most=f"{MAX_PIXELS:,}")
            )
        image = Image.open(io.BytesIO(content), formats=["PNG"])
        if image.mode == "P":
            return _with_palette(image)
        if width * height > MAX_PIXELS_WITHOUT_PALETTE:
            most = f"{MAX_PIXELS_WITHOUT_PALETTE:,}"
            raise AnswerRefused(
                field,
                (width, height),
                language.gettext("must have at most %(most)s pixels, or a palette.", most=most),
            )
        channels = np.asarray(image.convert("RGBA"))
    except (binascii.Error, struct.error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise AnswerRefused(field, data[:20], language.gettext("must be a PNG in base64.")) from error
    return np.ascontiguousarray(channels).view("<u4")[..., 0]


def read_layers(value: object, categories: Sequence[str]) -> dict[str, Any]:
    """Return a value that is given as JSON in its canonical form. Raises AnswerRefused."""
    size = value.get("size") if isinstance(value, Mapping) else None
    layers = value.get("layers") if isinstance(value, Mapping) else None
    example = '{"size": {"height": 1, "width": 1}, "layers": [{"label": "…", "runs": [0, 1]}]}'
    if not isinstance(size, Mapping) or not isinstance(layers, list):
        raise AnswerRefused("value", value, language.gettext("must be an object such as %(example)s.", example=example))
    height, width = (_pixels(f"value.size.{name}", size.get(name)) for name in ("height", "width"))
    if height * width > MAX_PIXELS:
        raise AnswerRefused(
            "value.size",
            dict(size),
            language.gettext("must be at most %(most)s pixels in all.", most=f"{MAX_PIXELS:,}"),
        )
    return {
        "size": {"height": height, "width": width},
        "layers": [
            _layer(f"value.layers[{index}]", layer, categories, height * width) for index, layer in enumerate(layers)
        ],
    }


def read_color(field: str, value: object) -> str:
    """Return the color of {"color": "#2ca02c"} in lower case. Raises AnswerRefused."""
    color = value.get("color") if isinstance(value, Mapping) else None
    if not isinstance(color, str) or not COLOR.fullmatch(color):
        raise AnswerRefused(field, color, language.gettext("must be a color such as #2ca02c."))
    return color.lower()


def check_distinct(field: str, colors: Sequence[str]) -> None:
    """Raise AnswerRefused if a color occurs twice."""
    if len(set(colors)) < len(colors):
        raise AnswerRefused(field, None, language.gettext("must have each color once."))


def _with_palette(image: Image.Image) -> Pixels:
    """Return the colors of an image with a palette, which is what our own page sends."""
    palette = np.zeros(256, dtype="<u4")
    for code, color in enumerate(np.array(image.getpalette("RGB"), dtype="<u4").reshape(-1, 3)):
        palette[code] = 0xFF << 24 | int(color[2]) << 16 | int(color[1]) << 8 | int(color[0])
    colors: Pixels = palette[np.asarray(image)]
    return colors


def _pixels(field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise AnswerRefused(field, value, language.gettext("must be a whole number of pixels."))
    return value


def _layer(field: str, value: object, categories: Sequence[str], pixels: int) -> dict[str, Any]:
    label = reading.one_of(f"{field}.label", value.get("label") if isinstance(value, Mapping) else None, categories)
    runs = value.get("runs") if isinstance(value, Mapping) else None
    valid = isinstance(runs, list) and all(isinstance(length, int) and length >= 0 for length in runs)
    if not valid or sum(runs) > pixels:  # type: ignore[arg-type]
        raise AnswerRefused(
            f"{field}.runs",
            None,
            language.gettext("must be lengths of runs of at most %(most)s pixels in all.", most=f"{pixels:,}"),
        )
    return {"label": label, "runs": list(encode(decode(runs, pixels)))}  # type: ignore[arg-type]
