"""What holds for every method."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import consolidation
from gtcrowd.consolidation import AnswerTable

METHODS = sorted(consolidation.METHODS)


def table(rows, n_labels=2, n_tasks=None, n_workers=None):
    task, worker, label = (np.array(column, int) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    return AnswerTable.from_codes(
        task,
        worker,
        label,
        n_tasks=n_tasks if n_tasks is not None else int(max(task, default=-1)) + 1,
        n_workers=n_workers if n_workers is not None else int(max(worker, default=-1)) + 1,
        n_labels=n_labels,
    )


def crowd(seed, *, tasks=300, workers=15, each=5, labels=3, skill=(0.5, 0.9)):
    """A generated crowd of workers of known accuracy: the table, the truth, and the accuracies."""
    rng = np.random.default_rng(seed)
    truth, right = rng.integers(labels, size=tasks), rng.uniform(*skill, size=workers)
    rows = []
    for task in range(tasks):
        for worker in rng.choice(workers, each, replace=False):
            wrong = (truth[task] + rng.integers(1, labels)) % labels
            rows.append((task, worker, truth[task] if rng.random() < right[worker] else wrong))
    return table(rows, labels, tasks, workers), truth, right


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "answers",
    [
        table([]),
        table([], n_tasks=2, n_workers=1),
        table([(0, 0, 0)], n_labels=1),
        table([(0, 0, 1)]),
        table([(0, 0, 1), (0, 0, 1), (0, 0, 0)]),
        table([(0, 0, 1), (1, 0, 1)], n_tasks=3, n_workers=2, n_labels=4),
    ],
    ids=["nothing", "no answers", "one class", "one answer", "repeated", "unseen label, task and worker"],
)
def test_edges_are_defined_and_finite(method, answers):
    found = consolidation.conclude(method, answers)

    for numbers in (found.posterior, found.confidence, found.accuracy, found.low, found.high):
        assert np.isfinite(numbers).all()
    answered = np.bincount(answers.task, minlength=answers.n_tasks) > 0
    assert ((found.label >= 0) == answered).all()
    assert (found.confidence[~answered] == 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_tie_goes_to_the_first_label(method):
    assert consolidation.conclude(method, table([(0, 0, 1), (0, 1, 0)])).label.tolist() == [0]


@pytest.mark.parametrize("method", METHODS)
def test_agreement_is_believed(method):
    rows = [(task, worker, task % 2) for task in range(6) for worker in range(3)]

    assert consolidation.conclude(method, table(rows)).label.tolist() == [0, 1] * 3


@pytest.mark.parametrize("method", METHODS)
def test_most_labels_of_a_generated_crowd_are_found(method):
    answers, truth, _right = crowd(7)

    assert (consolidation.conclude(method, answers).label == truth).mean() > 0.85


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_answers_does_not_matter(method, seed):
    answers, _truth, _right = crowd(3, tasks=30, workers=8)
    order = np.random.default_rng(seed).permutation(len(answers))
    mixed = AnswerTable.from_codes(
        answers.task[order], answers.worker[order], answers.label[order], n_tasks=30, n_workers=8, n_labels=3
    )

    found, again = consolidation.conclude(method, answers), consolidation.conclude(method, mixed)

    np.testing.assert_allclose(found.posterior, again.posterior, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_answers_give_the_same_bytes(method):
    answers, _truth, _right = crowd(5, tasks=50)

    first, second = (consolidation.conclude(method, answers) for _ in range(2))

    assert first.posterior.tobytes() == second.posterior.tobytes()


def test_a_code_out_of_range_is_named():
    with pytest.raises(ValueError, match="row 1 has the worker 5"):
        table([(0, 0, 0), (0, 5, 0)], n_workers=2)


def test_an_unknown_method_names_the_known():
    with pytest.raises(consolidation.UnknownMethod, match="dawid-skene"):
        consolidation.conclude("magic", table([]))
