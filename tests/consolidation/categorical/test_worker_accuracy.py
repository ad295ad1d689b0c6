"""Accuracies of workers, and the coverage of their intervals."""

import numpy as np
import pytest

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical import results, worker_accuracy
from tests.consolidation.categorical.crowds import crowd, table


def measured(answers, posterior):
    result = results.from_posterior(answers, posterior, method="by hand", parameters={})
    return result.accuracy, result.low, result.high


def test_scores_workers_by_posterior():
    # Worker 0 gave the answers thought right with 0.9 and 0.2; worker 2 gave none.
    answers = table([(0, 0, 0), (1, 0, 1), (0, 1, 1)], n_workers=3)

    accuracy, low, high = measured(answers, np.array([[0.9, 0.1], [0.8, 0.2]]))

    np.testing.assert_allclose(accuracy, [0.55, 0.1, 0.5])
    assert high[2] - low[2] > 0.99


def test_interval_includes_perfect_accuracy():
    accuracy, low, high = measured(table([(0, 0, 0)]), np.array([[1.0, 0.0]]))

    assert accuracy == high == 1
    assert 0 < low < 0.2


def test_interval_equals_jeffreys_for_certain_labels():
    # Nine of ten right against certain labels: Beta(9.5, 1.5), within the grid.
    answers = table([(task, 0, int(task == 0)) for task in range(10)])

    low, high = worker_accuracy.interval(*worker_accuracy.tally(answers, np.where(answers.label == 0, 1e12, 0.0)))

    assert [low[0], high[0]] == pytest.approx([0.6187, 0.9889], abs=1 / worker_accuracy.GRID)


def test_leave_one_out_ratio():
    # Two workers of accuracies 0.9 and 0.8 agree; without the first only the second speaks, and the other way round.
    answers = table([(0, 0, 0), (0, 1, 0)])
    confusion = np.array([[[0.9, 0.1], [0.1, 0.9]], [[0.8, 0.2], [0.2, 0.8]]])
    both = np.array([[0.72, 0.02]]) / 0.74

    np.testing.assert_allclose(worker_accuracy.leave_one_out_ratio(answers, both, confusion), [0.8 / 0.2, 0.9 / 0.1])
    np.testing.assert_allclose(
        worker_accuracy.leave_one_out_ratio_of_accuracy(answers, both, np.array([0.9, 0.8])), [4, 9]
    )


def test_chunks_change_nothing(monkeypatch):
    answers, _truth, _right = crowd(1)
    result = consolidation.consolidate("dawid-skene", answers)
    whole = worker_accuracy.leave_one_out_ratio(answers, result.posterior, result.confusion)
    wide = worker_accuracy.interval(*worker_accuracy.tally(answers, whole))

    monkeypatch.setattr(worker_accuracy, "CHUNK", 128)

    np.testing.assert_array_equal(
        worker_accuracy.leave_one_out_ratio(answers, result.posterior, result.confusion), whole
    )
    np.testing.assert_array_equal(worker_accuracy.interval(*worker_accuracy.tally(answers, whole)), wide)


def test_common_errors_are_no_merit():
    # Class 2 is never answered and hardly ever true. Answering 1 where the others doubt between 0 and 1 is no merit.
    answers = table([(task, 0, 1) for task in range(50)], n_labels=3)
    doubt = np.tile([0.5, 0.5, 0.0], (50, 1))
    confusion = np.array([[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]])

    low, high = worker_accuracy.interval(
        *worker_accuracy.tally(answers, worker_accuracy.leave_one_out_ratio(answers, doubt, confusion))
    )

    assert low[0] < 0.05
    assert high[0] > 0.95


@pytest.mark.parametrize("method", ["hierarchical", "dawid-skene", "weighted-vote"])
def test_intervals_cover_the_true_accuracy(method):
    covered = []
    for seed in range(12):
        answers, _truth, right = crowd(seed, skill=(0.5, 0.9))
        result = consolidation.consolidate(method, answers)
        covered.append((result.low <= right) & (right <= result.high))

    assert np.mean(covered) > 0.88  # of 180 intervals of 95 %; taken from counts of agreement 0.6 to 0.9 do
