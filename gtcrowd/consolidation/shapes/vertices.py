"""Merge outlines without losing their corners: the vertices that most of the workers put are averaged one by one.

Averaging points at equal distances along outlines rounds every corner off. So vertices are matched instead, in their
order along the outline: between two outlines the matching maximises Σ (τ² - d²) over the matched pairs, d being their
distance and τ the largest distance of a match. The outlines are aligned one after the other with the columns that the
earlier ones have formed, as in progressive alignment of sequences (Feng, Doolittle 1987, J. Mol. Evol. 25). A column
becomes a vertex of the result if at least half of the weight put a vertex there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gtcrowd.consolidation.arrays import FloatArray

Points = tuple[tuple[float, float], ...]
Column = list[tuple[int, FloatArray]]
"""Vertices [2] of several outlines that are the same corner, with the number of their outline."""

# Largest distance of two vertices that are the same corner, relative to the size of the outline.
SAME_CORNER = 0.15
# By how much another candidate has to be more similar to the answers than the merged vertices.
MARGIN = 0.01
DECIMALS = 3


def merged(
    shapes: Sequence[Points],
    weight: FloatArray,
    average: FloatArray,
    *,
    size: float,
    closed: bool,
    similarity: Callable[[Sequence[Points]], FloatArray],
) -> Points:
    """Return one outline for several of the same object.

    shapes      at least one
    weight      of each shape, [n]
    average     points of the averaged outline, [m, 2]
    size        of the object in pixels, in which the largest distance of a match is measured
    closed      whether the last vertex is joined to the first
    similarity  of each pair of shapes, [n, n], 0 to 1

    A single outline, and outlines that are all equal, are returned as they are. Where workers put their vertices too
    differently, as along a curve, the averaged outline with as many points as the answers have is more similar to the
    answers than the merged vertices; then it is the result.
    """
    shapes = [shape for shape, w in zip(shapes, weight, strict=True) if w > 0]
    weight = weight[weight > 0]
    if len(set(shapes)) == 1:
        return shapes[0]
    first = _medoid(shapes, weight, similarity)
    order = sorted(range(len(shapes)), key=lambda i: (i != first, -round(float(weight[i]), 9), shapes[i]))
    aligned = [_aligned(shapes[i], shapes[first], closed=closed) for i in order]
    vertices = _consensus(aligned, weight[order], largest=SAME_CORNER * size, closed=closed)
    fewest = 3 if closed else 2
    most = max(fewest, round(float(np.average([len(shape) for shape in shapes], weights=weight))))
    merged_vertices = [_points(vertices)] if len(vertices) >= fewest else []
    candidates = [*merged_vertices, _points(_simplified(average, most, closed=closed))]
    score = np.array([np.average(similarity([shape, *shapes])[0, 1:], weights=weight) for shape in candidates])
    score[: len(merged_vertices)] += MARGIN
    return candidates[int(score.argmax())]


def matching(a: FloatArray, b: FloatArray, largest: float) -> list[tuple[int, int]]:
    """Return the pairs (row of a, row of b) of the best matching that keeps the order; see the module.

    a, b      vertices, [n, 2] and [m, 2]
    largest   τ, the largest distance of a match
    """
    gain = np.maximum(largest**2 - ((a[:, None] - b) ** 2).sum(axis=2), 0.0)
    best = np.zeros((len(a) + 1, len(b) + 1))
    for i in range(len(a)):
        # The best of taking a pair or leaving out the vertex of a; leaving out one of b is the running maximum.
        best[i + 1, 1:] = np.maximum(best[i, 1:], best[i, :-1] + gain[i])
        np.maximum.accumulate(best[i + 1], out=best[i + 1])
    pairs, i, j = [], len(a), len(b)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _consensus(aligned: Sequence[FloatArray], weight: FloatArray, *, largest: float, closed: bool) -> FloatArray:
    """Return the mean vertices of the columns that have at least half of the weight, [k, 2]."""
    columns = [[(0, vertex)] for vertex in aligned[0]]
    for row, vertices in enumerate(aligned[1:], 1):
        centers = np.array([_mean(column, weight) for column in columns])
        pairs = matching(centers, vertices, largest) if closed else _with_ends(centers, vertices, largest)
        columns = _extended(columns, row, vertices, pairs)
    half = weight.sum() / 2 * (1 - 1e-9)
    return np.array([_mean(column, weight) for column in columns if sum(weight[row] for row, _ in column) >= half])


def _with_ends(a: FloatArray, b: FloatArray, largest: float) -> list[tuple[int, int]]:
    """Match two lines; their ends are the same points however far apart."""
    inner = matching(a[1:-1], b[1:-1], largest)
    return [(0, 0), *((i + 1, j + 1) for i, j in inner), (len(a) - 1, len(b) - 1)]


def _extended(
    columns: Sequence[Column], row: int, vertices: FloatArray, pairs: Sequence[tuple[int, int]]
) -> list[Column]:
    """Return the columns with the vertices of one more outline, those without a match in columns of their own."""
    extended: list[Column] = []
    i = j = 0
    for column, vertex in [*pairs, (len(columns), len(vertices))]:
        extended += columns[i:column]
        extended += [[(row, vertices[k])] for k in range(j, vertex)]
        if column < len(columns):
            extended.append([*columns[column], (row, vertices[vertex])])
        i, j = column + 1, vertex + 1
    return extended


def _mean(column: Column, weight: FloatArray) -> FloatArray:
    return np.asarray(np.average([vertex for _, vertex in column], axis=0, weights=[weight[row] for row, _ in column]))


def _medoid(shapes: Sequence[Points], weight: FloatArray, similarity: Callable[[Sequence[Points]], FloatArray]) -> int:
    """Return the index of the shape most similar to the others; of equal ones, the one that sorts first."""
    mean = similarity(shapes) @ weight
    return min(range(len(shapes)), key=lambda i: (-round(float(mean[i]), 9), shapes[i]))


def _aligned(shape: Points, reference: Points, *, closed: bool) -> FloatArray:
    """Return the vertices of a shape in the direction of the reference, starting where it starts, [n, 2]."""
    a, target = np.array(shape, dtype=np.float64), np.array(reference, dtype=np.float64)
    if not closed:
        forward, back = (float(((np.array([s[0], s[-1]]) - target[[0, -1]]) ** 2).sum()) for s in (a, a[::-1]))
        return a if forward <= back else a[::-1]
    if _signed_area(a) * _signed_area(target) < 0:
        a = a[::-1]
    return np.roll(a, -_start(a, target), axis=0)


def _start(a: FloatArray, target: FloatArray) -> int:
    """Return the vertex of `a` next to the first of the reference, once both are seen from their centers."""
    moved = a - a.mean(axis=0) + target.mean(axis=0)
    near = np.minimum(((a - target[0]) ** 2).sum(axis=1), ((moved - target[0]) ** 2).sum(axis=1))
    return int(near.argmin())


def _signed_area(a: FloatArray) -> float:
    b = np.roll(a, -1, axis=0)
    return float((a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]).sum())


def _simplified(outline: FloatArray, most: int, *, closed: bool) -> FloatArray:
    """Return the outline with this number of points, without those that change its area least, [most, 2].

    Visvalingam, Whyatt 1993, "Line generalisation by repeated elimination of points".
    """
    points = outline
    while len(points) > most:
        before, after = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        area = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
        if not closed:
            area[[0, -1]] = np.inf
        points = np.delete(points, int(area.argmin()), axis=0)
    return points


def _points(vertices: FloatArray) -> Points:
    return tuple((round(float(x), DECIMALS), round(float(y), DECIMALS)) for x, y in vertices)
