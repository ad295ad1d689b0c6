"""Files of a page, fetched by plain links: a figure's numbers as CSV, and the whole page as one file."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, request

from dashboards import address, export, pages, words
from dashboards.address import Options
from gtcrowd.analytics import fresh
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def register(server: Flask) -> None:
    server.add_url_rule(f"{address.PREFIX}file/page.html", "page_as_file", _page)
    server.add_url_rule(f"{address.PREFIX}file/<name>.csv", "figure_as_csv", _csv)


def viewer() -> Viewer:
    """Who asks, as the gate has found out."""
    found: Viewer = request.environ["gtcrowd.viewer"]
    return found


def asked(pathname: str | None, search: str | None) -> tuple[Filters, Options]:
    """What an address asks for, today in the requester's time zone."""
    today = datetime.now(ZoneInfo(viewer().requester.zone)).date()
    return address.read(pathname, search, today=today)


def _wanted() -> tuple[Filters, Options]:
    filters, options = asked(request.args.get("path"), urlencode(list(request.args.items(multi=True))))
    return (filters, options) if options.page else abort(404)


def _page() -> Response:
    filters, options = _wanted()
    who = viewer()
    content = pages.draw(who, filters, options)
    return _file(export.page(content, who, fresh.look(who)), f"{options.page}.html", "text/html")


def _csv(name: str) -> Response:
    filters, options = _wanted()
    for part in pages.draw(viewer(), filters, options).parts:
        if part.name == name and part.drawn is not None:
            return _file(words.plain(part.drawn.table), f"{options.page}-{name}.csv", "text/csv")
    return abort(404)


def _file(text: str, name: str, kind: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
