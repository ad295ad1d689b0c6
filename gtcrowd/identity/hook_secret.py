"""The secret by which calls of a requester's hooks are signed: made on first use, kept encrypted."""

import secrets

from gtcrowd.identity import keys
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.identity.roles import Right


def of(requester: Requester) -> str:
    """The secret in the clear."""
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


def _made() -> str:
    return secrets.token_urlsafe(32)
