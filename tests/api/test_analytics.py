"""Measures over REST: three formats, one set of definitions, and nothing of anybody else's."""

import io
import json

import pandas as pd
import pytest

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality, rollup
from gtcrowd.analytics.definitions import DEFINITIONS
from gtcrowd.analytics.reports import REPORTS
from tests.api.conftest import program


@pytest.fixture
def counted(ask, hire, answer, now):
    job = ask("a", "b", workers_per_object=2, price="0.036")
    for name in ("cleo", "dan"):
        worker = hire(name)
        for _object in range(2):
            answer(worker, job)
    job = job_lifecycle.advance(job.pk, now=now)
    rollup.roll(zone="UTC")
    quality.form(job, now=now)
    return job


@pytest.mark.parametrize("name", REPORTS)
def test_exports_every_report_in_every_format(call, counted, name):
    reply = call.get(f"/api/v1/analytics/{name}/").json()
    assert reply["report"] == name
    json.dumps(reply, allow_nan=False)

    csv = call.get(f"/api/v1/analytics/{name}/?format=csv")
    parquet = call.get(f"/api/v1/analytics/{name}/?format=parquet")

    rows = pd.read_parquet(io.BytesIO(parquet.content))
    assert len(rows) == len(reply["rows"])
    if len(rows):
        assert pd.read_csv(io.BytesIO(csv.content)).columns.tolist() == rows.columns.tolist()


def test_workers_are_measured(call, counted):
    rows = call.get("/api/v1/analytics/workers/?job=birds&from=2026-11-01&to=2026-11-30").json()["rows"]

    assert [(row["worker"], row["submitted"], row["agreement"]) for row in rows] == [("Cleo", 2, 1.0), ("Dan", 2, 1.0)]
    assert 0 < rows[0]["low"] < rows[0]["accuracy"] < rows[0]["high"] < 1


@pytest.mark.parametrize(
    "query", ["job=nothing", "worker=x", "from=never", "source=some", "kind=some", "from=2026-11-02&to=2026-11-01"]
)
def test_refuses_unknown_filter_by_name(call, counted, query):
    response = call.get(f"/api/v1/analytics/workers/?{query}")

    assert response.status_code == 400
    assert response.json()["faults"][0]["field"] in query


def test_hides_foreign_jobs_and_workers(call, counted, bob):
    code = call.get("/api/v1/analytics/workers/").json()["rows"][0]["code"]
    theirs = program(bob.requester, "viewer")

    for name in REPORTS:
        rows = theirs.get(f"/api/v1/analytics/{name}/").json()["rows"]
        assert name == "hours" or rows == []
    assert theirs.get("/api/v1/jobs/birds/quality/").status_code == 404
    assert theirs.get("/api/v1/analytics/workers/?job=birds").status_code == 400
    assert theirs.get(f"/api/v1/analytics/workers/?worker={code}").status_code == 400
    log = theirs.get("/api/v1/analytics/worker-activity/?day=2026-11-02")
    assert b"".join(log.streaming_content) == b""


def test_job_is_described(call, counted):
    assert call.get("/api/v1/jobs/birds/quality/").json()["confusion"] == [[4, 0], [0, 0]]


def test_every_measure_is_defined(call, counted):
    named = {item["name"] for item in call.get("/api/v1/analytics/definitions/").json()}

    assert named == set(DEFINITIONS)


def test_activity_log_matches_ground_truth(call, counted):
    response = call.get("/api/v1/analytics/worker-activity/?day=2026-11-02&job=birds")

    lines = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    assert [item["event_type"] for item in lines] == ["TasksAccepted", "TasksSubmitted"] * 4
    assert lines[1] == {
        "worker_id": lines[0]["worker_id"], "cognito_user_pool_id": "", "cognito_sub_id": lines[0]["cognito_sub_id"],
        "task_accepted_time": "Mon Nov 02 09:00:00 UTC 2026", "task_submitted_time": "Mon Nov 02 09:00:10 UTC 2026",
        "task_returned_time": "", "task_declined_time": "",
        "workteam_arn": f"arn:aws:sagemaker:local:{counted.requester_id:012d}:workteam/private-crowd/birders",
        "labeling_job_arn": f"arn:aws:sagemaker:local:{counted.requester_id:012d}:labeling-job/birds",
        "work_requester_account_id": f"{counted.requester_id:012d}", "job_reference_code": lines[0]["job_reference_code"],
        "job_type": "Private", "event_type": "TasksSubmitted", "event_timestamp": "1793610010",
    }  # fmt: skip


def test_metrics_need_localhost_or_token(client, counted, settings):
    page = client.get("/metrics").content.decode()
    assert 'TasksSubmitted_total{Workforce="heron",Workteam="birders",requester="heron"} 4.0' in page
    assert "gtcrowd_queue_tasks" in page

    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 403
    settings.GTCROWD_METRICS_TOKEN = "tell-me"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer tell-me").status_code == 200
