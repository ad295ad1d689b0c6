"""In which time zone a requester's days begin."""

from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.identity.roles import Right
from gtcrowd.platform import queue


class UnknownZone(Exception):
    """There is no time zone of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s is not a time zone. Use a name such as Asia/Seoul.") % {"name": name})


def known() -> list[str]:
    """Names of all time zones, in order."""
    return sorted(available_timezones())


def change(*, viewer: Viewer, name: str) -> None:
    """Let the requester's days be those of this time zone; all totals are formed again. Raises UnknownZone, NotAllowed.

    An empty name stands for the zone of the service.
    """
    viewer.must(Right.MANAGE_MEMBERS)
    if name and name not in available_timezones():
        raise UnknownZone(name)
    with transaction.atomic():
        Requester.objects.filter(pk=viewer.requester.pk).update(time_zone=name)
        queue.enqueue(queue.REBUILD_TOTALS, once=f"rebuild-{viewer.requester.pk}", requester=viewer.requester.pk)
    viewer.requester.time_zone = name
