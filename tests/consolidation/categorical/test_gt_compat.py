import numpy as np

from gtcrowd import consolidation
from tests.consolidation.categorical.crowds import crowd, rows_of, table


def gt_compat(answers):
    return consolidation.consolidate("gt-compat", answers)


def slow_gt_compat(rows, n_tasks, n_workers, n_labels):
    """The recipe step by step, in plain loops."""

    def even(accuracy):
        return [
            [accuracy if k == index else (1 - accuracy) / (n_labels - 1) for index in range(n_labels)]
            for k in range(n_labels)
        ]

    posterior = [[1 / n_labels] * n_labels for _ in range(n_tasks)]
    confusion = [even(0.7) for _ in range(n_workers)]
    crowd_accuracy = 0.7
    for _pass in range(2):
        prior = [sum(p[k] for p in posterior) / n_tasks for k in range(n_labels)]
        for task in range(n_tasks):
            chances = list(prior)
            for at, worker, label in rows:
                if at == task:
                    chances = [chance * confusion[worker][k][label] for k, chance in enumerate(chances)]
            posterior[task] = [chance / sum(chances) for chance in chances]
        accuracies = []
        for who in range(n_workers):
            counts = [[0.0] * n_labels for _ in range(n_labels)]
            own = [(task, label) for task, worker, label in rows if worker == who]
            for task, label in own:
                for k in range(n_labels):
                    counts[k][label] += posterior[task][k]
            accuracies.append(sum(counts[k][k] for k in range(n_labels)) / len(own))
            mine, theirs = even(accuracies[-1]), even(crowd_accuracy)
            for k in range(n_labels):
                row = [
                    counts[k][index] + len(own) * mine[k][index] + len(own) / 2 * theirs[k][index]
                    for index in range(n_labels)
                ]
                confusion[who][k] = [cell / sum(row) for cell in row]
        crowd_accuracy = sum(accuracies) / len(accuracies)
    return [round(0.05 + 0.9 * max(p), 2) for p in posterior], [p.index(max(p)) for p in posterior]


def test_follows_ground_truth():
    answers, _truth, _right = crowd(9, tasks=20, workers=7, each=5, labels=4)
    rows = rows_of(answers)

    confidence, label = slow_gt_compat(rows, 20, 7, 4)
    result = gt_compat(answers)

    assert result.labels.tolist() == label
    np.testing.assert_allclose(result.confidence, confidence, atol=1e-9)


def test_confidence_is_at_most_095():
    rows = [(task, worker, task % 2) for task in range(8) for worker in range(5)]

    assert gt_compat(table(rows)).confidence.tolist() == [0.95] * 8


def test_single_answers_have_no_confidence():
    assert gt_compat(table([(0, 0, 1), (1, 0, 0)])).confidence.tolist() == [0, 0]


def test_even_split_has_confidence_half():
    assert gt_compat(table([(0, 0, 1), (0, 1, 0)])).confidence.tolist() == [0.5]


def test_ignores_absent_tasks_and_workers():
    answers, _truth, _right = crowd(9, tasks=20, workers=7, each=5, labels=4)
    more = table(rows_of(answers), 4, n_tasks=30, n_workers=50)

    np.testing.assert_allclose(gt_compat(more).posterior[:20], gt_compat(answers).posterior, atol=1e-12)


def test_batches_are_independent():
    answers, _truth, _right = crowd(9, tasks=20, workers=7, each=5, labels=4, skill=(0.4, 0.7))
    first = table([row for row in rows_of(answers) if row[0] < 10], 4, n_workers=7)

    assert np.abs(gt_compat(first).posterior - gt_compat(answers).posterior[:10]).max() > 0.01


def test_ignores_gold_and_accuracies():
    answers = table([(0, 0, 1), (0, 1, 0)])

    result = consolidation.consolidate("gt-compat", answers, gold=[1], worker_accuracy=[0.9, 0.1])

    assert result.confidence.tolist() == [0.5]
