"""Boxes around objects in an image."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import detection
from gtcrowd.consolidation.shapes.detection import HIGHER_IS_BETTER as HIGHER_IS_BETTER
from gtcrowd.consolidation.shapes.detection import Geometry, LabeledShapes
from gtcrowd.consolidation.structured.table import ValueRefused, parse_list

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""
Boxes = LabeledShapes[Box]


def read(text: str) -> Boxes:
    """Parse a JSON list of [x0, y0, x1, y1] or [x0, y0, x1, y1, "label"] in pixels, empty if there is no object.

    Raises ValueRefused.
    """
    items = parse_list(text, "a JSON list of [x0, y0, x1, y1]")
    return tuple(_box(item) for item in items)


def write(value: Boxes) -> str:
    """Return the text that reads as these boxes; boxes without a label have four numbers."""
    return json.dumps([[*box, name] if name else [*box] for name, box in value], ensure_ascii=False)


def iou(first: Box, second: Box) -> float:
    """Return the intersection over union of two boxes, 0 to 1."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(first) + _area(second) - shared)


def ious(boxes: Sequence[Box]) -> FloatArray:
    """Return the intersection over union of each pair of boxes, [n, n]."""
    b = np.array(boxes, dtype=np.float64)
    low, high = np.maximum(b[:, None, :2], b[:, :2]), np.minimum(b[:, None, 2:], b[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area = np.prod(b[:, 2:] - b[:, :2], axis=1)
    return np.asarray(shared / np.maximum(area[:, None] + area - shared, np.finfo(np.float64).tiny))


def measure(labels: Sequence[Boxes | None], truths: Sequence[Boxes]) -> Mapping[str, float]:
    """Return F1, precision and recall at an IoU of 0.5, and the mean IoU with missing and extra boxes as 0."""
    return detection.detection_measures(labels, truths, iou, min_similarity=0.5)


def sort_key(box: Box) -> tuple[float, ...]:
    """Return what orders boxes independently of their answers."""
    return tuple(box)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _box(item: object) -> tuple[str, Box]:
    expected = 'expected [x0, y0, x1, y1] or [x0, y0, x1, y1, "label"] with x0 <= x1 and y0 <= y1'
    if not isinstance(item, list) or len(item) not in (4, 5) or (len(item) == 5 and not isinstance(item[4], str)):
        raise ValueRefused(f"has {item!r:.60}; {expected}")
    if not all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in item[:4]):
        raise ValueRefused(f"has {item!r:.60}; {expected}")
    x0, y0, x1, y1 = map(float, item[:4])
    if not (x0 <= x1 and y0 <= y1):  # real workers click without dragging: such a box overlaps nothing
        raise ValueRefused(f"has {item!r:.60}; {expected}")
    return (item[4] if len(item) == 5 else "", (x0, y0, x1, y1))


GEOMETRY: Geometry[Box] = Geometry(
    vector=lambda box, _: np.array(box),
    merge=lambda _shapes, _weight, mean: tuple(float(x) for x in mean),  # type: ignore[return-value,arg-type]
    scale=lambda box: math.sqrt(_area(box)),
)
MIN_IOU = Parameter(0.3, 0.0, 1.0, "mean intersection over union of boxes of one object")
