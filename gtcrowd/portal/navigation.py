"""The portal's entry in the header."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import viewer_of
from gtcrowd.theme.navigation import Entry
from gtcrowd.workforce.models import Worker


def _works(request: HttpRequest) -> bool:
    """Return whether the person labels for somebody; everyone who is no member does, or is about to."""
    return viewer_of(request) is None or Worker.objects.of_person(request.user.pk or 0).exists()


ENTRIES = [Entry(_("Work"), "portal:work", _works)]
