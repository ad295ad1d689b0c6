"""Posteriors answer by answer, and their distance from the next fit."""

import numpy as np
import pytest

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical import online
from tests.consolidation.categorical.crowds import crowd, rows_of, table


def test_incremental_equals_batch():
    answers, _truth, _right = crowd(1, tasks=40)
    models = online.from_aggregation(consolidation.consolidate("hierarchical", answers))
    whole = online.posteriors(models, answers)

    for task in (0, 7, 39):
        state = online.begin(models)
        for object_, worker, label in rows_of(answers):
            if object_ == task:
                state = online.add(models, state, worker=worker, label=label)
        np.testing.assert_allclose(online.posterior(models, state), whole[task])


@pytest.mark.parametrize("method", ["dawid-skene", "ibcc", "hierarchical"])
def test_close_to_full_fit(method):
    answers, _truth, _right = crowd(2, tasks=400)
    result = consolidation.consolidate(method, answers)

    apart = online.drift(online.posteriors(online.from_aggregation(result), answers), result.posterior)

    assert apart.tasks == 400
    assert apart.moved < 0.03
    assert apart.changed < 0.03


def test_good_worker_moves_posterior_more():
    rows = [(t, w, (t + (w == 2 and t % 3 == 0)) % 2) for t in range(60) for w in range(3)]
    models = online.from_aggregation(consolidation.consolidate("hierarchical", table(rows)))

    good, poor, new = (
        online.posterior(models, online.add(models, online.begin(models), worker=w, label=1))[1] for w in (0, 2, None)
    )

    assert good > new > poor


def test_prior_without_answers():
    answers, _truth, _right = crowd(3)
    models = online.from_aggregation(consolidation.consolidate("dawid-skene", answers))

    np.testing.assert_allclose(online.posterior(models, online.begin(models)), np.exp(models.log_prior))


def test_refuses_method_without_worker_model():
    with pytest.raises(online.NoWorkerModel, match="majority has no confusion"):
        online.from_aggregation(consolidation.consolidate("majority", table([(0, 0, 1)])))


def test_drift():
    result = online.drift(np.array([[1.0, 0.0], [0.6, 0.4]]), np.array([[0.0, 1.0], [0.6, 0.4]]))

    assert (result.moved, result.changed, result.tasks) == (0.5, 0.5, 2)
    assert online.drift(np.zeros((0, 2)), np.zeros((0, 2))).tasks == 0
