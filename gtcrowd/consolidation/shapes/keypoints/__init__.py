"""Points on objects in an image, each a shape of one point."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial

from gtcrowd.consolidation.shapes import outlines
from gtcrowd.consolidation.shapes.detection import HIGHER_IS_BETTER as HIGHER_IS_BETTER
from gtcrowd.consolidation.shapes.outlines import Outlines
from gtcrowd.consolidation.structured.table import ValueRefused, parse_list

__all__ = ["HIGHER_IS_BETTER", "measure", "read", "write"]


def read(text: str) -> Outlines:
    """Parse a JSON list of ["label", x, y] in pixels. Raises ValueRefused."""
    items = parse_list(text, 'a JSON list of ["label", x, y]')
    points = []
    for item in items:
        if not isinstance(item, list) or len(item) != 3 or not isinstance(item[0], str):
            raise ValueRefused(f'has {item!r:.60}; expected ["label", x, y]')
        points.append((item[0], (outlines.parse_point(item[1:]),)))
    return tuple(points)


def write(value: Outlines) -> str:
    """Return the text that reads as these points."""
    return json.dumps([[name, *points[0]] for name, points in value], ensure_ascii=False)


def measure(labels: Sequence[Outlines | None], truths: Sequence[Outlines]) -> Mapping[str, float]:
    """Return F1, precision and recall at a similarity of 0.5, and its mean with missing and extra points as 0.

    Two points have a similarity of 0.5 at a twentieth of the mean extent of the true points of an image.
    """
    similarity = partial(outlines.point_similarity, scale=outlines.mean_extent(truths))
    return outlines.measure(labels, truths, similarity=similarity)
