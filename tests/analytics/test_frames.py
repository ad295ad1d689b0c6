"""Frames are of the viewer's own totals, within the filters, and cost few statements whatever their size."""

from datetime import date, timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.analytics import frames, quality, rollup
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Role
from gtcrowd.workforce.models import Team, Workforce, WorkforceType

pytestmark = pytest.mark.django_db
ALL = Filters()


@pytest.fixture
def crowd(hire):
    return {name: hire(name) for name in ("cleo", "dan", "eve")}


@pytest.fixture
def job(ask, crowd, answer, now):
    """Two objects; Eve is alone with her answers, and works a day later than the others."""
    job = ask("a", "b", price="0.036", method="majority")
    for _object in range(2):
        answer(crowd["cleo"], job, "heron", seconds=10)
        answer(crowd["dan"], job, "heron", seconds=20)
        answer(crowd["eve"], job, "ibis", now=now + timedelta(days=1), seconds=2)
    job = job_lifecycle.advance(job.pk, now=now + timedelta(days=1))
    rollup.roll(zone="UTC")
    quality.form(job, now=now)
    return job


def test_one_row_per_worker(alice, job):
    frame = workers.measured(frames.workers(alice, ALL)).set_index("worker")

    assert frame["submitted"].to_dict() == {"Cleo": 2, "Dan": 2, "Eve": 2}
    assert frame["agreement"].to_dict() == {"Cleo": 0.5, "Dan": 0.5, "Eve": 0}
    assert frame.loc["Cleo", "p50"] == pytest.approx(10, rel=0.1)
    assert frame.loc["Eve", "accuracy"] < frame.loc["Cleo", "accuracy"]
    assert (frame["low"] < frame["accuracy"]).all()
    assert (frame["accuracy"] < frame["high"]).all()
    assert frame.loc["Cleo", "per_hour"] == pytest.approx(0.072 * 3600 / 20)
    assert frame["few"].all()


def test_refuses_foreign_totals(bob, job):
    for item in (frames.workers, frames.jobs, frames.cases):
        assert item(bob, ALL).empty
        assert item(bob, Filters(jobs=(job.pk,), workers=(1, 2, 3))).empty
    assert frames.totals(bob, ALL, by="day").empty
    assert frames.hours(bob, ALL).drop(columns="weekday").to_numpy().sum() == 0
    assert frames.latencies(bob, ALL).sum() == 0
    assert frames.job_quality(bob, job.pk) is None
    assert frames.profiles(bob, 1, ALL).empty
    assert frames.options(bob) == {"jobs": [], "teams": [], "workforces": [], "workers": [], "kinds": []}


@pytest.mark.parametrize(
    ("chosen", "n"),
    [
        ({"first_day": date(2026, 11, 3)}, 1), ({"last_day": date(2026, 11, 2)}, 2), ({"kinds": ("choice",)}, 3),
        ({"kinds": ("boxes",)}, 0), ({"source": "gold"}, 0), ({"source": "real"}, 3), ({"jobs": (10**9,)}, 0),
        ({"workforces": (10**9,)}, 0),
    ],
)  # fmt: skip
def test_filters_frames(alice, job, chosen, n):
    assert len(frames.workers(alice, Filters(**chosen))) == n


def test_names_of_own_workers_only(alice, bob, job, crowd):
    requested = [worker.pk for worker in crowd.values()]

    assert sorted(frames.names(alice, requested).values()) == ["Cleo", "Dan", "Eve"]
    assert frames.names(bob, requested) == {}


def test_days_by_group(alice, job):
    table = workers.every_day(frames.totals(alice, ALL, by="day", and_by="worker"), group="worker_id")

    assert table.index.strftime("%Y-%m-%d").tolist() == ["2026-11-02", "2026-11-03"]
    assert table.sum(axis=1).tolist() == [4, 2]


def test_days_without_answers_are_zero():
    import pandas as pd

    days = pd.DataFrame({"day": [date(2026, 11, 1), date(2026, 11, 4)], "submitted": [1, 2]})

    assert workers.every_day(days)["submitted"].tolist() == [1, 0, 0, 2]


def test_small_groups_become_others(alice, job):
    table = workers.every_day(frames.totals(alice, ALL, by="day", and_by="worker"), group="worker_id", most=1)

    assert table.columns[-1] == "others"
    assert table.to_numpy().sum() == 6


def test_key_figures(alice, job):
    result = workers.numbers(frames.totals(alice, ALL, by=None), frames.jobs(alice, ALL), median_seconds=10.0)

    assert (result.answers, result.workers, result.objects, result.labeled) == (6, 3, 2, 2)
    assert result.agreement == pytest.approx(1 / 3)
    assert result.low < result.accuracy < result.high


def test_key_figures_without_answers(bob, job):
    result = workers.numbers(frames.totals(bob, ALL, by=None), frames.jobs(bob, ALL), median_seconds=float("nan"))

    assert (result.answers, result.accuracy, result.median_seconds, result.per_hour) == (0, None, None, None)


def test_public_workers_appear_by_code(alice, ask, answer, now, hire):
    public = Workforce.objects.create(type=WorkforceType.PUBLIC, name="public")
    team = Team.objects.create(workforce=public, name="all", description="All")
    worker = hire("gil")
    worker.workforce = public
    worker.save()
    team.workers.add(worker)
    job = ask(team="all", name="open")
    answer(worker, job)
    rollup.roll(zone="UTC")

    assert frames.workers(alice, ALL)["worker"].tolist() == [worker.code]


def test_hours_of_the_week(alice, job):
    table = frames.hours(alice, ALL)

    assert table.loc[0, 9] == 4  # Monday, from nine
    assert table.loc[1, 9] == 2


def test_page_costs_few_statements(alice, job, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        frames.workers(alice, ALL)
        frames.totals(alice, ALL, by="day", and_by="worker")
        frames.jobs(alice, ALL)
        frames.as_of(alice)


def test_viewer_role_suffices(alice, job):
    looks = Viewer(requester=alice.requester, role=Role.VIEWER)

    assert len(frames.workers(looks, ALL)) == 3


def test_previous_period_has_same_length():
    march = Filters(first_day=date(2026, 3, 8), last_day=date(2026, 3, 14), jobs=(4,))

    before = march.before()

    assert (before.first_day, before.last_day, before.jobs) == (date(2026, 3, 1), date(2026, 3, 7), (4,))
    assert ALL.before() is None
