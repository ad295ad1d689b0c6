"""Files of a page, fetched by plain links: a figure's numbers as CSV, and the whole page as one file."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, request

from dashboards import address, export, labels, pages
from dashboards.address import Options
from gtcrowd.analytics import data_version
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def register(server: Flask) -> None:
    server.add_url_rule(f"{address.PREFIX}file/page.html", "page_as_file", _page)
    server.add_url_rule(f"{address.PREFIX}file/<name>.csv", "figure_as_csv", _csv)


class NoSuchRequester(LookupError):
    """The address names a requester of which who asks is no member, or none at all: there is no telling which."""


def viewers() -> list[Viewer]:
    """Who asks, as a member of each requester they belong to, as the gate has found out; the session's first."""
    memberships: list[Viewer] = request.environ["gtcrowd.viewers"]
    return memberships


def viewer(search: str | None) -> Viewer:
    """Who asks, as a member of the requester that the address names, else of the session's. Raises NoSuchRequester."""
    slug, memberships = address.requester(search), viewers()
    chosen = (
        next((membership for membership in memberships if membership.requester.slug == slug), None)
        if slug
        else memberships[0]
    )
    if chosen is None:
        raise NoSuchRequester(slug)
    return chosen


def asked(pathname: str | None, search: str | None) -> tuple[Viewer, Filters, Options]:
    """Who asks and what for, today in the requester's time zone. Raises NoSuchRequester."""
    who = viewer(search)
    today = datetime.now(ZoneInfo(who.requester.zone)).date()
    filters, options = address.read(pathname, search, today=today)
    return who, filters, replace(options, at_home=who is viewers()[0])


def _wanted() -> tuple[Viewer, Filters, Options]:
    try:
        who, filters, options = asked(request.args.get("path"), urlencode(list(request.args.items(multi=True))))
    except NoSuchRequester:
        abort(404)
    return (who, filters, options) if options.page else abort(404)


def _page() -> Response:
    who, filters, options = _wanted()
    content = pages.draw(who, filters, options)
    return _file(export.page(content, who, data_version.look(who)), f"{options.page}.html", "text/html")


def _csv(name: str) -> Response:
    who, filters, options = _wanted()
    for part in pages.draw(who, filters, options).parts:
        if part.name == name and part.card is not None:
            return _file(labels.to_csv(part.card.table), f"{options.page}-{name}.csv", "text/csv")
    return abort(404)


def _file(text: str, name: str, kind: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
