import numpy as np
import pytest

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical.methods.weighted_vote import MIN_ERROR
from tests.consolidation.categorical.crowds import crowd, rows_of, table


def slow_weighted_vote(rows, n_tasks, n_workers, n_labels, turns):
    """Accuracies and labels in turn, in plain loops, with 4 answers supposed of which 0.7 were right."""
    posterior = [[0.0] * n_labels for _ in range(n_tasks)]
    for task, _worker, label in rows:
        posterior[task][label] += 1
    posterior = [[vote / sum(votes) for vote in votes] for votes in posterior]
    for _ in range(turns):
        own = [[(task, label) for task, worker, label in rows if worker == who] for who in range(n_workers)]
        accuracy = [(2.8 + sum(posterior[t][who] for t, who in values)) / (4 + len(values)) for values in own]
        for task in range(n_tasks):
            chances = [1.0] * n_labels
            for at, worker, label in rows:
                if at == task:
                    wrong = (1 - accuracy[worker]) / (n_labels - 1)
                    chances = [c * (accuracy[worker] if k == label else wrong) for k, c in enumerate(chances)]
            posterior[task] = [chance / sum(chances) for chance in chances]
    return np.array(posterior)


def test_equals_slow_reference():
    answers, _truth, _right = crowd(11, tasks=25, workers=6, each=4)

    result = consolidation.consolidate("weighted-vote", answers, turns=3)

    np.testing.assert_allclose(result.posterior, slow_weighted_vote(rows_of(answers), 25, 6, 3, 3), atol=1e-12)


def test_weights_by_given_accuracies():
    # One worker who is right in 95 of 100 outweighs two who are right in 60: 19 > 1.5 * 1.5.
    answers = table([(0, 0, 1), (0, 1, 0), (0, 2, 0)])

    result = consolidation.consolidate("weighted-vote", answers, worker_accuracy=[0.95, 0.6, 0.6])

    assert result.labels.tolist() == [1]
    assert result.posterior[0, 1] == pytest.approx(19 / (19 + 1.5**2))


def test_guessing_worker_has_no_weight():
    answers = table([(0, 0, 2), (0, 1, 1)], n_labels=4)

    result = consolidation.consolidate("weighted-vote", answers, worker_accuracy=[0.25, 0.7])

    assert result.posterior[0].tolist() == pytest.approx([0.1, 0.7, 0.1, 0.1])


def test_inverts_answers_below_chance():
    result = consolidation.consolidate("weighted-vote", table([(0, 0, 1)]), worker_accuracy=[0.2])

    assert result.posterior[0].tolist() == pytest.approx([0.8, 0.2])


def test_unknown_accuracy_is_prior():
    answers = table([(0, 0, 1)])

    result = consolidation.consolidate("weighted-vote", answers, worker_accuracy=[np.nan], prior_accuracy=0.6)

    assert result.posterior[0, 1] == pytest.approx(0.6)


def test_bounds_given_accuracies():
    answers = table([(0, 0, 1), (0, 1, 0), (0, 2, 0), (0, 3, 0)])

    result = consolidation.consolidate("weighted-vote", answers, worker_accuracy=[1, 0.95, 0.95, 0.95])

    assert result.labels.tolist() == [0]
    assert MIN_ERROR == 0.01


def test_recovers_accuracies():
    answers, _truth, right = crowd(4, tasks=2000, workers=8, each=6)

    result = consolidation.consolidate("weighted-vote", answers, turns=20)

    assert np.abs(result.accuracy - right).max() < 0.05
