"""Accept an invitation: set a password, and become active in the workforces one was invited to."""

from datetime import datetime

from django.db import transaction

from gtcrowd.identity import invitations
from gtcrowd.identity.invitations import InvitationRefused
from gtcrowd.identity.models import Invitation, User
from gtcrowd.workforce.models import Worker, WorkerState

__all__ = ["InvitationRefused", "accept", "invitation"]


def invitation(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link. Raises InvitationRefused, whose text says why."""
    return invitations.find(token, now=now)


def accept(token: str, *, password: str, name: str, now: datetime) -> User:
    """Use the link up. Raises InvitationRefused, and ValidationError for a weak password."""
    with transaction.atomic():
        user = invitations.accept(token, password=password, name=name, now=now)
        Worker.objects.filter(user=user, state=WorkerState.INVITED).update(state=WorkerState.ACTIVE, joined_at=now)
    return user
