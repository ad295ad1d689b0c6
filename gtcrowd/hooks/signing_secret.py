"""The secrets of hooks.

Calls of a requester's hooks are signed with one secret, made on first use and kept encrypted. Deliveries to a job's
webhook are signed with a secret of that job.
"""

import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from gtcrowd.identity import keys
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.identity.roles import Right


def of(requester: Requester) -> str:
    """Return the secret of the requester's hooks in the clear; make it on first use."""
    if requester.hook_secret is None:
        # Whoever is first makes it; who comes at the same moment finds it made.
        Requester.objects.filter(pk=requester.pk, hook_secret=None).update(hook_secret=keys.sealed(_made()))
        requester.refresh_from_db(fields=["hook_secret"])
    return keys.unsealed(requester.hook_secret or b"")


def renew(*, viewer: Viewer) -> str:
    """Rotate the secret. The current secret stops working. Raises NotAllowed."""
    viewer.must(Right.MANAGE_MEMBERS)
    Requester.objects.filter(pk=viewer.requester.pk).update(hook_secret=keys.sealed(_made()))
    viewer.requester.refresh_from_db(fields=["hook_secret"])
    return of(viewer.requester)


def of_webhook(*, job_id: int, created_at: datetime) -> str:
    """Return the secret that signs deliveries to a job's webhook. Derived from the service's key, not stored."""
    return salted_hmac("gtcrowd.webhook", f"{job_id}:{created_at.isoformat()}", algorithm="sha256").hexdigest()


def _made() -> str:
    return secrets.token_urlsafe(32)
