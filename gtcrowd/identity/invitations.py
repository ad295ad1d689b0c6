"""One-time links by which a person sets a password."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd import plain_text
from gtcrowd.identity.models import Invitation, User

VALID_FOR = timedelta(days=14)


class InvitationRefused(Exception):
    """The link cannot be used; the text says why."""


def create(user: User, *, now: datetime) -> str:
    """What the link carries. It is not kept and cannot be read again; earlier links of the person end."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    Invitation.objects.create(user=user, token_hash=_hash(token), created_at=now, expires_at=now + VALID_FOR)
    return token


def find(token: str, *, now: datetime) -> Invitation:
    """The invitation that `token` opens. Raises InvitationRefused."""
    invitation = Invitation.objects.select_related("user").filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise InvitationRefused(_("This invitation is not valid. Use the complete link from the latest e-mail."))
    if invitation.used_at:
        raise InvitationRefused(_("This invitation has already been used. Sign in instead."))
    if invitation.expires_at <= now:
        raise InvitationRefused(_("This invitation has expired. Ask for a new one."))
    return invitation


def accept(token: str, *, password: str, name: str, now: datetime) -> User:
    """Set the person's password and name; the link is used up. Raises InvitationRefused, ValidationError."""
    with transaction.atomic():
        user = find(token, now=now).user
        validate_password(password, user)
        used = Invitation.objects.filter(token_hash=_hash(token), used_at=None).update(used_at=now)
        if not used:  # somebody else used it in this moment
            raise InvitationRefused(_("This invitation has already been used. Sign in instead."))
        user.name = plain_text.name(name) or user.name
        user.set_password(password)
        user.save(update_fields=["name", "password"])
    return user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
