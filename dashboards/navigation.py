"""The dashboards' entry in the header."""

from django.utils.translation import gettext_lazy as _

from dashboards.address import PREFIX
from gtcrowd.identity.access import is_member
from gtcrowd.theme.navigation import Entry

ENTRIES = [Entry(_("Dashboards"), PREFIX, is_member)]
