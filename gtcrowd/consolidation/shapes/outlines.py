"""Polygons, polylines and keypoints: how they are read, how alike two of them are, and how several are averaged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import existence, matching
from gtcrowd.consolidation.shapes.existence import Geometry, Labelled
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

Point = tuple[float, float]
Points = tuple[Point, ...]

# Places along an outline at which several are compared and averaged.
SAMPLES = 64
# Points of the grid on which areas are compared, in each direction.
GRID = 96
# Distance, by the length of the lines, at which two lines are half alike.
HALF_LINE = 0.05
# Distance, by the extent of all points of a picture, at which two points are half alike.
HALF_POINT = 0.05


def read(text: str, *, least: int) -> Labelled[Points]:
    """A JSON list of objects with label and points, or of bare lists of points [[x, y], …], in pixels."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of lists of points [[x, y], …]") from error
    if not isinstance(items, list):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of lists of points [[x, y], …]")
    return tuple(_outline(item, least) for item in items)


def write(value: Labelled[Points]) -> str:
    """The cell; shapes without a label are bare lists."""
    shapes = [{"label": name, "points": points} if name else points for name, points in value]
    return json.dumps(shapes, ensure_ascii=False)


def read_points(text: str) -> Labelled[Points]:
    """A JSON list of ["label", x, y] in pixels; each is a shape of one point."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueRefused(f'is {text!r:.60}; expected a JSON list of ["label", x, y]') from error
    if not isinstance(items, list):
        raise ValueRefused(f'is {text!r:.60}; expected a JSON list of ["label", x, y]')
    found = []
    for item in items:
        if not isinstance(item, list) or len(item) != 3 or not isinstance(item[0], str):
            raise ValueRefused(f'has {item!r:.60}; expected ["label", x, y]')
        found.append((item[0], (_point(item[1:]),)))
    return tuple(found)


def write_points(value: Labelled[Points]) -> str:
    """The cell of points."""
    return json.dumps([[name, *points[0]] for name, points in value], ensure_ascii=False)


def areas_alike(shapes: Sequence[Points]) -> FloatArray:
    """Intersection over union of the areas of polygons, each with each, [n, n]; on a grid, so to about one percent."""
    inside = _inside(shapes)
    shared = inside @ inside.T
    area = inside.sum(axis=1)
    either = area[:, None] + area - shared
    return np.asarray(shared / np.maximum(either, 1.0))


def area_alike(one: Points, other: Points) -> float:
    """Intersection over union of two polygons."""
    return float(areas_alike([one, other])[0, 1])


def lines_alike(shapes: Sequence[Points]) -> FloatArray:
    """Half to the power of (mean distance of two lines / a twentieth of their length), each with each, [n, n].

    The distance of a line from another is the mean over places along it of the way to the nearest place of the other;
    of the two ways round the greater counts.
    """
    lines = np.array([resampled(shape, closed=False) for shape in shapes])
    length = np.array([max(_length(shape), 1e-9) for shape in shapes])
    alike = np.eye(len(shapes))
    for i in range(len(shapes)):
        for j in range(i):
            apart = np.linalg.norm(lines[i][:, None] - lines[j], axis=2)
            far = max(apart.min(axis=0).mean(), apart.min(axis=1).mean())
            alike[i, j] = alike[j, i] = 0.5 ** (far / (HALF_LINE * (length[i] + length[j]) / 2))
    return alike


def line_alike(one: Points, other: Points) -> float:
    """Likeness of two lines, 0 to 1."""
    return float(lines_alike([one, other])[0, 1])


def resampled(shape: Points, *, closed: bool) -> FloatArray:
    """Places at equal distances along an outline, [SAMPLES, 2]; a line has its ends among them."""
    points = np.array([*shape, shape[0]] if closed else shape, dtype=np.float64)
    step = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(step)])
    wanted = np.linspace(0, along[-1], SAMPLES, endpoint=not closed)
    return np.stack([np.interp(wanted, along, points[:, axis]) for axis in (0, 1)], axis=1)


def aligned_ring(shape: Points, reference: Points) -> FloatArray:
    """Places along a polygon, from the start that brings it nearest to the reference, [2 SAMPLES]."""
    target = resampled(_turning_left(reference), closed=True)
    ring = resampled(_turning_left(shape), closed=True)
    turns = (np.arange(SAMPLES)[:, None] + np.arange(SAMPLES)) % SAMPLES
    far = ((ring[turns] - target) ** 2).sum(axis=(1, 2))
    return np.asarray(ring[turns[int(far.argmin())]].reshape(-1))


def aligned_line(shape: Points, reference: Points) -> FloatArray:
    """Places along a line in the direction that brings it nearest to the reference, [2 SAMPLES]."""
    target, line = resampled(reference, closed=False), resampled(shape, closed=False)
    forward, back = (float(((one - target) ** 2).sum()) for one in (line, line[::-1]))
    return np.asarray((line if forward <= back else line[::-1]).reshape(-1))


def consolidated(
    table: ValueTable[Labelled[Points]],
    *,
    least_likeness: float,
    least_chance: float = 0.5,
    alike: Callable[[Sequence[Points]], FloatArray],
    geometry: Geometry[Points],
    same_label: bool = False,
) -> Outcome[Labelled[Points]]:
    """Match over all workers, judge existence, and average aligned outlines by precision; see `existence`.

    `parts`: probability that the thing is there; `confidence`: that all such decisions of the picture are right.
    """
    found = matching.clusters(table, alike, least=least_likeness, key=_key, same_label=same_label)
    chance, trust = existence.chances(found, table.n_workers)
    shapes, spread = existence.placed(found, geometry, table.n_workers)
    kept = [
        (one.task, existence.label(one, trust), shape, float(p))
        for one, shape, p in zip(found, shapes, chance, strict=True)
        if p >= least_chance
    ]
    pair = _pair(alike)
    return existence.gathered(
        table, kept, sure=existence.whole_sure(found, chance, table.n_tasks), similarity=pair, key=_key,
        agreement=existence.mean_overlap(table, pair), method="matched",
        parameters={"least_likeness": least_likeness, "least_chance": least_chance},
        traits={"detection": trust, "spread": spread},
    )  # fmt: skip


def keypoints(
    table: ValueTable[Labelled[Points]], *, least_likeness: float = 0.3, least_chance: float = 0.5
) -> Outcome[Labelled[Points]]:
    """Keypoints: points of one label are matched by their distance, by the mean extent of an answer's points."""
    scale = _extent(table)
    return consolidated(
        table, least_likeness=least_likeness, least_chance=least_chance, alike=partial(_points_alike, scale=scale),
        geometry=Geometry(lambda shape, _: np.array(shape[0]), _as_points, lambda _: scale), same_label=True,
    )  # fmt: skip


