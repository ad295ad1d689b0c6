"""Objects that arrive while a streaming job runs."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from gtcrowd import job_lifecycle
from gtcrowd.jobs import state, stream_in
from gtcrowd.jobs.models import DataObject
from gtcrowd.jobs.request import JobRefused
from gtcrowd.ledger import balance, names
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.tasks.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream(ask):
    """A streaming job that begins without any object."""

    def _stream(**asks):
        return ask(**{"manifest": "", "streaming": True, "object_id_key": "id", "idle_days": 2, **asks})

    return _stream


def texts(*ids):
    return [{"source": f"text {item}", "id": item} for item in ids]


def test_streamed_objects_open_once_by_id(stream, now):
    job = stream()
    assert (job.state, job.reason_code, job.objects_total) == ("InProgress", "waiting-for-objects", 0)

    first = stream_in.arrive(job=job, lines=texts(1, 2, 2), now=now)
    again = stream_in.arrive(job=job, lines=texts(2, 3), now=now)
    job = job_lifecycle.advance(job.pk, now=now)

    assert (first.added, first.repeated, again.added, again.repeated) == (2, 1, 1, 1)
    assert (job.objects_total, Task.objects.filter(job=job).count()) == (3, 3)
    assert balance.balance(names.hold(job.pk)) == 9 * job.price


def test_idle_stream_job_ends(stream, hire, answer, now):
    job = stream(workers_per_object=1)
    stream_in.arrive(job=job, lines=texts("a"), now=now)
    job = job_lifecycle.advance(job.pk, now=now)
    answer(hire("cleo"), job)

    assert job_lifecycle.advance(job.pk, now=now + timedelta(days=1)).state == "InProgress"
    job = job_lifecycle.advance(job.pk, now=now + timedelta(days=2))

    assert (job.state, job.reason_code) == ("Stopped", "idle")
    assert balance.balance(names.hold(job.pk)) == 0
    with pytest.raises(state.NotPossible):
        stream_in.arrive(job=job, lines=texts("b"), now=now)


def test_refuses_whole_delivery_on_error(stream, now):
    job = stream()

    with pytest.raises(JobRefused) as refused:
        stream_in.arrive(job=job, lines=[*texts("a"), {"source": "no id"}, {"text": "x"}], now=now)

    assert ["line 2" in refused.value.faults[0].problem, "line 3" in refused.value.faults[1].problem] == [True, True]
    assert not DataObject.objects.filter(job=job).exists()


def test_refuses_delivery_beyond_funds(alice, stream, now):
    job = stream()
    alice.requester.credit = 0
    alice.requester.save()

    with pytest.raises(InsufficientFunds):
        stream_in.arrive(job=job, lines=texts("a"), now=now)
    assert not DataObject.objects.filter(job=job).exists()


def test_manifest_job_accepts_no_stream(ask, now):
    with pytest.raises(state.NotPossible):
        stream_in.arrive(job=ask(), lines=texts("a"), now=now)


def test_webhook_needs_valid_signature(stream):
    job, client = stream(), APIClient()
    body = json.dumps({"objects": texts("a", "b")}).encode()
    right = "sha256=" + hmac.new(stream_in.secret(job).encode(), body, hashlib.sha256).hexdigest()

    def deliver(pk, signature, sent=body):
        return client.post(
            f"/api/v1/hooks/{pk}/", sent, content_type="application/json", headers={"X-Gtcrowd-Signature": signature}
        )

    assert deliver(job.pk, right).json() == {"added": 2, "repeated": 0}
    assert deliver(job.pk, right).json() == {"added": 0, "repeated": 2}
    wrong = [
        deliver(job.pk, "sha256=0"),
        deliver(job.pk, ""),
        deliver(job.pk + 1, right),
        deliver(job.pk, right, b"{}"),
    ]
    assert {response.status_code for response in wrong} == {403}
    assert {response.json()["detail"] for response in wrong} == {"The signature is invalid."}
