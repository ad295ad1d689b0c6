"""Hooks over REST: tried, changed, seen; and what pages of one's own may load."""

import json

import pytest

from gtcrowd.hooks import signing_secret
from gtcrowd.jobs import store
from gtcrowd.jobs.models import Job, PreAnnotation
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.workpage import trial
from tests.api.conftest import program

pytestmark = pytest.mark.django_db
TRY = "/api/v1/hooks/try/"
PAGE = "<crowd-form>{{ task.input.bird }}</crowd-form>"


@pytest.fixture
def trial_fields(put, hook):
    """A trial of a page and a hook on four lines."""
    return {
        "medium": "text",
        "categories": ["a", "b"],
        "template": PAGE,
        "manifest": put("1", "2", "3", "4"),
        "pre_hook": hook.url,
    }


def test_tries_template_and_hook_on_three_objects(call, hook, trial_fields):
    hook.reply = lambda event: {"taskInput": {"bird": f"<{event['dataObject']['source']}>"}}

    tried = call.post(TRY, trial_fields, format="json").json()

    assert [item["object"] for item in tried["objects"]] == [0, 1, 2]
    first = tried["objects"][0]
    assert first["request"]["dataObject"] == {"source": "1"}
    assert first["response"] == {"taskInput": {"bird": "<1>"}}
    assert (first["rendered"], first["fault"]) == ("<crowd-form>&lt;1&gt;</crowd-form>", "")
    assert (tried["after"], len(hook.asked)) == (None, 3)
    assert not Job.objects.exists()
    assert not PreAnnotation.objects.exists()


def test_reports_hook_error_after_one_attempt(call, hook, trial_fields):
    hook.reply = lambda event: (500, b"")

    tried = call.post(TRY, trial_fields, format="json").json()

    assert {item["fault"] for item in tried["objects"]} == {"The hook answered with status 500."}
    assert len(hook.asked) == 3


def test_page_is_tried_without_hooks(call, trial_fields):
    del trial_fields["pre_hook"]
    trial_fields["template"] = "<crowd-form>{{ task.input.labels | to_json }}{{ task.input.taskObject }}</crowd-form>"

    tried = call.post(TRY, trial_fields, format="json").json()

    assert tried["objects"][1]["rendered"] == "<crowd-form>[&#34;a&#34;, &#34;b&#34;]2</crowd-form>"


def test_tries_post_hook_on_typed_answers(call, hook, trial_fields):
    def reply(event):
        if "dataObject" in event:
            return {"taskInput": {"bird": "x"}}
        return [
            {"datasetObjectId": str(n), "consolidatedAnnotation": {"content": {"trial": event["payload"]["s3Uri"]}}}
            for n in range(3)
        ]

    hook.reply = reply
    requested = trial_fields | {
        "kind": "custom",
        "categories": [],
        "post_hook": hook.url,
        "answers": [{"bird": "a"}, {"bird": "b"}],
    }

    after = call.post(TRY, requested, format="json").json()["after"]

    assert after["fault"] == ""
    message = after["payload"][2]["annotations"]
    assert message[1] == {"workerId": "private.local.sample2", "annotationData": {"content": '{"bird": "b"}'}}
    with store.store().open(after["request"]["payload"]["s3Uri"]) as file:
        assert json.load(file) == after["payload"]
    assert len(after["response"]) == 3


def test_tries_running_job_with_own_answers(call, hook, ask, hire, now):
    job = ask("a", "b", kind="custom", categories=[], workers_per_object=1, template=PAGE)
    held = claim.next_assignment(worker=hire("cleo"), job=job, now=now)
    submit.submit(assignment=held, content={"bird": "heron"}, now=now)
    hook.reply = lambda event: []

    tried = call.post(TRY, {"job": "birds", "post_hook": hook.url}, format="json").json()

    assert [item["object"] for item in tried["objects"]] == [0]
    assert tried["after"]["payload"][0]["annotations"][0]["annotationData"] == {"content": '{"bird": "heron"}'}
    assert "no label for these objects: 0" in tried["after"]["fault"]
    assert Job.objects.get().post_hook == ""


def test_limits_objects_of_a_trial(call, hook, trial_fields):
    for _other in range(2):
        trial._slots.acquire()
    try:
        refused = call.post(TRY, trial_fields, format="json")
    finally:
        trial._slots.release(2)

    assert (refused.status_code, hook.asked) == (409, [])
    assert call.post(TRY, trial_fields, format="json").status_code == 200


def test_trial_needs_answers(call, hook, trial_fields):
    requested = trial_fields | {"kind": "custom", "categories": [], "post_hook": hook.url}

    refused = call.post(TRY, requested, format="json")

    assert (refused.status_code, refused.json()["faults"][0]["field"]) == (422, "answers")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"manifest": "s3://ibis/in.manifest"}, "manifest"),
        ({"manifest": "s3://heron/none.manifest"}, "manifest"),
        ({"manifest": ""}, "manifest"),
        ({"pre_hook": "ftp://x"}, "pre_hook"),
        ({"pre_hook": "not-installed"}, "pre_hook"),
        ({"post_hook": "https://example.org/"}, "post_hook"),
        ({"template": "{% if"}, "template"),
        ({"answers": "x"}, "answers"),
        ({"answers": [{"a": 1}] * 10}, "answers"),
        ({"price": "1"}, "price"),
    ],
)
def test_refuses_invalid_trial(call, hook, trial_fields, changed, field):
    refused = call.post(TRY, trial_fields | changed, format="json")

    assert (refused.status_code, refused.json()["faults"][0]["field"]) == (422, field)
    assert hook.asked == []


