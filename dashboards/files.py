"""Files of a page: a figure's numbers as CSV, and the whole page as HTML."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, request

from dashboards import address, export, labels, pages
from dashboards.address import Options
from gtcrowd.analytics import data_version, names
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def register(server: Flask) -> None:
    server.add_url_rule(f"{address.PREFIX}file/page.html", "page_as_file", _page)
    server.add_url_rule(f"{address.PREFIX}file/<name>.csv", "figure_as_csv", _csv)


class NoSuchRequester(LookupError):
    """The address names a requester that does not exist or of which the user is not a member."""


def viewers() -> list[Viewer]:
    """Return the user as a member of each of their requesters, the session's first, as set by the gate."""
    memberships: list[Viewer] = request.environ["gtcrowd.viewers"]
    return memberships


def viewer(search: str | None) -> Viewer:
    """Return the user as a member of the requester in the address, else of the session's. Raises NoSuchRequester."""
    slug, memberships = address.requester(search), viewers()
    chosen = (
        next((membership for membership in memberships if membership.requester.slug == slug), None)
        if slug
        else memberships[0]
    )
    if chosen is None:
        raise NoSuchRequester(slug)
    return chosen


def parse_request(pathname: str | None, search: str | None) -> tuple[Viewer, Filters, Options]:
    """Return the viewer, filters and options of an address.

    Today is that of the requester's time zone. Raises NoSuchRequester.
    """
    who = viewer(search)
    today = datetime.now(ZoneInfo(who.requester.zone)).date()
    filters, options = address.read(pathname, search, today=today)
    filters, unknown = _with_names(who, filters, search)
    return who, filters, replace(options, at_home=who is viewers()[0], unknown=unknown)


def _with_names(viewer: Viewer, filters: Filters, search: str | None) -> tuple[Filters, tuple[tuple[str, str], ...]]:
    """Return the filters with the IDs of the names in an address, and the names that do not exist."""
    chosen: dict[str, tuple[int, ...]] = {}
    unknown: list[tuple[str, str]] = []
    for key, texts in address.names(search).items():
        ids, missing = names.ids_of(viewer, key, texts)
        field = address.LISTS[key]
        chosen[field] = tuple(dict.fromkeys([*getattr(filters, field), *ids]))
        unknown += [(key, text) for text in missing]
    return replace(filters, **chosen), tuple(unknown)  # type: ignore[arg-type]  # all lists hold IDs


def _request_or_404() -> tuple[Viewer, Filters, Options]:
    """Parse the address in the query parameters of a file, or abort with 404."""
    try:
        who, filters, options = parse_request(request.args.get("path"), urlencode(list(request.args.items(multi=True))))
    except NoSuchRequester:
        abort(404)
    return (who, filters, options) if options.page else abort(404)


def _page() -> Response:
    who, filters, options = _request_or_404()
    content = pages.draw(who, filters, options)
    return _file(export.page(content, who, data_version.look(who)), f"{options.page}.html", "text/html")


def _csv(name: str) -> Response:
    who, filters, options = _request_or_404()
    for part in pages.draw(who, filters, options).parts:
        if part.name == name and part.card is not None:
            return _file(labels.to_csv(part.card.table), f"{options.page}-{name}.csv", "text/csv")
    return abort(404)


def _file(text: str, name: str, kind: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
