"""Numbers: toy data by hand, a generated crowd with known biases, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import kinds
from gtcrowd.consolidation.structured import number
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, from_rows

METHODS = kinds.kind("number").value_type.methods
every_method = pytest.mark.parametrize("method", METHODS)
# Worker c always says two more; worker d blunders once.
TOY = [("x", "a", 10.0), ("x", "b", 10.0), ("x", "c", 12.0), ("y", "a", 20.0), ("y", "b", 20.0), ("y", "c", 22.0),
       ("z", "a", 30.0), ("z", "c", 32.0), ("z", "d", 90.0), ("x", "d", 10.0), ("y", "d", 20.0)]  # fmt: skip


def generated(seed, *, tasks=200, workers=20, each=5, spread=(0.5, 4.0)):
    rng = np.random.default_rng(seed)
    truth, bias, sd = rng.normal(0, 10, tasks), rng.normal(0, 3, workers), rng.uniform(*spread, workers)
    bias -= bias.mean()
    rows = [
        (t, int(w), truth[t] + bias[w] + rng.normal(0, sd[w]))
        for t in range(tasks)
        for w in rng.choice(workers, each, replace=False)
    ]
    return from_rows([*rows]), truth, bias, sd


def test_toy_worked_by_hand():
    table = from_rows(TOY).table

    assert METHODS["mean"](table).labels == pytest.approx([10.5, 20.5, 152 / 3])
    assert METHODS["median"](table).labels == pytest.approx([10, 20, 32])
    robust = METHODS["weighted-mean"](table, freedom=2.0)
    assert abs(robust.labels[2] - 31) < abs(152 / 3 - 31)  # the blunder counts for less


def test_recovers_biases_and_spreads():
    coded, truth, bias, sd = generated(1)
    result = METHODS["weighted-mean"].consolidate(coded.table)
    workers = np.array(coded.workers)

    off = np.array(result.labels) - truth[np.array(coded.tasks)]
    assert (
        np.sqrt(np.mean(off**2))
        < 0.6 * number.measure(METHODS["mean"](coded.table).labels, list(truth[np.array(coded.tasks)]))["rmse"]
    )
    assert np.corrcoef(result.worker_parameters["bias"], bias[workers])[0, 1] > 0.95
    assert np.corrcoef(result.worker_parameters["spread"], sd[workers])[0, 1] > 0.85
    assert result.converged


def test_close_to_mean_with_few_answers():
    table = from_rows([(t, f"{t}{w}", float(t * 10 + w)) for t in range(10) for w in range(3)]).table

    np.testing.assert_allclose(METHODS["weighted-mean"](table).labels, METHODS["mean"](table).labels, atol=0.1)


def test_confidence_predicts_error():
    coded, truth, _bias, _sd = generated(2, each=3, spread=(0.5, 12.0))
    result = METHODS["weighted-mean"].consolidate(coded.table)
    off = np.abs(np.array(result.labels) - truth[np.array(coded.tasks)])
    half = np.argsort(result.confidence)

    assert off[half[100:]].mean() < off[half[:100]].mean()


@every_method
@pytest.mark.parametrize(
    "rows", [[], [("t", "w", 1.0)], [("t", "w", 1.0), ("t", "w", 3.0)], [("t", "w", 5.0), ("u", "v", 5.0)]]
)
def test_defines_edge_cases(method, rows):
    table = from_rows(rows).table
    result = METHODS[method].consolidate(
        ValueTable(table.task, table.worker, table.value, table.n_tasks + 1, table.n_workers + 1)
    )

    assert result.labels[-1] is None
    assert result.confidence[-1] == 0
    for numbers in (result.confidence, result.accuracy, result.low, result.high):
        assert np.isfinite(numbers).all()


@every_method
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), move=st.floats(-1e3, 1e3))
def test_independent_of_order_and_level(method, seed, move):
    coded, *_ = generated(3, tasks=20, workers=6, each=3)
    rows = [
        (coded.tasks[t], coded.workers[w], v)
        for t, w, v in zip(coded.table.task, coded.table.worker, coded.table.value, strict=True)
    ]
    rng = np.random.default_rng(seed)
    mixed = from_rows([(t, w, v + move) for t, w, v in (rows[i] for i in rng.permutation(len(rows)))])

    first = dict(zip(coded.tasks, METHODS[method].consolidate(coded.table).labels, strict=True))
    second = dict(zip(mixed.tasks, METHODS[method].consolidate(mixed.table).labels, strict=True))

    assert {t: v + move for t, v in first.items()} == pytest.approx(second, abs=1e-3)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_text_round_trip(value):
    assert number.read(number.write(value)) == value


@pytest.mark.parametrize("text", ["", "ten", "nan", "inf", "1,5"])
def test_refuses_malformed_text(text):
    with pytest.raises(ValueRefused, match="expected a"):
        number.read(text)
