import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import translation

from gtcrowd.identity.models import User
from gtcrowd.runner import queued
from gtcrowd.workforce import invite, join, setup
from gtcrowd.workforce.models import Team, Worker, Workforce

pytestmark = pytest.mark.django_db


def queued_tasks(name):
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.filter(task_name=name).values_list("args", flat=True))


def test_requester_has_one_private_workforce(alice, team):
    with pytest.raises(IntegrityError, match="one_private_workforce"), transaction.atomic():
        Workforce.objects.create(type="private", name="second", requester=alice.requester)


def test_has_one_public_workforce(db):
    assert setup.public() == setup.public()
    with pytest.raises(IntegrityError, match="one_public_pool"), transaction.atomic():
        Workforce.objects.create(type="public", name="second")


def test_vendor_serves_subscribers_only(alice, bob):
    vendor = setup.vendor(name="labelers", managers=[bob.user])

    assert not Team.objects.visible_to(alice).filter(workforce=vendor).exists()
    setup.subscribe(viewer=alice, workforce=vendor)
    assert Team.objects.visible_to(alice).filter(workforce=vendor).exists()


def test_vendor_workers_are_visible_to_manager(alice, bob, now):
    vendor = setup.vendor(name="labelers", managers=[bob.user])
    setup.subscribe(viewer=alice, workforce=vendor)
    worker = setup.add_worker(workforce=vendor, user=User.objects.create_user("v@example.org"), now=now)

    assert Worker.objects.managed_by(bob.user.pk).get() == worker
    assert not Worker.objects.visible_to(alice).exists()


def test_invited_worker_joins_by_link(alice, team, now):
    (worker,) = invite.invite(viewer=alice, emails=["Gus@Example.org "], team=team, now=now)
    (requested,) = queued_tasks("send_invitation")

    queued.send_invitation(**requested)
    token = re.search(r"/join/([^/]+)/", mail.outbox[0].body)[1]
    user = join.accept(token, password="a long enough one", name="Gus", now=now)

    worker.refresh_from_db()
    assert (worker.state, worker.user, user.email) == ("active", user, "gus@example.org")
    assert worker in team.workers.all()


def test_queue_holds_no_sign_in_secret(alice, team, now):
    invite.invite(viewer=alice, emails=["gus@example.org"], now=now)

    assert set(queued_tasks("send_invitation")[0]) == {"user", "by", "language"}


def test_invitation_mail_follows_inviter_language(alice, team, now):
    with translation.override("ko"):
        invite.invite(viewer=alice, emails=["gus@example.org"], now=now)

    queued.send_invitation(**queued_tasks("send_invitation")[0])

    assert mail.outbox[0].subject == "Heron님이 함께 일하자고 초대했습니다"
    assert "비밀번호를 정하세요" in mail.outbox[0].body


def test_invalid_address_invites_nobody(alice, team, now):
    with pytest.raises(invite.InviteRefused) as refused:
        invite.invite(viewer=alice, emails=["good@example.org", "bad"], now=now)

    assert refused.value.faults == [("bad", "is not a valid e-mail address.")]
    assert not Worker.objects.exists()


def test_suspended_worker_can_be_reinstated(alice, hire):
    worker = hire("cleo")

    invite.suspend(viewer=alice, worker=worker, reason="Too hasty.")
    worker.refresh_from_db()
    assert (worker.state, worker.reason) == ("suspended", "Too hasty.")
    invite.reinstate(viewer=alice, worker=worker)
    worker.refresh_from_db()
    assert worker.state == "active"


def test_keeps_foreign_worker_unchanged(alice, bob, hire):
    worker = hire("cleo")

    invite.suspend(viewer=bob, worker=worker, reason="")

    worker.refresh_from_db()
    assert worker.state == "active"


@pytest.mark.parametrize(("name", "description"), [("a b", "d"), ("-a", "d"), ("fine", ""), ("birders", "d")])
def test_refuses_bad_teams(alice, team, name, description):
    with pytest.raises(setup.TeamRefused):
        setup.team(viewer=alice, name=name, description=description)
