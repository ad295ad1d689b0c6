import numpy as np
from scipy import stats

from gtcrowd.consolidation.categorical.results import most_probable
from gtcrowd.consolidation.intervals import credible_interval


def test_rounding_does_not_break_ties():
    posterior = np.array([[0.3, 0.35 - 1e-13, 0.35 + 1e-13], [0.2, 0.3, 0.5]])

    assert most_probable(posterior).tolist() == [1, 2]


def test_interval_is_jeffreys():
    low, high = credible_interval(np.array([9.0, 0.0]), np.array([10.0, 0.0]))

    np.testing.assert_allclose([low[0], high[0]], stats.beta(9.5, 1.5).ppf([0.025, 0.975]))
    np.testing.assert_allclose([low[1], high[1]], stats.beta(0.5, 0.5).ppf([0.025, 0.975]))


def test_more_answers_narrow_interval():
    low, high = credible_interval(np.array([8.0, 80.0, 800.0]), np.array([10.0, 100.0, 1000.0]))

    assert (np.diff(high - low) < 0).all()


def test_interval_tolerates_rounding():
    low, high = credible_interval(np.array([10 + 1e-12]), np.array([10.0]))

    assert 0.7 < low[0] < high[0] <= 1
