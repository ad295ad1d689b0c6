"""The sums that watch for drift, as they are kept: the same as summed by hand, in few points, with known objects."""

import numpy as np
import pytest

from gtcrowd.analytics import cusum
from gtcrowd.analytics.cases import JobAnswers
from gtcrowd.analytics.columns import Columns
from gtcrowd.analytics.measures import drift
from tests.analytics.test_cases import TASKS, WORKERS, charts, crowd


@pytest.fixture(scope="module")
def fallen():
    """An ordinary crowd, of which one stops looking after 250 of about 500 answers."""
    task, worker, value, _truth, confusion, prior = crowd()
    rows = np.flatnonzero(worker == 7)
    value[rows[250:]] = np.random.default_rng(1).integers(0, 3, len(rows) - 250)
    return task, worker, value, confusion, prior


def test_path_restarts_at_zero():
    ratio, path = np.array([-1.0, 2, 0.5, -3, 1, 1]), [0.0, 2, 2.5, 0, 1, 2]
    result = drift.Charts(np.array([-1]), np.array([0]), np.array([2.5]), 9.0, ratio, np.array([0, 6]))

    assert result.path(0).tolist() == path


def test_alarm_at_first_crossing(fallen):
    result = charts(*fallen)
    path = result.path(7)

    assert path.max() == result.highest[7]
    assert np.flatnonzero(path >= result.threshold)[0] == result.alarm[7]
    assert result.worst(3)[0] == 7
    assert (np.diff(result.highest[result.worst()]) <= 0).all()


def test_thinned_path_keeps_extremes():
    path = np.zeros(10_000)
    path[[17, 5003]] = 9.0, 12.0

    places = drift.thinned(path, also=[4321])

    assert len(places) <= drift.POINTS
    assert {0, 17, 4321, 5003, 9999} <= set(places.tolist())
    assert drift.thinned(path[:150]).tolist() == list(range(150))


def test_summary_of_worst_charts(fallen):
    task, worker, value, confusion, prior = fallen
    at = np.arange(len(task), dtype=float)
    answers = JobAnswers(
        task, worker, value, np.full(len(task), 9.0), at, confusion, prior, np.arange(WORKERS) + 100, TASKS
    )
    # Worker 7 met three known objects: one withdrawn, one right before all answers, one wrong after them.
    n = len(task) + 3
    values = Columns(
        *(np.zeros(n, np.int64) for _name in ("task",)), np.append(worker, [7, 7, 7]), np.zeros(n, np.int64),
        np.arange(n) >= len(task), np.append(value, [1, 1, 1]), np.full(n, -1), np.full(n, -1),
        np.append(np.full(len(task), -1), [-1, 1, 2]), np.zeros(n), np.zeros(n, bool), np.zeros(n), answers.workers, TASKS,
        np.zeros(n), np.append(at, [5.0, -1.0, 1e9]),
    )  # fmt: skip

    stored = cusum.summarize(answers, charts(*fallen), values)

    assert (stored["watched"], stored["alarms"], stored["answers"]) == (WORKERS, 1, len(task))
    assert len(stored["workers"]) <= drift.WORST
    first = stored["workers"][0]
    own = at[worker == 7]
    assert (first["worker"], first["n"]) == (107, len(own))
    assert first["told_at"] == own[first["told"]]
    assert [first["told"], first["began"]] == [
        next(index for index, _sum, _at in first["points"] if index == item) for item in (first["told"], first["began"])
    ]
    assert max(total for _place, total, _at in first["points"]) == first["highest"]
    assert first["known"] == [[0, True], [len(own), False]]
    assert (first["known_n"], first["known_right"]) == (2, 1)
