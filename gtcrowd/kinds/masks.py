"""Masks: which pixels of a picture belong to which label, or to which thing.

The page sends a picture in which each label (or each thing) has a colour of its own. A value keeps lengths of runs,
which are few where areas are; a label is a picture again, in a file that the manifest refers to.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from PIL import Image, UnidentifiedImageError

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.shapes import masks as methods
from gtcrowd.consolidation.shapes.runs import Layer, Mask, bits, runs
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds import answers
from gtcrowd.kinds.kind import AnswerRefused, Fault, written_confidence
from gtcrowd.kinds.names import check_attribute_name
from gtcrowd.kinds.valued import CUSTOM, Valued, sure

MOST_BYTES = 20_000_000
MOST_PIXELS = Image.MAX_IMAGE_PIXELS = 120_000_000
MOST_PLAIN_PIXELS = 32_000_000
"""Of a picture without a list of its colours, which must be unpacked and turned into one more copy."""
MOST_THINGS = 254
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
BACKGROUND = "#ffffff"
PALETTE = ("#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22", "#7f7f7f")
ALIKE = 0.75
"""Intersection over union from which a mask is as right as a known one."""


class Semantic(Valued):
    """A value is {"size": {height, width}, "layers": [{label, runs}]}: each label at most once, in the job's order."""

    name = "masks"
    title = language.later("Areas of a picture")
    alike = "mean_iou"
    form: ClassVar[Form[Any]] = FORMS["masks"]
    types: ClassVar[Mapping[str, str]] = {"image": "semantic-segmentation"}
    element: ClassVar[str] = "crowd-semantic-segmentation"
    refers = True
    least, most = 1, 200
    default_seconds = 1200

    @property
    def methods(self) -> Mapping[str, Any]:
        return {name: method for name, method in self.form.methods.items() if name != "instances"}

    def check_attribute_name(self, name: str) -> list[Fault]:
        return check_attribute_name(name, ref=True)

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        example = '{"labelMappings": {"…": {"color": "#2ca02c"}}, "labeledImage": {"pngImageData": "…"}}'
        name, sent = answers.element(content, names=(self.element,), key="labeledImage", example=example)
        found = sent.get("labelMappings")
        if not isinstance(found, Mapping):
            raise AnswerRefused(
                f"{name}.labelMappings", found, language.say("must be an object from label to its color.")
            )
        for label in found:
            if label not in categories:
                raise AnswerRefused(
                    f"{name}.labelMappings",
                    label,
                    language.say("must be among: %(names)s.", names=answers.some(categories)),
                )
        colours = {
            label: _colour(f"{name}.labelMappings.{label}.color", found[label])
            for label in categories
            if label in found
        }
        _once(f"{name}.labelMappings", list(colours.values()))
        picture = _picture(f"{name}.labeledImage.pngImageData", sent["labeledImage"])
        return _value(picture, list(colours.items()))

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        read = _read(value, categories)
        by_label = {layer["label"]: layer for layer in read["layers"]}
        if len(by_label) < len(read["layers"]):
            raise AnswerRefused("value.layers", None, language.say("must have each label once."))
        return {**read, "layers": [by_label[label] for label in categories if label in by_label]}

    def inner(self, value: Any) -> Mask:
        layers = tuple(Layer(one["label"], tuple(one["runs"])) for one in value["layers"])
        return Mask(value["size"]["height"], value["size"]["width"], layers)

    def outer(self, inner: Any, given: Sequence[Any]) -> dict[str, Any]:
        return {
            "size": {"height": inner.height, "width": inner.width},
            "layers": [{"label": one.label, "runs": list(one.runs)} for one in inner.layers],
        }

    def same(self, answer: Any, truth: Any) -> bool:
        return methods.measure([self.inner(answer)], [self.inner(truth)])["mean_iou"] >= ALIKE

    def colours(self, value: Any, categories: Sequence[str]) -> list[str]:
        """The colour of each layer in the label's file."""
        return [colour_of(list(categories).index(layer["label"])) for layer in value["layers"]]

    def file(self, value: Any, categories: Sequence[str]) -> bytes:
        """The label as a PNG: white where nothing is."""
        return drawn(value, self.colours(value, categories))

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        certain = written_confidence(confidence)
        named = {"0": {"class-name": "BACKGROUND", "hex-color": BACKGROUND, "confidence": certain}}
        for layer in value["layers"]:
            place = list(categories).index(layer["label"])
            named[str(place + 1)] = {"class-name": layer["label"], "hex-color": colour_of(place), "confidence": certain}
        return None, {"internal-color-map": named}

    def placed(self, label: Any, address: str | None) -> Any:
        return address