def measure(
    concluded: Sequence[Labelled[Points] | None],
    true: Sequence[Labelled[Points]],
    *,
    alike: Callable[[Sequence[Points]], FloatArray],
) -> Mapping[str, float]:
    """F1, precision and recall of matches of at least a half, and mean likeness with missed and extra shapes as 0."""
    return existence.measured(concluded, true, _pair(alike), least=0.5)


def measure_points(
    concluded: Sequence[Labelled[Points] | None], true: Sequence[Labelled[Points]]
) -> Mapping[str, float]:
    """As `measure`; points are half alike at a twentieth of the mean extent of the true points of a picture."""
    alike = partial(_points_alike, scale=_mean_diagonal(true))
    return existence.measured(concluded, true, _pair(alike), least=0.5)


def _points_alike(shapes: Sequence[Points], *, scale: float) -> FloatArray:
    at = np.array([shape[0] for shape in shapes])
    far = np.linalg.norm(at[:, None] - at, axis=2)
    return np.asarray(0.5 ** (far / (HALF_POINT * scale)))


def _extent(table: ValueTable[Labelled[Points]]) -> float:
    """Mean over the answers with two points or more of the diagonal around them; 1 where there are none."""
    return _mean_diagonal(table.value)


def _mean_diagonal(values: Sequence[Labelled[Points]]) -> float:
    spans = [np.linalg.norm(np.ptp([points[0] for _, points in one], axis=0)) for one in values if len(one) > 1]
    return float(np.mean(spans)) if any(spans) else 1.0


def _pair(alike: Callable[[Sequence[Points]], FloatArray]) -> Callable[[Points, Points], float]:
    def similarity(one: Points, other: Points) -> float:
        return float(alike([one, other])[0, 1])

    return similarity


