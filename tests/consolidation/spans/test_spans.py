"""Spans: both text formats, toy texts by hand, a generated crowd, invariances."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import kinds
from gtcrowd.consolidation import TableRefused
from gtcrowd.consolidation.spans import entities, sequence
from gtcrowd.consolidation.spans.entities import Entities, Span, measure
from gtcrowd.consolidation.spans.units import units
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, from_rows

METHODS = kinds.kind("spans").methods
every_method = pytest.mark.parametrize("method", METHODS)


def tagged(*tags):
    return entities.read(json.dumps(list(tags)))


ANA = tagged("B-PER", "I-PER", "O", "O", "B-LOC")  # Ana Silva went to Oslo
TOY = [
    ("t", "a", ANA),
    ("t", "b", ANA),
    ("t", "c", tagged("B-PER", "O", "O", "O", "O")),
    ("u", "a", tagged("O")),
    ("u", "b", tagged("O")),
]


@every_method
def test_toy_worked_by_hand(method):
    result = METHODS[method].consolidate(from_rows(TOY).table)

    assert result.labels == [ANA, tagged("O")]
    assert [len(parts) for parts in result.part_confidence] == [2, 0]


def test_units_follow_offsets():
    rows = [("t", "a", entities.read('[{"label": "Place", "startOffset": 12, "endOffset": 16}]')),
            ("t", "b", entities.read('[{"label": "Place", "startOffset": 12, "endOffset": 16}]')),
            ("t", "c", entities.read('[{"label": "Place", "startOffset": 9, "endOffset": 16}]'))]  # fmt: skip

    for method in METHODS.values():
        assert method.consolidate(from_rows(rows).table).labels == [Entities((Span(12, 16, "Place"),))]


def test_ground_truth_clusters_take_mode_or_median():
    def spans(*ends):
        rows = [("t", str(n), Entities((Span(a, b, "x"),))) for n, (a, b) in enumerate(ends)]
        return METHODS["ground-truth-clusters"].consolidate(from_rows(rows).table).labels[0].spans[0]

    assert spans((0, 10), (0, 10), (1, 12)) == Span(0, 10, "x")
    assert spans((0, 10), (2, 12), (1, 11)) == Span(1, 11, "x")


def generated(seed, *, texts=300, miss=0.45):
    """Texts of ten words with names of two words; workers miss half of them but hardly invent any."""
    rng = np.random.default_rng(seed)
    rows, truth = [], []
    for text in range(texts):
        true = ["O"] * 10
        for start in (1, 5):
            if rng.random() < 0.5:
                true[start : start + 2] = ["B-PER", "I-PER"] if rng.random() < 0.5 else ["B-LOC", "I-LOC"]
        truth.append(tagged(*true))
        for worker in rng.choice(20, 4, replace=False):
            tags = list(true)
            for start in (1, 5):
                if tags[start] != "O" and rng.random() < miss:
                    tags[start : start + 2] = ["O", "O"]
                elif tags[start] == "O" and rng.random() < 0.02:
                    tags[start] = "B-PER"
            rows.append((text, int(worker), tagged(*tags)))
    return rows, truth


def test_finds_spans_that_many_miss():
    rows, truth = generated(1)
    table = from_rows(rows).table

    scores = {method: measure(METHODS[method].consolidate(table).labels, truth) for method in METHODS}

    assert scores["sequence"]["f1"] > 0.9 > scores["token-vote"]["f1"]
    assert scores["sequence"]["recall"] > scores["ground-truth-clusters"]["recall"] + 0.1


def test_confidence_predicts_correct_spans():
    rows, truth = generated(2, miss=0.6)
    result = METHODS["sequence"].consolidate(from_rows(rows).table)
    sure = np.concatenate(result.part_confidence)
    right = np.array(
        [span in true.spans for value, true in zip(result.labels, truth, strict=True) for span in value.spans]
    )
    half = np.argsort(sure)

    assert ((sure >= 0) & (sure <= 1)).all()
    assert right[half[len(half) // 2 :]].mean() >= right[half[: len(half) // 2]].mean()


def test_forward_backward_equals_all_paths():
    # Forward and backward against the sum over all paths of a short text.
    rng = np.random.default_rng(3)
    start, follow = rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3)
    evidence = rng.random((3, 3))
    passed = sequence._forward_backward(sequence._Texts(np.array([0, 3])), start, follow, evidence)
    paths = {(a, b, c): start[a] * evidence[0, a] * follow[a, b] * evidence[1, b] * follow[b, c] * evidence[2, c]
             for a in range(3) for b in range(3) for c in range(3)}  # fmt: skip
    total = sum(paths.values())

    middle = [sum(p for path, p in paths.items() if path[1] == tag) / total for tag in range(3)]
    pair = sum(p for path, p in paths.items() if path[:2] == (0, 2)) + sum(
        p for path, p in paths.items() if path[1:] == (0, 2)
    )

    np.testing.assert_allclose(passed.posterior[1], middle)
    assert passed.likelihood == pytest.approx(np.log(total))
    assert passed.pairs[0, 2] == pytest.approx(pair / total)


def test_objective_rises():
    rows, _truth = generated(4)
    result = METHODS["sequence"].consolidate(from_rows(rows).table)

    assert result.converged
    assert result.objective[-1] > result.objective[0]


@every_method
def test_defines_edge_cases(method):
    assert METHODS[method].consolidate(from_rows([]).table).labels == []
    table = from_rows([("t", "a", Entities(())), ("t", "a", Entities(()))]).table
    result = METHODS[method].consolidate(ValueTable(table.task, table.worker, table.value, 2, 2))
    assert result.labels == [Entities(()), None]
    assert np.isfinite(result.confidence).all()


def test_refuses_different_lengths():
    with pytest.raises(TableRefused, match="words"):
        units(from_rows([("t", "a", tagged("O")), ("t", "b", tagged("O", "O"))]).table)


@every_method
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999))
def test_independent_of_order_and_names(method, seed):
    rows, _truth = generated(5, texts=15)
    mixed = from_rows([rows[i] for i in np.random.default_rng(seed).permutation(len(rows))])
    item = from_rows(rows)

    first, second = METHODS[method].consolidate(item.table).labels, METHODS[method].consolidate(mixed.table).labels

    assert dict(zip(item.tasks, first, strict=True)) == dict(zip(mixed.tasks, second, strict=True))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.text(min_size=1, max_size=3)), max_size=5))
def test_text_round_trip(tags):
    value = Entities(tuple(sorted({Span(start, start + size, label) for start, size, label in tags})))

    assert entities.read(entities.write(value)) == value
    words = Entities(entities.without_overlaps(value.spans), 60)
    assert entities.read(entities.write(words)) == words


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{}",
        '["B"]',
        '["O-PER"]',
        '["Q"]',
        '[{"label": "a"}]',
        '[{"label": "a", "startOffset": 3, "endOffset": 3}]',
        '["O", 1]',
    ],
)
def test_refuses_malformed_text(text):
    with pytest.raises(ValueRefused, match="expected"):
        entities.read(text)
