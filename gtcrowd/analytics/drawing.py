"""Turn a value into lines over its image, from the geometry of its kind; what draws them knows no kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gtcrowd import kinds
from gtcrowd.kinds.geometry import Geometry, RleMask, TextSpan

MOST_SAMPLES = 256
"""Rows and columns of a mask that are looked at; its outline is exact to one part in so many of the image."""


@dataclass(frozen=True)
class Outline:
    """A line over the image, in pixels from the top left corner; the first point again at the end if it is closed."""

    category: str
    xs: list[float]
    ys: list[float]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the smallest box around the line."""
        return min(self.xs), min(self.ys), max(self.xs) - min(self.xs), max(self.ys) - min(self.ys)


@dataclass(frozen=True)
class Drawing:
    """What can be drawn of a value, and the (width, height) of its image, if the value says so."""

    outlines: tuple[Outline, ...]
    size: tuple[int, int] | None


def draw(kind_name: str, value: Any) -> Drawing:
    """Return the drawing of an answer, a label, a gold answer or a truth of this kind; None draws nothing."""
    if value is None:
        return Drawing((), None)
    kind = kinds.kind(kind_name)
    outlines = (
        Outline(shape.category, [x for x, _y in points], [y for _x, y in points])
        for shape in kind.geometry(value)
        for points in _lines(shape.geometry)
    )
    return Drawing(tuple(outlines), kind.image_size(value))


def _lines(geometry: Geometry) -> Sequence[Sequence[tuple[float, float]]]:
    """Return the lines of points that show a geometry over an image; a span of text has none."""
    if isinstance(geometry, TextSpan):
        return []
    if isinstance(geometry, RleMask):
        return _edges(geometry)
    return [geometry.outline()]


def _edges(mask: RleMask) -> list[list[tuple[float, float]]]:
    """Return the closed edges of the regions of a mask, and of the holes in them, along the pixels sampled."""
    rows, columns = (np.arange(0, end, max(1, -(-end // MOST_SAMPLES))) for end in (mask.height, mask.width))
    ends = np.cumsum(mask.runs)
    run = np.searchsorted(ends, rows[:, None] * mask.width + columns[None, :], side="right")
    inside = (run % 2 == 1) & (run < len(ends))
    contours, _hierarchy = cv2.findContours(inside.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    edges = []
    for contour in contours:
        points = [(float(columns[x]), float(rows[y])) for x, y in contour.reshape(-1, 2).tolist()]
        edges.append([*points, points[0]])
    return edges
