"""What a plan warns of, and what it refuses although every field is right by itself."""

from datetime import timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs import create
from gtcrowd.jobs.request import JobRefused
from gtcrowd.tasks.lifecycle import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def warnings(alice, job_values, now):
    """Returns codes and sentences of the warnings about a job."""

    def _warnings(**fields):
        planned = create.plan(viewer=alice, values=job_values(**fields), now=now)
        return {warning.code: warning.sentence for warning in planned.warnings}

    return _warnings


def test_warns_of_small_team(warnings, hire):
    hire("cleo")

    text = warnings(workers_per_object=9)["team-too-small"]

    assert text == "1 worker of the team birders may work, and each object needs 9."


def test_does_not_count_suspended_workers(warnings, hire):
    hire("cleo")
    dan = hire("dan")
    dan.state = "suspended"
    dan.save()

    assert "1 worker of" in warnings(workers_per_object=2)["team-too-small"]


def test_large_team_is_no_warning(warnings, hire):
    for name in ("cleo", "dan", "eve"):
        hire(name)

    assert warnings(workers_per_object=3) == {}


def test_waiting_job_names_small_team(ask, hire, now):
    job = ask()
    assert job.reason == (
        "Waiting for workers to answer. 0 workers of the team birders may work, and each object needs 3."
    )

    for name in ("cleo", "dan", "eve"):
        hire(name)

    assert job_lifecycle.advance(job.pk, now=now).reason == "Waiting for workers to answer."


def test_warns_of_no_pay(warnings, alice):
    alice.requester.min_price = 0

    assert warnings(price="0")["no-pay"] == "The price is 0: workers are not paid."


@pytest.mark.parametrize("seconds", [0, -1, -86_400])
def test_refuses_past_deadline(ask, now, seconds):
    with pytest.raises(JobRefused, match="is in the past"):
        ask(deadline=(now + timedelta(seconds=seconds)).isoformat())


def test_changed_deadline_is_not_past(alice, ask, now):
    job = ask(deadline=(now + timedelta(days=1)).isoformat())

    with pytest.raises(JobRefused, match="is in the past"):
        change.change(viewer=alice, job=job, values={"deadline": now.isoformat()}, now=now)


def test_past_deadline_allows_other_changes(alice, ask, now):
    job = ask(deadline=(now + timedelta(days=1)).isoformat())

    changed = change.change(viewer=alice, job=job, values={"priority": 5}, now=now + timedelta(days=2))

    assert changed.priority == 5
