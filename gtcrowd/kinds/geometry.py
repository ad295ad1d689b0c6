"""Neutral geometry of values, from which dashboards and exports draw them.

Coordinates are those of the object as given: pixels from the top left corner of an image, Unicode code points of a
text, ends exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rectangle:
    """A box with sides parallel to the axes."""

    left: float
    top: float
    width: float
    height: float

    def outline(self) -> list[tuple[float, float]]:
        """Return the corners, the first one again at the end."""
        right, bottom = self.left + self.width, self.top + self.height
        return [(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom), (self.left, self.top)]


@dataclass(frozen=True)
class Polygon:
    """A closed outline; the last point is connected to the first."""

    points: tuple[tuple[float, float], ...]

    def outline(self) -> list[tuple[float, float]]:
        """Return the points, the first one again at the end."""
        return [*self.points, *self.points[:1]]


@dataclass(frozen=True)
class Polyline:
    """A line through points."""

    points: tuple[tuple[float, float], ...]

    def outline(self) -> list[tuple[float, float]]:
        """Return the points."""
        return list(self.points)


@dataclass(frozen=True)
class Point:
    """A point."""

    x: float
    y: float

    def outline(self) -> list[tuple[float, float]]:
        """Return the point alone."""
        return [(self.x, self.y)]


@dataclass(frozen=True)
class RleMask:
    """Pixels of an image: lengths of runs row by row, starting with pixels outside."""

    height: int
    width: int
    runs: tuple[int, ...]


@dataclass(frozen=True)
class TextSpan:
    """Code points `start` to `end` - 1 of a text."""

    start: int
    end: int


Outlined = Rectangle | Polygon | Polyline | Point
Geometry = Outlined | RleMask | TextSpan


@dataclass(frozen=True)
class Shape:
    """One part of a value: where it is, its category, and its confidence where one is known."""

    geometry: Geometry
    category: str
    confidence: float | None = None


def with_confidence(shapes: Sequence[tuple[Geometry, str]], part_confidence: Sequence[float] | None) -> list[Shape]:
    """Return the shapes with the confidence of each part, in the value's order; None without one for each part."""
    confidences: Sequence[float | None] = [None] * len(shapes)
    if part_confidence is not None and len(part_confidence) == len(shapes):
        confidences = part_confidence
    return [
        Shape(geometry, category, confidence)
        for (geometry, category), confidence in zip(shapes, confidences, strict=True)
    ]
