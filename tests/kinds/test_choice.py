import json
from datetime import UTC, datetime

import pytest

from gtcrowd import kinds
from gtcrowd.kinds import AnswerRefused

CHOICE = kinds.KINDS["choice"]
BIRDS = ["heron", "ibis"]


@pytest.mark.parametrize("element", ["crowd-image-classifier", "crowd-classifier"])
def test_an_answer_is_read(element):
    assert CHOICE.read_answer({element: {"label": "ibis"}}, BIRDS) == "ibis"


@pytest.mark.parametrize(
    "content", [None, [], {}, {"other": {}}, {"crowd-classifier": {}}, {"crowd-classifier": {"label": "owl"}}]
)
def test_other_answers_are_refused(content):
    with pytest.raises(AnswerRefused):
        CHOICE.read_answer(content, BIRDS)


@pytest.mark.parametrize("categories", [[], ["one"], ["a", "a"], ["a", ""], ["a", "b" * 257], ["a", 3]])
def test_bad_categories_are_faults(categories):
    assert CHOICE.check_categories(categories)


@pytest.mark.parametrize("name", ["source", "source-ref", "a-metadata", "a-ref", "-a", "a b", "a" * 128])
def test_bad_attribute_names_are_faults(name):
    assert CHOICE.check_attribute_name(name)


def test_the_block_is_as_ground_truth_writes_it():
    block = CHOICE.block(
        attribute="species",
        value="ibis",
        confidence=0.95,
        categories=BIRDS,
        medium="image",
        job_name="Species",
        created_at=datetime(2031, 4, 5, 10, 0, 0, 123456, tzinfo=UTC),
    )

    assert json.dumps(block) == (
        '{"species": 1, "species-metadata": {"class-name": "ibis", "confidence": 0.95, '
        '"job-name": "labeling-job/species", "type": "groundtruth/image-classification", '
        '"human-annotated": "yes", "creation-date": "2031-04-05T10:00:00.123456"}}'
    )


def test_a_failed_object_says_why():
    block = kinds.failed_block("cars", "Nobody answered.")

    assert block == {
        "cars-metadata": {
            "retry-count": 1,
            "failure-reason": "ClientError: Nobody answered.",
            "human-annotated": "true",
        }
    }


@pytest.mark.parametrize("medium", CHOICE.media)
def test_every_medium_has_a_page(medium):
    assert "crowd-form" in CHOICE.template(medium)
