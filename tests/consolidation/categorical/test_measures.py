import numpy as np
import pytest
from sklearn import metrics

from gtcrowd.consolidation.categorical import measures

LABEL, TRUTH = np.array([0, 1, 1, 0, -1]), np.array([0, 1, 0, -1, 1])
POSTERIOR = np.array([[0.5, 0.5], [0.0, 1.0]])


def test_ignores_unknown_truth():
    assert measures.accuracy(LABEL, TRUTH) == 0.5


def test_macro_f1_worked_by_hand():
    # Class 0: 1 hit, 1 concluded, 2 true. Class 1: 1 hit, 2 concluded, 2 true.
    assert measures.macro_f1(LABEL, TRUTH) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_macro_f1_equals_scikit_learn():
    rng = np.random.default_rng(1)
    label, truth = rng.integers(4, size=(2, 200))

    assert measures.macro_f1(label, truth) == pytest.approx(metrics.f1_score(truth, label, average="macro"))


def test_log_loss_is_clipped():
    assert measures.log_loss(POSTERIOR, np.array([0, 0])) == pytest.approx((np.log(2) + np.log(1000)) / 2)


def test_shared_accuracy_splits_ties():
    assert measures.shared_accuracy(POSTERIOR, np.array([0, 1])) == 0.75


def test_calibration_error():
    # Four tasks at 0.75 of which the first two are right, one at 1 that is right. In one group the sums are 4 and 3;
    # apart, the distances are 0.25, 0.25, 0.75, 0.75 and 0.
    sure, label = np.array([0.75] * 4 + [1.0]), np.zeros(5, int)
    truth = np.array([0, 0, 1, 1, 0])

    assert measures.calibration_error(label, sure, truth, bins=1) == pytest.approx(0.2)
    assert measures.calibration_error(label, sure, truth, bins=5) == pytest.approx((4 * 0.5 - 0) / 5)


def test_measures_zero_without_truth():
    unknown = np.array([-1, -1])

    assert measures.accuracy(unknown, unknown) == measures.macro_f1(unknown, unknown) == 0
    assert measures.log_loss(POSTERIOR, unknown) == measures.shared_accuracy(POSTERIOR, unknown) == 0
    assert measures.calibration_error(unknown, POSTERIOR[:, 0], unknown) == 0
