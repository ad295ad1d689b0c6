"""The console's entries in the header."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import is_member
from gtcrowd.theme.navigation import Entry
from gtcrowd.workforce.models import Workforce


def _manages_vendor(request: HttpRequest) -> bool:
    """Return whether the person manages a vendor's workforce."""
    return Workforce.objects.filter(managers=request.user.pk).exists()


ENTRIES = [
    Entry(_("Jobs"), "console:jobs", is_member),
    Entry(_("People"), "console:people", is_member),
    Entry(_("Vendor"), "console:vendor", _manages_vendor),
    Entry(_("Settings"), "console:settings", is_member),
]
