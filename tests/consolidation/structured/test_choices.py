"""Sets of labels: toy data by hand, a generated crowd, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import kinds
from gtcrowd.consolidation.structured import choices
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, from_rows

METHODS = kinds.kind("choices").value_type.methods
every_method = pytest.mark.parametrize("method", METHODS)
TOY = [("x", "a", ("cat", "sofa")), ("x", "b", ("cat", "sofa")), ("x", "c", ("cat",)), ("y", "a", ("dog",)),
       ("y", "b", ("dog",)), ("y", "c", ("dog", "sofa")), ("z", "a", ()), ("z", "b", ()), ("z", "c", ())]  # fmt: skip


def generated(seed, *, tasks=200, labels=6, workers=15, each=5):
    rng = np.random.default_rng(seed)
    names = [f"l{n}" for n in range(labels)]
    prior = rng.uniform(0.05, 0.5, labels)
    sensitive, specific = rng.uniform(0.4, 0.9, workers), rng.uniform(0.9, 0.99, workers)
    rows, truth = [], []
    for task in range(tasks):
        true = rng.random(labels) < prior
        truth.append(tuple(name for name, there in zip(names, true, strict=True) if there))
        for worker in rng.choice(workers, each, replace=False):
            chosen = np.where(true, rng.random(labels) < sensitive[worker], rng.random(labels) > specific[worker])
            rows.append((task, int(worker), tuple(name for name, there in zip(names, chosen, strict=True) if there)))
    return rows, truth, sensitive


@pytest.mark.parametrize("method", ["per-label", "per-label-vote"])
def test_toy_worked_by_hand(method):
    assert METHODS[method].consolidate(from_rows(TOY).table).labels == [("cat", "sofa"), ("dog",), ()]


def test_ground_truth_keeps_every_label():
    result = METHODS["ground-truth"].consolidate(from_rows(TOY).table)

    assert result.labels == [("cat", "sofa"), ("dog", "sofa"), ()]
    assert result.part_confidence[1][0] > result.part_confidence[1][1]


def test_per_label_beats_vote():
    rows, truth, sensitive = generated(1)
    coded = from_rows(rows)
    result = METHODS["per-label"].consolidate(coded.table)

    model, vote = (
        choices.measure(METHODS[m].consolidate(coded.table).labels, truth)["f1"]
        for m in ("per-label", "per-label-vote")
    )

    assert model > vote + 0.02
    assert np.corrcoef(result.worker_parameters["sensitivity"], sensitive[np.array(coded.workers)])[0, 1] > 0.9
    assert result.converged


def test_confidence_predicts_correct_sets():
    rows, truth, _ = generated(2)
    result = METHODS["per-label"].consolidate(from_rows(rows).table)
    right = np.array([set(first) == set(second) for first, second in zip(result.labels, truth, strict=True)])
    order = np.argsort(result.confidence)

    assert right[order[100:]].mean() > right[order[:100]].mean()


def test_measures_worked_by_hand():
    result = choices.measure([("a", "b"), ("a",), None], [("a",), ("a",), ("b",)])

    assert result["f1"] == pytest.approx(2 * 2 / (3 + 3))
    assert result["macro_f1"] == pytest.approx((1 + 0) / 2)
    assert result["exact"] == pytest.approx(1 / 3)
    assert result["jaccard"] == pytest.approx((0.5 + 1 + 0) / 3)


@every_method
def test_defines_edge_cases(method):
    assert METHODS[method].consolidate(from_rows([]).table).labels == []
    table = from_rows([("t", "a", ()), ("t", "b", ())]).table
    result = METHODS[method].consolidate(ValueTable(table.task, table.worker, table.value, 2, 3))
    assert result.labels == [(), None]
    for numbers in (result.confidence, result.accuracy, result.low, result.high):
        assert np.isfinite(numbers).all()


@every_method
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999))
def test_independent_of_order_and_names(method, seed):
    rows, *_ = generated(3, tasks=20)
    first, second = from_rows(rows), from_rows([rows[i] for i in np.random.default_rng(seed).permutation(len(rows))])

    values = [
        dict(zip(coded.tasks, METHODS[method].consolidate(coded.table).labels, strict=True))
        for coded in (first, second)
    ]

    assert values[0] == values[1]


@given(st.sets(st.text(min_size=1), max_size=4))
def test_text_round_trip(names):
    value = tuple(sorted(names))

    assert choices.read(choices.write(value)) == value


@pytest.mark.parametrize("text", ["", "a", '"a"', '["a", "a"]', "[1]", '[""]'])
def test_refuses_malformed_text(text):
    with pytest.raises(ValueRefused, match="expected"):
        choices.read(text)