class Instances(Semantic):
    """A value is the same with a layer for each thing, so that a label may stand several times."""

    name = "instances"
    title = language.later("Things in a picture, pixel by pixel")
    types: ClassVar[Mapping[str, str]] = {"image": CUSTOM}
    element = "crowd-instance-segmentation"
    refers = False

    @property
    def methods(self) -> Mapping[str, Any]:
        return {"instances": self.form.methods["instances"]}

    @property
    def default_method(self) -> str:
        return "instances"

    def check_attribute_name(self, name: str) -> list[Fault]:
        return check_attribute_name(name, ref=False)

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        example = '{"instances": [{"label": "…", "color": "#2ca02c"}], "labeledImage": {"pngImageData": "…"}}'
        name, sent = answers.element(content, names=(self.element,), key="labeledImage", example=example)
        things = sent.get("instances")
        if not isinstance(things, list) or len(things) > MOST_THINGS:
            raise AnswerRefused(
                f"{name}.instances",
                things,
                language.say("must be a list of at most %(most)s things.", most=MOST_THINGS),
            )
        colours = []
        for place, one in enumerate(things):
            here = f"{name}.instances[{place}]"
            label = one.get("label") if isinstance(one, Mapping) else None
            if label not in categories:
                raise AnswerRefused(
                    f"{here}.label", label, language.say("must be one of: %(names)s.", names=answers.some(categories))
                )
            colours.append((str(label), _colour(f"{here}.color", one)))
        _once(f"{name}.instances", [colour for _label, colour in colours])
        return _value(_picture(f"{name}.labeledImage.pngImageData", sent["labeledImage"]), colours)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        return _read(value, categories)

    def colours(self, value: Any, categories: Sequence[str]) -> list[str]:
        return [colour_of(place) for place in range(len(value["layers"]))]

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        things = [
            {"label": layer["label"], "color": colour}
            for layer, colour in zip(value["layers"], self.colours(value, categories), strict=True)
        ]
        return {"instances": things}, {"objects": sure(parts)}

    def placed(self, label: Any, address: str | None) -> Any:
        return {**label, "mask-uri": address}


def colour_of(place: int) -> str:
    """The colour of a label or thing by its place, each another: known ones first, then strewn over all there are."""
    # An odd factor takes no two places to the same colour.
    return PALETTE[place] if place < len(PALETTE) else f"#{(place * 0x9E3779 + 0x2CA02C) & 0xFFFFFF:06x}"


def drawn(value: Any, colours: Sequence[str]) -> bytes:
    """A PNG of layers in these colours over white."""
    height, width = value["size"]["height"], value["size"]["width"]
    codes = np.zeros(height * width, dtype=np.uint8)
    for code, layer in enumerate(value["layers"], start=1):
        codes[bits(layer["runs"], height * width)] = code
    picture = Image.frombytes("P", (width, height), codes.tobytes())
    palette = [int(colour[at : at + 2], 16) for colour in (BACKGROUND, *colours) for at in (1, 3, 5)]
    picture.putpalette(palette)
    file = io.BytesIO()
    picture.convert("RGB").save(file, format="PNG", optimize=False)
    return file.getvalue()


def _value(picture: np.ndarray, colours: Sequence[tuple[str, str]]) -> dict[str, Any]:
    height, width = picture.shape
    layers = []
    for label, colour in colours:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        inside = (picture == (0xFF << 24 | blue << 16 | green << 8 | red)).reshape(-1)
        if inside.any():
            layers.append({"label": label, "runs": list(runs(inside))})
    return {"size": {"height": height, "width": width}, "layers": layers}


