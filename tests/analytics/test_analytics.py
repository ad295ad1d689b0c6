from datetime import date, timedelta

import pandas as pd
import pytest

from gtcrowd import line
from gtcrowd.analytics import frames, measures
from gtcrowd.analytics.filters import Filters
from gtcrowd.jobs.models import DataObject
from gtcrowd.labels.models import Truth

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(ask, hire, answer, now):
    """Three objects, one answer each of Cleo and Dan on the first day, Eve's two days later; consensus is heron."""
    job = ask("a", "b", "c")
    for name, labels, day in (
        ("cleo", "heron heron heron", 0),
        ("dan", "heron heron ibis", 0),
        ("eve", "heron ibis heron", 2),
    ):
        worker = hire(name)
        for label in labels.split():
            answer(worker, job, label, now=now + timedelta(days=day), seconds=10)
    return line.advance(job.pk, now=now + timedelta(days=2))


def test_accuracy_is_measured_by_consensus_where_no_truth_is_known(alice, job):
    measured = measures.accuracy(frames.by_worker(alice, Filters())).set_index("worker")

    assert measured.loc["Cleo", ["n", "right", "reference"]].tolist() == [3, 3, "consensus"]
    assert measured.loc["Dan", ["n", "right"]].tolist() == [3, 2]
    assert measured["few"].all()


def test_accuracy_is_measured_by_truth_where_enough_is_known(alice, job, monkeypatch):
    monkeypatch.setattr(measures, "LEAST_TRUTH", 3)
    objects = DataObject.objects.filter(job=job)
    Truth.objects.bulk_create(Truth(data_object=one, job=job, value="ibis", source="test") for one in objects)

    measured = measures.accuracy(frames.by_worker(alice, Filters())).set_index("worker")

    assert measured.loc["Dan", ["n", "right", "reference"]].tolist() == [3, 1, "truth"]


def test_an_interval_is_that_of_jeffreys():
    workers = pd.DataFrame(
        {
            "worker_id": [1],
            "worker": ["w"],
            "answers": [10],
            "truth_n": [10],
            "truth_right": [8],
            "consensus_n": [0],
            "consensus_right": [0],
        }
    )

    (row,) = measures.accuracy(workers).to_dict("records")

    # Quantiles 0.025 and 0.975 of Beta(8.5, 2.5).
    assert (row["accuracy"], round(row["low"], 4), round(row["high"], 4)) == (0.8, 0.4972, 0.9559)


def test_nobody_sees_anothers_answers(bob, job):
    for frame in (frames.by_worker, frames.daily, frames.progress):
        assert frame(bob, Filters()).empty
        assert frame(bob, Filters(jobs=(job.pk,))).empty
    assert frames.options(bob) == {"jobs": [], "teams": [], "workers": []}


def test_days_without_answers_are_zero(alice, job):
    table = measures.by_day(frames.daily(alice, Filters()), group="worker")

    assert table.sum(axis=1).tolist() == [6, 0, 3]
    assert table.loc["2026-11-04", "Eve"] == 3


def test_beyond_the_busiest_stand_the_others(alice, job):
    table = measures.by_day(frames.daily(alice, Filters()), group="worker", most=1)

    assert list(table.columns) == ["Cleo", "others"]
    assert table.to_numpy().sum() == 9


def test_cost_adds_up(alice, job):
    paid = measures.cost_by_day(frames.daily(alice, Filters()))

    assert paid.round(3).tolist() == [0.072, 0.072, 0.108]


def test_filters_narrow_the_frames(alice, job):
    first_day = Filters(last_day=date(2026, 11, 2))

    assert frames.daily(alice, first_day)["answers"].sum() == 6
    assert frames.daily(alice, Filters(first_day=date(2026, 11, 3)))["answers"].sum() == 3
    assert frames.by_worker(alice, Filters(teams=(-1,))).empty


def test_a_day_is_one_of_the_services_time_zone(alice, job, settings):
    settings.TIME_ZONE = "Pacific/Auckland"  # 9:00 UTC is 22:00 there, on the same day

    assert frames.daily(alice, Filters(last_day=date(2026, 11, 2)))["answers"].sum() == 6
    settings.TIME_ZONE = "Pacific/Kiritimati"  # and 23:00 here
    assert str(frames.daily(alice, Filters())["day"].iloc[0]) == "2026-11-02"


def test_numbers_of_nothing_are_none():
    empty = pd.DataFrame(
        columns=[
            "answers",
            "truth_n",
            "truth_right",
            "consensus_n",
            "consensus_right",
            "worker_id",
            "worker",
            "seconds_total",
            "paid",
            "median_seconds",
        ]
    )
    found = measures.numbers(empty, pd.DataFrame(columns=["objects", "labeled"]))

    assert (found.accuracy, found.median_seconds, found.per_hour, found.answers) == (None, None, None, 0)


def test_progress_is_told_with_its_time(alice, job):
    (row,) = frames.progress(alice, Filters()).to_dict("records")

    assert (row["labeled"], row["objects"], row["wanted"], row["state"]) == (3, 3, 9, "Completed")


def test_a_page_costs_few_queries(alice, job, django_assert_num_queries):
    with django_assert_num_queries(7):
        frames.options(alice)
        frames.by_worker(alice, Filters())
        frames.daily(alice, Filters())
        frames.progress(alice, Filters())
        frames.as_of()


def test_people_of_the_public_are_called_by_code(alice, ask, answer, now):
    from gtcrowd.identity.models import User
    from gtcrowd.workforce import found

    pool = found.public()
    user = User.objects.create_user("p@example.org", name="Paula Real-Name")
    worker = found.enlist(workforce=pool, user=user, now=now, teams=(pool.teams.get(),))
    answer(worker, ask("a", team="public-crowd"))

    assert frames.by_worker(alice, Filters())["worker"].tolist() == [worker.code]
