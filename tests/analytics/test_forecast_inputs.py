"""What is left to do, whether something is new, and how the service is doing."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest

from gtcrowd.analytics import data_version, forecast_inputs, frames, rollup, service
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import seriation
from gtcrowd.analytics.models import Day
from gtcrowd.ledger import hold
from gtcrowd.tasks.models import DirtyDay

pytestmark = pytest.mark.django_db
ALL = Filters()


@pytest.fixture
def worked(ask, hire, answer, now):
    job = ask("a", "b", price="0.036")
    cleo = hire("cleo")
    answer(cleo, job)
    answer(cleo, job, now=now + timedelta(days=2))
    rollup.roll(zone="UTC")
    return job


def test_answers_by_day_have_no_gaps(alice, bob, worked):
    result = forecast_inputs.answers_by_day(alice, ALL)

    assert result.index.strftime("%Y-%m-%d").tolist() == ["2026-11-02", "2026-11-03", "2026-11-04"]
    assert result.tolist() == [1, 0, 1]
    assert forecast_inputs.answers_by_day(bob, Filters(jobs=(worked.pk,))).empty


def test_old_event_changes_version(alice, worked):
    before = data_version.look(alice).version
    day = Day.objects.earliest("day")
    DirtyDay.objects.create(job=day.job, worker=day.worker, at=datetime.combine(day.day, time(12), UTC))
    rollup.roll(zone="UTC")

    assert data_version.look(alice).version != before


def test_answers_to_chosen_jobs(alice, ask, answer, worked, hire, now):
    """By all less the others, or by name: the same."""
    other = ask("a", name="other")
    answer(hire("dan"), other, now=now + timedelta(days=1))
    rollup.roll(zone="UTC")
    jobs = frames.jobs(alice, ALL).assign(answers=1)

    for name in ("job", "other"):
        result = forecast_inputs.answers_to(
            alice, ALL, jobs, jobs["job"].ne("other") if name == "job" else jobs["job"].eq("other")
        )
        expected = {"job": [1, 0, 1], "other": [0, 1, 0]}[name]
        assert result.reindex(forecast_inputs.answers_by_day(alice, ALL).index, fill_value=0).tolist() == expected
    many = forecast_inputs.answers_to(alice, ALL, jobs, jobs["job"].eq("nothing"))
    assert many.empty or not many.any()


def test_remaining_answers_of_running_jobs(alice, worked):
    jobs = frames.jobs(alice, ALL)

    assert forecast_inputs.left(jobs.assign(answers=2)).tolist() == [4]
    assert forecast_inputs.left(jobs.assign(answers=2, state="Stopped")).tolist() == [0]


def test_funds_exclude_holds(alice, bob, worked, now):
    hold.deposit(requester_id=alice.requester.pk, amount=Decimal(10), reference="x", now=now)

    assert forecast_inputs.funds(alice) == pytest.approx(10 - 6 * 0.036)
    assert forecast_inputs.funds(bob) == 0


def test_version_changes_with_data(alice, bob, worked, answer, hire, now):
    before, others = data_version.look(alice), data_version.look(bob)
    assert data_version.look(alice).version == before.version

    worked.__class__.objects.filter(pk=worked.pk).update(changed_at=now + timedelta(days=9))

    assert data_version.look(alice).version != before.version
    assert data_version.look(bob).version == others.version
    assert before.waiting == 0


def test_service_health(worked):
    queue = service.queue()

    assert queue.todo >= 0
    assert queue.failed == 0
    assert list(service.queue_by_task().columns) == ["task", "todo", "doing"]
    assert list(service.latency().columns) == ["what", "seconds", "within", "n"]


def test_seriation_groups_similar_rows():
    similarity = np.array([[1, 0.1, 0.9, 0.1], [0.1, 1, 0.1, 0.8], [0.9, 0.1, 1, np.nan], [0.1, 0.8, np.nan, 1]])

    result = seriation.alike(similarity)

    assert sorted(result) == [0, 1, 2, 3]
    assert {frozenset(result[:2]), frozenset(result[2:])} == {frozenset((0, 2)), frozenset((1, 3))}
    assert seriation.alike([[1.0, np.nan], [np.nan, 1.0]]) == [0, 1]
