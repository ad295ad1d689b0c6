"""Outlines keep their corners when they are merged."""

import numpy as np
import pytest

from gtcrowd import kinds
from gtcrowd.consolidation.shapes import outlines, polygons, polylines
from gtcrowd.consolidation.shapes.vertices import matching
from gtcrowd.consolidation.structured.table import from_rows

TRIANGLE = ((100.5, 100.0), (300.0, 120.0), (200.0, 300.0))
PLATE = ((10.0, 10.0), (90.0, 12.0), (90.0, 40.0), (12.0, 40.0))


def label_of(name, *answers):
    table = from_rows([("image", str(worker), (("car", points),)) for worker, points in enumerate(answers)]).table
    ((_label, points),) = kinds.kind(name).value_type.methods["matched"].consolidate(table).labels[0]
    return points


def moved(points, rng, noise):
    return tuple((float(x), float(y)) for x, y in np.array(points) + rng.normal(0, noise, (len(points), 2)))


@pytest.mark.parametrize("name", ["polygons", "polylines"])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_equal_answers_keep_vertices(name, n):
    assert label_of(name, *[TRIANGLE] * n) == TRIANGLE


def test_keeps_decimals_of_single_answer():
    triangle = ((0.12345, 0.0), (50.0, 1 / 3), (20.0, 30.0))
    assert label_of("polygons", triangle) == triangle


def test_start_and_direction_do_not_matter():
    label = label_of("polygons", PLATE, PLATE[2:] + PLATE[:2], PLATE[::-1])
    assert sorted(label) == sorted(PLATE)


@pytest.mark.parametrize("n", [2, 3, 9])
def test_corners_stay_corners(n):
    rng = np.random.default_rng(n)
    label = np.array(label_of("polygons", *[moved(TRIANGLE, rng, 2.0) for _ in range(n)]))
    assert len(label) == 3
    distance = np.linalg.norm(label[:, None] - np.array(TRIANGLE), axis=2).min(axis=0)
    assert distance.max() < 6


def test_line_keeps_ends_and_corner():
    rng = np.random.default_rng(1)
    line = ((0.0, 0.0), (100.0, 0.0), (100.0, 80.0))
    label = np.array(label_of("polylines", moved(line, rng, 1.0), moved(line, rng, 1.0)[::-1], moved(line, rng, 1.0)))
    assert label.shape == (3, 2)
    assert min(np.abs(label - line).max(), np.abs(label[::-1] - line).max()) < 3


@pytest.mark.parametrize(("votes", "n_vertices"), [(1, 4), (2, 5), (3, 5)])
def test_vertex_needs_half_of_the_workers(votes, n_vertices):
    house = (*PLATE[:2], (110.0, 26.0), *PLATE[2:])
    assert len(label_of("polygons", *[house] * votes, *[PLATE] * (4 - votes))) == n_vertices


def test_curve_has_as_many_points_as_answers():
    rng = np.random.default_rng(3)
    answers = []
    for n in (9, 12, 15):
        turn = rng.random() + np.linspace(0, 2 * np.pi, n, endpoint=False)
        points = np.stack([99 + 60 * np.cos(turn), 99 + 40 * np.sin(turn)], axis=1)
        answers.append(tuple((float(x), float(y)) for x, y in points))
    label = label_of("polygons", *answers)
    assert 9 <= len(label) <= 15
    assert outlines.area_similarity([label, *answers])[0, 1:].min() > 0.85


@pytest.mark.parametrize("merge", [polygons.merge, polylines.merge])
def test_merging_is_independent_of_order(merge):
    rng = np.random.default_rng(5)
    shapes = [moved(PLATE, rng, 1.5) for _ in range(5)]
    average = np.array([PLATE[i // 16] for i in range(64)]).reshape(-1)
    weight = np.array([1.0, 2.0, 1.5, 0.5, 1.2])
    turned = merge(shapes[::-1], weight[::-1], average)
    assert merge(shapes, weight, average) == turned


def test_matching_keeps_order():
    a = np.array([[0.0, 0], [10, 0], [20, 0]])
    assert matching(a, np.array([[0.5, 0], [19, 0], [50, 0]]), 3.0) == [(0, 0), (2, 1)]
    assert matching(a, a[::-1], 3.0) in ([(0, 2)], [(1, 1)], [(2, 0)])


@pytest.mark.parametrize(("off", "matches"), [(2.99, 1), (3.0, 0)])
def test_matches_within_largest_distance(off, matches):
    assert len(matching(np.array([[0.0, 0]]), np.array([[off, 0]]), 3.0)) == matches


def test_merged_corners_are_nearer_than_average():
    """Against the averaged outline, over crowds that differ in noise and size, each with a seed of its own."""
    gain = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        angle = rng.random() + np.linspace(0, 2 * np.pi, int(rng.integers(3, 9)), endpoint=False)
        true = np.stack([200 + 90 * np.cos(angle), 200 + 70 * np.sin(angle)], axis=1)
        shapes = [moved(true, rng, rng.uniform(0.5, 4)) for _ in range(int(rng.integers(2, 7)))]
        average = np.mean([outlines.aligned_ring(shape, shapes[0]) for shape in shapes], axis=0)
        merged = polygons.merge(shapes, np.ones(len(shapes)), average)
        similarity = outlines.area_similarity([tuple(map(tuple, true)), merged, outlines.as_points(average)])
        gain.append(similarity[0, 1] - similarity[0, 2])
    assert np.mean(gain) > 0
