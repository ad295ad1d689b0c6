"""What workers write, on the job's page."""

import pytest

from gtcrowd.identity.models import Member, User
from gtcrowd.identity.roles import Role
from gtcrowd.tasks import messages
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.models import Message
from gtcrowd.workforce.models import Worker, Workforce, WorkforceType

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice):
    client.force_login(alice.user)
    return client


@pytest.fixture
def thread(ask, hire, now):
    """Cleo asks about the first object of Alice's job."""
    cleo, job = hire("cleo"), ask()
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    return messages.write(worker=cleo, job=job, assignment=held, about="unclear", text="<b>Which?</b>", now=now)


def act(client, thread, **values):
    return client.post(f"/jobs/birds/messages/{thread.worker.code}/", values)


def test_job_page_shows_waiting_messages(owner, thread):
    page = " ".join(owner.get("/jobs/birds/").content.decode().split())

    assert "&lt;b&gt;Which?&lt;/b&gt;" in page
    assert "The instructions are unclear · object 0" in page
    assert "needs a reply" in page
    assert "1 open message" in owner.get("/jobs/").content.decode()


def test_job_page_explains_no_messages(owner, ask):
    ask()

    assert "No messages yet." in owner.get("/jobs/birds/").content.decode()


def test_replies_and_marks_thread_done(owner, thread):
    assert act(owner, thread, how="answer-done", text="The left one.")["Location"] == "/jobs/birds/#messages"

    assert Message.objects.get(from_worker=False).text == "The left one."
    assert messages.waiting([thread.job_id]) == {}
    act(owner, thread, how="wait")
    assert messages.waiting([thread.job_id]) == {thread.job_id: 1}
    act(owner, thread, how="done")
    assert messages.waiting([thread.job_id]) == {}
    act(owner, thread, how="wait")
    act(owner, thread, how="answer", text="Or the right one.")
    assert messages.waiting([thread.job_id]) == {thread.job_id: 1}


def test_refuses_empty_answer(owner, thread):
    act(owner, thread, how="answer-done", text=" ")

    assert "Write a message." in owner.get("/jobs/birds/").content.decode()
    assert messages.waiting([thread.job_id]) == {thread.job_id: 1}


def test_refuses_foreign_member(client, bob, thread):
    client.force_login(bob.user)

    assert act(client, thread, how="answer", text="x").status_code == 404


def test_viewer_reads_without_reply(client, alice, thread):
    user = User.objects.create_user("vera@example.org")
    Member.objects.create(requester=alice.requester, user=user, role=Role.VIEWER)
    client.force_login(user)

    page = client.get("/jobs/birds/").content.decode()
    assert "Which?" in page
    assert "/messages/" not in page
    assert act(client, thread, how="answer", text="x").status_code == 403


def test_refuses_message_to_silent_worker(owner, thread, hire):
    dan = hire("dan")

    assert owner.post(f"/jobs/birds/messages/{dan.code}/", {"text": "Hello"}).status_code == 404


def test_shows_codes_of_foreign_workers(owner, thread, now):
    vera = User.objects.create_user("vera@example.org", name="Vera Vendor")
    vendor = Workforce.objects.create(type=WorkforceType.VENDOR, name="labelers")
    worker = Worker.objects.create(workforce=vendor, user=vera, state="active")
    messages.write(worker=worker, job=thread.job, text="Hm.", now=now)

    page = owner.get("/jobs/birds/").content.decode()
    assert worker.code in page
    assert "Vera" not in page
    assert "vera@" not in page
