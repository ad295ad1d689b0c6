"""The console's entries in the header."""

from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import is_member
from gtcrowd.theme.navigation import Entry

ENTRIES = [
    Entry(_("Jobs"), "console:jobs", is_member),
    Entry(_("People"), "console:people", is_member),
    Entry(_("Settings"), "console:settings", is_member),
]
