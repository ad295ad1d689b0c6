import math

import numpy as np

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical.confusion import symmetric_confusion
from tests.consolidation.categorical.crowds import crowd, crowd_of, rows_of, table


def slow_dawid_skene(rows, n_tasks, n_workers, n_labels, passes):
    """The two steps in plain loops: one answer supposed for each truth, 0.7 right, and one task of each label."""
    posterior = [[0.0] * n_labels for _ in range(n_tasks)]
    for task, _worker, label in rows:
        posterior[task][label] += 1
    posterior = [[vote / sum(votes) for vote in votes] for votes in posterior]
    for _ in range(passes):
        confusion = []
        for who in range(n_workers):
            matrix = [
                [0.7 if k == index else 0.3 / (n_labels - 1) for index in range(n_labels)] for k in range(n_labels)
            ]
            for task, worker, label in rows:
                if worker == who:
                    for k in range(n_labels):
                        matrix[k][label] += posterior[task][k]
            confusion.append([[cell / sum(row) for cell in row] for row in matrix])
        share = [1 + sum(p[k] for p in posterior) for k in range(n_labels)]
        for task in range(n_tasks):
            logs = [math.log(share[k] / sum(share)) for k in range(n_labels)]
            for at, worker, label in rows:
                if at == task:
                    for k in range(n_labels):
                        logs[k] += math.log(confusion[worker][k][label])
            weights = [math.exp(who - max(logs)) for who in logs]
            posterior[task] = [who / sum(weights) for who in weights]
    return np.array(posterior)


def test_equals_slow_reference():
    answers, _truth, _right = crowd(11, tasks=25, workers=6, each=4)

    result = consolidation.consolidate("dawid-skene", answers, max_steps=7, tolerance=0.0)

    assert result.steps == 7
    np.testing.assert_allclose(result.posterior, slow_dawid_skene(rows_of(answers), 25, 6, 3, 7), atol=1e-12)


def test_one_step_worked_by_hand():
    # Both workers agree on task 0 (label 0) and task 1 (label 1). Supposed and seen, each row has 1.7 of 2 right;
    # the prior stays even. Two such answers: 0.85² against 0.15².
    answers = table([(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 1)])

    result = consolidation.consolidate("dawid-skene", answers, max_steps=1)

    assert math.isclose(result.posterior[0, 0], 0.85**2 / (0.85**2 + 0.15**2))
    assert not result.converged


def test_objective_includes_priors():
    # One task, known to be 1 and answered so: three tasks supposed of each class and one seen, one answer supposed
    # for each truth and one seen.
    result = consolidation.consolidate("dawid-skene", table([(0, 0, 1)]), gold=[1], max_steps=1, prior_tasks=3.0)

    share = {0: 3 / 7, 1: 4 / 7}
    rows = {0: (0.7, 0.3), 1: (0.3 / 2, 1.7 / 2)}
    priors = 3 * sum(math.log(p) for p in share.values())
    priors += 0.7 * math.log(rows[0][0]) + 0.3 * math.log(rows[0][1])
    priors += 0.3 * math.log(rows[1][0]) + 0.7 * math.log(rows[1][1])
    assert math.isclose(result.objective[0], math.log(share[1] * rows[1][1]) + priors)


def test_reports_convergence():
    answers, _truth, _right = crowd(2)

    assert consolidation.consolidate("dawid-skene", answers).converged
    assert not consolidation.consolidate("dawid-skene", answers, max_steps=2).converged


def test_uses_inverted_worker():
    # Worker 2 always says the opposite, and with that tells as much as the others.
    rows = [(task, worker, task % 2 if worker < 2 else 1 - task % 2) for task in range(40) for worker in range(3)]

    result = consolidation.consolidate("dawid-skene", table(rows))

    assert result.labels.tolist() == [0, 1] * 20
    assert result.confusion[2, 0, 1] > 0.9


def test_recovers_confusion_matrices():
    rng = np.random.default_rng(8)
    confusion = rng.dirichlet([1, 1, 1], size=(8, 3)) * 0.5 + symmetric_confusion(np.array([0.75]), 3) * 0.5
    answers, _truth = crowd_of(rng, confusion, tasks=4000, each=6, prior=[0.5, 0.3, 0.2])

    result = consolidation.consolidate("dawid-skene", answers)

    assert np.abs(result.confusion - confusion).max() < 0.08
    assert np.abs(result.posterior.mean(axis=0) - [0.5, 0.3, 0.2]).max() < 0.03


def test_intervals_cover_accuracy():
    inside = []
    for seed in range(20):
        answers, _truth, right = crowd(seed, tasks=150, workers=10, each=7, skill=(0.7, 0.95))
        result = consolidation.consolidate("dawid-skene", answers)
        inside += list((result.low <= right) & (right <= result.high))

    assert np.mean(inside) > 0.88


def test_worker_without_answers_is_prior():
    result = consolidation.consolidate("dawid-skene", table([(0, 0, 1)], n_workers=2), prior_accuracy=0.6)

    np.testing.assert_allclose(result.confusion[1], [[0.6, 0.4], [0.4, 0.6]])


def test_given_accuracies_break_tie():
    answers = table([(0, 0, 0), (0, 1, 1)])

    result = consolidation.consolidate("dawid-skene", answers, worker_accuracy=[0.55, 0.95])

    assert result.labels.tolist() == [1]


def test_gold_informs_worker_models():
    # Worker 0 erred on every known task; alone on the last one, the opposite is believed.
    rows = [(task, 0, 1 - task % 2) for task in range(20)] + [(20, 0, 1)]
    gold = [task % 2 for task in range(20)] + [-1]

    result = consolidation.consolidate("dawid-skene", table(rows), gold=gold)

    assert result.labels[20] == 0


def test_symmetric_confusion_rows_sum_to_one():
    matrices = symmetric_confusion(np.array([0.7, 0.1]), 4)

    np.testing.assert_allclose(matrices.sum(axis=2), 1)
    np.testing.assert_allclose(matrices[1, 2], [0.3, 0.3, 0.1, 0.3])