def _picture(field: str, given: object) -> np.ndarray:
    """Colours as 0xAABBGGRR, uint32 [height, width]. Raises AnswerRefused."""
    data = given.get("pngImageData") if isinstance(given, Mapping) else None
    if not isinstance(data, str) or len(data) > MOST_BYTES * 4 // 3:
        raise AnswerRefused(
            field, data, language.say("must be a PNG in base64 of at most %(most)s bytes.", most=f"{MOST_BYTES:,}")
        )
    try:
        content = base64.b64decode(data, validate=True)
        width, height = struct.unpack(">II", content[16:24])  # its size stands before all that must be unpacked
        if width * height > MOST_PIXELS:
            raise AnswerRefused(
                field, (width, height), language.say("must have at most %(most)s pixels.", most=f"{MOST_PIXELS:,}")
            )
        picture = Image.open(io.BytesIO(content), formats=["PNG"])
        if picture.mode == "P":
            return _listed(picture)
        if width * height > MOST_PLAIN_PIXELS:
            plain = language.say(
                "must have at most %(most)s pixels, or a list of its colours.", most=f"{MOST_PLAIN_PIXELS:,}"
            )
            raise AnswerRefused(field, (width, height), plain)
        channels = np.asarray(picture.convert("RGBA"))
    except (binascii.Error, struct.error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise AnswerRefused(field, data[:20], language.say("must be a PNG in base64.")) from error
    return np.ascontiguousarray(channels).view("<u4")[..., 0]


def _listed(picture: Image.Image) -> np.ndarray:
    """The same for a picture with a list of colours, as our own page sends it."""
    listed = np.zeros(256, dtype="<u4")
    for code, colour in enumerate(np.array(picture.getpalette("RGB"), dtype="<u4").reshape(-1, 3)):
        listed[code] = 0xFF << 24 | int(colour[2]) << 16 | int(colour[1]) << 8 | int(colour[0])
    colours: np.ndarray = listed[np.asarray(picture)]
    return colours


def _read(value: object, categories: Sequence[str]) -> dict[str, Any]:
    size = value.get("size") if isinstance(value, Mapping) else None
    layers = value.get("layers") if isinstance(value, Mapping) else None
    example = '{"size": {"height": 1, "width": 1}, "layers": [{"label": "…", "runs": [0, 1]}]}'
    if not isinstance(size, Mapping) or not isinstance(layers, list):
        raise AnswerRefused("value", value, language.say("must be an object such as %(example)s.", example=example))
    height, width = (_pixels(f"value.size.{name}", size.get(name)) for name in ("height", "width"))
    if height * width > MOST_PIXELS:
        raise AnswerRefused(
            "value.size", dict(size), language.say("must be at most %(most)s pixels together.", most=f"{MOST_PIXELS:,}")
        )
    return {
        "size": {"height": height, "width": width},
        "layers": [
            _layer(f"value.layers[{place}]", one, categories, height * width) for place, one in enumerate(layers)
        ],
    }


def _pixels(field: str, given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise AnswerRefused(field, given, language.say("must be a whole number of pixels."))
    return given


def _layer(field: str, given: object, categories: Sequence[str], pixels: int) -> dict[str, Any]:
    label = given.get("label") if isinstance(given, Mapping) else None
    lengths = given.get("runs") if isinstance(given, Mapping) else None
    if label not in categories:
        raise AnswerRefused(
            f"{field}.label", label, language.say("must be one of: %(names)s.", names=answers.some(categories))
        )
    fine = isinstance(lengths, list) and all(isinstance(one, int) and one >= 0 for one in lengths)
    if not fine or sum(lengths) > pixels:  # type: ignore[arg-type]
        raise AnswerRefused(
            f"{field}.runs",
            None,
            language.say("must be lengths of runs of at most %(most)s pixels together.", most=f"{pixels:,}"),
        )
    return {"label": label, "runs": list(runs(bits(lengths, pixels)))}  # type: ignore[arg-type]


def _colour(field: str, given: object) -> str:
    colour = given.get("color") if isinstance(given, Mapping) else None
    if not isinstance(colour, str) or not COLOUR.fullmatch(colour):
        raise AnswerRefused(field, colour, language.say("must be a colour such as #2ca02c."))
    return colour.lower()


def _once(field: str, colours: Sequence[str]) -> None:
    if len(set(colours)) < len(colours):
        raise AnswerRefused(field, None, language.say("must have each colour once."))


MASKS, INSTANCES = Semantic(), Instances()
