import json
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from gtcrowd import job_lifecycle
from gtcrowd.jobs import store
from gtcrowd.jobs.models import Job
from tests.api.conftest import program

pytestmark = pytest.mark.django_db
URL = "/api/v1/"


def thread(team, **more):
    return {
        "name": "birds", "medium": "text", "categories": ["heron", "ibis"], "manifest": "s3://heron/in.manifest",
        "team": team.name, "title": "Which bird?", "description": "Say which.", "price": "0.012",
        "workers_per_object": 3, **more,
    }  # fmt: skip


def test_job_is_created_and_read(call, team, put):
    put("a", "b")

    response = call.post(URL + "jobs/", thread(team), format="json")
    read = call.get(URL + "jobs/BIRDS/")

    assert response.status_code == 201
    assert read.json()["state"] == "Initializing"
    assert read.json()["counters"]["unlabeled"] == 2


def test_estimates_cost_before_creating(call, team, put):
    put("a", "b")

    response = call.post(URL + "jobs/plan/", thread(team), format="json")

    planned = response.json()
    [warning] = planned.pop("warnings")
    assert planned == {
        "objects": 2, "tasks": 6, "cost_of_answers": "0.072", "fees": "0.000", "total": "0.072", "available": "1000.000",
    }  # fmt: skip
    assert (warning["field"], warning["code"]) == ("team", "team-too-small")
    assert warning["text"] == "0 workers of the team birders may work, and each object needs 3."
    assert not Job.objects.exists()


def test_problem_names_each_invalid_field(call, team, put):
    put(lines=["x"])

    refused = call.post(URL + "jobs/", thread(team, price="much", workers_per_object=0), format="json")

    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert {fault["field"] for fault in refused.json()["faults"]} == {"price", "workers_per_object", "manifest"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "jobs/none/", 404),
        ("get", "jobs/birds/labels/?min_confidence=2", 400),
        ("get", "jobs/birds/labels/?changed_since=yesterday", 400),
        ("get", "jobs/birds/labels/?cursor=x", 400),
        ("get", "jobs/birds/labels/?page_size=5000", 400),
        ("get", "jobs/birds/labels/?run=999", 404),
        ("post", "jobs/birds/stop/", 409),
        ("post", "jobs/birds/runs/", 422),
        ("post", "teams/", 422),
        ("post", "workers/", 422),
        ("delete", "jobs/", 405),
    ],
)
def test_every_refusal_is_a_problem(call, labeled, method, path, status):
    refused = getattr(call, method)(URL + path)

    assert refused.status_code == status
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["detail"]


@pytest.mark.parametrize("path", ["jobs/", "teams/", "workers/", "jobs/birds/", "jobs/birds/labels/"])
def test_refuses_strangers(db, path):
    refused = APIClient().get(URL + path)

    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["", "labels/", "answers/", "runs/", "exports/output-manifest/"])
def test_hides_foreign_jobs(bob, labeled, path):
    assert program(bob.requester, "owner").get(f"{URL}jobs/birds/{path}").status_code == 404


def test_refuses_changes_with_viewer_key(alice, team, put, labeled):
    viewer = program(alice.requester, "viewer")

    for path, body in (("jobs/", thread(team, name="more")), ("teams/", {}), ("workers/", {"emails": ["a@b.org"]})):
        assert viewer.post(URL + path, body, format="json").status_code in (403, 422)
    assert viewer.post(URL + "jobs/birds/stop/").status_code == 403
    assert viewer.post(URL + "jobs/birds/runs/", {"method": "majority"}, format="json").status_code == 403
    assert (
        viewer.put(URL + "objects/heron/x.manifest", b"{}", content_type="application/octet-stream").status_code == 403
    )
    assert Job.objects.count() == 1


def test_labels_come_in_pages(call, labeled):
    observed, address = [], URL + "jobs/birds/labels/?page_size=2"
    while address:
        page = call.get(address).json()
        observed += [row["object"] for row in page["results"]]
        address = page["next"]

    assert observed == [0, 1, 2]
    assert set(page["results"][0]["posterior"]) == {"heron", "ibis"}


