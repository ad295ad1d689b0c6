"""Messages of a job over REST."""

import json

import pytest

from gtcrowd.tasks import messages
from tests.api.conftest import program

pytestmark = pytest.mark.django_db
URL = "/api/v1/jobs/birds/messages/"


@pytest.fixture
def thread(ask, hire, now):
    return messages.write(worker=hire("cleo"), job=ask(), text="Which?", now=now)


def test_messages_are_listed_and_answered(call, thread):
    code = thread.worker.code
    (listed,) = call.get(f"{URL}?waiting=true").json()["results"]
    assert (listed["worker"], listed["text"], listed["about"], listed["object"]) == (code, "Which?", "other", None)

    answered = call.post(f"{URL}{code}/", {"text": "Both.", "done": True}, format="json")

    assert (answered.status_code, answered.json()["from_worker"]) == (201, False)
    assert call.get(f"{URL}?waiting=true").json()["results"] == []
    assert [result["text"] for result in call.get(URL).json()["results"]] == ["Which?", "Both."]
    lines = b"".join(call.get(f"{URL}?format=jsonl").streaming_content).splitlines()
    assert [json.loads(result)["text"] for result in lines] == ["Which?", "Both."]
    assert call.patch(f"{URL}{code}/", {"done": False}, format="json").json() == {"changed": 1}


@pytest.mark.parametrize("text", [None, "", 7, "x" * 1001, "\ud800"])
def test_refuses_bad_answers(call, thread, text):
    body = json.dumps({"text": text})
    refused = call.post(f"{URL}{thread.worker.code}/", body, content_type="application/json")

    assert (refused.status_code, refused.json()["faults"][0]["field"]) == (422, "text")


def test_refuses_unknown_worker_and_foreign_key(call, thread, alice, bob, hire):
    address = f"{URL}{thread.worker.code}/"

    assert call.get(f"{URL}?waiting=perhaps").status_code == 400
    assert call.post(address, {"text": "a\0"}, format="json").status_code == 400
    assert call.patch(address, {"done": "yes"}, format="json").status_code == 400
    assert call.post(f"{URL}{hire('dan').code}/", {"text": "x"}, format="json").status_code == 404
    assert program(alice.requester, "viewer").post(address, {"text": "x"}, format="json").status_code == 403
    assert program(alice.requester, "viewer").get(URL).status_code == 200
    assert program(bob.requester, "owner").get(URL).status_code == 404
    assert program(bob.requester, "owner").post(address, {"text": "x"}, format="json").status_code == 404
