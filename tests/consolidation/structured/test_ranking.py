"""Rankings: toy data by hand, generated scores, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from gtcrowd import kinds
from gtcrowd.consolidation.structured import ranking
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, from_rows

METHODS = kinds.kind("ranking").value_type.methods
every_method = pytest.mark.parametrize("method", METHODS)
# a beats b twice of three, b beats c always, and one worker ranks all three.
TOY = [("t", "u", ("a", "b")), ("t", "v", ("a", "b")), ("t", "w", ("b", "a")), ("t", "u", ("b", "c")),
       ("t", "v", ("b", "c")), ("t", "x", ("a", "b", "c"))]  # fmt: skip


def generated(seed, *, items=8, workers=40, each=12, coins=0):
    rng = np.random.default_rng(seed)
    score = rng.normal(0, 1.5, items)
    names = [f"i{n}" for n in range(items)]
    rows = []
    for worker in range(workers):
        for _ in range(each):
            item, other = rng.choice(items, 2, replace=False)
            chance = 0.5 if worker < coins else special.expit(score[item] - score[other])
            first, second = (item, other) if rng.random() < chance else (other, item)
            rows.append(("t", f"w{worker}", (names[first], names[second])))
    return rows, tuple(names[i] for i in np.argsort(-score))


@every_method
def test_toy_worked_by_hand(method):
    assert METHODS[method].consolidate(from_rows(TOY).table).labels == [("a", "b", "c")]


def test_two_items_worked_by_hand():
    table = from_rows([("t", "w", ("a", "b"))] * 3 + [("t", "w", ("b", "a"))]).table

    result = METHODS["bradley-terry"].consolidate(table, prior_wins=1e-6)

    # Scores of odds 3 : 1; information of 4 comparisons at p = 3/4.
    assert result.part_confidence[0][0] == pytest.approx(special.ndtr(np.log(3) / np.sqrt(1 / (4 * 3 / 16))), abs=1e-3)


def test_ranking_equals_its_pairs():
    whole, pairs = (
        from_rows([("t", "w", ("a", "b", "c"))]).table,
        from_rows([("t", "w", p) for p in (("a", "b"), ("a", "c"), ("b", "c"))]).table,
    )

    assert (
        METHODS["bradley-terry"].consolidate(whole).part_confidence[0].tolist()
        == METHODS["bradley-terry"].consolidate(pairs).part_confidence[0].tolist()
    )


def test_recovers_scores_and_reliabilities():
    taus, coin, rest = [], [], []
    for seed in range(6):
        rows, truth = generated(seed, coins=15, each=40)
        coded = from_rows(rows)
        result = METHODS["noisy-bradley-terry"].consolidate(coded.table)
        taus.append(ranking.measure(result.labels, [truth])["tau"])
        reliable = dict(zip(coded.workers, result.worker_parameters["reliability"], strict=True))
        coin += [reliable[f"w{n}"] for n in range(15)]
        rest += [reliable[f"w{n}"] for n in range(15, 40)]
        assert result.converged

    assert np.mean(taus) > 0.8
    assert np.mean(coin) < np.mean(rest) - 0.05


def test_confidence_predicts_correct_rankings():
    sure, right = [], []
    for seed in range(60):
        rows, truth = generated(seed, items=4, workers=6, each=4)
        result = METHODS["noisy-bradley-terry"].consolidate(from_rows(rows).table)
        sure.append(result.confidence[0])
        right.append(result.labels[0] == truth)
    half = np.argsort(sure)

    assert np.mean(np.array(right)[half[30:]]) > np.mean(np.array(right)[half[:30]])


@every_method
def test_no_ranking_without_answers(method):
    table = from_rows(TOY).table
    result = METHODS[method].consolidate(ValueTable(table.task, table.worker, table.value, 2, table.n_workers + 1))

    assert (result.labels[1], result.confidence[1]) == (None, 0)
    assert result.accuracy[-1] == 0.5
    assert METHODS[method].consolidate(from_rows([]).table).labels == []


@every_method
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999))
def test_independent_of_order_and_names(method, seed):
    rows, _truth = generated(5, items=5, workers=8, each=5)
    mixed = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]

    first, second = (METHODS[method].consolidate(from_rows(values).table) for values in (rows, mixed))

    assert first.labels == second.labels
    assert first.part_confidence[0] == pytest.approx(second.part_confidence[0], abs=1e-6)


def test_tie_goes_to_first_name():
    assert METHODS["bradley-terry"].consolidate(
        from_rows([("t", "v", ("b", "a")), ("t", "w", ("a", "b"))]).table
    ).labels == [("a", "b")]


@given(st.lists(st.text(), min_size=2, unique=True))
def test_text_round_trip(names):
    assert ranking.read(ranking.write(tuple(names))) == tuple(names)


@pytest.mark.parametrize("text", ["", "a, b", '"a"', '["a"]', '["a", "a"]', "[1, 2]"])
def test_refuses_malformed_text(text):
    with pytest.raises(ValueRefused, match="expected"):
        ranking.read(text)


def test_agreement_of_pairs():
    result = METHODS["borda"].consolidate(
        from_rows([("t", "u", ("a", "b")), ("t", "v", ("a", "b")), ("t", "w", ("b", "a"))]).table
    )

    assert result.agreement == pytest.approx(1 / 3)
