"""Boxes and outlines: toy pictures by hand, generated crowds, what must not matter."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd.consolidation.shapes import boxes, existence, matching, outlines
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable, from_rows

FORMS = [boxes.FORM, outlines.POLYGONS, outlines.POLYLINES, outlines.KEYPOINTS]
every_method = pytest.mark.parametrize(
    ("form", "method"),
    [(form, method) for form in FORMS for method in form.methods],
    ids=lambda x: getattr(x, "name", x),
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


def toy(form):
    answers, expected = TOYS[form.name]
    return [("t", f"w{n}", tuple(answer)) for n, answer in enumerate(answers)], expected


@every_method
def test_what_most_mark_is_found_where_they_mark_it(form, method):
    rows, (label, shape) = toy(form)
    found = form.methods[method].conclude(from_rows(rows).table)

    likest = max(found.value[0], key=lambda one: form.measure([(one,)], [((label, shape),)])["mean_overlap"])
    assert likest[0] == label
    assert form.measure([(likest,)], [((label, shape),)])["mean_overlap"] > 0.9
    assert len(found.parts[0]) == len(found.value[0])
    assert (np.diff(found.parts[0]) <= 1e-9).all()  # the surest first


def test_overlaps_are_as_worked_by_hand():
    assert boxes.iou((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert boxes.iou((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    np.testing.assert_allclose(boxes.ious([(0, 0, 10, 10), (5, 0, 15, 10)]), [[1, 1 / 3], [1 / 3, 1]])
    assert outlines.area_alike(square(0, 0)[1], square(5, 0)[1]) == pytest.approx(1 / 3, abs=0.02)
    # A line 2 beside one of length 80: half of a half at 5 % of the length.
    assert outlines.line_alike(((0, 0), (80, 0)), ((0, 4), (80, 4))) == pytest.approx(0.5)


def test_what_only_one_of_many_marks_is_left_out():
    rows = [(t, f"w{n}", (box(10, 10), box(60, 60)) if n == 0 else (box(10, 10),)) for t in range(5) for n in range(5)]

    found = boxes.FORM.methods["matched"].conclude(from_rows(rows).table)
    kept = boxes.FORM.methods["ground-truth-mean"].conclude(from_rows(rows).table)

    assert [len(value) for value in found.value] == [1] * 5
    assert [len(value) for value in kept.value] == [2] * 5
    assert kept.parts[0][0] == pytest.approx(1)
    assert kept.parts[0][1] < 0.25


def test_a_worker_marks_a_thing_only_once():
    # Two things side by side: the boxes of one worker are never joined, however near.
    rows = [("t", f"w{n}", (box(10, 10), box(13, 10))) for n in range(4)]

    assert len(boxes.FORM.methods["matched"].conclude(from_rows(rows).table).value[0]) == 2


def test_neighbours_in_a_row_are_not_one_thing():
    table = from_rows([("t", f"w{n}", (box(6 * n, 0),)) for n in range(4)]).table

    found = matching.clusters(table, boxes.ious, least=0.2, key=str)

    assert max(len(one.marks) for one in found) == 2


def crowd_of_boxes(seed, *, pictures=120, miss=0.25, invent=0.15):
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.3, 3.0, 12)
    rows, truth = [], []
    for picture in range(pictures):
        true = [box(x, 20 * rng.random(), 15, 30) for x in (0, 50, 100)[: rng.integers(0, 4)]]
        truth.append(true)
        for worker in rng.choice(12, 5, replace=False):
            given = [
                ("", tuple(np.array(shape) + rng.normal(0, spread[worker], 4)))
                for _, shape in true
                if rng.random() > miss
            ]
            if rng.random() < invent:
                given.append(box(150, 150 + 40 * rng.random()))
            rows.append((picture, int(worker), tuple(given)))
    return rows, truth, spread


def test_things_and_precise_workers_are_recovered():
    rows, truth, spread = crowd_of_boxes(1)
    coded = from_rows(rows)
    found = boxes.FORM.methods["matched"].conclude(coded.table)
    score = boxes.measure(found.value, truth)
    single = boxes.measure(list(coded.table.value), [truth[t] for t in coded.table.task])

    assert score["f1"] > single["f1"] + 0.05
    assert (
        score["mean_overlap"]
        > boxes.measure(boxes.FORM.methods["ground-truth-mean"].conclude(coded.table).value, truth)["mean_overlap"]
    )
    assert np.corrcoef(found.traits["spread"], spread[np.array(coded.workers)])[0, 1] > 0.8


def test_sure_boxes_are_right_more_often():
    rows, truth, _spread = crowd_of_boxes(2, miss=0.45, invent=0.5)
    found = boxes.FORM.methods["matched"].conclude(from_rows(rows).table, least_chance=0.0)
    sure = np.concatenate(found.parts)
    right = np.array([any(boxes.iou(shape, true) > 0.5 for _, true in wanted)
                      for value, wanted in zip(found.value, truth, strict=True) for _, shape in value])  # fmt: skip
    order = np.argsort(sure)

    assert right[order[len(order) // 2 :]].mean() > right[order[: len(order) // 2]].mean()


@every_method
def test_edges_are_defined(form, method):
    assert form.methods[method].conclude(from_rows([]).table).value == []
    rows = [("t", "a", ()), ("t", "b", ()), ("u", "a", (TOYS[form.name][0][0][0],))]
    table = from_rows(rows).table
    found = form.methods[method].conclude(ValueTable(table.task, table.worker, table.value, 3, 3))
    assert found.value[0] == ()
    assert found.value[2] is None
    for numbers in (found.confidence, found.quality, found.low, found.high):
        assert np.isfinite(numbers).all()


@every_method
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999))
def test_order_and_names_do_not_matter(form, method, seed):
    rows, _expected = toy(form)
    mixed = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]

    one, two = (form.methods[method].conclude(from_rows(given).table) for given in (rows, mixed))

    assert form.measure(one.value, two.value)["mean_overlap"] == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(one.parts[0], two.parts[0], atol=1e-9)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_is_written_reads_the_same(form):
    for answer in TOYS[form.name][0]:
        assert form.read(form.write(tuple(answer))) == tuple(answer)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (boxes.FORM, "x"), (boxes.FORM, "{}"), (boxes.FORM, "[[1, 2, 3]]"), (boxes.FORM, "[[5, 0, 1, 1]]"),
        (boxes.FORM, '[[0, 0, 1, "a"]]'), (outlines.POLYGONS, "[[[0, 0], [1, 1]]]"), (outlines.POLYGONS, "[[1, 2, 3]]"),
        (outlines.POLYLINES, '[{"label": 3, "points": [[0, 0], [1, 1]]}]'), (outlines.KEYPOINTS, "[[1, 2]]"),
        (outlines.KEYPOINTS, '[["a", null, 2]]'), (outlines.KEYPOINTS, "no"), (outlines.POLYLINES, "3"),
    ],
)  # fmt: skip
def test_other_texts_are_refused(form, text):
    with pytest.raises(ValueRefused, match="expected"):
        form.read(text)


def test_labels_are_voted_by_trust():
    rows = [("t", n, (box(10, 10, label=name),)) for n, name in enumerate(("cat", "dog", "dog"))]

    assert boxes.FORM.methods["matched"].conclude(from_rows(rows).table).value[0][0][0] == "dog"
    assert json.loads(boxes.write((box(1, 2, label="cat"),))) == [[1, 2, 11, 22, "cat"]]


def test_an_empty_picture_agrees_with_an_empty_picture():
    assert existence.overlap((), (), boxes.iou) == 1
    assert existence.overlap((box(0, 0),), (), boxes.iou) == 0
