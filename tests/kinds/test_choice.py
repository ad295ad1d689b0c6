import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gtcrowd import consolidation, kinds
from gtcrowd.kinds import AnswerRefused

CHOICE = kinds.KINDS["choice"]
BIRDS = ["heron", "ibis"]
MADE = datetime(2031, 4, 5, 10, 0, 0, 123456, tzinfo=UTC)


def fields(confidence=0.95, **changed):
    context = {
        "attribute": "species",
        "categories": BIRDS,
        "medium": "image",
        "job_name": "Species",
        "created_at": MADE,
    }
    return CHOICE.manifest_fields(kinds.Label("ibis", confidence), kinds.ManifestContext(**context | changed))


def conclude(rows, **changed):
    objects, workers, values = zip(*rows, strict=True)
    distinct = sorted(set(values))
    data = kinds.AnswerColumns(
        objects, workers, [distinct.index(value) for value in values], distinct, n_objects=3, n_workers=3
    )
    details = {"categories": BIRDS, "method": "majority", "parameters": {}}
    return CHOICE.consolidate(data, **(details | changed))


@pytest.mark.parametrize(
    "content",
    [
        {"crowd-image-classifier": {"label": "ibis"}},
        {"crowd-classifier": {"label": "ibis", "workerComment": "far away"}},
        {"which-bird": {"label": "ibis"}, "remark": "far away", "sure": {"on": True}},
    ],
)
def test_reads_answer(content):
    assert CHOICE.read_answer(content, BIRDS) == "ibis"


@pytest.mark.parametrize(
    ("content", "field", "expected"),
    [
        (None, "answer", "must be an object"),
        ([], "answer", "must be an object"),
        ({}, "crowd-image-classifier", "must be an object such as"),
        ({"other": {}}, "crowd-image-classifier", "must be an object such as"),
        ({"a": {"label": "ibis"}, "b": {"label": "heron"}}, "crowd-image-classifier", "must be an object such as"),
        ({"crowd-classifier": {}}, "crowd-classifier", "must be an object such as"),
        ({"crowd-classifier": "ibis"}, "crowd-classifier", "must be an object such as"),
        ({"crowd-classifier": {"label": "owl"}}, "crowd-classifier.label", "must be one of: heron, ibis."),
        ({"crowd-classifier": {"label": None}}, "crowd-classifier.label", "must be one of"),
        ({"crowd-classifier": {"label": ["ibis"]}}, "crowd-classifier.label", "must be one of"),
    ],
)
def test_refuses_other_answers(content, field, expected):
    with pytest.raises(AnswerRefused, match=expected) as refused:
        CHOICE.read_answer(content, BIRDS)

    assert refused.value.field == field


def test_refusal_lists_first_categories():
    with pytest.raises(AnswerRefused, match=r"c9 and 990 more\."):
        CHOICE.read_answer({"crowd-classifier": {"label": "x"}}, [f"c{n}" for n in range(1000)])


def test_consolidates_to_one_label_per_object():
    result = conclude([(0, 0, "ibis"), (0, 1, "ibis"), (0, 2, "heron"), (2, 0, "heron")])

    assert result.labels == ["ibis", None, "heron"]
    assert result.confidence.tolist() == pytest.approx([2 / 3, 0, 1])
    assert result.posterior[0].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert result.answers.tolist() == [2, 1, 1]


def test_gold_answers_are_certain():
    result = conclude([(0, 0, "ibis"), (1, 1, "ibis")], gold_answers={0: "heron"})

    assert result.labels == ["heron", "ibis", None]


def test_weights_by_worker_accuracies():
    rows = [(0, 0, "ibis"), (0, 1, "heron"), (0, 2, "heron")]

    result = conclude(rows, method="weighted-vote", worker_accuracy=[0.95, 0.6, 0.6])

    assert result.labels[0] == "ibis"


def test_methods_exist():
    assert set(CHOICE.methods) <= set(consolidation.METHODS)
    assert CHOICE.default_method in CHOICE.methods


@pytest.mark.parametrize(("medium", "kind"), [("image", "image-classification"), ("text", "text-classification")])
def test_manifest_fields_equal_ground_truth(medium, kind):
    assert json.dumps(fields(medium=medium)) == (
        '{"species": 1, "species-metadata": {"class-name": "ibis", "confidence": 0.95, '
        f'"job-name": "labeling-job/species", "type": "groundtruth/{kind}", '
        '"human-annotated": "yes", "creation-date": "2031-04-05T10:00:00.123456"}}'
    )


def test_zero_confidence_is_integer():
    assert json.dumps(fields(confidence=0.0)["species-metadata"]["confidence"]) == "0"


def test_time_is_utc():
    there = MADE.astimezone(timezone(timedelta(hours=-7)))

    assert fields(created_at=there) == fields()


def test_refuses_time_without_zone():
    with pytest.raises(ValueError, match="zone"):
        fields(created_at=datetime(2031, 4, 5, 10))  # noqa: DTZ001 - it is what must be refused


def test_marks_machine_labels():
    assert fields(human_annotated=False)["species-metadata"]["human-annotated"] == "no"


def test_writes_zero_microseconds():
    created = fields(created_at=MADE.replace(microsecond=0))["species-metadata"]["creation-date"]

    assert created == "2031-04-05T10:00:00.000000"
