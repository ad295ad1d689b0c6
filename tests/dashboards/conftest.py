"""A small job of Alice with answers and labels, and a client for the dashboards."""

import io
import json
import sys
from datetime import timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality, rollup
from gtcrowd.analytics.models import Case
from gtcrowd.identity.sessions import SessionStore
from gtcrowd.jobs import store
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from tests.portal.pictures import scene

UPDATE = "/dashboards/_dash-update-component"


def visit(path, user=None, method="GET", cookie="", query="", body=b"", **extra):
    """Calls the WSGI application as a server would; returns status line, headers and body."""
    from gtcrowd.wsgi import application

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json" if body else "",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        **extra,
    }
    if user:
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "gtcrowd.identity.sessions.Backend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.save()
        environ["HTTP_COOKIE"] = f"sessionid={session.session_key}; {cookie}"
    response = {}
    parts = application(environ, lambda status, headers, *_: response.update(status=status, headers=dict(headers)))
    return response["status"][:3], response["headers"], b"".join(parts).decode("utf-8", "replace")


def replay(user, output, inputs, state=(), triggered=None):
    """One callback as the browser would ask for it: `output` is part of its name, values go by position."""
    every = json.loads(visit("/dashboards/_dash-dependencies", user)[2])
    (callback,) = [
        dependency for dependency in every if output in dependency["output"] and not dependency["clientside_function"]
    ]

    def filled(targets, values):
        return [{**target, "value": value} for target, value in zip(targets, values, strict=True)]

    sent = {
        "output": callback["output"],
        "outputs": _outputs(callback["output"]),
        "inputs": filled(callback["inputs"], inputs),
        "state": filled(callback["state"], state),
        "changedPropIds": [triggered or f"{callback['inputs'][0]['id']}.{callback['inputs'][0]['property']}"],
    }
    return visit(UPDATE, user, "POST", body=json.dumps(sent).encode())


def _outputs(name):
    parts = name.strip(".").split("...") if name.startswith("..") else [name]
    outputs = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]
    return outputs if name.startswith("..") else outputs[0]


def draw(user, path="/dashboards/", search="?days=all"):
    """The content of a page, as text."""
    status, _headers, body = replay(user, "content.children", [path, search, None, None], [None])
    assert status == "200", body
    return body


@pytest.fixture
def crowd(hire):
    return {name: hire(name) for name in ("cleo", "dan", "eve")}


@pytest.fixture
def job(ask, crowd, answer, now):
    """Two objects; Eve is alone with her answers, works a day later than the others, and is suspected of something."""
    job = ask("a", "b", name="herons", price="0.036", method="majority")
    for _object in range(2):
        answer(crowd["cleo"], job, "heron", seconds=10)
        answer(crowd["dan"], job, "heron", seconds=20)
        answer(crowd["eve"], job, "ibis", now=now + timedelta(days=1), seconds=2)
    job = job_lifecycle.advance(job.pk, now=now + timedelta(days=1))
    rollup.roll(zone="UTC")
    quality.form(job, now=now)
    evidence = {"seen": 0.9, "expected_correct": 0.1, "answers": 2, "began_at": now.timestamp()}
    Case.objects.create(
        requester=job.requester,
        worker=crowd["eve"],
        job=job,
        category="speed",
        key="x",
        evidence=evidence,
        ratio=7.5,
        opened_at=now,
    )
    return job


@pytest.fixture
def cars(ask, crowd, put, now):
    """A picture with a box around a car by each of three, who do not quite agree."""
    with store.store().write("s3://heron/street.png") as file:
        file.write(scene(640, 480))
    manifest = put(lines=[json.dumps({"source-ref": "s3://heron/street.png"})], key="street.manifest")
    job = ask(kind="boxes", medium="image", manifest=manifest, categories=["car"], name="cars")
    for left, worker in zip((100, 104, 160), crowd.values(), strict=True):
        box = {"label": "car", "left": left, "top": 100, "width": 100, "height": 80}
        content = {"boundingBox": {"boundingBoxes": [box], "inputImageProperties": {"height": 480, "width": 640}}}
        held = claim.next_assignment(worker=worker, job=job, now=now)
        submit.submit(assignment=held, content=content, now=now + timedelta(seconds=30))
    job = job_lifecycle.advance(job.pk, now=now + timedelta(days=1))
    rollup.roll(zone="UTC")
    quality.form(job, now=now)
    return job
