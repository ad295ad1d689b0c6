"""Measures beside independent implementations, on toy data worked by hand and on recorded crowds."""

import csv
import os
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

from gtcrowd.analytics.measures import accuracy, calibration, comparisons, forecast, fraud, latency, workers
from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.consolidation.intervals import credible_interval

DATA = Path(os.environ.get("GTCROWD_DATA", ""))
needs_data = pytest.mark.skipif(not os.environ.get("GTCROWD_DATA"), reason="GTCROWD_DATA names no folder of crowds")


def crowd(name):
    """A recorded crowd as matrix [workers, tasks] with NaN where nobody answered, and as table."""
    with (DATA / name / "answers.csv").open() as file:
        rows = [(row["task"], row["worker"], row["label"]) for row in csv.DictReader(file)]
    visited = {(task, worker): label for task, worker, label in reversed(rows)}
    tasks = sorted({task for task, _worker in visited})
    workers = sorted({worker for _task, worker in visited})
    labels = sorted(set(visited.values()))
    matrix = np.full((len(workers), len(tasks)), np.nan)
    for (task, worker), label in visited.items():
        matrix[workers.index(worker), tasks.index(task)] = labels.index(label)
    worker, task = np.nonzero(~np.isnan(matrix))
    table = AnswerTable.from_codes(
        task, worker, matrix[worker, task].astype(int), n_tasks=len(tasks), n_workers=len(workers), n_labels=len(labels)
    )
    return matrix, table


@needs_data
@pytest.mark.data
@pytest.mark.parametrize("name", ["bluebird", "rte", "dog", "slr_tech", "labelme"])
@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_matches_krippendorff(name, level):
    matrix, table = crowd(name)

    ours = agreement.alpha(table, level=level, draws=10)

    theirs = krippendorff.alpha(
        reliability_data=matrix, level_of_measurement=level, value_domain=list(range(table.n_labels))
    )
    assert ours.value == pytest.approx(theirs, abs=1e-9)


@needs_data
@pytest.mark.data
@pytest.mark.parametrize("name", ["bluebird", "rte", "dog", "leaves"])
def test_fleiss_kappa_matches_statsmodels(name):
    matrix, table = crowd(name)
    votes = np.array(
        [np.bincount(column[~np.isnan(column)].astype(int), minlength=table.n_labels) for column in matrix.T]
    )

    assert len(set(votes.sum(axis=1))) == 1
    assert agreement.fleiss(table, draws=10).value == pytest.approx(fleiss_kappa(votes), abs=1e-9)


@needs_data
@pytest.mark.data
def test_cohen_kappa_matches_scikit_learn():
    matrix, table = crowd("bluebird")
    kappa, shared = agreement.cohen_matrix(table)

    for first, second in ((0, 1), (3, 20), (7, 38)):
        both = ~np.isnan(matrix[first]) & ~np.isnan(matrix[second])
        assert shared[first, second] == both.sum()
        assert kappa[first, second] == pytest.approx(cohen_kappa_score(matrix[first][both], matrix[second][both]))


def test_fleiss_kappa_on_toy_data():
    """Three raters, three objects, beside another implementation."""
    votes = aggregate_raters(np.array([[0, 0, 1], [1, 1, 1], [0, 2, 2]]))[0]
    task = np.repeat(np.arange(3), 3)
    table = AnswerTable.from_codes(
        task, np.tile(np.arange(3), 3), [0, 0, 1, 1, 1, 1, 0, 2, 2], n_tasks=3, n_workers=3, n_labels=3
    )

    assert agreement.fleiss(table, draws=10).value == pytest.approx(fleiss_kappa(votes))


def test_confusion_matches_scikit_learn():
    rng = np.random.default_rng(0)
    worker, right, values = rng.integers(0, 4, 500), rng.integers(0, 3, 500), rng.integers(0, 3, 500)

    ours = comparisons.confusion(worker, right, values, n_workers=4, n_values=3)

    for index in range(4):
        theirs = confusion_matrix(right[worker == index], values[worker == index], labels=[0, 1, 2])
        assert (ours[index] == theirs).all()


def test_share_intervals_match_statsmodels():
    right, of = np.array([0.0, 3, 17, 40]), np.array([4.0, 9, 20, 40])

    low, high = credible_interval(right, of)

    theirs = proportion_confint(right, of, method="jeffreys")
    assert low == pytest.approx(theirs[0])
    assert high == pytest.approx(theirs[1])


def test_percentiles_match_numpy_within_bin():
    seconds = np.exp(np.random.default_rng(1).normal(2, 0.7, 20_000))
    counts = np.bincount(latency.classes(seconds), minlength=latency.CLASSES)

    for share in (0.25, 0.5, 0.75, 0.9):
        assert latency.percentile(counts, share) == pytest.approx(np.quantile(seconds, share), rel=0.02)
    assert np.isnan(latency.percentile(np.zeros(latency.CLASSES), 0.5))


def test_gold_outweighs_labels():
    """Labels say 0.9, four hundred known objects say 0.5."""
    result = accuracy.estimate(
        scored=[500], expected_correct=[450.0], variance=[20.0], gold=[400], gold_right=[200], pooled=False
    )

    assert result.accuracy[0] == pytest.approx(0.52, abs=0.02)
    assert result.low[0] < 0.5 < result.high[0] < 0.6