def test_refuses_private_addresses(call, hook, trial_fields, settings):
    settings.GTCROWD_HOOK_NETWORKS = []

    tried = call.post(TRY, trial_fields, format="json").json()

    assert "not a public address" in tried["objects"][0]["fault"]
    assert hook.asked == []


def test_refuses_trial_on_foreign_job(bob, hook, trial_fields, ask):
    ask()
    bobs = program(bob.requester, "requester")

    assert bobs.post(TRY, {"job": "birds"}, format="json").status_code == 404
    refused = bobs.post(TRY, trial_fields, format="json")
    assert refused.status_code == 422
    assert "must be in one of your buckets: ibis" in refused.json()["detail"]
    assert bobs.get("/api/v1/jobs/birds/hooks/").status_code == 404
    assert hook.asked == []


@pytest.mark.parametrize("role", ["viewer", "operations"])
def test_trial_needs_right_to_create_jobs(alice, hook, trial_fields, role):
    assert program(alice.requester, role).post(TRY, trial_fields, format="json").status_code == 403
    assert hook.asked == []


def test_lists_hook_versions_and_object_failures(call, hook, ask):
    hook.reply = lambda event: (404, b"") if event["dataObject"]["source"] == "a" else {"taskInput": {}}
    ask("a", "b", pre_hook=hook.url)
    changed = call.patch("/api/v1/jobs/birds/", {"pre_hook": f"{hook.url}2"}, format="json")

    assert (changed.status_code, changed.json()["pre_hook"]) == (202, f"{hook.url}2")
    reply = call.get("/api/v1/jobs/birds/hooks/").json()
    assert [(item["number"], item["stage"], item["set_by"]) for item in reply][1] == (1, "pre", "alice@example.org")
    assert reply[0]["number"] == 2
    response = call.get("/api/v1/jobs/birds/objects/").json()["results"][0]
    assert (response["reason_code"], response["reason"]) == ("pre-hook-failed", "The hook answered with status 404.")


def test_stores_secret_encrypted_and_rotates_it(call, alice):
    first = call.get("/api/v1/hooks/secret/").json()["secret"]

    assert call.get("/api/v1/hooks/secret/").json()["secret"] == first == signing_secret.of(alice.requester)
    alice.requester.refresh_from_db()
    assert first.encode() not in bytes(alice.requester.hook_secret)
    assert call.post("/api/v1/hooks/secret/").status_code == 403
    renewed = program(alice.requester, "owner").post("/api/v1/hooks/secret/").json()["secret"]
    assert renewed not in (first, "")
    assert program(alice.requester, "operations").get("/api/v1/hooks/secret/").status_code == 403


def test_secrets_differ_by_requester(alice, bob):
    assert signing_secret.of(alice.requester) != signing_secret.of(bob.requester)


def test_owner_sets_script_origins(alice, bob, call):
    owner = program(alice.requester, "owner")

    response = owner.put(
        "/api/v1/settings/", {"script_origins": ["https://cdn.example.org", "https://cdn.example.org"]}, format="json"
    )

    assert response.json() == {"script_origins": ["https://cdn.example.org"]}
    assert call.get("/api/v1/settings/").json() == response.json()
    assert call.put("/api/v1/settings/", {"script_origins": []}, format="json").status_code == 403
    assert program(bob.requester, "owner").get("/api/v1/settings/").json() == {"script_origins": []}


@pytest.mark.parametrize(
    "origin",
    [
        "http://cdn.example.org", "https://*.example.org", "https://*", "*", "https:", "https://cdn.example.org/",
        "https://cdn.example.org/a", "https://cdn.example.org;script-src *", "https://a.b, https://c.d", "https://a.b c.d",
        "https://user@a.b", "https://CDN.example.org", "https://a.b:0", "https://a.b:99999", "https://localhost",
        "https://a.b\n", "https://a.b\r\nX: y", "'unsafe-eval'", "data:", "", None, 7, {"a": 1}, ["https://a.b"],
        "https://ä.example.org", "https://" + "a." * 200 + "org", "https://own.example",
    ],
)  # fmt: skip
def test_refuses_invalid_origin(alice, settings, origin):
    settings.GTCROWD_URL = "https://own.example"
    owner = program(alice.requester, "owner")

    refused = owner.put("/api/v1/settings/", {"script_origins": ["https://good.example", origin]}, format="json")

    assert refused.status_code == 422
    assert len(refused.json()["faults"]) == 1
    assert owner.get("/api/v1/settings/").json() == {"script_origins": []}


@pytest.mark.parametrize("trial_fields", [None, "https://a.b", {"https://a.b": 1}, ["https://a.b"] * 21])
def test_origins_are_a_short_list(alice, trial_fields):
    assert (
        program(alice.requester, "owner")
        .put("/api/v1/settings/", {"script_origins": trial_fields}, format="json")
        .status_code
        == 422
    )
