import json
from datetime import UTC, datetime

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from gtcrowd import kinds
from gtcrowd.kinds import AnswerRefused

SIZE = {"height": 480, "width": 640}
MADE = datetime(2031, 4, 5, 10, 0, 2, 500_000, tzinfo=UTC)
CARS = ["car", "van"]
BOXES = kinds.KINDS["boxes"]
CONTEXT = kinds.ManifestContext(attribute="cars", categories=CARS, medium="image", job_name="cars", created_at=MADE)
SHAPES = {
    "boxes": {"label": "van", "left": 33, "top": 101, "width": 120, "height": 60},
    "polygons": {"label": "van", "vertices": [{"x": 1, "y": 2}, {"x": 30, "y": 2}, {"x": 30, "y": 40}]},
    "polylines": {"label": "van", "vertices": [{"x": 1, "y": 2}, {"x": 30, "y": 2}]},
    "lines": {"label": "van", "vertices": [{"x": 1, "y": 2}, {"x": 30, "y": 2}]},
    "keypoints": {"label": "van", "x": 155, "y": 275},
}
every = pytest.mark.parametrize("name", SHAPES)


def sent(name, *shapes, **changed):
    kind = kinds.KINDS[name]
    return {kind.elements[0]: {kind.key: list(shapes), "inputImageProperties": SIZE} | changed}


def concluded(name, answers, **details):
    """The value of one object from the shapes each worker drew."""
    kind = kinds.KINDS[name]
    values = [kind.read_answer(sent(name, *shapes), CARS) for shapes in answers]
    many = len(values)
    data = kinds.AnswerColumns([0] * many, range(many), range(many), values, n_objects=1, n_workers=many)
    return kind.consolidate(data, categories=CARS, method=kind.default_method, parameters={}, **details)


@pytest.mark.parametrize(
    "points", [[(1, 1), (9, 1), (5, 1)], [(1, 1), (1, 1), (1, 1)], [(0, 0), (4, 4), (8, 8), (2, 2)]]
)
def test_polygon_encloses_an_area(points):
    shape = {"label": "van", "vertices": [{"x": x, "y": y} for x, y in points]}
    with pytest.raises(AnswerRefused, match="must enclose an area"):
        kinds.KINDS["polygons"].read_answer({"crowd-polygon": {"polygons": [shape]}}, CARS)


@every
def test_reads_answer_of_element(name):
    kind = kinds.KINDS[name]
    value = kind.read_answer(sent(name, SHAPES[name]), CARS)

    assert value == {kind.key: [SHAPES[name]], "inputImageProperties": SIZE}
    assert kind.read_value(json.loads(json.dumps(value)), CARS) == value


@every
def test_reads_empty_answer(name):
    kind = kinds.KINDS[name]

    assert kind.read_answer(sent(name), CARS)[kind.key] == []


@every
def test_merges_three_equal_shapes(name):
    kind = kinds.KINDS[name]
    result = concluded(name, [[SHAPES[name]]] * 3)

    (shape,) = result.labels[0][kind.key]
    assert shape["label"] == "van"
    assert kind.matches(result.labels[0], {kind.key: [SHAPES[name]]})
    assert result.labels[0]["inputImageProperties"] == SIZE
    assert [len(item) for item in result.part_confidence] == [1]
    assert result.accuracy.tolist() == pytest.approx([1, 1, 1], abs=0.1)


@every
def test_empty_answers_give_empty_label(name):
    result = concluded(name, [[]] * 3)

    assert result.labels[0][kinds.KINDS[name].key] == []
    assert result.confidence[0] > 0.5


@every
def test_gold_answer_is_certain(name):
    kind = kinds.KINDS[name]
    truth = {kind.key: [SHAPES[name]], "inputImageProperties": SIZE}
    result = concluded(name, [[], []], gold_answers={0: truth})

    assert result.labels == [truth]
    assert (result.confidence[0], result.part_confidence[0].tolist()) == (1, [1])


@every
def test_matches_only_equal_shapes(name):
    kind = kinds.KINDS[name]
    shape = SHAPES[name]
    truth = {kind.key: [shape]}

    assert kind.matches({kind.key: [shape]}, truth)
    assert not kind.matches({kind.key: [shape | {"label": "car"}]}, truth)
    assert not kind.matches({kind.key: [shape, shape]}, truth)
    assert not kind.matches({kind.key: []}, truth)