def test_accuracy_shrinks_towards_crowd():
    result = accuracy.estimate(
        scored=[1, 500, 500],
        expected_correct=[0.05, 450.0, 450.0],
        variance=[0.0, 20.0, 20.0],
        gold=[0] * 3,
        gold_right=[0] * 3,
    )

    assert 0.5 < result.accuracy[0] < result.crowd
    assert result.high[0] - result.low[0] > 0.5


def test_interval_includes_common_error():
    """However many answers there are, labels alone never make an estimate certain."""
    result = accuracy.estimate(
        scored=[10**7], expected_correct=[8e6], variance=[1e6], gold=[0], gold_right=[0], pooled=False
    )

    assert result.high[0] - result.low[0] > 0.2


def test_accuracy_without_answers_is_undefined():
    result = accuracy.estimate(
        scored=[0, 5], expected_correct=[0.0, 4.0], variance=[0.0, 0.5], gold=[0, 0], gold_right=[0, 0]
    )

    assert np.isnan([result.accuracy[0], result.low[0], result.high[0]]).all()
    assert result.n.tolist() == [0, 5]


@needs_data
@pytest.mark.data
def test_interval_coverage():
    """Over recorded crowds, intervals made without the truth hold it in about 19 of 20 cases."""
    from gtcrowd.bench.benchmarks import intervals

    rows = [intervals.measure(DATA / name) for name in ("SP_amt", "rte", "dog", "relevance", "adult2", "MS")]
    whole = intervals.together(rows)

    assert 0.93 <= whole.covered <= 0.99
    assert whole.width < 0.42


def test_discoveries_match_definition():
    ratios = np.log(np.array([1000.0, 60.0, 30.0, 10.0]))

    # Of four at 5 %: the largest needs 80, two 40, three 26.7, four 20.
    assert fraud.discoveries(ratios).tolist() == [True, True, True, False]
    assert fraud.discoveries(ratios, tests=4000).tolist() == [False] * 4
    assert fraud.discoveries([]).tolist() == []


def test_forecast_of_steady_job():
    from datetime import date

    result = forecast.finish([100] * 14, rest=1000, today=date(2026, 11, 2))

    assert (result.finish, result.finish_low, result.finish_high) == (date(2026, 11, 12),) * 3
    assert result.middle[0] == 900
    assert forecast.finish([100] * 14, rest=0, today=date(2026, 11, 2)).reason == "done"
    assert forecast.finish([0] * 9, rest=10, today=date(2026, 11, 2)).reason == "no-answers"


def test_forecasts_from_first_day_with_wide_band():
    from datetime import date

    first = forecast.finish([], rest=900, today=date(2026, 11, 2), so_far=50, elapsed=0.25)
    second = forecast.finish([200, 200], rest=900, today=date(2026, 11, 2), so_far=0, elapsed=0)

    assert first.early
    assert first.finish == date(2026, 11, 7)  # 200 a day
    assert first.finish_low == date(2026, 11, 4)  # four times as many
    assert date(2026, 11, 19) <= first.finish_high <= date(2026, 11, 22)  # a quarter
    assert first.finish_low <= second.finish_low
    assert second.finish_high < first.finish_high
    assert forecast.finish([], rest=10, today=date(2026, 11, 2)).reason == "no-answers"


def test_forecast_of_uneven_job():
    from datetime import date

    past = np.random.default_rng(0).poisson(100, 28) * np.tile([1, 1, 1, 1, 1, 0, 0], 4)

    result = forecast.finish(past, rest=3000, today=date(2026, 11, 2))

    assert result.finish_low < result.finish_high
    assert result.finish_low <= result.finish <= result.finish_high
    # 3,000 at 500 a week: six weeks; the days after today, a Monday, begin like those after the Mondays before.
    assert date(2026, 12, 7) <= result.finish <= date(2026, 12, 20)


def test_funnel_limits():
    limits = workers.funnel(0.8, 1000, level=0.95)
    hundred = limits.iloc[(limits["n"] - 100).abs().argmin()]

    assert hundred["high"] - 0.8 == pytest.approx(1.96 * (0.16 / hundred["n"]) ** 0.5, rel=0.01)


def test_confused_pairs_are_sorted():
    pairs = workers.top_pairs([[8, 2, 0], [5, 5, 0], [0, 0, 9]], ["a", "b", "c"])

    assert pairs.to_dict("records") == [
        {"right": "b", "answered": "a", "n": 5, "share": 0.5}, {"right": "a", "answered": "b", "n": 2, "share": 0.2},
    ]  # fmt: skip


def test_calibration_error_of_calibrated_crowd():
    rng = np.random.default_rng(2)
    sure = rng.uniform(0.5, 1, 20_000)
    pairs = np.stack([sure, rng.random(20_000) < sure], axis=1).astype(float)

    assert calibration.reliability(pairs)["ece"] < 0.01
    pairs[:, 0] = 0.99
    assert calibration.reliability(pairs)["ece"] > 0.2
