"""What can be drawn of a value of each kind."""

import pytest

from gtcrowd import kinds
from gtcrowd.kinds.geometry import Point, Polygon, Polyline, Rectangle, RleMask, Shape, TextSpan

SIZE = {"inputImageProperties": {"height": 48, "width": 64}}
VERTICES = [{"x": 1, "y": 2}, {"x": 30, "y": 2}, {"x": 30, "y": 40}]
POINTS = ((1, 2), (30, 2), (30, 40))
VALUES = {
    "boxes": ({"boundingBoxes": [{"label": "car", "left": 3, "top": 4, "width": 10, "height": 6}], **SIZE},
              Rectangle(3, 4, 10, 6)),
    "polygons": ({"polygons": [{"label": "car", "vertices": VERTICES}], **SIZE}, Polygon(POINTS)),
    "polylines": ({"polylines": [{"label": "car", "vertices": VERTICES}], **SIZE}, Polyline(POINTS)),
    "lines": ({"lines": [{"label": "car", "vertices": VERTICES[:2]}], **SIZE}, Polyline(POINTS[:2])),
    "keypoints": ({"keypoints": [{"label": "car", "x": 3, "y": 4}], **SIZE}, Point(3, 4)),
    "masks": ({"size": {"height": 48, "width": 64}, "layers": [{"label": "car", "runs": [5, 3]}]},
              RleMask(48, 64, (5, 3))),
    "instances": ({"size": {"height": 48, "width": 64}, "layers": [{"label": "car", "runs": [5, 3]}]},
                  RleMask(48, 64, (5, 3))),
    "spans": ({"entities": [{"label": "car", "startOffset": 2, "endOffset": 7}]}, TextSpan(2, 7)),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_geometry_of_each_kind(name):
    value, geometry = VALUES[name]
    kind = kinds.kind(name)

    assert kind.geometry(value, [0.75]) == [Shape(geometry, "car", 0.75)]
    assert kind.geometry(value) == [Shape(geometry, "car", None)]
    assert kind.image_size(value) == (None if name == "spans" else (64, 48))


def test_ignores_confidence_of_other_parts():
    value, geometry = VALUES["boxes"]

    assert kinds.kind("boxes").geometry(value, []) == [Shape(geometry, "car", None)]


@pytest.mark.parametrize("name", ["choice", "choices", "text", "number", "ranking", "custom"])
def test_other_kinds_draw_nothing(name):
    assert kinds.kind(name).geometry("anything") == []
    assert kinds.kind(name).image_size("anything") is None


@pytest.mark.parametrize(
    ("geometry", "outline"),
    [
        (Rectangle(3, 4, 10, 6), [(3, 4), (13, 4), (13, 10), (3, 10), (3, 4)]),
        (Polygon(POINTS), [*POINTS, POINTS[0]]),
        (Polyline(POINTS), list(POINTS)),
        (Point(3, 4), [(3, 4)]),
    ],
)
def test_outlines(geometry, outline):
    assert geometry.outline() == outline
