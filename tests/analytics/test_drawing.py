"""What is drawn of values of each kind: lines in pixels, and the size of the image."""

import numpy as np
import pytest

from gtcrowd.analytics import drawing
from gtcrowd.consolidation.shapes.rle import encode

SIZE = {"inputImageProperties": {"height": 3, "width": 4}}


def lines(kind, value):
    return [(line.category, line.xs, line.ys) for line in drawing.draw(kind, value).outlines]


def mask(pixels):
    height, width = pixels.shape
    layer = {"label": "a", "runs": [int(length) for length in encode(pixels.reshape(-1))]}
    return {"size": {"height": height, "width": width}, "layers": [layer]}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("boxes", {"boundingBoxes": [{"label": "a", "left": 1, "top": 2, "width": 3, "height": 4}]},
         [("a", [1, 4, 4, 1, 1], [2, 2, 6, 6, 2])]),
        ("polygons", {"polygons": [{"label": "a", "vertices": [{"x": 0, "y": 0}, {"x": 2, "y": 0}, {"x": 2, "y": 1}]}]},
         [("a", [0, 2, 2, 0], [0, 0, 1, 0])]),
        ("lines", {"lines": [{"label": "a", "vertices": [{"x": 0, "y": 0}, {"x": 2, "y": 1}]}]},
         [("a", [0, 2], [0, 1])]),
        ("keypoints", {"keypoints": [{"label": "a", "x": 3, "y": 4}]}, [("a", [3], [4])]),
        ("spans", {"entities": [{"label": "a", "startOffset": 0, "endOffset": 3}]}, []),
        ("choice", "heron", []), ("choices", ["a"], []), ("custom", {}, []), ("boxes", None, []),
    ],
)  # fmt: skip
def test_lines_of_values(kind, value, expected):
    assert lines(kind, value) == expected


def test_size_of_image():
    assert drawing.draw("boxes", {"boundingBoxes": [], **SIZE}).size == (4, 3)
    assert drawing.draw("boxes", {"boundingBoxes": []}).size is None
    assert drawing.draw("masks", mask(np.zeros((3, 4), bool))) == drawing.Drawing((), (4, 3))


@pytest.mark.parametrize("kind", ["masks", "instances"])
def test_edges_of_masks(kind):
    pixels = np.zeros((8, 10), bool)
    pixels[2:5, 3:7] = True

    (line,) = drawing.draw(kind, mask(pixels)).outlines

    assert (line.category, line.box) == ("a", (3, 2, 3, 2))
    assert (line.xs[0], line.ys[0]) == (line.xs[-1], line.ys[-1])


def test_mask_to_the_last_pixel():
    assert [line.box for line in drawing.draw("masks", mask(np.ones((3, 4), bool))).outlines] == [(0, 0, 3, 2)]


def test_edges_of_large_mask_are_sampled():
    height, width = 3000, 5000
    pixels = np.zeros((height, width), bool)
    pixels[600:2400, 1000:4000] = True

    (line,) = drawing.draw("masks", mask(pixels)).outlines

    tolerance = 2 * width / drawing.MOST_SAMPLES
    assert line.box == pytest.approx((1000, 600, 3000, 1800), abs=tolerance)
    assert len(line.xs) < 10
