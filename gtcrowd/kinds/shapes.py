"""The family of kinds whose values are labeled shapes in an image: boxes, polygons, polylines, lines and keypoints."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language, plain_text
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.geometry import Geometry, Shape, with_confidence
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext
from gtcrowd.kinds.structured import CUSTOM, StructuredKind, part_confidences

MAX_SHAPES = 5_000
MAX_VERTICES = 10_000
MAX_SIDE = 100_000
"""Pixels of one side of an image."""
TOLERANCE = 1.0
"""Pixels by which a shape may extend beyond its image: what browsers round."""
SIZE = "inputImageProperties"


class ShapeKind(StructuredKind):
    """A value is what the page's element sends: a list of shapes under `key`, and the size of the image.

    elements   names of the elements, the kind's own first
    example    of an answer, for refusals
    manifest_key   name of the list in the manifest, if it is not `key`
    """

    key: ClassVar[str]
    manifest_key: ClassVar[str] = ""
    elements: ClassVar[tuple[str, ...]]
    example: ClassVar[str]
    similarity_measure = "mean_overlap"

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        name, fields = reading.element(content, names=self.elements, key=self.key, example=self.example)
        return self._read(name, fields, categories)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise AnswerRefused(
                "value", value, language.gettext("must be an object such as %(example)s.", example=self.example)
            )
        return self._read("value", value, categories)

    def matches(self, answer: Any, truth: Any) -> bool:
        """Return whether the answer has every shape of the truth, of its label and near its position, and no other."""
        shapes = self.decode(answer), self.decode(truth)
        for label in {shape[0] for value in shapes for shape in value}:
            drawn, true = (tuple(shape for shape in value if shape[0] == label) for value in shapes)
            if len(drawn) != len(true) or self.value_type.measure([drawn], [true])["f1"] < 1:
                return False
        return True

    def decode(self, value: Any) -> Any:
        return tuple((shape["label"], self.decode_shape(shape)) for shape in value[self.key])

    def encode(self, value: Any, answers: Sequence[Any]) -> dict[str, Any]:
        sizes = Counter((answer[SIZE]["height"], answer[SIZE]["width"]) for answer in answers if SIZE in answer)
        shapes = [self.encode_shape(label, shape) for label, shape in value]
        if not sizes:
            return {self.key: shapes}
        (height, width), _n = max(sizes.items(), key=lambda item: (item[1], item[0]))
        return {self.key: shapes, SIZE: {"height": height, "width": width}}

    def geometry(self, value: Any, part_confidence: Sequence[float] | None = None) -> list[Shape]:
        shapes = [(self.shape_geometry(shape), str(shape["label"])) for shape in value[self.key]]
        return with_confidence(shapes, part_confidence)

    def image_size(self, value: Any) -> tuple[int, int] | None:
        return (value[SIZE]["width"], value[SIZE]["height"]) if SIZE in value else None

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        shapes = value.get(self.manifest_key or self.key) if isinstance(value, Mapping) else None
        if not isinstance(shapes, list) or not all(isinstance(shape, Mapping) for shape in shapes):
            return False
        names = metadata.get("class-map")
        return all(reading.class_of(shape.get("class_id"), names, categories) for shape in shapes)

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        value, categories = label.value, context.categories
        code = {category: index for index, category in enumerate(categories)}
        size = [{"width": value[SIZE]["width"], "height": value[SIZE]["height"], "depth": 3}] if SIZE in value else []
        shapes = []
        for shape in value[self.key]:
            position = {name: number for name, number in shape.items() if name != "label"}
            shapes.append({"class_id": code[shape["label"]], **position})
        present = sorted({shape["class_id"] for shape in shapes})
        metadata = {
            "objects": part_confidences(label.part_confidence),
            "class-map": {str(index): categories[index] for index in present},
        }
        return {"image_size": size, self.manifest_key or self.key: shapes}, metadata

    @abstractmethod
    def decode_shape(self, shape: Mapping[str, Any]) -> Any:
        """Return the position of a shape as the value type has it."""

    @abstractmethod
    def encode_shape(self, label: str, shape: Any) -> dict[str, Any]:
        """Return a shape of the value type in JSON."""

    @abstractmethod
    def shape_geometry(self, shape: Mapping[str, Any]) -> Geometry:
        """Return the geometry of a shape in JSON."""

    @abstractmethod
    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        """Return the canonical position of a shape in JSON; `size`: width and height. Raises AnswerRefused."""

    def _read(self, field: str, fields: Mapping[Any, Any], categories: Sequence[str]) -> dict[str, Any]:
        shapes = fields.get(self.key)
        if not isinstance(shapes, list):
            raise AnswerRefused(
                f"{field}.{self.key}", shapes, language.gettext("must be a list, empty if there is nothing to label.")
            )
        if len(shapes) > MAX_SHAPES:
            raise AnswerRefused(
                f"{field}.{self.key}",
                len(shapes),
                language.gettext("must have at most %(most)s shapes.", most=f"{MAX_SHAPES:,}"),
            )
        size = _size(f"{field}.{SIZE}", fields.get(SIZE))
        bounds = (size["width"], size["height"]) if size else (math.inf, math.inf)
        read = []
        for index, shape in enumerate(shapes):
            where = f"{field}.{self.key}[{index}]"
            if not isinstance(shape, Mapping):
                raise AnswerRefused(
                    where, shape, language.gettext("must be an object as in %(example)s.", example=self.example)
                )
            label = reading.one_of(f"{where}.label", shape.get("label"), categories)
            read.append({"label": label, **self.read_shape(where, shape, bounds)})
        return {self.key: read} | ({SIZE: size} if size else {})


class OutlineKind(ShapeKind):
    """Shapes of several points."""

    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": CUSTOM})
    min_points: ClassVar[int]
    max_points: ClassVar[int] = MAX_VERTICES

    def decode_shape(self, shape: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
        return tuple((point["x"], point["y"]) for point in shape["vertices"])

    def encode_shape(self, label: str, shape: Any) -> dict[str, Any]:
        return {"label": label, "vertices": [{"x": rounded(x), "y": rounded(y)} for x, y in shape]}

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        vertices = shape.get("vertices")
        right_number = isinstance(vertices, list) and self.min_points <= len(vertices) <= self.max_points
        if not right_number or not all(isinstance(point, Mapping) for point in vertices or ()):
            raise AnswerRefused(f"{field}.vertices", vertices, self._expected())
        return {
            "vertices": [
                read_point(f"{field}.vertices[{index}]", point, size)
                for index, point in enumerate(vertices)  # type: ignore[arg-type]  # it is a list, see above
            ]
        }

    def _expected(self) -> str:
        point, least, most = '{"x": 0, "y": 0}', self.min_points, self.max_points
        if least == most:
            return language.gettext("must be a list of %(count)s points %(point)s.", count=least, point=point)
        return language.gettext(
            "must be a list of %(least)s to %(most)s points %(point)s.", least=least, most=f"{most:,}", point=point
        )


def read_number(field: str, value: object) -> float:
    """Return a number of pixels. Raises AnswerRefused."""
    number = None if isinstance(value, str) else plain_text.number(value)
    if number is None:
        raise AnswerRefused(field, value, language.gettext("must be a number of pixels."))
    return rounded(number)


def check_inside(field: str, low: float, high: float, size: float) -> None:
    """Raise AnswerRefused unless `low` to `high` is within 0 to `size`, up to rounding."""
    if low < -TOLERANCE or high > size + TOLERANCE or high > MAX_SIDE:
        raise AnswerRefused(
            field,
            low,
            language.gettext("must be within the image, which ends at %(end)s.", end=f"{min(size, MAX_SIDE):g}"),
        )


def read_point(field: str, value: Mapping[str, Any], size: tuple[float, float]) -> dict[str, float]:
    """Return the point {x, y}; `size`: width and height of the image. Raises AnswerRefused."""
    point = {}
    for name, end in zip(("x", "y"), size, strict=True):
        point[name] = read_number(f"{field}.{name}", value.get(name))
        check_inside(f"{field}.{name}", point[name], point[name], end)
    return point


def rounded(number: float) -> float:
    """Return the number with two decimals, which is finer than any hand; a whole number as an integer."""
    value = round(float(number), 2)
    return int(value) if value.is_integer() else value


def _size(field: str, value: object) -> dict[str, int] | None:
    """Return height and width of the image, None if the page does not send them. Raises AnswerRefused."""
    if value is None:
        return None
    size = {}
    for name in ("height", "width"):
        number = value.get(name) if isinstance(value, Mapping) else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= MAX_SIDE:
            raise AnswerRefused(
                f"{field}.{name}",
                number,
                language.gettext("must be a whole number from 1 to %(most)s.", most=f"{MAX_SIDE:,}"),
            )
        size[name] = number
    return size
