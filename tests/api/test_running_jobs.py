"""A running job over REST: change, pause, known objects, job_workers, objects."""

import json

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.models import Task
from tests.api.conftest import program

pytestmark = pytest.mark.django_db
URL = "/api/v1/jobs/birds/"


def test_changes_running_job(call, ask, now):
    ask("a", "b")

    changed = call.patch(URL, {"workers_per_object": 5, "price": "0.024"}, format="json")
    refused = call.patch(URL, {"categories": [], "typo": 1}, format="json")
    job_lifecycle.advance(Job.objects.get().pk, now=now)

    assert (changed.status_code, changed.json()["workers_per_object"]) == (202, 5)
    assert {fault["field"] for fault in refused.json()["faults"]} == {"categories", "typo"}
    assert set(Task.objects.values_list("target_answers", flat=True)) == {5}


def test_job_is_paused_and_resumed(call, ask, alice):
    ask()

    assert call.post(f"{URL}pause/").json()["reason_code"] == "paused"
    assert call.post(f"{URL}resume/").json()["paused_at"] is None
    assert program(alice.requester, "viewer").post(f"{URL}pause/").status_code == 403


def test_declares_corrects_and_retires_gold(call, ask, hire, now):
    job, cleo = ask("a", "b", "c", gold={"quiz": 1}), hire("cleo")

    declared = call.post(f"{URL}gold/", [{"object": 2, "value": "heron"}], format="json")
    wrong = call.post(f"{URL}gold/", [{"object": 9, "value": "heron"}, {"object": 1, "value": "owl"}], format="json")
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    submit.submit(assignment=held, content={"crowd-classifier": {"label": "ibis"}}, now=now)
    before = call.get(f"{URL}workers/").json()[0]["gold"]
    corrected = call.patch(f"{URL}gold/2/", {"value": "ibis"}, format="json")
    after = call.get(f"{URL}workers/").json()[0]["gold"]

    assert (declared.json(), [fault["field"] for fault in wrong.json()["faults"]]) == ({"declared": 1}, ["[0]", "[1]"])
    assert (before["seen"], before["right"], after["right"], corrected.json()) == (1, 0, 1, {"workers": 1})
    assert 0 < after["low"] < after["high"] <= 1
    assert call.patch(f"{URL}gold/2/", {"value": "owl"}, format="json").status_code == 422
    assert call.delete(f"{URL}gold/2/").json() == {"workers": 1}
    assert call.get(f"{URL}gold/").json()[0]["active"] is False


def test_pauses_worker_in_job(call, ask, hire):
    job, cleo = ask(), hire("cleo")

    paused = call.patch(f"{URL}workers/{cleo.code}/", {"state": "paused", "reason": "Too fast."}, format="json")

    assert (paused.json()["state"], paused.json()["reason"]) == ("paused", "Too fast.")
    assert call.patch(f"{URL}workers/{cleo.code}/", {"state": "working"}, format="json").json()["state"] == "working"
    assert call.patch(f"{URL}workers/{cleo.code}/", {"state": "gone"}, format="json").status_code == 400
    assert call.patch(f"{URL}workers/nobody/", {"state": "paused"}, format="json").status_code == 404
    assert job.pk


def test_lists_objects_as_pages_and_lines(call, ask):
    ask("a", "b", "c", max_concurrent=2)

    first = call.get(f"{URL}objects/?page_size=2").json()
    second = call.get(first["next"]).json()
    lines = b"".join(call.get(f"{URL}objects/?format=jsonl").streaming_content).decode().splitlines()

    assert [row["object"] for row in first["results"] + second["results"]] == [0, 1, 2]
    assert [row["state"] for row in first["results"] + second["results"]] == ["open", "open", None]
    assert (second["next"], [json.loads(row)["object"] for row in lines]) == (None, [0, 1, 2])


def test_streams_objects_in_and_hides_webhook_secret(call, ask, alice, bob):
    ask(manifest="", streaming=True)

    added = call.post(f"{URL}objects/", {"objects": [{"source": "x"}, {"source": "x"}]}, format="json")

    assert (added.status_code, added.json()) == (202, {"added": 1, "repeated": 1})
    assert call.post(f"{URL}objects/", {"objects": []}, format="json").status_code == 422
    assert call.get(f"{URL}webhook/").json()["url"].startswith("http")
    assert program(alice.requester, "viewer").get(f"{URL}webhook/").status_code == 403
    for path in ("gold/", "workers/", "objects/", "webhook/"):
        assert program(bob.requester, "owner").get(f"{URL}{path}").status_code == 404
