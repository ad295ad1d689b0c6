"""Foreign origins that a requester's own worker pages may load scripts, styles and pictures from, and talk to."""

import re
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from gtcrowd import plain_text
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.identity.roles import Right

NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ORIGIN = re.compile(rf"https://{NAME}(\.{NAME})+(:[1-9][0-9]{{0,4}})?")
"""Nothing that means something in a policy can stand in it: no space, comma, semicolon, quote or star."""
MOST = 20
MOST_CHARACTERS = 200


class OriginsRefused(Exception):
    """Nothing was changed; `faults` are (what was given, what is wrong with it)."""

    def __init__(self, faults: list[tuple[object, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{value}: {problem}" for value, problem in faults))


def allow(*, viewer: Viewer, origins: object) -> list[str]:
    """Let the pages of the viewer's requester use these origins and no others; returns them.

    Raises OriginsRefused with every fault, NotAllowed.
    """
    viewer.must(Right.MANAGE_MEMBERS)
    if not isinstance(origins, Sequence) or isinstance(origins, str | bytes) or len(origins) > MOST:
        raise OriginsRefused([("script_origins", _("must be a list of at most %(most)s origins.") % {"most": MOST})])
    faults = [(origin, problem) for origin in origins if (problem := _fault(origin))]
    if faults:
        raise OriginsRefused(faults)
    unique = list(dict.fromkeys(str(origin) for origin in origins))
    Requester.objects.filter(pk=viewer.requester.pk).update(script_origins=unique)
    viewer.requester.script_origins = unique
    return unique


def add(*, viewer: Viewer, origin: str) -> list[str]:
    """Let the pages of the viewer's requester use one more origin; return all. Raises OriginsRefused, NotAllowed."""
    return allow(viewer=viewer, origins=[*dict.fromkeys([*viewer.requester.script_origins, origin])])


def is_one(text: object) -> bool:
    """Whether a text is an origin and nothing else."""
    return isinstance(text, str) and len(text) <= MOST_CHARACTERS and ORIGIN.fullmatch(text) is not None


def _fault(origin: object) -> str | None:
    if not is_one(origin):
        return _("must be an origin such as https://cdn.example.org, in lower case, without a path or wildcard.")
    port = str(origin).rpartition(":")[2]
    if (plain_text.whole(port) or 0) > 65_535:
        return _("has an invalid port.")
    if origin == settings.GTCROWD_URL:
        return _("is this service itself. Task templates cannot use it.")
    return None
