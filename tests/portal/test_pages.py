"""Every page of the portal, its sign-in and its errors: reached, dressed, and without anything inline."""

import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import translation

INLINE = re.compile(r"""<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|type="application/json"))""")
OPEN_PAGES = [
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/a-b/",
    "/account/inactive/",
    "/join/x/",
    "/nothing/",
]


def is_dressed(page: str) -> bool:
    return 'class="skip"' in page and "theme/base.css" in page and not INLINE.search(page)


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_public_pages_are_styled(client, db, address):
    assert is_dressed(client.get(address).content.decode())


@pytest.mark.parametrize("address", ["/account/logout/", "/account/password/change/", "/work/"])
def test_signed_in_pages_are_styled(cleos, address):
    assert is_dressed(cleos.get(address).content.decode())


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_database(name):
    assert is_dressed(render_to_string(f"{name}.html"))


def test_sign_up_is_closed(client, db):
    assert "by invitation" in client.get("/account/signup/").content.decode()


def test_redirects_to_sign_in(client, db):
    for address in ("/", "/work/", "/work/1/"):
        assert client.get(address).headers["Location"].startswith("/account/login/")


def test_refuses_job_page_to_outsider(signed_in, alice, bob, pictures):
    for person in (alice.user, bob.user):
        client = signed_in(person)
        assert client.get(f"/work/{pictures.pk}/").status_code == 404
        assert client.post(f"/work/{pictures.pk}/start/").status_code == 404


def test_explains_empty_list_to_stranger(signed_in, bob, pictures):
    page = signed_in(bob.user).get("/work/").content.decode()

    assert "You do not belong to a workforce yet" in page
    assert "Which bird is it?" not in page


def test_explains_missing_team(cleos, cleo, pictures):
    cleo.teams.clear()

    assert "not in a team yet" in cleos.get("/work/").content.decode()


def test_suspended_worker_finishes_current_task(cleos, cleo, take, hand, pictures):
    assignment = take(pictures)
    cleo.state, cleo.reason_code = "suspended", "suspended"
    cleo.save()

    assert cleos.get(f"/work/{pictures.pk}/").status_code == 200
    assert hand(assignment).json()["receipt"]["paid"] == "0.036"
    assert "Suspended by the requester." in cleos.get("/work/").content.decode()


def test_work_page_costs_few_queries(cleos, take, pictures):
    take(pictures)

    with CaptureQueriesContext(connection) as queries:
        cleos.get(f"/work/{pictures.pk}/")

    assert len(queries) <= 12


def test_every_sentence_can_be_translated(cleos, pictures, monkeypatch):
    """In a language that says every sentence in capitals, the page is in capitals."""
    monkeypatch.setattr(translation._trans, "gettext", lambda text: text.upper() if "%" not in text else text)

    page = cleos.get("/work/").content.decode()

    for sentence in ("START WORKING", "EARNED TODAY", "TIME LIMIT", "SIGN OUT", "SKIP TO CONTENT"):
        assert sentence in page


def test_policy_allows_nothing_inline(cleos):
    policy = cleos.get("/work/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


PICK = "<crowd-form><h1>{{ task.input.header }}</h1><p>{{ task.input.labels }}</p></crowd-form>"


def test_line_brings_labels_and_header(cleos, take, give):
    line = {"source": "Oslo", "labels": ["city"], "header": "Which one?"}
    job = give([line], kind="custom", categories=[], template=PICK)

    page = cleos.get(f"/work/sandbox/{take(job).pk}/").content.decode()

    assert "<h1>Which one?</h1><p>[&#34;city&#34;]</p>" in page


def test_categories_of_the_job_win(cleos, take, give):
    job = give([{"source": "Oslo", "labels": ["city"]}], template=PICK)

    page = cleos.get(f"/work/sandbox/{take(job).pk}/").content.decode()

    assert "<p>[&#34;heron&#34;, &#34;ibis&#34;]</p>" in page
