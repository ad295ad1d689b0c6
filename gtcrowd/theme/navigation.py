"""The entries of the header, which is the same on every page.

The theme knows no other room: each room lists its own entries, and the setting NAVIGATION names these lists in order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Entry:
    """A link in the header.

    `address`: a path, or the name of a URL; `is_for(request)`: whether the person sees the entry; `is_start(request)`:
    whether it is the page on which those who see it land.
    """

    label: str | Promise
    address: str
    is_for: Callable[[HttpRequest], bool]
    is_start: Callable[[HttpRequest], bool] = lambda _request: False

    @property
    def href(self) -> str:
        return self.address if self.address.startswith("/") else str(reverse_lazy(self.address))


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it on one page."""

    label: str | Promise
    href: str
    current: bool


def links(request: HttpRequest) -> list[Link]:
    """Return the header's links for the signed-in person; none for anyone else."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        Link(entry.label, entry.href, request.path.startswith(entry.href))
        for entry in chain.from_iterable(_lists())
        if entry.is_for(request)
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """Add `navigation`, the header's links, evaluated only where a template uses it."""

    def navigation() -> Iterator[Link]:
        return iter(links(request))

    return {"navigation": navigation}


def start(request: HttpRequest) -> str:
    """Return the address on which a signed-in person lands: that of their first start entry, else of their first."""
    entries = [entry for entry in chain.from_iterable(_lists()) if entry.is_for(request)]
    return next((entry for entry in entries if entry.is_start(request)), entries[0]).href


@cache
def _lists() -> list[Sequence[Entry]]:
    return [import_string(path) for path in settings.NAVIGATION]
