"""How often categories are recognized: numbers worked by hand."""

import numpy as np
import pytest

from gtcrowd.analytics.measures import categories
from gtcrowd.consolidation.intervals import credible_interval

CROWD = [[80, 20], [10, 90]]


def test_recall_and_precision():
    result = categories.by_category([[8, 2], [1, 4]], ["heron", "ibis"])

    assert result["n"].tolist() == [10, 5]
    assert result["recall"].tolist() == [0.8, 0.8]
    assert result["answered"].tolist() == [9, 6]
    assert result["precision"].tolist() == pytest.approx([8 / 9, 4 / 6])
    low, high = credible_interval([8], [10])
    assert (result["low"][0], result["high"][0]) == (low[0], high[0])


def test_unseen_category_is_undefined():
    result = categories.by_category([[3, 0], [0, 0]], ["heron", "ibis"]).iloc[1]

    assert result[["recall", "low", "high", "precision"]].isna().all()
    assert result["n"] == 0


def test_recall_shrinks_towards_crowd():
    result, mixed = categories.of_worker([[3, 1], [0, 0]], CROWD, ["heron", "ibis"])

    assert result["recall"].tolist() == pytest.approx([(3 + 2 * 0.8) / 6, 0.9])
    assert result["recall_raw"][0] == 0.75
    assert result["crowd"].tolist() == [0.8, 0.9]
    assert mixed.share == pytest.approx((4.6 / 6 + 0.9) / 2)
    assert (mixed.as_given, mixed.n) == (0.75, 4)


def test_standardizes_to_crowds_mix():
    """Two workers who recognize each category alike, one with many of the hard one."""
    _table, easy = categories.of_worker([[900, 100], [40, 60]], [[500, 0], [0, 500]], ["a", "b"])
    _table, hard = categories.of_worker([[90, 10], [400, 600]], [[500, 0], [0, 500]], ["a", "b"])

    assert easy.as_given > hard.as_given + 0.2
    assert easy.share == pytest.approx(0.75, abs=0.01)
    assert hard.share == pytest.approx(0.75, abs=0.01)


def test_single_category_interval_is_jeffreys():
    _table, mixed = categories.of_worker([[30, 10], [0, 0]], [[80, 20], [0, 0]], ["a", "b"])

    low, high = credible_interval([30 + 1.6], [42])
    assert (mixed.low, mixed.high) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_interval_contains_share():
    """Drawn again and again, the interval made from a worker's answers holds their accuracy at the crowd's mix."""
    rng, held = np.random.default_rng(4), 0
    for _turn in range(400):
        right = rng.binomial(30, [0.7, 0.9])
        own = [[right[0], 30 - right[0]], [30 - right[1], right[1]]]
        mixed = categories.of_worker(own, CROWD, ["a", "b"])[1]
        held += mixed.low <= 0.8 <= mixed.high

    assert 0.92 <= held / 400 <= 0.99


def test_no_standardized_accuracy_without_answers():
    mixed = categories.of_worker([[0, 0], [0, 0]], CROWD, ["a", "b"])[1]

    assert (mixed.share, mixed.n) == (None, 0)