@pytest.mark.parametrize(
    ("changed", "field", "expected"),
    [
        ({"label": "bus"}, "label", "must be one of: car, van."),
        ({"width": 0}, "width", "must be more than 0."),
        ({"left": -5}, "left", "must be within the image, which ends at 640."),
        ({"width": 700}, "left", "must be within the image"),
        ({"top": "9"}, "top", "must be a number of pixels."),
        ({"top": float("nan")}, "top", "must be a number of pixels."),
        ({"top": True}, "top", "must be a number of pixels."),
    ],
)
def test_refuses_bad_box(changed, field, expected):
    with pytest.raises(AnswerRefused, match=expected) as refused:
        BOXES.read_answer(sent("boxes", SHAPES["boxes"], SHAPES["boxes"] | changed), CARS)

    assert refused.value.field == f"crowd-bounding-box.boundingBoxes[1].{field}"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"crowd-bounding-box": {"boundingBoxes": {}}}, "crowd-bounding-box.boundingBoxes"),
        ({"crowd-bounding-box": {"boundingBoxes": [3]}}, "crowd-bounding-box.boundingBoxes[0]"),
        ({"crowd-bounding-box": {"boundingBoxes": [SHAPES["boxes"]] * 5001}}, "crowd-bounding-box.boundingBoxes"),
        (sent("boxes", inputImageProperties={"height": 480}), "crowd-bounding-box.inputImageProperties.width"),
        (sent("boxes", inputImageProperties=[1, 2]), "crowd-bounding-box.inputImageProperties.height"),
    ],
)
def test_refuses_malformed_boxes(content, field):
    with pytest.raises(AnswerRefused) as refused:
        BOXES.read_answer(content, CARS)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "count", "expected"),
    [("polygons", 2, "must be a list of 3 to 10,000 points"), ("lines", 3, "must be a list of 2 points"),
     ("polylines", 1, "must be a list of 2 to 10,000 points")],
)  # fmt: skip
def test_refuses_wrong_number_of_points(name, count, expected):
    shape = {"label": "van", "vertices": [{"x": n, "y": n * n} for n in range(count)]}
    with pytest.raises(AnswerRefused, match=expected):
        kinds.KINDS[name].read_answer(sent(name, shape), CARS)


def test_manifest_fields_equal_ground_truth():
    value = {
        "boundingBoxes": [{"label": "van", "left": 33.2, "top": 101.4, "width": 120.8, "height": 60.6}],
        "inputImageProperties": SIZE,
    }
    block = BOXES.manifest_fields(kinds.Label(value, 0.5, [0.91]), CONTEXT)

    assert json.dumps(block, separators=(",", ":")) == (
        '{"cars":{"image_size":[{"width":640,"height":480,"depth":3}],"annotations":[{"class_id":1,"top":101.4,'
        '"left":33.2,"height":60.6,"width":120.8}]},"cars-metadata":{"objects":[{"confidence":0.91}],'
        '"class-map":{"1":"van"},"job-name":"labeling-job/cars","type":"groundtruth/object-detection",'
        '"human-annotated":"yes","creation-date":"2031-04-05T10:00:02.500000"}}'
    )


def test_manifest_fields_of_empty_image():
    empty = {"boundingBoxes": [], "inputImageProperties": SIZE}
    block = BOXES.manifest_fields(kinds.Label(empty, 0.9), CONTEXT)

    assert block["cars"]["annotations"] == block["cars-metadata"]["objects"] == []
    assert block["cars-metadata"]["class-map"] == {}


@anything(
    st.lists(
        st.tuples(
            st.integers(0, 600), st.integers(0, 440), st.integers(1, 40), st.integers(1, 40), st.sampled_from(CARS)
        ),
        max_size=6,
    )
)
def test_boxes_round_trip(boxes):
    shapes = [{"label": n, "left": x, "top": y, "width": w, "height": h} for x, y, w, h, n in boxes]
    value = BOXES.read_answer(sent("boxes", *shapes), CARS)

    assert BOXES.encode(BOXES.decode(value), [value]) == value
