import json
from datetime import UTC, datetime

import numpy as np
import pytest

from gtcrowd import kinds
from gtcrowd.kinds import AnswerRefused

CHOICES = kinds.KINDS["choices"]
THINGS = ["tree", "car", "dog", "bus"]
MADE = datetime(2031, 4, 5, 10, 0, 1, 201, tzinfo=UTC)


def conclude(rows, **changed):
    objects, workers, values = zip(*rows, strict=True)
    distinct = [list(item) for item in sorted({tuple(value) for value in values})]
    data = kinds.AnswerColumns(
        objects, workers, [distinct.index(list(value)) for value in values], distinct, n_objects=3, n_workers=3
    )
    details = {"categories": THINGS, "method": "per-label", "parameters": {}}
    return data, CHOICES.consolidate(data, **(details | changed))


@pytest.mark.parametrize(
    "content",
    [
        {"crowd-image-classifier-multi-select": {"labels": ["bus", "tree"]}},
        {"crowd-classifier-multi-select": {"labels": ["tree", "bus"]}, "remark": "dark"},
        {"what-is-there": {"labels": ["tree", "bus"]}},
    ],
)
def test_reads_answer_in_job_order(content):
    assert CHOICES.read_answer(content, THINGS) == ["tree", "bus"]


def test_reads_empty_set():
    assert CHOICES.read_answer({"crowd-classifier-multi-select": {"labels": []}}, THINGS) == []


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("tree", "must be a list of categories"),
        ({"tree": True}, "must be a list of categories"),
        (["owl"], "must be among: tree, car, dog, bus."),
        ([["tree"]], "must be among"),
        (["tree", "tree"], "must have each category once"),
    ],
)
def test_refuses_other_answers(labels, message):
    with pytest.raises(AnswerRefused, match=message) as refused:
        CHOICES.read_answer({"crowd-classifier-multi-select": {"labels": labels}}, THINGS)

    assert refused.value.field == "crowd-classifier-multi-select.labels"


def test_refuses_too_many_categories():
    assert CHOICES.check_categories([f"c{n}" for n in range(50)]) == []
    assert [fault.problem for fault in CHOICES.check_categories([f"c{n}" for n in range(51)])] == [
        "at most 50 categories are allowed."
    ]


def test_consolidates_to_one_set_per_object():
    _given, result = conclude([(0, 0, ["tree", "bus"]), (0, 1, ["tree", "bus"]), (0, 2, ["tree"]), (2, 0, [])])

    assert result.labels == [["tree", "bus"], None, []]
    assert result.confidence[1] == 0
    assert [len(item) for item in result.part_confidence] == [2, 0, 0]
    assert result.posterior[0, [0, 3]].tolist() == pytest.approx(result.part_confidence[0])
    assert result.posterior[:, [1, 2]].max() == 0
    assert result.answers.tolist() == [2, 1, 1]


@pytest.mark.parametrize("method", CHOICES.methods)
def test_gold_answers_are_certain(method):
    rows = [(0, 0, ["tree"]), (0, 1, ["tree"]), (1, 0, ["car"])]
    _given, result = conclude(rows, gold_answers={0: ["tree", "dog"], 2: []}, method=method)

    assert result.labels == [["tree", "dog"], ["car"], []]
    assert result.confidence[[0, 2]].tolist() == [1, 1]
    assert list(result.part_confidence[0]) == [1, 1]


def test_weights_by_worker_accuracies():
    rows = [(0, 0, ["tree"]), (0, 1, [])]

    trusted = [conclude(rows, worker_accuracy=accuracy)[1].posterior[0, 0] for accuracy in ([0.95, 0.1, np.nan], None)]

    assert trusted[0] > trusted[1]


def test_manifest_fields_equal_ground_truth():
    context = kinds.ManifestContext(
        attribute="tags", categories=THINGS, medium="image", job_name="tags", created_at=MADE
    )
    block = CHOICES.manifest_fields(kinds.Label(["tree", "bus"], 0.4, [0.95, 0.41]), context)

    assert json.dumps(block, separators=(",", ":")) == (
        '{"tags":[0,3],"tags-metadata":{"job-name":"labeling-job/tags","class-map":{"0":"tree","3":"bus"},'
        '"confidence-map":{"0":0.95,"3":0.41},"human-annotated":"yes","creation-date":"2031-04-05T10:00:01.000201",'
        '"type":"groundtruth/image-classification-multilabel"}}'
    )


def generated(seed, *, objects, workers=12, each=3):
    """Rows of a crowd that sees most of what is there, and what is there [objects, categories]."""
    rng = np.random.default_rng(seed)
    there = rng.random((objects, len(THINGS))) < 0.3
    sensitive, specific = rng.uniform(0.6, 0.95, workers), rng.uniform(0.85, 0.98, workers)
    rows = []
    for number, true in enumerate(there):
        for worker in rng.choice(workers, each, replace=False):
            draw = rng.random(len(THINGS))
            values = np.where(true, draw < sensitive[worker], draw > specific[worker])
            rows.append(
                (number, int(worker), [name for name, observed in zip(THINGS, values, strict=True) if observed])
            )
    return rows, there


def test_posterior_equals_full_fit():
    rows, _there = generated(5, objects=300)
    objects, workers, values = zip(*rows, strict=True)
    data = kinds.AnswerColumns(objects, workers, range(len(rows)), values, n_objects=300, n_workers=12)
    result = CHOICES.consolidate(data, categories=THINGS, method="per-label", parameters={})
    shared, models = json.loads(json.dumps(CHOICES.worker_models(result)))

    for number in range(0, 300, 29):
        mine = [(models[worker], value) for index, worker, value in rows if index == number]
        opinion = CHOICES.posterior(shared, mine, categories=THINGS, more=2)
        assert opinion.value == result.labels[number]
        assert opinion.error == pytest.approx(1 - result.confidence[number], abs=0.01)

    more = np.full(300, 2)
    gains = CHOICES.value_of_more_answers(shared, models, data, categories=THINGS, more=more)
    assert gains[290] == pytest.approx(opinion.avoidable_error, abs=1e-9)
    assert CHOICES.value_of_more_answers(shared, models, data, categories=THINGS, more=more * 0).max() == 0


def test_value_of_more_answers_predicts_changes():
    rows, _there = generated(6, objects=4000, each=5)
    first = [row for index, row in enumerate(rows) if index % 5 < 3]
    labels = []
    for chosen in (first, rows):
        objects, workers, values = zip(*chosen, strict=True)
        data = kinds.AnswerColumns(objects, workers, range(len(chosen)), values, n_objects=4000, n_workers=12)
        result = CHOICES.consolidate(data, categories=THINGS, method="per-label", parameters={})
        labels.append(result.labels)
        if chosen is first:
            shared, models = CHOICES.worker_models(result)
            expected = CHOICES.value_of_more_answers(
                shared, models, data, categories=THINGS, more=np.full(4000, 2)
            ).mean()
    changed = np.mean([item != other for item, other in zip(*labels, strict=True)])

    assert expected == pytest.approx(changed, rel=0.35)


def test_prior_model_trusts_workers_little():
    shared = CHOICES.prior_model(THINGS)
    alone, together = (
        CHOICES.posterior(shared, [(None, ["tree"])] * count, categories=THINGS, more=3) for count in (1, 6)
    )

    assert alone.value == together.value == ["tree"]
    assert alone.error > 0.5
    assert together.error < 0.1
