"""Texts: toy sentences by hand, measures against worked values, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import kinds
from gtcrowd.consolidation.structured import text
from gtcrowd.consolidation.structured.table import ValueTable, from_rows

METHODS = kinds.kind("text").value_type.methods
every_method = pytest.mark.parametrize("method", METHODS)
TOY = [
    ("t", "a", "The cat sat on the mat."),
    ("t", "b", "the cat sat on a mat."),
    ("t", "c", "The cat sits on the mat."),
    ("t", "d", "No idea"),
    ("u", "a", "It rains."),
    ("u", "b", "It rains."),
    ("u", "d", "No idea"),
]


def test_medoid_is_most_similar_answer():
    assert METHODS["medoid"].consolidate(from_rows(TOY).table).labels == ["The cat sat on the mat.", "It rains."]


def test_rover_votes_per_word():
    # Every worker errs in another word; nobody wrote the sentence that wins.
    rows = [
        ("t", "a", "one two three fore five"),
        ("t", "b", "one too three four five"),
        ("t", "c", "won two three four five"),
    ]

    assert METHODS["rover"].consolidate(from_rows(rows).table).labels == ["one two three four five"]


def test_rover_drops_rare_words():
    rows = [("t", "a", "red red house"), ("t", "b", "red house"), ("t", "c", "red house.")]

    assert METHODS["rover"].consolidate(from_rows(rows).table).labels == ["red house"]


def test_dissimilar_worker_has_less_weight():
    coded = from_rows(TOY)
    result = METHODS["medoid"].consolidate(coded.table)
    quality = dict(zip(coded.workers, result.accuracy, strict=True))

    assert quality["d"] < 0.3 < quality["a"]
    assert (
        result.worker_parameters["weight"][coded.workers.index("d")]
        < result.worker_parameters["weight"][coded.workers.index("a")]
    )


def test_measures_worked_by_hand():
    # 1-grams 2 of 3 shared, 2-grams 1 of 2, 3-grams none of 1: 3 of 6 both ways.
    result = text.measure(["a b x"], ["a b c"])

    assert result["gleu"] == pytest.approx(3 / 6)
    assert result["word_error_rate"] == pytest.approx(1 / 3)
    assert text.measure(["A b."], ["a b ."]) == {"gleu": 1, "chrf": 1, "word_error_rate": 0}
    assert text.measure([None], ["a"]) == {"gleu": 0, "chrf": 0, "word_error_rate": 1}


@every_method
def test_defines_edge_cases(method):
    rows = [("t", "a", ""), ("t", "b", "   "), ("u", "a", "alone")]
    table = from_rows(rows).table
    result = METHODS[method].consolidate(ValueTable(table.task, table.worker, table.value, 3, 3))

    assert (result.labels[2], result.confidence[2]) == (None, 0)
    assert result.labels[1] == "alone"
    for numbers in (result.confidence, result.accuracy, result.low, result.high):
        assert np.isfinite(numbers).all()
    assert METHODS[method].consolidate(from_rows([]).table).labels == []


@every_method
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999))
def test_independent_of_order_and_names(method, seed):
    mixed = [TOY[i] for i in np.random.default_rng(seed).permutation(len(TOY))]
    first, second = from_rows(TOY), from_rows(mixed)

    assert dict(zip(first.tasks, METHODS[method].consolidate(first.table).labels, strict=True)) == dict(
        zip(second.tasks, METHODS[method].consolidate(second.table).labels, strict=True)
    )


@every_method
@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_accepts_any_texts(method, texts):
    result = METHODS[method].consolidate(from_rows([("t", str(n), text) for n, text in enumerate(texts)]).table)

    assert isinstance(result.labels[0], str)
    assert 0 <= result.confidence[0] <= 1


def test_rover_recovers_words():
    rng = np.random.default_rng(1)
    vocabulary = [f"word{n}" for n in range(200)]
    rows, truth = [], []
    for task in range(30):
        sentence = rng.choice(vocabulary, 8)
        truth.append(" ".join(sentence))
        for worker in range(5):
            words = [w if rng.random() < 0.75 else rng.choice(vocabulary) for w in sentence]
            rows.append((task, worker, " ".join(words)))
    coded = from_rows(rows)

    scores = {
        method: text.measure(METHODS[method].consolidate(coded.table).labels, truth)["gleu"] for method in METHODS
    }

    assert scores["rover"] > max(0.75, scores["medoid"] + 0.03)
