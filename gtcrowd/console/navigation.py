"""The console's entries in the header."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import is_member, viewer_of
from gtcrowd.identity.roles import Right
from gtcrowd.theme.navigation import Entry
from gtcrowd.workforce.models import Workforce


def _runs_jobs(request: HttpRequest) -> bool:
    """Return whether the person's role is to run jobs or to manage workers."""
    viewer = viewer_of(request)
    return viewer is not None and (viewer.may(Right.CREATE_JOBS) or viewer.may(Right.MANAGE_WORKERS))


def _manages_vendor(request: HttpRequest) -> bool:
    """Return whether the person manages a vendor's workforce."""
    return Workforce.objects.managed_by(request.user.pk or 0).exists()


ENTRIES = [
    Entry(_("Jobs"), "console:jobs", is_member, _runs_jobs),
    Entry(_("People"), "console:people", is_member),
    Entry(_("Vendor"), "console:vendor", _manages_vendor, _manages_vendor),
    Entry(_("Settings"), "console:settings", is_member),
]
