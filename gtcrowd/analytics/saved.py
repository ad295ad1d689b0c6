"""Save views: dashboard pages with their filters under a name, shared by all members of a requester."""

import re
from datetime import datetime

from django.utils.translation import gettext as _

from gtcrowd import plain_text
from gtcrowd.analytics.models import SavedView
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right

ADDRESS = re.compile(r"/dashboards/(?:[a-z]+/(?:\d{1,18}/)?)?(?:\?[\w=&%.+-]*)?", re.ASCII)
LONGEST_NAME, LONGEST_ADDRESS, MOST = 60, 2000, 100


class ViewRefused(Exception):
    """The view cannot be saved; the message says why."""


def listed(viewer: Viewer) -> list[SavedView]:
    """Return the saved views of the viewer's requester by name."""
    return list(SavedView.objects.visible_to(viewer).order_by("name")[:MOST])


def save(*, viewer: Viewer, name: str, address: str, now: datetime) -> SavedView:
    """Save an address under a name, replacing a view of the same name. Raises ViewRefused."""
    name = plain_text.name(" ".join(name.split()))
    if not name or len(name) > LONGEST_NAME:
        raise ViewRefused(_("Enter a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise ViewRefused(_("Only dashboard pages can be saved as a view."))
    own = SavedView.objects.visible_to(viewer)
    if own.count() >= MOST and not own.filter(name=name).exists():
        raise ViewRefused(_("The limit of %(most)s saved views is reached. Delete a view first.") % {"most": MOST})
    view, _created = SavedView.objects.update_or_create(
        requester=viewer.requester, name=name,
        defaults={"address": address, "created_by": viewer.user, "created_at": now},
    )  # fmt: skip
    return view


def delete(*, viewer: Viewer, view_id: int) -> bool:
    """Delete a view of the viewer, or any view if the viewer may manage members.

    Returns False if there is no such view.
    """
    views = SavedView.objects.visible_to(viewer).filter(pk=view_id)
    if not viewer.may(Right.MANAGE_MEMBERS):
        views = views.filter(created_by=viewer.user)
    return bool(views.delete()[0])
