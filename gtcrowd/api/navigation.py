"""The API's entry in the header."""

from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import is_member
from gtcrowd.theme.navigation import Entry

ENTRIES = [Entry(_("API"), "api:docs", is_member)]
