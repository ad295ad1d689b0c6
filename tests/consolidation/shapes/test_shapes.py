"""Boxes and outlines: toy images by hand, generated crowds, invariances."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import kinds
from gtcrowd.consolidation.shapes import boxes, detection, matching, outlines
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, from_rows

NAMES = ("boxes", "polygons", "polylines", "keypoints")
TYPES = {name: kinds.kind(name).value_type for name in NAMES}
BOXES = TYPES["boxes"].methods
every_method = pytest.mark.parametrize(
    ("name", "method"), [(name, method) for name in NAMES for method in TYPES[name].methods]
)


def box(x, y, w=10, h=20, label=""):
    return (label, (float(x), float(y), float(x + w), float(y + h)))


def square(x, y, size=10.0, label=""):
    return (label, ((x, y), (x + size, y), (x + size, y + size), (x, y + size)))


def line(*points, label=""):
    return (label, tuple((float(x), float(y)) for x, y in points))


def point(label, x, y):
    return (label, ((float(x), float(y)),))


# Three of four workers mark the same thing; the fourth marks something else.
TOYS = {
    "boxes": ([[box(10, 10)], [box(11, 10)], [box(12, 10)], [box(100, 100)]], box(11, 10)),
    "polygons": ([[square(10, 10)], [square(11, 10)], [square(12, 10)], [square(100, 100)]], square(11, 10)),
    "polylines": ([[line((0, 0), (50, 0))], [line((50, 2), (0, 2))], [line((0, 1), (50, 1))], [line((0, 90), (50, 90))]], line((0, 1), (50, 1))),
    "keypoints": ([[point("eye", 10, 10), point("ear", 50, 50)], [point("eye", 12, 10), point("ear", 50, 50)],
                   [point("eye", 11, 10), point("ear", 50, 50)], [point("eye", 90, 90)]], point("eye", 11, 10)),
}  # fmt: skip


def toy(name):
    answers, expected = TOYS[name]
    return [("t", f"w{n}", tuple(answer)) for n, answer in enumerate(answers)], expected


@every_method
def test_finds_majority_shape(name, method):
    rows, (label, shape) = toy(name)
    result = TYPES[name].methods[method].consolidate(from_rows(rows).table)

    likest = max(result.labels[0], key=lambda item: TYPES[name].measure([(item,)], [((label, shape),)])["mean_overlap"])
    assert likest[0] == label
    assert TYPES[name].measure([(likest,)], [((label, shape),)])["mean_overlap"] > 0.9
    assert len(result.part_confidence[0]) == len(result.labels[0])
    assert (np.diff(result.part_confidence[0]) <= 1e-9).all()  # the surest first


def test_overlaps_worked_by_hand():
    assert boxes.iou((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert boxes.iou((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    np.testing.assert_allclose(boxes.ious([(0, 0, 10, 10), (5, 0, 15, 10)]), [[1, 1 / 3], [1 / 3, 1]])
    assert outlines.area_similarity([square(0, 0)[1], square(5, 0)[1]])[0, 1] == pytest.approx(1 / 3, abs=0.02)
    # A line 2 beside one of length 80: half of a half at 5 % of the length.
    assert outlines.line_similarity([((0, 0), (80, 0)), ((0, 4), (80, 4))])[0, 1] == pytest.approx(0.5)


def test_drops_shape_of_one_worker():
    rows = [(t, f"w{n}", (box(10, 10), box(60, 60)) if n == 0 else (box(10, 10),)) for t in range(5) for n in range(5)]

    result = BOXES["matched"].consolidate(from_rows(rows).table)
    stored = BOXES["ground-truth-mean"].consolidate(from_rows(rows).table)

    assert [len(value) for value in result.labels] == [1] * 5
    assert [len(value) for value in stored.labels] == [2] * 5
    assert stored.part_confidence[0][0] == pytest.approx(1)
    assert stored.part_confidence[0][1] < 0.25


def test_never_joins_boxes_of_one_worker():
    # Two things side by side: the boxes of one worker are never joined, however near.
    rows = [("t", f"w{n}", (box(10, 10), box(13, 10))) for n in range(4)]

    assert len(BOXES["matched"].consolidate(from_rows(rows).table).labels[0]) == 2


def test_does_not_chain_neighbours():
    table = from_rows([("t", f"w{n}", (box(6 * n, 0),)) for n in range(4)]).table

    result = matching.clusters(table, boxes.ious, min_similarity=0.2, key=str)

    assert max(len(item.annotations) for item in result) == 2


def crowd_of_boxes(seed, *, pictures=120, miss=0.25, invent=0.15):
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.3, 3.0, 12)
    rows, truth = [], []
    for picture in range(pictures):
        true = [box(x, 20 * rng.random(), 15, 30) for x in (0, 50, 100)[: rng.integers(0, 4)]]
        truth.append(true)
        for worker in rng.choice(12, 5, replace=False):
            values = [
                ("", tuple(np.array(shape) + rng.normal(0, spread[worker], 4)))
                for _, shape in true
                if rng.random() > miss
            ]
            if rng.random() < invent:
                values.append(box(150, 150 + 40 * rng.random()))
            rows.append((picture, int(worker), tuple(values)))
    return rows, truth, spread


def test_recovers_boxes_and_spreads():
    rows, truth, spread = crowd_of_boxes(1)
    coded = from_rows(rows)
    result = BOXES["matched"].consolidate(coded.table)
    score = boxes.measure(result.labels, truth)
    single = boxes.measure(list(coded.table.value), [truth[t] for t in coded.table.task])

    assert score["f1"] > single["f1"] + 0.05
    assert (
        score["mean_overlap"]
        > boxes.measure(BOXES["ground-truth-mean"].consolidate(coded.table).labels, truth)["mean_overlap"]
    )
    assert np.corrcoef(result.worker_parameters["spread"], spread[np.array(coded.workers)])[0, 1] > 0.8


def test_confidence_predicts_correct_boxes():
    rows, truth, _spread = crowd_of_boxes(2, miss=0.45, invent=0.5)
    result = BOXES["matched"].consolidate(from_rows(rows).table, least_chance=0.0)
    sure = np.concatenate(result.part_confidence)
    right = np.array([any(boxes.iou(shape, true) > 0.5 for _, true in expected)
                      for value, expected in zip(result.labels, truth, strict=True) for _, shape in value])  # fmt: skip
    order = np.argsort(sure)

    assert right[order[len(order) // 2 :]].mean() > right[order[: len(order) // 2]].mean()


@every_method
def test_defines_edge_cases(name, method):
    assert TYPES[name].methods[method].consolidate(from_rows([]).table).labels == []
    rows = [("t", "a", ()), ("t", "b", ()), ("u", "a", (TOYS[name][0][0][0],))]
    table = from_rows(rows).table
    result = TYPES[name].methods[method].consolidate(ValueTable(table.task, table.worker, table.value, 3, 3))
    assert result.labels[0] == ()
    assert result.labels[2] is None
    for numbers in (result.confidence, result.accuracy, result.low, result.high):
        assert np.isfinite(numbers).all()


@every_method
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999))
def test_independent_of_order_and_names(name, method, seed):
    rows, _expected = toy(name)
    mixed = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]

    first, second = (TYPES[name].methods[method].consolidate(from_rows(values).table) for values in (rows, mixed))

    assert TYPES[name].measure(first.labels, second.labels)["mean_overlap"] == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(first.part_confidence[0], second.part_confidence[0], atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_text_round_trip(name):
    for answer in TOYS[name][0]:
        assert TYPES[name].read(TYPES[name].write(tuple(answer))) == tuple(answer)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("boxes", "x"), ("boxes", "{}"), ("boxes", "[[1, 2, 3]]"), ("boxes", "[[5, 0, 1, 1]]"),
        ("boxes", '[[0, 0, 1, "a"]]'), ("polygons", "[[[0, 0], [1, 1]]]"), ("polygons", "[[1, 2, 3]]"),
        ("polylines", '[{"label": 3, "points": [[0, 0], [1, 1]]}]'), ("keypoints", "[[1, 2]]"),
        ("keypoints", '[["a", null, 2]]'), ("keypoints", "no"), ("polylines", "3"),
    ],
)  # fmt: skip
def test_refuses_malformed_text(name, text):
    with pytest.raises(ValueRefused, match="expected"):
        TYPES[name].read(text)


def test_votes_on_label_by_accuracy():
    rows = [("t", n, (box(10, 10, label=name),)) for n, name in enumerate(("cat", "dog", "dog"))]

    assert BOXES["matched"].consolidate(from_rows(rows).table).labels[0][0][0] == "dog"
    assert json.loads(boxes.write((box(1, 2, label="cat"),))) == [[1, 2, 11, 22, "cat"]]


def test_empty_answers_agree():
    assert detection.overlap((), (), boxes.iou) == 1
    assert detection.overlap((box(0, 0),), (), boxes.iou) == 0
