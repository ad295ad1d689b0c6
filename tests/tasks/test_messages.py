"""A worker writes to the requester and is answered."""

from datetime import timedelta

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Member, User
from gtcrowd.identity.roles import NotAllowed, Role
from gtcrowd.tasks import messages
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.models import Message
from gtcrowd.workforce.models import Worker, Workforce, WorkforceType

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(ask, hire, now):
    cleo, job = hire("cleo"), ask()

    def _write(text="It does not load.", **more):
        return messages.write(**{"worker": cleo, "job": job, "text": text, "now": now} | more)

    return _write


def queued():
    return list(ProcrastinateJob.objects.filter(task_name="tell_of_messages").values_list("args", flat=True))


def test_message_and_reply(write, alice, now):
    requested = write()
    assert messages.waiting([requested.job_id]) == {requested.job_id: 1}

    messages.answer(viewer=alice, job=requested.job, worker=requested.worker, text="Try again.", now=now)
    messages.finish(viewer=alice, job=requested.job, worker=requested.worker, now=now)

    assert [item.text for item in messages.unread(requested.worker.user_id)] == ["Try again."]
    assert messages.read(worker=requested.worker, job=requested.job, now=now) == 1
    assert messages.unread(requested.worker.user_id) == []
    assert messages.waiting([requested.job_id]) == {}


def test_new_message_reopens_thread(write, alice, now):
    requested = write()
    messages.finish(viewer=alice, job=requested.job, worker=requested.worker, now=now)
    write("Still not.")

    (thread,) = messages.threads(viewer=alice, job=requested.job, most=5)
    assert thread.waits
    assert [message.text for message in thread.messages] == ["It does not load.", "Still not."]
    assert messages.finish(viewer=alice, job=requested.job, worker=requested.worker, now=now) == 1
    assert messages.finish(viewer=alice, job=requested.job, worker=requested.worker, done=False, now=now) == 1
    assert messages.threads(viewer=alice, job=requested.job, most=5)[0].waits


def test_waiting_threads_come_first(write, hire, alice, now):
    old = write()
    new = write("Mine is fine.", worker=hire("dan"), now=now + timedelta(minutes=5))
    messages.finish(viewer=alice, job=new.job, worker=new.worker, now=now)

    result = messages.threads(viewer=alice, job=old.job, most=5)

    assert [thread.name for thread in result] == ["Cleo", "Dan"]
    assert [thread.waits for thread in result] == [True, False]


def test_message_names_its_task(write, now):
    requested = write()
    held = claim.next_assignment(worker=requested.worker, job=requested.job, now=now)

    assert write("Too dark.", assignment=held, about="not-loading").assignment == held


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": None}, "text"),
        ({"text": ["x"]}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "a\ud800b"}, "text"),
        ({"about": "weather"}, "about"),
        ({"about": []}, "about"),
    ],
)
def test_refuses_bad_messages(write, values, field):
    with pytest.raises(messages.MessageRefused) as refused:
        write(**values)

    assert refused.value.field == field
    assert not Message.objects.exists()


def test_deduplicates_repeated_message(write, now):
    assert write() == write(now=now + timedelta(minutes=1))
    assert write() != write(now=now + timedelta(minutes=20))


def test_limits_messages_per_hour(write, now):
    for number in range(messages.MOST_AN_HOUR):
        write(f"{number}")
    with pytest.raises(messages.TooMany):
        write("one more")

    assert write("later", now=now + timedelta(hours=1, seconds=1))


def test_reply_needs_right_to_manage_workers(write, alice, now):
    requested = write()
    viewer = Viewer(alice.requester, Role.VIEWER)

    with pytest.raises(NotAllowed):
        messages.answer(viewer=viewer, job=requested.job, worker=requested.worker, text="x", now=now)
    with pytest.raises(NotAllowed):
        messages.finish(viewer=viewer, job=requested.job, worker=requested.worker, now=now)


def test_refuses_foreign_requester(write, bob, now):
    requested = write()

    assert messages.threads(viewer=bob, job=requested.job, most=5) == []
    assert messages.finish(viewer=bob, job=requested.job, worker=requested.worker, now=now) == 0


def test_shows_codes_of_foreign_workers(write, alice, now):
    user = User.objects.create_user("vera@example.org", name="Vera")
    vendor = Workforce.objects.create(type=WorkforceType.VENDOR, name="labelers")
    worker = Worker.objects.create(workforce=vendor, user=user, state="active")
    requested = write(worker=worker)

    (thread,) = messages.threads(viewer=alice, job=requested.job, most=5)
    assert thread.name == worker.code


def test_mails_members_once_an_hour(write, alice, now):
    for name, role in (("olga", Role.OPERATIONS), ("vic", Role.VIEWER)):
        user = User.objects.create_user(f"{name}@example.org")
        Member.objects.create(requester=alice.requester, user=user, role=role)
    requested = write()
    write("And slow.")
    assert queued() == [{"job": requested.job_id}]

    assert messages.tell(requested.job_id, now=now + timedelta(minutes=1))
    assert sorted(item.to[0] for item in mail.outbox) == ["alice@example.org", "olga@example.org"]
    assert "2 messages from workers in birds" in mail.outbox[0].subject
    assert "/jobs/birds/#messages" in mail.outbox[0].body

    write("More.", now=now + timedelta(minutes=5))
    assert not messages.tell(requested.job_id, now=now + timedelta(minutes=6))
    assert messages.tell(requested.job_id, now=now + timedelta(minutes=62))
    assert not messages.tell(requested.job_id, now=now + timedelta(minutes=63))
    assert len(mail.outbox) == 4


def test_mails_no_finished_thread(write, alice, now):
    requested = write()
    messages.finish(viewer=alice, job=requested.job, worker=requested.worker, now=now)

    assert not messages.tell(requested.job_id, now=now)
