"""Search and pages of long lists. A page continues after a row, so its cost does not grow with what came before."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest

SIZE = 50
LONGEST = 100
"""Characters of a search text."""


@dataclass(frozen=True)
class Page:
    """A page of a list: its `rows`, and the query strings of the `first` and the `next` page, or empty."""

    rows: list[Any]
    first: str
    next: str


def search_text(request: HttpRequest) -> str:
    """Return the search text of an address."""
    return request.GET.get("q", "").strip()[:LONGEST]


def page(request: HttpRequest, rows: QuerySet[Any], *, order: tuple[str, str]) -> Page:
    """Return the page of `rows` that an address asks for.

    order   the fields of the order, the second unique; a hyphen before the name reverses it
    """
    params = {name: value for name, value in request.GET.items() if name != "after" and value}
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        last = rows.filter(pk=int(after)).values_list(*(name.lstrip("-") for name in order)).first()
        rows = rows.filter(_behind(order, last)) if last else rows
    ordered = list(rows.order_by(*order)[: SIZE + 1])
    more = urlencode(params | {"after": ordered[SIZE - 1].pk}) if len(ordered) > SIZE else ""
    return Page(ordered[:SIZE], f"?{urlencode(params)}" if after else "", f"?{more}" if more else "")


def _behind(order: tuple[str, str], last: tuple[Any, ...]) -> Q:
    (first, key), (unique, pk) = zip(order, last, strict=True)
    ways = {name: "lt" if name.startswith("-") else "gt" for name in order}
    return Q(**{f"{first.lstrip('-')}__{ways[first]}": key}) | Q(
        **{first.lstrip("-"): key, f"{unique.lstrip('-')}__{ways[unique]}": pk}
    )
