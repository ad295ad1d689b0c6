"""Polygons around objects in an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.shapes import outlines, vertices
from gtcrowd.consolidation.shapes.detection import HIGHER_IS_BETTER as HIGHER_IS_BETTER
from gtcrowd.consolidation.shapes.detection import Geometry
from gtcrowd.consolidation.shapes.outlines import Outlines, Points, write

__all__ = ["GEOMETRY", "HIGHER_IS_BETTER", "measure", "read", "write"]


def merge(shapes: Sequence[Points], weight: FloatArray, average: FloatArray) -> Points:
    """Return one polygon for several; see `vertices.merged`."""
    return vertices.merged(
        shapes, weight, average.reshape(-1, 2),
        size=outlines.mean_size(shapes), closed=True, similarity=outlines.area_similarity,
    )  # fmt: skip


GEOMETRY: Geometry[Points] = Geometry(outlines.aligned_ring, merge, outlines.area_scale)


def read(text: str) -> Outlines:
    """Parse a JSON list of polygons of at least three points; see `outlines.read`."""
    return outlines.read(text, min_points=3)


def measure(labels: Sequence[Outlines | None], truths: Sequence[Outlines]) -> Mapping[str, float]:
    """Return F1, precision and recall at an IoU of 0.5, and the mean IoU with missing and extra polygons as 0."""
    return outlines.measure(labels, truths, similarity=outlines.area_similarity)
