"""Worker pages over REST."""

import pytest

from gtcrowd import kinds
from gtcrowd.jobs.models import Job, Template

pytestmark = pytest.mark.django_db
RENDER = "/api/v1/templates/render/"
OWN = "<crowd-form>{{ task.input.greeting }} {{ task.input.labels | to_json }}</crowd-form>"


def test_renders_every_built_in_template(call):
    for kind in kinds.KINDS.values():
        for medium in kind.media:
            copied = call.get(f"/api/v1/templates/{kind.name}/{medium}/").json()["template"]
            reply = call.post(RENDER, {"template": copied, "task_input": {"labels": ["a"]}}, format="json").json()
            assert reply["errors"] == []
            assert "<crowd-form>" in reply["rendered"]


def test_refuses_unknown_page(call):
    assert call.get("/api/v1/templates/choice/smell/").status_code == 400


def test_renders_template_with_task_input(call):
    values = {"template": OWN, "task_input": {"greeting": "<b>", "labels": ["a", "b"]}}

    reply = call.post(RENDER, values, format="json").json()

    html = "<crowd-form>&lt;b&gt; [&#34;a&#34;, &#34;b&#34;]</crowd-form>"
    assert reply == {"rendered": html, "errors": [], "blocked_origins": []}


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("<crowd-form>\n\n{% bogus %}</crowd-form>", 3, "unexpected tag 'bogus'."),
        ("<crowd-form>{{ a | shout }}</crowd-form>", 1, "there is no filter shout."),
        ("<p>{{ a }}</p>", 0, "must have a <crowd-form>, whose fields are the answer."),
    ],
)
def test_template_error_names_line(call, ask, template, line, message):
    errors = call.post(RENDER, {"template": template}, format="json").json()["errors"]

    assert errors == [{"line": line, "problem": message}]


def test_changes_template_of_running_job(call, ask):
    ask(template=OWN)
    assert Job.objects.get().template.text == OWN

    refused = call.patch("/api/v1/jobs/birds/", {"template": "{% if"}, format="json")
    changed = call.patch("/api/v1/jobs/birds/", {"template": f"{OWN}!"}, format="json")

    assert (refused.status_code, refused.json()["faults"][0]["field"]) == (422, "template")
    assert changed.status_code == 202
    assert Job.objects.get().template.text == f"{OWN}!"
    assert Template.objects.count() == 2


def test_stores_identical_template_once(ask):
    ask(template=OWN)
    ask(template=OWN, name="more")

    assert Template.objects.count() == 1
