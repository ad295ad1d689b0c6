"""Shapes drawn on a picture, each with a label: boxes, polygons, lines and points."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds import answers
from gtcrowd.kinds.kind import AnswerRefused
from gtcrowd.kinds.valued import CUSTOM, Valued, sure

MOST_SHAPES = 5_000
MOST_VERTICES = 10_000
MOST_PIXELS = 100_000
"""Of one side of a picture."""
OUTSIDE = 1.0
"""Pixels by which a shape may lie outside of its picture: what browsers round."""
SIZE = "inputImageProperties"


class Shapes(Valued):
    """A value is what the page's element sends: a list of shapes under `key`, and the size of the picture.

    `elements`: names of those elements, the kind's own first.
    """

    key: ClassVar[str]
    elements: ClassVar[tuple[str, ...]]
    example: ClassVar[str]
    alike = "mean_overlap"

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        name, sent = answers.element(content, names=self.elements, key=self.key, example=self.example)
        return self._read(name, sent, categories)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise AnswerRefused(
                "value", value, language.say("must be an object such as %(example)s.", example=self.example)
            )
        return self._read("value", value, categories)

    def same(self, answer: Any, truth: Any) -> bool:
        """Whether every known shape was drawn, with its label and about where it is, and no other."""
        one, other = self.inner(answer), self.inner(truth)
        for label in {shape[0] for shape in (*one, *other)}:
            drawn, known = (tuple(shape for shape in value if shape[0] == label) for value in (one, other))
            if len(drawn) != len(known) or self.form.measure([drawn], [known])["f1"] < 1:
                return False
        return True

    def outer(self, inner: Any, given: Sequence[Any]) -> dict[str, Any]:
        sizes = Counter((one[SIZE]["height"], one[SIZE]["width"]) for one in given if SIZE in one)
        shapes = [self.written(label, shape) for label, shape in inner]
        if not sizes:
            return {self.key: shapes}
        (height, width), _n = max(sizes.items(), key=lambda item: (item[1], item[0]))
        return {self.key: shapes, SIZE: {"height": height, "width": width}}

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        code = {category: place for place, category in enumerate(categories)}
        size = [{"width": value[SIZE]["width"], "height": value[SIZE]["height"], "depth": 3}] if SIZE in value else []
        shapes = []
        for shape in value[self.key]:
            rest = {name: number for name, number in shape.items() if name != "label"}
            shapes.append({"class_id": code[shape["label"]], **rest})
        present = sorted({shape["class_id"] for shape in shapes})
        told = {"objects": sure(parts), "class-map": {str(one): categories[one] for one in present}}
        return {"image_size": size, self.manifest_key: shapes}, told

    @property
    def manifest_key(self) -> str:
        return self.key

    def inner(self, value: Any) -> Any:
        return tuple((shape["label"], self.geometry(shape)) for shape in value[self.key])

    def geometry(self, shape: Mapping[str, Any]) -> Any:
        """A shape's places as the form takes them."""
        raise NotImplementedError

    def written(self, label: str, geometry: Any) -> dict[str, Any]:
        """A shape in JSON."""
        raise NotImplementedError

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        """The places of a shape in JSON, in one form only; `size`: width and height. Raises AnswerRefused."""
        raise NotImplementedError

    def _read(self, field: str, sent: Mapping[Any, Any], categories: Sequence[str]) -> dict[str, Any]:
        shapes = sent.get(self.key)
        if not isinstance(shapes, list):
            raise AnswerRefused(
                f"{field}.{self.key}", shapes, language.say("must be a list, empty if there is nothing to label.")
            )
        if len(shapes) > MOST_SHAPES:
            raise AnswerRefused(
                f"{field}.{self.key}",
                len(shapes),
                language.say("must have at most %(most)s shapes.", most=f"{MOST_SHAPES:,}"),
            )
        size = _size(f"{field}.{SIZE}", sent.get(SIZE))
        read = []
        for place, shape in enumerate(shapes):
            here = f"{field}.{self.key}[{place}]"
            if not isinstance(shape, Mapping):
                raise AnswerRefused(
                    here, shape, language.say("must be an object as in %(example)s.", example=self.example)
                )
            label = shape.get("label")
            if not isinstance(label, str) or label not in categories:
                raise AnswerRefused(
                    f"{here}.label", label, language.say("must be one of: %(names)s.", names=answers.some(categories))
                )
            bounds = (size["width"], size["height"]) if size else (math.inf, math.inf)
            read.append({"label": label, **self.read_shape(here, shape, bounds)})
        return {self.key: read} | ({SIZE: size} if size else {})


class BoxesKind(Shapes):
    name = "boxes"
    title = language.later("Boxes around things")
    form: ClassVar[Form[Any]] = FORMS["boxes"]
    types: ClassVar[Mapping[str, str]] = {"image": "object-detection"}
    key = "boundingBoxes"
    elements = ("crowd-bounding-box", "boundingBox")
    example = '{"boundingBoxes": [{"label": "…", "left": 0, "top": 0, "width": 1, "height": 1}]}'
    manifest_key = "annotations"

    def geometry(self, shape: Mapping[str, Any]) -> tuple[float, float, float, float]:
        left, top = shape["left"], shape["top"]
        return left, top, left + shape["width"], top + shape["height"]

    def written(self, label: str, geometry: Any) -> dict[str, Any]:
        left, top, right, bottom = geometry
        return {"label": label, "left": _plain(left), "top": _plain(top), "width": _plain(right - left),
                "height": _plain(bottom - top)}  # fmt: skip

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        place = {name: _number(f"{field}.{name}", shape.get(name)) for name in ("left", "top", "width", "height")}
        for name in ("width", "height"):
            if place[name] <= 0:
                raise AnswerRefused(f"{field}.{name}", place[name], language.say("must be more than 0."))
        _inside(f"{field}.left", place["left"], place["left"] + place["width"], size[0])
        _inside(f"{field}.top", place["top"], place["top"] + place["height"], size[1])
        return place

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        label, told = super().label(value, parts, confidence, categories)
        order = ("class_id", "top", "left", "height", "width")
        label["annotations"] = [{name: box[name] for name in order} for box in label["annotations"]]
        return label, told


