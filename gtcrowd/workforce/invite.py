"""Invite workers by e-mail, and manage whether they may work."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gtcrowd.identity import invitations
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import User
from gtcrowd.identity.roles import Right
from gtcrowd.platform import queue
from gtcrowd.platform.reasons import Reason
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Team, Worker, WorkerState, Workforce

MOST_AT_ONCE = 1000


class InviteRefused(Exception):
    """Nobody was invited; `faults` names each address that is wrong."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{address}: {problem}" for address, problem in faults))


def invite(*, viewer: Viewer, emails: Iterable[str], team: Team | None = None, now: datetime) -> list[Worker]:
    """Invite people to the requester's private workforce, and into `team` if given; mails go out by the queue.

    Who is invited already gets a new link, and the old one ends; who works already is only added to the
    team. Raises InviteRefused with every bad address, and then nobody was invited; NotAllowed.
    """
    viewer.must(Right.MANAGE_WORKERS)
    addresses = _checked(emails)
    workforce = setup.private(viewer.requester)
    teams = {workforce.teams.get(name=setup.EVERYONE)} | ({team} if team else set())
    with transaction.atomic():
        return [_invite_one(viewer, workforce, address, teams, now) for address in addresses]


def _invite_one(viewer: Viewer, workforce: Workforce, address: str, teams: set[Team], now: datetime) -> Worker:
    user = User.objects.filter(email=address).first() or User.objects.create_user(address)
    worker, _made = Worker.objects.get_or_create(workforce=workforce, user=user, defaults={"invited_at": now})
    for team in teams:
        team.workers.add(worker)
    if worker.state == WorkerState.INVITED:
        # Only who and from whom is enqueued: the link signs in, so it is made when the mail is written.
        queue.enqueue(queue.SEND_INVITATION, user=user.pk, by=viewer.requester.name, language=get_language())
    return worker


def mail_link(user: User, *, by: str, in_language: str | None = None, now: datetime) -> None:
    """Mail the person a one-time link with which they set a password; earlier links end.

    The mail is in the language of who invites: of who is invited, no other is known yet.
    """
    with override(in_language or settings.LANGUAGE_CODE):
        _mail(user, by=by, now=now)


def _mail(user: User, *, by: str, now: datetime) -> None:
    link = f"{settings.GTCROWD_URL}/join/{invitations.create(user, now=now)}/"
    text = _(
        "%(by)s has invited you. Follow this link to choose a password; it works once, for %(days)s days:\n\n"
        "%(link)s\n\nIf you did not expect this mail, you can ignore it."
    ) % {"by": by, "days": invitations.VALID_FOR.days, "link": link}
    send_mail(_("%(by)s invites you to work with them") % {"by": by}, text, None, [user.email])


def suspend(*, viewer: Viewer, worker: Worker, reason: str) -> None:
    """The worker gets no more tasks; what is at hand may be finished. Raises NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    Worker.objects.visible_to(viewer).filter(pk=worker.pk, state=WorkerState.ACTIVE).update(
        state=WorkerState.SUSPENDED,
        reason_code=Reason.SUSPENDED,
        reason_params={"text": reason[:200]} if reason else {},
    )


def reinstate(*, viewer: Viewer, worker: Worker) -> None:
    """A suspended worker may work again. Raises NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    Worker.objects.visible_to(viewer).filter(pk=worker.pk, state=WorkerState.SUSPENDED).update(
        state=WorkerState.ACTIVE, reason_code="", reason_params={}
    )


def _checked(emails: Iterable[str]) -> list[str]:
    addresses = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    faults = [(address, _("is not a valid e-mail address.")) for address in addresses if not _is_email(address)]
    if not addresses:
        faults.append(("", _("Enter at least one e-mail address.")))
    if len(addresses) > MOST_AT_ONCE:
        faults.append(("", _("At most %(most)s addresses can be invited at once.") % {"most": MOST_AT_ONCE}))
    if faults:
        raise InviteRefused(faults)
    return addresses


def _is_email(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
