"""The page in the sandboxed frame: no text of a job becomes markup, nobody sees another's task."""

import json

import pytest

from gtcrowd.identity import origins
from gtcrowd.identity.models import Bucket
from gtcrowd.kinds import choice
from gtcrowd.workpage import rendering

UNKIND = "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &#39;quoted&#39; {{ 7 | times: 6 }}"


def frame(client, assignment):
    return client.get(f"/work/sandbox/{assignment.pk}/")


@pytest.fixture
def template(monkeypatch):
    """Replaces the page of the built-in kind by one that a requester might write."""

    def _template(text):
        monkeypatch.setattr(choice.Choice, "template", lambda _self, _medium: text)

    return _template


def test_text_of_an_object_is_inert(cleos, take, texts):
    page = frame(cleos, take(texts)).content.decode()

    assert f"<classification-target>{UNKIND}</classification-target>" in page
    assert "<script>alert" not in page


def test_categories_are_a_list_in_an_attribute(cleos, take, give):
    job = give([{"source": "x"}], categories=['say "heron"', "it's <ibis>"])

    page = frame(cleos, take(job)).content.decode()

    assert 'categories="[&#34;say \\&#34;heron\\&#34;&#34;, &#34;it&#39;s &lt;ibis&gt;&#34;]"' in page


def test_sandbox_is_isolated(cleos, take, pictures):
    policy = frame(cleos, take(pictures)).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

    assert rules["sandbox"] == "allow-scripts allow-forms"
    assert rules["default-src"] == rules["form-action"] == rules["base-uri"] == "'none'"
    assert rules["img-src"] == "http://testserver/work/object/"
    assert rules["script-src"] == "http://testserver/static/workpage/ http://testserver/static/kinds/"
    assert "connect-src" not in rules


def test_task_of_another_is_not_found(cleos, take, hire, signed_in, pictures):
    dan = signed_in(hire("dan").user)

    assert frame(dan, take(pictures)).status_code == 404


def test_ended_task_is_gone(cleos, take, hand, pictures):
    assignment = take(pictures)
    hand(assignment)

    assert frame(cleos, assignment).status_code == 410


def test_signed_out_frame_asks_to_reload(client, take, pictures):
    assert frame(client, take(pictures)).status_code == 401


def test_template_reads_no_foreign_bucket(cleos, take, pictures, bob, template):
    Bucket.objects.create(name="ibis-data", requester=bob.requester)
    template("<p>{{ 's3://ibis-data/1.png' | grant_read_access }}</p>")

    assert "<p></p>" in frame(cleos, take(pictures)).content.decode()


def test_policy_allows_named_foreign_picture(cleos, take, give):
    job = give([{"source-ref": "https://pictures.example:444/a.png?b=c"}])

    response = frame(cleos, take(job))

    assert 'src="https://pictures.example:444/a.png?b=c"' in response.content.decode()
    assert "/work/object/ https://pictures.example:444;" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["x;script-src *", "x, y", "x y", "user@x"])
def test_address_cannot_widen_the_policy(take, pictures, template, host):
    template(f"{{{{ 'https://{host}/a.png' | grant_read_access }}}}")

    page = rendering.render(take(pictures))

    assert (page.html, page.origins) == ("", set())


def test_explains_template_error(cleos, take, pictures, template):
    template("{% if %}")

    assert "decline it" in frame(cleos, take(pictures)).content.decode()


def test_template_time_is_limited(take, pictures, template):
    template("{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}")
    assignment = take(pictures)

    with pytest.raises(rendering.LiquidError):
        rendering.render(assignment)


def test_template_reads_the_whole_line(take, give, template):
    template("{{ task.input.dataObject.site }}/{{ task.input.labels | to_json | escape }}")
    job = give([{"source": "x", "site": "<pond>"}])

    assert rendering.render(take(job)).html == "&lt;pond&gt;/[&#34;heron&#34;, &#34;ibis&#34;]"
    assert json.loads('["heron", "ibis"]') == job.categories


OWN = "<crowd-form>{{ task.input.taskObject }}</crowd-form>"


def rules_of(response):
    return dict(rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; "))


def test_custom_template_uses_allowed_origins(cleos, take, give, alice):
    origins.allow(viewer=alice, origins=["https://cdn.example.org", "https://b.example:8443"])
    job = give([{"source": "x"}], template=OWN)

    rules = rules_of(frame(cleos, take(job)))

    foreign = "https://cdn.example.org https://b.example:8443"
    assert rules["connect-src"] == foreign
    for name in ("script-src", "style-src", "img-src"):
        assert rules[name].endswith(f" {foreign}"), name
    assert rules["default-src"] == "'none'"
    assert rules["sandbox"] == "allow-scripts allow-forms"


def test_built_in_templates_ignore_allowed_origins(cleos, take, texts, alice):
    origins.allow(viewer=alice, origins=["https://cdn.example.org"])

    policy = frame(cleos, take(texts)).headers["Content-Security-Policy"]

    assert "cdn.example.org" not in policy
    assert "connect-src" not in policy


def test_policy_takes_only_origins(cleos, take, give, alice):
    bad = ["https://a.example;script-src *", "*", "'unsafe-eval'", "https://*", "https://a.example\r\nX: y"]
    alice.requester.script_origins = [*bad, "https://good.example"]
    alice.requester.save()
    job = give([{"source": "x"}], template=OWN)

    assert rules_of(frame(cleos, take(job)))["connect-src"] == "https://good.example"