class Outlines(Shapes):
    """Shapes of several points."""

    types: ClassVar[Mapping[str, str]] = {"image": CUSTOM}
    least_points: ClassVar[int]
    most_points: ClassVar[int] = MOST_VERTICES

    def geometry(self, shape: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
        return tuple((point["x"], point["y"]) for point in shape["vertices"])

    def written(self, label: str, geometry: Any) -> dict[str, Any]:
        return {"label": label, "vertices": [{"x": _plain(x), "y": _plain(y)} for x, y in geometry]}

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        vertices = shape.get("vertices")
        fits = isinstance(vertices, list) and self.least_points <= len(vertices) <= self.most_points
        if not fits or not all(isinstance(point, Mapping) for point in vertices or ()):
            raise AnswerRefused(f"{field}.vertices", vertices, self._expected())
        return {
            "vertices": [
                _point(f"{field}.vertices[{place}]", point, size)
                for place, point in enumerate(vertices)  # type: ignore[arg-type]  # it is a list, as was seen above
            ]
        }

    def _expected(self) -> str:
        point, least, most = '{"x": 0, "y": 0}', self.least_points, self.most_points
        if least == most:
            return language.say("must be a list of %(count)s points %(point)s.", count=least, point=point)
        return language.say(
            "must be a list of %(least)s to %(most)s points %(point)s.", least=least, most=f"{most:,}", point=point
        )


class Polygons(Outlines):
    name = "polygons"
    title = language.later("Polygons around things")
    form: ClassVar[Form[Any]] = FORMS["polygons"]
    key = "polygons"
    elements = ("crowd-polygon",)
    example = '{"polygons": [{"label": "…", "vertices": [{"x": 0, "y": 0}]}]}'
    least_points = 3


class Polylines(Outlines):
    name = "polylines"
    title = language.later("Lines along things")
    form: ClassVar[Form[Any]] = FORMS["polylines"]
    key = "polylines"
    elements = ("crowd-polyline",)
    example = '{"polylines": [{"label": "…", "vertices": [{"x": 0, "y": 0}]}]}'
    least_points = 2


class Lines(Outlines):
    name = "lines"
    title = language.later("Straight lines")
    form: ClassVar[Form[Any]] = FORMS["polylines"]
    key = "lines"
    elements = ("crowd-line",)
    example = '{"lines": [{"label": "…", "vertices": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]}]}'
    least_points = most_points = 2

    def outer(self, inner: Any, given: Sequence[Any]) -> dict[str, Any]:
        # The method averages along the whole line; of a straight one its ends say everything.
        return super().outer(tuple((label, (line[0], line[-1])) for label, line in inner), given)


class Keypoints(Shapes):
    name = "keypoints"
    title = language.later("Points on things")
    form: ClassVar[Form[Any]] = FORMS["keypoints"]
    types: ClassVar[Mapping[str, str]] = {"image": CUSTOM}
    key = "keypoints"
    elements = ("crowd-keypoint",)
    example = '{"keypoints": [{"label": "…", "x": 0, "y": 0}]}'

    def geometry(self, shape: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
        return ((shape["x"], shape["y"]),)

    def written(self, label: str, geometry: Any) -> dict[str, Any]:
        ((x, y),) = geometry
        return {"label": label, "x": _plain(x), "y": _plain(y)}

    def read_shape(self, field: str, shape: Mapping[str, Any], size: tuple[float, float]) -> dict[str, Any]:
        return _point(field, shape, size)


def _size(field: str, given: object) -> dict[str, int] | None:
    """Height and width of the picture, None where the page does not know them. Raises AnswerRefused."""
    if given is None:
        return None
    read = {}
    for name in ("height", "width"):
        number = given.get(name) if isinstance(given, Mapping) else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= MOST_PIXELS:
            raise AnswerRefused(
                f"{field}.{name}",
                number,
                language.say("must be a whole number from 1 to %(most)s.", most=f"{MOST_PIXELS:,}"),
            )
        read[name] = number
    return read


def _number(field: str, given: object) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
        raise AnswerRefused(field, given, language.say("must be a number of pixels."))
    return _plain(given)


def _inside(field: str, low: float, high: float, size: float) -> None:
    if low < -OUTSIDE or high > size + OUTSIDE or high > MOST_PIXELS:
        raise AnswerRefused(
            field,
            low,
            language.say("must lie within the picture, which ends at %(end)s.", end=f"{min(size, MOST_PIXELS):g}"),
        )


def _point(field: str, given: Mapping[str, Any], size: tuple[float, float]) -> dict[str, float]:
    point = {}
    for name, end in zip(("x", "y"), size, strict=True):
        point[name] = _number(f"{field}.{name}", given.get(name))
        _inside(f"{field}.{name}", point[name], point[name], end)
    return point


def _plain(number: float) -> float:
    """Two places are finer than any hand; a whole number is written as one."""
    rounded = round(float(number), 2)
    return int(rounded) if rounded.is_integer() else rounded


BOXES, POLYGONS, POLYLINES, LINES, KEYPOINTS = BoxesKind(), Polygons(), Polylines(), Lines(), Keypoints()
