"""Hooks on the requester's pages."""

import pytest

from gtcrowd.identity.models import Member, Requester, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs.models import Hook, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice, team):
    client.force_login(alice.user)
    return client


def form(hook, **more):
    return {
        "kind": "custom",
        "medium": "text",
        "manifest": "s3://heron/in.manifest",
        "pre_hook": hook.url,
        "post_hook": hook.url,
        **more,
    }


def reply(event):
    if "dataObject" in event:
        return {"taskInput": {"taskObject": event["dataObject"]["source"].upper()}}
    return {"no": "list"}


def test_tries_new_job_form(owner, hook, put):
    put("heron", "ibis")
    hook.reply = reply

    page = owner.post("/hooks/try/", form(hook, sample_answers='{"bird": "x"}\n\n{"bird": "y"}')).content.decode()

    assert "HERON" in page
    assert "must be a list of labels" in page
    assert "Nothing was created or changed." in page
    assert 'sandbox="allow-scripts allow-forms"' in page
    assert not Job.objects.exists()


def test_previews_template_with_own_task_input(owner, hook, put):
    values = {"template": "<crowd-form>{{ task.input.bird }}</crowd-form>", "task_input": '{"bird": "<i>"}'}

    response = owner.post("/templates/preview/", values)

    assert "<crowd-form>&lt;i&gt;</crowd-form>" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("sandbox allow-scripts allow-forms;")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"sample_answers": "{"}, "one answer per line"),
        ({"pre_hook": "x"}, "Installed: none"),
        ({"manifest": "s3://ibis/in.manifest"}, "in one of your buckets"),
    ],
)
def test_explains_refused_trial(owner, hook, put, more, message):
    put("heron")

    refused = owner.post("/hooks/try/", form(hook, **more))

    assert refused.status_code == 422
    assert message in refused.content.decode()
    assert hook.asked == []


def test_job_page_lists_hooks_and_tries_new(owner, hook, ask):
    hook.reply = reply
    ask("a", kind="custom", categories=[], pre_hook=hook.url)

    assert hook.url in owner.get("/jobs/birds/").content.decode()
    tried = owner.post("/jobs/birds/try/", {"pre_hook": f"{hook.url}?v=2", "post_hook": ""})
    assert tried.status_code == 200
    owner.post("/jobs/birds/change/", {"pre_hook": f"{hook.url}?v=2"})
    assert list(Hook.objects.order_by("number").values_list("target", flat=True)) == [hook.url, f"{hook.url}?v=2"]


def test_refuses_trial_on_foreign_job(client, bob, hook, ask, put):
    ask()
    client.force_login(bob.user)
    calls = len(hook.asked)

    assert client.post("/jobs/birds/try/", {"pre_hook": hook.url}).status_code == 404
    assert client.post("/hooks/try/", form(hook, manifest=put("a"))).status_code == 422
    assert len(hook.asked) == calls


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/hooks/try/", Role.OPERATIONS, 403), ("/jobs/birds/try/", Role.VIEWER, 403),
        ("/settings/", Role.REQUESTER, 403), ("/settings/secret/", Role.REQUESTER, 403),
    ],
)  # fmt: skip
def test_refuses_actions_beyond_role(client, alice, ask, path, role, status):
    ask()
    user = User.objects.create_user("otto@example.org")
    Member.objects.create(requester=alice.requester, user=user, role=role)
    client.force_login(user)

    assert client.post(path, {"script_origins": "https://a.example"}).status_code == status


def test_owner_sets_origins_after_warning(owner, alice):
    page = owner.get("/settings/").content.decode()
    assert "send all of it anywhere that is named here" in page

    refused = owner.post("/settings/", {"script_origins": "https://cdn.example.org\nhttps://*"})
    assert refused.status_code == 422
    assert "without a path or wildcard" in refused.content.decode()
    assert owner.post("/settings/", {"script_origins": "https://cdn.example.org\nhttps://b.example"}).status_code == 302
    assert Requester.objects.get(pk=alice.requester.pk).script_origins == [
        "https://cdn.example.org",
        "https://b.example",
    ]


def test_hides_secret_without_right(client, alice):
    user = User.objects.create_user("otto@example.org")
    Member.objects.create(requester=alice.requester, user=user, role=Role.VIEWER)
    client.force_login(user)

    assert "X-Gtcrowd-Signature" not in client.get("/settings/").content.decode()