def test_labels_come_as_lines(call, labeled):
    response = call.get(URL + "jobs/birds/labels/", HTTP_ACCEPT="application/x-ndjson")

    lines = [json.loads(text) for text in b"".join(response.streaming_content).splitlines()]
    assert [line["label"] for line in lines] == ["heron", "ibis", "heron"]


def test_labels_are_filtered(call, labeled, now):
    def count(query):
        return len(call.get(f"{URL}jobs/birds/labels/?{query}").json()["results"])

    assert count("min_confidence=0") == 3
    assert count("min_confidence=1&max_confidence=1") == 0
    assert count(f"changed_since={(now - timedelta(1)).isoformat()}".replace("+", "%2B")) == 3
    assert count(f"changed_since={(now + timedelta(1)).isoformat()}".replace("+", "%2B")) == 0


def test_unchanged_labels_are_not_sent_again(call, labeled):
    tag = call.get(URL + "jobs/birds/labels/")["ETag"]

    again = call.get(URL + "jobs/birds/labels/", HTTP_IF_NONE_MATCH=tag)

    assert (again.status_code, again.content) == (304, b"")


def test_long_lists_are_sent_compressed(call, labeled):
    response = call.get(URL + "jobs/birds/labels/?format=jsonl", HTTP_ACCEPT_ENCODING="gzip")

    assert response["Content-Encoding"] == "gzip"


def test_output_manifest_is_streamed(call, labeled):
    response = call.get(URL + "jobs/birds/exports/output-manifest/")

    assert response.streaming
    with store.store().open(labeled.output) as file:
        assert b"".join(response.streaming_content) == file.read()


def test_answers_name_workers_by_code(call, labeled):
    rows = call.get(URL + "jobs/birds/answers/").json()["results"]

    assert [row["value"] for row in rows] == ["heron", "ibis", "heron"]
    assert len(rows[0]["worker"]) == 16


def test_requests_run_of_another_method(call, labeled):
    assert call.post(URL + "jobs/birds/runs/", {"method": "majority"}, format="json").status_code == 202
    assert [run["state"] for run in call.get(URL + "jobs/birds/runs/").json()] == ["waiting", "done"]


def test_job_is_stopped(call, ask, now):
    job = ask()

    assert call.post(URL + "jobs/birds/stop/").json()["state"] == "Stopping"
    assert job_lifecycle.advance(job.pk, now=now).state == "Stopped"


def test_uploaded_manifest_can_be_used(call, team):
    put = call.put(URL + "objects/heron/new/in.manifest", b'{"source":"a"}\n', content_type="application/octet-stream")

    assert put.json() == {"uri": "s3://heron/new/in.manifest", "size": 15}
    response = call.post(URL + "jobs/", thread(team, manifest=put.json()["uri"]), format="json")
    assert response.status_code == 201


@pytest.mark.parametrize("path", ["ibis/in.manifest", "heron/page.html", "heron/not-a.png", "heron/../ibis/x.manifest"])
def test_refuses_bad_uploads(call, bob, path):
    refused = call.put(URL + "objects/" + path, b'{"x":1}', content_type="application/octet-stream")

    assert refused.status_code in (404, 422)


def test_creates_team_and_invites_workers(call, team):
    assert call.post(URL + "teams/", {"name": "t2", "description": "d"}, format="json").status_code == 201
    invited = call.post(URL + "workers/", {"emails": ["z@example.org"], "team": "t2"}, format="json")

    assert invited.status_code == 202
    assert call.get(URL + "workers/").json()["results"][0]["state"] == "invited"


def test_callers_are_throttled(call, monkeypatch, db):
    from gtcrowd.api.throttles import CallerThrottle

    monkeypatch.setattr(CallerThrottle, "rate", "2/min", raising=False)
    codes = [call.get(URL + "teams/").status_code for _ in range(3)]

    assert codes == [200, 200, 429]


def test_list_costs_few_queries(call, ask, django_assert_max_num_queries):
    for number in range(5):
        ask(name=f"job-{number}", opened=False)

    with django_assert_max_num_queries(9):
        call.get(URL + "jobs/")
