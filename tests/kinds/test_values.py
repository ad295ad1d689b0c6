"""Spans, texts, numbers, rankings and custom answers."""

import json
from datetime import UTC, datetime

import pytest

from gtcrowd import kinds
from gtcrowd.kinds import AnswerRefused

MADE = datetime(2031, 4, 5, 10, 0, 8, 398_470, tzinfo=UTC)
SPANS, TEXT, NUMBER, RANKING = (kinds.KINDS[name] for name in ("spans", "text", "number", "ranking"))
NAMES = ["Person", "Place"]


def concluded(kind, values, categories=()):
    many = len(values)
    data = kinds.AnswerColumns([0] * many, range(many), range(many), values, n_objects=1, n_workers=many)
    return kind.consolidate(data, categories=categories, method=kind.default_method, parameters={})


def fields(kind, value, categories=(), parts=None):
    context = kinds.ManifestContext(
        attribute="ner", categories=categories, medium="text", job_name="ner", created_at=MADE
    )
    return kind.manifest_fields(kinds.Label(value, 0.87, parts), context)


def span(label, start, end):
    return {"label": label, "startOffset": start, "endOffset": end}


def test_reads_spans_in_text_order():
    sent = [span("Place", 12, 16), span("Person", 0, 3), span("Place", 12, 16), span("Person", 12, 16)]

    value = SPANS.read_answer({"crowd-entity-annotation": {"entities": sent}}, NAMES)

    assert value["entities"] == [span("Person", 0, 3), span("Person", 12, 16), span("Place", 12, 16)]


@pytest.mark.parametrize(
    "wrong",
    [
        span("Thing", 0, 1),
        span("Place", 3, 3),
        span("Place", -1, 3),
        span("Place", 0.5, 3),
        span("Place", True, 3),
        "x",
    ],
)
def test_refuses_bad_span(wrong):
    with pytest.raises(AnswerRefused, match=r"must be|must have"):
        SPANS.read_answer({"crowd-entity-annotation": {"entities": [wrong]}}, NAMES)


@pytest.mark.parametrize(
    ("start", "end", "fits"), [(0, 3, True), (3, 5, True), (4, 5, True), (3, 4, False), (4, 6, False), (6, 9, False)]
)
def test_spans_are_within_their_text(start, end, fits):
    value = {"entities": [{"label": "PER", "startOffset": start, "endOffset": end}]}
    line = json.dumps({"source": "Ana 🛫"})
    if fits:
        kinds.check_object(SPANS, value, line)
        return
    with pytest.raises(AnswerRefused, match="ends at 5"):
        kinds.check_object(SPANS, value, line)


def test_spans_fields_equal_ground_truth():
    value = {"entities": [span("Person", 0, 3), span("Place", 12, 16)]}
    result = concluded(SPANS, [value] * 3, NAMES)

    assert result.labels == [value]
    assert json.dumps(fields(SPANS, value, NAMES, [0.87, 0.7]), separators=(",", ":")) == (
        '{"ner":{"annotations":{"labels":[{"label":"Person"},{"label":"Place"}],"entities":['
        '{"label":"Person","startOffset":0,"endOffset":3},{"label":"Place","startOffset":12,"endOffset":16}]}},'
        '"ner-metadata":{"entities":[{"confidence":0.87},{"confidence":0.7}],"job-name":"labeling-job/ner",'
        '"type":"groundtruth/text-span","human-annotated":"yes","creation-date":"2031-04-05T10:00:08.398470"}}'
    )


@pytest.mark.parametrize(
    "content",
    [{"text": " the cafe\u0301 "}, {"transcript": "the café"}, {"text": "the café", "sure": {"on": True}, "n": 3}],
)
def test_reads_text_in_canonical_form(content):
    assert TEXT.read_answer(content, []) == "the café"


@pytest.mark.parametrize(
    "content", [None, {}, {"text": "  "}, {"text": 3}, {"a": "x", "b": "y"}, {"text": "x" * 20_001}]
)
def test_refuses_non_texts(content):
    with pytest.raises(AnswerRefused):
        TEXT.read_answer(content, [])


def test_consolidates_texts():
    result = concluded(TEXT, ["the cat sat", "the cat sat", "a dog"])

    assert result.labels == ["the cat sat"]
    assert fields(TEXT, "the cat sat")["ner-metadata"]["type"] == "groundtruth/custom"


@pytest.mark.parametrize(("values", "read"), [(3, 3), (3.0, 3), ("4.5", 4.5), (-0.25, -0.25)])
def test_reads_number(values, read):
    value = NUMBER.read_answer({"number": values}, [])

    assert (value, type(value)) == (read, type(read))


@pytest.mark.parametrize("values", [None, "many", True, float("inf"), [3], "nan"])
def test_refuses_non_numbers(values):
    with pytest.raises(AnswerRefused, match="must be a number"):
        NUMBER.read_answer({"number": values}, [])


def test_consolidates_numbers():
    result = concluded(NUMBER, [4, 4, 4])

    assert result.labels == [4]
    assert NUMBER.matches(4.01, 4)
    assert not NUMBER.matches(5, 4)


def test_ranking_has_each_category_once():
    assert RANKING.read_answer({"crowd-ranking": {"ranking": ["b", "a", "c"]}}, ["a", "b", "c"]) == ["b", "a", "c"]
    for wrong in (["a", "b"], ["a", "a", "b"], "abc", ["a", "b", "d"], [["a"], "b", "c"]):
        with pytest.raises(AnswerRefused, match="must have each category once"):
            RANKING.read_answer({"crowd-ranking": {"ranking": wrong}}, ["a", "b", "c"])


def test_consolidates_rankings():
    result = concluded(RANKING, [["b", "a", "c"], ["b", "a", "c"], ["a", "b", "c"]], ["a", "b", "c"])

    assert result.labels == [["b", "a", "c"]]
    assert fields(RANKING, ["b", "a", "c"])["ner"] == ["b", "a", "c"]


def test_keeps_custom_answers_whole():
    custom = kinds.KINDS["custom"]
    first, second = {"a": 1, "b": {"yes": True}}, {"b": {"yes": True}, "a": 1}

    result = concluded(custom, [custom.read_answer(value, []) for value in (first, {"a": 2}, second)])

    assert result.labels == [first]
    assert result.confidence[0] == pytest.approx(2 / 3)
    assert custom.matches(first, second)
    for wrong in ({}, [], "x", None, {"a": "x" * 1_000_001}):
        with pytest.raises(AnswerRefused):
            custom.read_answer(wrong, [])
