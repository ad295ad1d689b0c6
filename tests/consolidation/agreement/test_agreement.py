"""Agreement coefficients against worked examples and another implementation, and their invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from gtcrowd.consolidation import agreement
from tests.consolidation.categorical.crowds import crowd, table

# Krippendorff 2011, p. 4: four observers, twelve units, with missing answers; classes 1 to 5 become 0 to 4.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
KRIPPENDORFF = table(
    [(unit, who, value - 1) for who, row in enumerate(OBSERVERS) for unit, value in enumerate(row) if value], 5
)
# Fleiss 1971, as worked through in many places: ten subjects, fourteen raters, five categories; kappa 0.210.
FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def rated(counts):
    rows = []
    for task, row in enumerate(counts):
        worker = iter(range(100))
        rows += [(task, next(worker), label) for label, count in enumerate(row) for _ in range(count)]
    return table(rows, 5)


def test_alpha_equals_paper():
    assert agreement.alpha(KRIPPENDORFF).value == pytest.approx(0.743, abs=0.0005)
    assert agreement.alpha(KRIPPENDORFF, level="ordinal").value == pytest.approx(0.815, abs=0.0005)
    numbers = agreement.alpha_of_numbers(KRIPPENDORFF.task, KRIPPENDORFF.label.astype(float), n_tasks=12)
    assert numbers.value == pytest.approx(0.849, abs=0.0005)
    assert (numbers.tasks, numbers.answers) == (11, 40)


def test_fleiss_equals_paper():
    assert agreement.fleiss(rated(FLEISS)).value == pytest.approx(0.210, abs=0.0005)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_cohen_equals_scikit_learn(weights):
    rng = np.random.default_rng(1)
    first = rng.integers(4, size=60)
    second = np.where(rng.random(60) < 0.6, first, rng.integers(4, size=60))
    rows = [(task, who, int(values[task])) for who, values in enumerate((first, second)) for task in range(60)]

    result = agreement.cohen(table(rows, 4), 0, 1, weights=weights)

    theirs = cohen_kappa_score(first, second, labels=range(4), weights=None if weights == "none" else weights)
    assert result.value == pytest.approx(theirs)


def test_cohen_matrix_equals_pairs():
    answers, _truth, _right = crowd(3, tasks=60, workers=6, each=4)

    kappa, together = agreement.cohen_matrix(answers)

    assert kappa[1, 4] == pytest.approx(agreement.cohen(answers, 1, 4).value)
    assert together[1, 4] == agreement.cohen(answers, 1, 4).tasks
    np.testing.assert_allclose(kappa, kappa.T)


def test_cohen_matrix_is_undefined_without_variety():
    kappa, together = agreement.cohen_matrix(table([(0, 0, 1), (0, 1, 1), (1, 2, 0), (2, 2, 1), (2, 0, 1)]))

    assert np.isnan([kappa[0, 1], kappa[1, 2], kappa[0, 0]]).all()
    assert (together[0, 1], together[1, 2]) == (1, 0)
    assert kappa[2, 2] == 1


def test_percent_counts_equal_pairs():
    assert agreement.percent(
        table([(0, 0, 1), (0, 1, 1), (0, 2, 0), (1, 0, 0), (2, 0, 1), (2, 1, 1)])
    ).value == pytest.approx((1 / 3 + 1) / 2)


@pytest.mark.parametrize("measure", [agreement.alpha, agreement.fleiss, agreement.percent])
def test_undefined_without_pairs(measure):
    result = measure(table([(0, 0, 1), (1, 1, 0)]))

    assert (result.value, result.low, result.high) == (None, None, None)
    assert "no task has two answers" in result.reason


def test_undefined_without_variety():
    same = table([(0, 0, 1), (0, 1, 1)])

    assert "one class" in agreement.alpha(same).reason
    assert "one class" in agreement.fleiss(same).reason
    assert "single class" in agreement.cohen(same, 0, 1).reason
    assert "same number" in agreement.alpha_of_numbers(same.task, np.ones(2), n_tasks=1).reason
    assert "no task in common" in agreement.cohen(table([(0, 0, 1), (1, 1, 1)]), 0, 1).reason


@pytest.mark.parametrize("measure", [agreement.alpha, agreement.fleiss, agreement.percent])
def test_interval_covers_larger_crowd(measure):
    # All workers alike, so that only the tasks differ between the crowds.
    wide, _t, _r = crowd(0, tasks=4000, workers=400, each=4, skill=(0.7, 0.7))
    inside = [
        result.low <= measure(wide, draws=1).value <= result.high
        for seed in range(1, 13)
        for result in [measure(crowd(seed, tasks=200, workers=400, each=4, skill=(0.7, 0.7))[0])]
    ]

    assert sum(inside) >= 9


def test_seed_determines_interval():
    answers, _truth, _right = crowd(1)

    assert agreement.alpha(answers, seed=3) == agreement.alpha(answers, seed=3) != agreement.alpha(answers, seed=4)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_independent_of_names(seed):
    answers, _truth, _right = crowd(2, tasks=40)
    rng = np.random.default_rng(seed)
    label, worker = rng.permutation(3), rng.permutation(15)
    renamed = table(list(zip(answers.task, worker[answers.worker], label[answers.label], strict=True)), 3, 40, 15)

    for measure in (agreement.alpha, agreement.fleiss, agreement.percent):
        assert measure(renamed, draws=1).value == pytest.approx(measure(answers, draws=1).value)
