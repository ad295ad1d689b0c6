"""What holds for every categorical method."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import consolidation
from gtcrowd.consolidation import AnswerTable, ParameterRefused, TableRefused
from tests.consolidation.categorical.crowds import crowd, table

METHODS = sorted(consolidation.METHODS)
LEARNING = [name for name in METHODS if consolidation.METHODS[name].uses_gold]
every_method = pytest.mark.parametrize("method", METHODS)


@every_method
@pytest.mark.parametrize(
    "answers",
    [
        table([]),
        table([], n_tasks=2, n_workers=1),
        table([], n_tasks=2, n_labels=1),
        table([(0, 0, 0)], n_labels=1),
        table([(0, 0, 1)]),
        table([(0, 0, 1), (0, 0, 1), (0, 0, 0)]),
        table([(0, 0, 1), (1, 0, 1)], n_tasks=3, n_workers=2, n_labels=4),
        table([(0, worker, 1) for worker in range(3000)]),
    ],
    ids=["nothing", "no answers", "no workers", "one class", "one answer", "repeated", "unseen", "a long product"],
)
def test_defines_edge_cases(method, answers):
    result = consolidation.consolidate(method, answers)

    for numbers in (result.posterior, result.confidence, result.accuracy, result.low, result.high):
        assert np.isfinite(numbers).all()
    answered = answers.answers_per_task() > 0
    assert ((result.labels >= 0) == answered).all()
    assert (result.confidence[~answered] == 0).all()
    np.testing.assert_allclose(result.posterior.sum(axis=1), 1)
    assert ((result.low <= result.accuracy) & (result.accuracy <= result.high)).all()


@every_method
def test_tie_goes_to_first_label(method):
    rows = [(0, 0, 2), (0, 1, 1), (1, 0, 1), (1, 1, 2)]

    assert consolidation.consolidate(method, table(rows, 3)).labels.tolist() == [1, 1]


@every_method
def test_recovers_most_labels(method):
    answers, truth, _right = crowd(7)

    assert (consolidation.consolidate(method, answers).labels == truth).mean() > 0.85


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"hierarchical", "mace"}))  # they do not climb
def test_objective_never_falls(method):
    answers, _truth, _right = crowd(2, skill=(0.35, 0.95))

    result = consolidation.consolidate(method, answers)

    assert (np.diff(result.objective) > -1e-9 * abs(result.objective[-1] if result.objective else 0)).all()


@every_method
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_independent_of_names_and_order(method, seed):
    answers, _truth, _right = crowd(3, tasks=30, workers=8)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(answers))
    task, worker, label = rng.permutation(30), rng.permutation(8), rng.permutation(3)
    mixed = AnswerTable.from_codes(
        task[answers.task[order]],
        worker[answers.worker[order]],
        label[answers.label[order]],
        n_tasks=30,
        n_workers=8,
        n_labels=3,
    )

    result, again = consolidation.consolidate(method, answers), consolidation.consolidate(method, mixed)

    np.testing.assert_allclose(again.posterior[task][:, label], result.posterior, atol=1e-9)
    np.testing.assert_allclose(again.accuracy[worker], result.accuracy, atol=1e-9)


@every_method
def test_deterministic(method):
    answers, _truth, _right = crowd(5, tasks=50)

    first, second = (consolidation.consolidate(method, answers) for _ in range(2))

    assert first.posterior.tobytes() == second.posterior.tobytes()


@pytest.mark.parametrize("method", LEARNING)
def test_gold_is_certain(method):
    rows = [(0, 0, 1), (0, 1, 1), (1, 0, 0)]

    result = consolidation.consolidate(method, table(rows, n_tasks=3), gold=[0, -1, 1])

    assert result.labels[[0, 2]].tolist() == [0, 1]
    assert result.confidence[[0, 2]].tolist() == [1, 1]


@pytest.mark.parametrize("method", LEARNING)
def test_gold_scores_workers(method):
    # Two careless workers outvote the careful one; the known answers say who is who.
    rows = [(task, worker, int(worker > 0)) for task in range(20) for worker in range(3)]

    result = consolidation.consolidate(method, table(rows), gold=[0] * 20)

    assert result.accuracy.tolist() == pytest.approx([1, 0, 0])


@every_method
def test_parameters_round_trip(method):
    answers, _truth, _right = crowd(5, tasks=50)
    first = consolidation.consolidate(method, answers)

    again = consolidation.consolidate(method, answers, **json.loads(json.dumps(first.parameters)))

    assert again.posterior.tobytes() == first.posterior.tobytes()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"charm": 3}, "no parameter 'charm'; it has: prior_accuracy"),
        ({"prior_accuracy": 1.5}, "prior_accuracy is 1.5; expected a number from 0.01 to 0.99"),
        ({"max_steps": 2.5}, "max_steps is 2.5; expected a whole number from 1"),
        ({"prior_answers": float("nan")}, "prior_answers is nan"),
        ({"prior_answers": "many"}, "prior_answers is 'many'"),
    ],
)
def test_refuses_bad_parameter(parameters, expected):
    with pytest.raises(ParameterRefused, match=expected):
        consolidation.consolidate("dawid-skene", table([(0, 0, 1)]), **parameters)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"gold": [7]}, "row 0: gold is 7; expected -1 to 1"),
        ({"gold": [0, 1]}, "gold has 2 entries; there are 1 tasks"),
        ({"worker_accuracy": [1.5]}, "worker_accuracy of worker 0 is 1.5"),
        ({"worker_accuracy": [0.5, 0.5]}, "there are 1 workers"),
    ],
)
def test_refuses_mismatched_gold_and_accuracies(values, expected):
    with pytest.raises(TableRefused, match=expected):
        consolidation.consolidate("dawid-skene", table([(0, 0, 1)]), **values)


def test_unknown_method_lists_methods():
    with pytest.raises(consolidation.UnknownMethod, match="dawid-skene"):
        consolidation.consolidate("magic", table([]))


def test_finds_all_methods():
    assert METHODS == [
        "dawid-skene", "ebcc", "glad", "gt-compat", "hierarchical", "ibcc", "iterative-weighted-vote", "mace", "majority",
        "one-coin", "weighted-vote",
    ]  # fmt: skip
