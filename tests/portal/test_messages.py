"""Messages to the requester as the portal takes them in and shows the answers."""

import json

import pytest
from django.utils import timezone

from gtcrowd.tasks import messages
from gtcrowd.tasks.models import AssignmentState, Message


def report(client, assignment, /, **values):
    body = {"assignment": assignment.pk, "about": "unclear", "text": "Which of both?"} | values
    return client.post(f"/work/{assignment.job_id}/report/", json.dumps(body), content_type="application/json")


def test_report_keeps_current_task(cleos, take, pictures):
    held = take(pictures)

    assert "Sent to the requester." in report(cleos, held).json()["sentence"]

    sent = Message.objects.get()
    assert (sent.assignment, sent.about, sent.text) == (held, "unclear", "Which of both?")
    held.refresh_from_db()
    assert held.state == AssignmentState.LIVE


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "x" * 1001}, 422),
        ({"text": "a\0"}, 422),
        ({"text": "\ud800"}, 422),
        ({"about": "x"}, 422),
        ({"about": {}}, 422),
        ({"assignment": "x"}, 404),
        ({"assignment": 999_999}, 404),
    ],
)
def test_refuses_bad_reports(cleos, take, pictures, values, status):
    message = report(cleos, take(pictures), **values)

    assert message.status_code == status
    assert message.json()["problem"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "7", "{" * 100_000])
def test_refuses_invalid_report(cleos, take, pictures, body):
    address = f"/work/{take(pictures).job_id}/report/"

    assert cleos.post(address, body, content_type="application/json").status_code == 400


def test_explains_message_limit(cleos, take, pictures, monkeypatch):
    monkeypatch.setattr(messages, "MOST_AN_HOUR", 1)
    held = take(pictures)
    report(cleos, held)

    message = report(cleos, held, text="And this?")
    assert message.status_code == 429
    assert "within an hour" in message.json()["problem"]


def test_refuses_report_on_foreign_task(take, hire, signed_in, pictures, client):
    held = take(pictures)

    assert report(signed_in(hire("dan").user), held).status_code == 404
    assert report(client, held).status_code == 401


def test_writes_about_job_and_reads_reply(cleos, cleo, alice, pictures):
    address = f"/work/{pictures.pk}/messages/"
    assert cleos.post(address, {"about": "other", "text": "May I ask?\r\nYes."}).headers["Location"] == address
    assert Message.objects.get().text == "May I ask?\nYes."
    messages.answer(viewer=alice, job=pictures, worker=cleo, text="You may, <b>of course</b>.", now=timezone.now())

    assert "You may, &lt;b&gt;of course" in cleos.get("/work/").content.decode()
    assert "1 new" in cleos.get(f"/work/{pictures.pk}/").content.decode()
    page = cleos.get(address).content.decode()
    assert "You may, &lt;b&gt;of course" in page
    assert ">new<" in page
    assert ">new<" not in cleos.get(address).content.decode()
    assert "New replies" not in cleos.get("/work/").content.decode()


def test_refused_message_is_put_back(cleos, pictures):
    response = cleos.post(f"/work/{pictures.pk}/messages/", {"about": "unclear", "text": "x" * 1001})

    assert response.status_code == 422
    page = response.content.decode()
    assert 'role="alert"' in page
    assert "x" * 1001 in page


def test_refuses_worker_outside_team(signed_in, alice, bob, pictures):
    for person in (alice.user, bob.user):
        address = f"/work/{pictures.pk}/messages/"
        assert signed_in(person).get(address).status_code == 404
        assert signed_in(person).post(address, {"text": "x"}).status_code == 404


def test_former_worker_may_write(cleos, cleo, take, hand, pictures):
    hand(take(pictures))
    cleo.teams.clear()

    assert cleos.get(f"/work/{pictures.pk}/messages/").status_code == 200
    cleos.post(f"/work/{pictures.pk}/messages/", {"about": "other", "text": "Why am I out?"})
    assert Message.objects.get().worker == cleo


def test_stopping_explains_reserved_task(cleos, take, pictures):
    held = take(pictures)
    response = cleos.post(f"/work/{pictures.pk}/stop/", {"assignment": held.pk}, follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [("/work/", 302)]
    assert "Your work is saved. You have 5 min left" in page
    assert "You have a task in progress;" in page


def test_stopping_explains_expired_task(cleos, take, pictures):
    held = take(pictures)
    held.expires_at = held.claimed_at
    held.save()

    page = cleos.post(f"/work/{pictures.pk}/stop/", {"assignment": held.pk}, follow=True).content.decode()
    assert "The time limit of the task is over." in page


def change(client, **values):
    return client.post("/work/keys/", json.dumps(values), content_type="application/json")


def test_changes_and_resets_shortcuts(cleos, signed_in, hire):
    assert change(cleos, name="return", key="F8").json()["keys"]["return"] == "F8"
    assert change(signed_in(hire("dan").user), name="submit", key="F7").json()["keys"]["return"] == "Alt+r"
    assert change(cleos, reset=True).json()["keys"]["return"] == "Alt+r"


def test_explains_taken_shortcut(cleos, client):
    message = change(cleos, name="return", key="?")

    assert (message.status_code, message.json()["problem"]) == (
        422,
        "? is already assigned to “this list”. Choose another key.",
    )
    assert cleos.post("/work/keys/", "x", content_type="application/json").status_code == 400
    assert change(client, name="return", key="F8").status_code == 401


def test_page_after_signing_in_again(cleos, client, db):
    assert "It continues automatically" in cleos.get("/work/signed-in/").content.decode()
    assert client.get("/work/signed-in/").status_code == 302
