"""Polygons, polylines and keypoints: how they are read, how similar two of them are, and how they are averaged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import detection, matching
from gtcrowd.consolidation.shapes.detection import Geometry, LabeledShapes
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, parse_list

Point = tuple[float, float]
Points = tuple[Point, ...]
Outlines = LabeledShapes[Points]
Similarity = Callable[[Sequence[Points]], FloatArray]

# Points along an outline at which outlines are compared and averaged.
SAMPLES = 64
# Points of the grid on which areas are compared, in each direction.
GRID = 96
# Distance, relative to the length of the lines, at which the similarity of two lines is a half.
HALF_LINE = 0.05
# Distance, relative to the extent of all points of an image, at which the similarity of two points is a half.
HALF_POINT = 0.05
PARAMETERS = {
    "least_likeness": Parameter(0.3, 0.0, 1.0, "mean similarity of shapes of one object"),
    "least_chance": Parameter(0.5, 0.0, 1.0, "probability of existence below which a shape is left out"),
}


def read(text: str, *, min_points: int) -> Outlines:
    """Parse a JSON list of objects with label and points, or of bare lists of points [[x, y], …], in pixels.

    Raises ValueRefused, also for a shape of fewer than `min_points` points.
    """
    items = parse_list(text, "a JSON list of lists of points [[x, y], …]")
    return tuple(_outline(item, min_points) for item in items)


def write(value: Outlines) -> str:
    """Return the text that reads as these shapes; shapes without a label are bare lists."""
    shapes = [{"label": name, "points": points} if name else points for name, points in value]
    return json.dumps(shapes, ensure_ascii=False)


def area_similarity(shapes: Sequence[Points]) -> FloatArray:
    """Return the IoU of each pair of polygons, [n, n]; computed on a grid, so exact to about one percent."""
    inside = _inside(shapes)
    shared = inside @ inside.T
    area = inside.sum(axis=1)
    union = area[:, None] + area - shared
    return np.asarray(shared / np.maximum(union, 1.0))


def line_similarity(shapes: Sequence[Points]) -> FloatArray:
    """Return 0.5 ^ (mean distance / (0.05 × mean length)) of each pair of lines, [n, n].

    The distance of a line from another is the mean over points along it of the distance to the nearest point of the
    other; the larger of the two directions counts.
    """
    lines = np.array([resampled(shape, closed=False) for shape in shapes])
    length = np.array([max(line_length(shape), 1e-9) for shape in shapes])
    similarity = np.eye(len(shapes))
    for i in range(len(shapes)):
        for j in range(i):
            distance = np.linalg.norm(lines[i][:, None] - lines[j], axis=2)
            farther = max(distance.min(axis=0).mean(), distance.min(axis=1).mean())
            similarity[i, j] = similarity[j, i] = 0.5 ** (farther / (HALF_LINE * (length[i] + length[j]) / 2))
    return similarity


def point_similarity(shapes: Sequence[Points], *, scale: float) -> FloatArray:
    """Return 0.5 ^ (distance / (0.05 × scale)) of each pair of points, [n, n]."""
    points = np.array([shape[0] for shape in shapes])
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    return np.asarray(0.5 ** (distance / (HALF_POINT * scale)))


def pairwise(similarity: Similarity) -> Callable[[Points, Points], float]:
    """Return the function of two shapes for a similarity of many."""

    def of_pair(first: Points, second: Points) -> float:
        return float(similarity([first, second])[0, 1])

    return of_pair


def resampled(shape: Points, *, closed: bool) -> FloatArray:
    """Return equidistant points along an outline, [SAMPLES, 2]; those of a line include its ends."""
    points = np.array([*shape, shape[0]] if closed else shape, dtype=np.float64)
    step = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(step)])
    positions = np.linspace(0, along[-1], SAMPLES, endpoint=not closed)
    return np.stack([np.interp(positions, along, points[:, axis]) for axis in (0, 1)], axis=1)


def aligned_ring(shape: Points, reference: Points) -> FloatArray:
    """Return points along a polygon, starting where it is nearest to the reference, [2 SAMPLES]."""
    target = resampled(_counterclockwise(reference), closed=True)
    ring = resampled(_counterclockwise(shape), closed=True)
    turns = (np.arange(SAMPLES)[:, None] + np.arange(SAMPLES)) % SAMPLES
    distance = ((ring[turns] - target) ** 2).sum(axis=(1, 2))
    return np.asarray(ring[turns[int(distance.argmin())]].reshape(-1))


def aligned_line(shape: Points, reference: Points) -> FloatArray:
    """Return points along a line, in the direction that is nearest to the reference, [2 SAMPLES]."""
    target, line = resampled(reference, closed=False), resampled(shape, closed=False)
    forward, back = (float(((item - target) ** 2).sum()) for item in (line, line[::-1]))
    return np.asarray((line if forward <= back else line[::-1]).reshape(-1))


def consolidate(
    table: ValueTable[Outlines],
    *,
    least_likeness: float,
    least_chance: float,
    similarity: Similarity,
    geometry: Geometry[Points],
    same_label: bool = False,
) -> Aggregation[list[Outlines | None]]:
    """Match shapes over all workers, estimate whether each object exists, and average positions; see `detection`.

    least_likeness   mean similarity of shapes of one object
    least_chance     probability of existence below which a shape is left out

    `part_confidence`: probability that the object exists; `confidence`: that all such decisions of the image are right.
    `worker_parameters`: detection (accuracy of the decisions) and spread (error of position by size).
    """
    clusters = matching.clusters(table, similarity, min_similarity=least_likeness, key=_sort_key, same_label=same_label)
    probability, accuracy = detection.existence_probability(clusters, table.n_workers)
    shapes, spread = detection.average_shapes(clusters, geometry, table.n_workers)
    detections = [
        (cluster.task, detection.weighted_label(cluster, accuracy), shape, float(p))
        for cluster, shape, p in zip(clusters, shapes, probability, strict=True)
        if p >= least_chance
    ]
    of_pair = pairwise(similarity)
    return detection.summary(
        table, detections, confidence=detection.task_confidence(clusters, probability, table.n_tasks),
        similarity=of_pair, key=_sort_key, agreement=detection.mean_overlap(table, of_pair), method="matched",
        parameters={"least_likeness": least_likeness, "least_chance": least_chance},
        worker_parameters={"detection": accuracy, "spread": spread},
    )  # fmt: skip


def measure(
    labels: Sequence[Outlines | None], truths: Sequence[Outlines], *, similarity: Similarity
) -> Mapping[str, float]:
    """Return F1, precision and recall at a similarity of 0.5, and its mean with missing and extra shapes as 0."""
    return detection.detection_measures(labels, truths, pairwise(similarity), min_similarity=0.5)


def mean_extent(values: Sequence[Outlines]) -> float:
    """Return the mean diagonal of the points of an answer, over answers with at least two; 1 if there are none."""
    extents = [np.linalg.norm(np.ptp([points[0] for _, points in value], axis=0)) for value in values if len(value) > 1]
    return float(np.mean(extents)) if any(extents) else 1.0


def mean_size(shapes: Sequence[Points]) -> float:
    """Return the mean diagonal of the extent of shapes."""
    return float(np.mean([np.linalg.norm(np.ptp(np.array(shape), axis=0)) for shape in shapes]))


def line_length(shape: Points) -> float:
    """Return the length of a line."""
    return float(np.linalg.norm(np.diff(np.array(shape), axis=0), axis=1).sum())


def area_scale(shape: Points) -> float:
    """Return the square root of the area of a polygon."""
    p = np.array(shape)
    q = np.roll(p, -1, axis=0)
    return math.sqrt(abs(float((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum())) / 2)


def as_points(vector: FloatArray) -> Points:
    """Return the points of a vector [2 n], rounded to a thousandth of a pixel."""
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in vector.reshape(-1, 2))


def parse_point(item: object) -> Point:
    """Return the point [x, y] as a tuple. Raises ValueRefused."""
    is_pair = isinstance(item, list) and len(item) == 2
    if not is_pair or not all(
        isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x)
        for x in item  # type: ignore[attr-defined]
    ):
        raise ValueRefused(f"has the point {item!r:.40}; expected two finite numbers x, y")
    return float(item[0]), float(item[1])  # type: ignore[index]


def _inside(shapes: Sequence[Points]) -> FloatArray:
    """Return which points of a common grid each polygon contains (even-odd rule), [n, GRID * GRID]."""
    vertices = np.concatenate([np.array(shape, dtype=np.float64) for shape in shapes])
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    step = np.maximum(high - low, 1e-9) / GRID
    x, y = (low[axis] + (np.arange(GRID) + 0.5) * step[axis] for axis in (0, 1))
    inside = np.zeros((len(shapes), GRID, GRID))
    for index, shape in enumerate(shapes):
        p = np.array(shape, dtype=np.float64)
        q = np.roll(p, -1, axis=0)
        crosses = (p[:, 1, None] > y) != (q[:, 1, None] > y)
        rise = np.where(q[:, 1] == p[:, 1], 1.0, q[:, 1] - p[:, 1])
        crossing = p[:, 0, None] + (y - p[:, 1, None]) / rise[:, None] * (q[:, 0] - p[:, 0])[:, None]
        left = crosses[:, :, None] & (x < crossing[:, :, None])
        inside[index] = left.sum(axis=0) % 2
    return inside.reshape(len(shapes), -1)


def _counterclockwise(shape: Points) -> Points:
    p = np.array(shape)
    q = np.roll(p, -1, axis=0)
    return shape if float((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum()) >= 0 else shape[::-1]


def _sort_key(shape: Points) -> Points:
    return shape


def _outline(item: object, min_points: int) -> tuple[str, Points]:
    name, points = "", item
    if isinstance(item, dict):
        name, points = item.get("label", ""), item.get("points")
    if not isinstance(name, str) or not isinstance(points, list) or len(points) < min_points:
        raise ValueRefused(f"has {item!r:.60}; expected a list of at least {min_points} points [x, y]")
    return name, tuple(parse_point(point) for point in points)
