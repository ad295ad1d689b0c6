"""Lines along objects in an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.shapes import outlines, vertices
from gtcrowd.consolidation.shapes.detection import HIGHER_IS_BETTER as HIGHER_IS_BETTER
from gtcrowd.consolidation.shapes.detection import Geometry
from gtcrowd.consolidation.shapes.outlines import Outlines, Points, write

__all__ = ["GEOMETRY", "HIGHER_IS_BETTER", "measure", "read", "write"]


def merge(shapes: Sequence[Points], weight: FloatArray, average: FloatArray) -> Points:
    """Return one line for several; see `vertices.merged`."""
    return vertices.merged(
        shapes, weight, average.reshape(-1, 2),
        size=outlines.mean_size(shapes), closed=False, similarity=outlines.line_similarity,
    )  # fmt: skip


GEOMETRY: Geometry[Points] = Geometry(outlines.aligned_line, merge, outlines.line_length)


def read(text: str) -> Outlines:
    """Parse a JSON list of lines of at least two points; see `outlines.read`."""
    return outlines.read(text, min_points=2)


def measure(labels: Sequence[Outlines | None], truths: Sequence[Outlines]) -> Mapping[str, float]:
    """Return F1, precision and recall at a similarity of 0.5, and its mean with missing and extra lines as 0."""
    return outlines.measure(labels, truths, similarity=outlines.line_similarity)