def _inside(shapes: Sequence[Points]) -> FloatArray:
    """For each polygon which points of a grid over all of them it holds (even-odd rule), [n, GRID * GRID]."""
    every = np.concatenate([np.array(shape, dtype=np.float64) for shape in shapes])
    low, high = every.min(axis=0), every.max(axis=0)
    cell = np.maximum(high - low, 1e-9) / GRID
    x, y = (low[axis] + (np.arange(GRID) + 0.5) * cell[axis] for axis in (0, 1))
    held = np.zeros((len(shapes), GRID, GRID))
    for place, shape in enumerate(shapes):
        p = np.array(shape, dtype=np.float64)
        q = np.roll(p, -1, axis=0)
        crosses = (p[:, 1, None] > y) != (q[:, 1, None] > y)
        rise = np.where(q[:, 1] == p[:, 1], 1.0, q[:, 1] - p[:, 1])
        at = p[:, 0, None] + (y - p[:, 1, None]) / rise[:, None] * (q[:, 0] - p[:, 0])[:, None]
        left = crosses[:, :, None] & (x < at[:, :, None])
        held[place] = left.sum(axis=0) % 2
    return held.reshape(len(shapes), -1)


def _turning_left(shape: Points) -> Points:
    p = np.array(shape)
    q = np.roll(p, -1, axis=0)
    return shape if float((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum()) >= 0 else shape[::-1]


def _length(shape: Points) -> float:
    return float(np.linalg.norm(np.diff(np.array(shape), axis=0), axis=1).sum())


def _scale_of_area(shape: Points) -> float:
    p = np.array(shape)
    q = np.roll(p, -1, axis=0)
    return math.sqrt(abs(float((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum())) / 2)


def _as_points(vector: FloatArray) -> Points:
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in vector.reshape(-1, 2))


def _key(shape: Points) -> Points:
    return shape


def _point(item: object) -> Point:
    good = isinstance(item, list) and len(item) == 2
    if not good or not all(
        isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x)
        for x in item  # type: ignore[attr-defined]
    ):
        raise ValueRefused(f"has the point {item!r:.40}; expected two finite numbers x, y")
    return float(item[0]), float(item[1])  # type: ignore[index]


def _outline(item: object, least: int) -> tuple[str, Points]:
    name, points = "", item
    if isinstance(item, dict):
        name, points = item.get("label", ""), item.get("points")
    if not isinstance(name, str) or not isinstance(points, list) or len(points) < least:
        raise ValueRefused(f"has {item!r:.60}; expected a list of at least {least} points [x, y]")
    return name, tuple(_point(point) for point in points)


RINGS: Geometry[Points] = Geometry(aligned_ring, _as_points, _scale_of_area)
LINES: Geometry[Points] = Geometry(aligned_line, _as_points, _length)


def _form(
    name: str, summary: str, run: Callable[..., Outcome[Labelled[Points]]], likeness: float, **given: object
) -> Form[Labelled[Points]]:
    parameters = {
        "least_likeness": Parameter(likeness, 0.0, 1.0, "mean likeness of marks of the same thing"),
        "least_chance": Parameter(0.5, 0.0, 1.0, "probability below which it is left out"),
    }
    method = ValueMethod(
        "matched",
        language.later("Matched"),
        summary,
        run,
        parameters,
    )
    return Form(
        name=name, methods={"matched": method}, default="matched",
        higher=frozenset({"f1", "precision", "recall", "mean_overlap"}), **given,  # type: ignore[arg-type]
    )  # fmt: skip


POLYGONS = _form(
    "polygons", language.later("Matches polygons over all workers and averages them by precision."),
    partial(consolidated, least_likeness=0.3, alike=areas_alike, geometry=RINGS), 0.3,
    read=partial(read, least=3), write=write, measure=partial(measure, alike=areas_alike),
)  # fmt: skip
POLYLINES = _form(
    "polylines", language.later("Matches lines over all workers and averages them by precision."),
    partial(consolidated, least_likeness=0.3, alike=lines_alike, geometry=LINES), 0.3,
    read=partial(read, least=2), write=write, measure=partial(measure, alike=lines_alike),
)  # fmt: skip
KEYPOINTS = _form(
    "keypoints", language.later("Matches points over all workers and averages them by precision."),
    keypoints, 0.3, read=read_points, write=write_points, measure=measure_points,
)  # fmt: skip
