"""The preview of a task: errors of the page's scripts and blocked origins are shown beside it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gtcrowd.identity.models import Member, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import script_errors
from tests.portal import browsing

TEMPLATE = """<crowd-form><img src="https://pictures.example.org/a.png" alt="a">
<crowd-input name="word" label="Word"></crowd-input>
<script>
  fetch("https://data.example.org/b").catch(() => {});
  missing.call();
</script></crowd-form>"""
FORM = {"kind": "custom", "medium": "text", "template": TEMPLATE}
ADDRESS = "/templates/preview/page/"


@pytest.fixture
def owner(alice, signed_in):
    def _member(role=Role.OWNER):
        user = User.objects.create_user(f"{role}@heron.example")
        Member.objects.create(requester=alice.requester, user=user, role=role)
        return signed_in(user)

    return _member


def test_lists_blocked_origins(owner):
    page = owner().post(ADDRESS, FORM).content.decode()

    assert page.count("https://pictures.example.org</code>") == 1
    assert "Allow origin" in page


def test_owner_allows_origin_at_once(owner, alice):
    client = owner()

    for _again in range(2):
        page = client.post(ADDRESS, FORM | {"allow": "https://pictures.example.org"}).content.decode()

    alice.requester.refresh_from_db()
    assert alice.requester.script_origins == ["https://pictures.example.org"]
    assert "https://pictures.example.org</code>" not in page


def test_refuses_what_is_no_origin(owner, alice):
    page = owner().post(ADDRESS, FORM | {"allow": "https://x.example/*"}).content.decode()

    assert "must be an origin" in page
    assert not alice.requester.script_origins


def test_others_ask_an_owner(owner):
    client = owner(Role.REQUESTER)

    assert "An owner can allow them" in client.post(ADDRESS, FORM).content.decode()
    assert client.post(ADDRESS, FORM | {"allow": "https://pictures.example.org"}).status_code == 403


def test_job_page_shows_errors_as_text(owner, give):
    job = give([{"source": "x"}], kind="custom", categories=[], template=TEMPLATE)
    script_errors.record(job=job, message="<b>bad</b>", line=4, now=timezone.now())

    assert "&lt;b&gt;bad&lt;/b&gt;" in owner().get(f"/jobs/{job.name}/").content.decode()


@pytest.mark.browser
def test_shows_errors_and_origins_of_scripts(address, browser, owner):
    page = browsing.sign_in(browser.new_context(), address, owner())
    page.goto(f"{address}/jobs/new/")
    page.evaluate(
        """([address, fields]) => {
            const form = document.createElement("form");
            Object.assign(form, { method: "post", action: address });
            const token = document.querySelector("[name=csrfmiddlewaretoken]").cloneNode();
            form.append(token);
            for (const [name, value] of Object.entries(fields))
              form.append(Object.assign(document.createElement("textarea"), { name, value }));
            document.body.append(form);
            form.submit();
        }""",
        [ADDRESS, FORM],
    )

    expect(page.frame_locator("iframe.preview").get_by_label("Word")).to_be_visible()
    expect(page.get_by_text("Line 5: Uncaught ReferenceError: missing is not defined")).to_be_visible()
    expect(page.locator("code", has_text="https://data.example.org")).to_be_visible()
    expect(page.get_by_role("button", name="Allow origin")).to_have_count(2)
