import math

import numpy as np
import pytest

from gtcrowd import consolidation
from gtcrowd.consolidation.dawid_skene import LABEL, RIGHT, WRONG, dawid_skene
from gtcrowd.consolidation.weighted import weighted_vote
from tests.consolidation.test_methods import crowd, table


def slow_dawid_skene(rows, n_tasks, n_workers, n_labels, passes):
    """The two steps of Dawid & Skene's section 3 in plain loops, with the same priors; to compare with."""
    posterior = [[0.0] * n_labels for _ in range(n_tasks)]
    for task, _worker, label in rows:
        posterior[task][label] += 1
    posterior = [[vote / sum(votes) for vote in votes] for votes in posterior]
    for _ in range(passes):
        confusion = []
        for one in range(n_workers):
            matrix = [[RIGHT if k == to else WRONG / (n_labels - 1) for to in range(n_labels)] for k in range(n_labels)]
            for task, worker, label in rows:
                if worker == one:
                    for k in range(n_labels):
                        matrix[k][label] += posterior[task][k]
            confusion.append([[cell / sum(row) for cell in row] for row in matrix])
        share = [LABEL + sum(p[k] for p in posterior) for k in range(n_labels)]
        share = [one / sum(share) for one in share]
        for task in range(n_tasks):
            logs = [math.log(share[k]) for k in range(n_labels)]
            for at, worker, label in rows:
                if at == task:
                    for k in range(n_labels):
                        logs[k] += math.log(confusion[worker][k][label])
            weights = [math.exp(one - max(logs)) for one in logs]
            posterior[task] = [one / sum(weights) for one in weights]
    return np.array(posterior)


def test_it_equals_a_slow_reference():
    answers, _truth, _right = crowd(11, tasks=25, workers=6, each=4)
    rows = list(zip(answers.task, answers.worker, answers.label, strict=True))

    found = dawid_skene(answers, max_steps=7, tolerance=-1)

    np.testing.assert_allclose(found.posterior, slow_dawid_skene(rows, 25, 6, 3, 7), atol=1e-9)


def test_the_objective_never_falls():
    answers, _truth, _right = crowd(2, skill=(0.35, 0.95))

    found = dawid_skene(answers)

    assert found.converged
    assert (np.diff(found.objective) > -1e-6).all()


def test_a_worker_who_mixes_up_two_labels_still_helps():
    # Worker 2 always says the opposite, and with that tells as much as the others.
    rows = [(task, worker, task % 2 if worker < 2 else 1 - task % 2) for task in range(40) for worker in range(3)]

    found = dawid_skene(table(rows))

    assert found.label.tolist() == [0, 1] * 20
    assert found.confusion[2, 0, 1] > 0.9


def test_known_matrices_are_recovered():
    answers, _truth, right = crowd(4, tasks=2000, workers=8, each=6)

    found = dawid_skene(answers)

    assert np.abs(found.accuracy - right).max() < 0.05


def test_the_intervals_hold_the_accuracy():
    inside = []
    for seed in range(20):
        answers, _truth, right = crowd(seed, tasks=150, workers=10, each=7, skill=(0.7, 0.95))
        found = dawid_skene(answers)
        inside += list((found.low <= right) & (right <= found.high))

    assert np.mean(inside) > 0.88


def test_what_is_known_stays():
    rows = [(0, 0, 1), (0, 1, 1), (1, 0, 0)]

    found = dawid_skene(table(rows), known=[0, -1])

    assert found.label[0] == 0
    assert found.confidence[0] == 1


def test_a_wrong_list_of_known_labels_is_refused():
    with pytest.raises(ValueError, match="known must be 1 labels"):
        dawid_skene(table([(0, 0, 1)]), known=[7])


def test_known_accuracies_weigh_the_vote():
    # One worker who is right in 95 of 100 outweighs two who are right in 60: log 19 > 2 log 1.5.
    found = weighted_vote(table([(0, 0, 1), (0, 1, 0), (0, 2, 0)]), accuracy=[0.95, 0.6, 0.6])

    assert found.label.tolist() == [1]
    np.testing.assert_allclose(found.posterior[0, 1], 19 / (19 + 1.5**2))


def test_an_accuracy_out_of_range_is_refused():
    with pytest.raises(ValueError, match="from 0 to 1"):
        weighted_vote(table([(0, 0, 1)]), accuracy=[1.5])


def test_measures_are_as_worked_by_hand():
    from gtcrowd.consolidation import measures

    label, truth = np.array([0, 1, 1, 0]), np.array([0, 1, 0, -1])

    assert measures.accuracy(label, truth) == pytest.approx(2 / 3)
    assert measures.macro_f1(label, truth) == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert measures.log_loss(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 0])) == pytest.approx(
        (math.log(2) + math.log(1000)) / 2
    )
    assert measures.shared_accuracy(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1])) == 0.75


def test_the_methods_are_named_in_one_place():
    assert set(consolidation.METHODS) == {"majority", "weighted-vote", "dawid-skene", "gt-compat"}
