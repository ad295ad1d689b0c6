"""What is changed in a job is noted with it, by whom and since when."""

from datetime import timedelta

import pytest

from gtcrowd.analytics import data_version, frames
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import NotAllowed, Role
from gtcrowd.jobs.models import JobChange
from gtcrowd.jobs.request import JobRefused
from gtcrowd.tasks.answers import gold
from gtcrowd.tasks.lifecycle import change
from gtcrowd.tasks.models import Gold
from tests.api.conftest import program

pytestmark = pytest.mark.django_db


def noted():
    return [(item.field, item.before, item.after) for item in JobChange.objects.order_by("pk")]


def test_records_values_before_and_after(alice, ask, now):
    job = ask()

    change.change(viewer=alice, job=job, values={"price": "0.036", "workers_per_object": 3, "priority": 2}, now=now)
    change.change(viewer=alice, job=job, values={"team": "everyone", "price": "0.036"}, now=now)

    assert noted() == [("price", "0.012", "0.036"), ("priority", 0, 2), ("team", "birders", "everyone")]
    first = JobChange.objects.earliest("pk")
    assert (first.at, first.by) == (now, alice.user)


def test_refused_change_is_not_recorded(alice, ask, now):
    job, looks = ask(), Viewer(requester=alice.requester, role=Role.VIEWER)

    with pytest.raises(JobRefused):
        change.change(viewer=alice, job=job, values={"price": "0.036", "priority": "high"}, now=now)
    with pytest.raises(NotAllowed):
        gold.declare(viewer=looks, job=job, items=[{"object": 0, "value": "heron"}], now=now)

    assert noted() == []


def test_records_gold_changes(alice, ask, now):
    job = ask("a", "b", "c")
    before = data_version.look(alice).version
    items = [{"object": 1, "value": "heron"}, {"object": 2, "value": "ibis"}]

    gold.declare(viewer=alice, job=job, items=items, now=now)
    assert data_version.look(alice).version != before  # the pages are drawn anew
    item = Gold.objects.order_by("pk").first()
    gold.correct(viewer=alice, question=item, value="ibis", now=now)
    gold.retire(viewer=alice, question=item, now=now)
    gold.retire(viewer=alice, question=item, now=now)

    assert noted() == [
        ("gold-objects", None, {what: n}) for what, n in (("added", 2), ("corrected", 1), ("withdrawn", 1))
    ]


def test_lists_changes_to_own_requester(alice, bob, ask, now):
    job = ask()
    change.change(viewer=alice, job=job, values={"price": "0.036"}, now=now)
    change.change(viewer=alice, job=job, values={"price": "0.024"}, now=now + timedelta(hours=1))

    changes = program(alice.requester, "viewer").get("/api/v1/jobs/birds/changes/").json()

    assert [(item["field"], item["before"], item["after"]) for item in changes] == [
        ("price", "0.036", "0.024"), ("price", "0.012", "0.036"),
    ]  # fmt: skip
    assert changes[0]["by"] == "alice@example.org"
    assert program(bob.requester, "viewer").get("/api/v1/jobs/birds/changes/").status_code == 404
    assert frames.changes(bob, job.pk).empty
    assert frames.changes(alice, job.pk)["at"].tolist() == [
        item.replace(tzinfo=None) for item in (now + timedelta(hours=1), now)
    ]
