"""Long lists in pages by key, or whole as JSON lines: the cost of a page does not grow with what came before it."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gtcrowd import plain_text
from gtcrowd.api.errors import BadParameter

LINES = "application/x-ndjson"
DEFAULT_SIZE, MOST_SIZE = 100, 1000


class LinesRenderer(BaseRenderer):
    """Lets a caller ask for JSON lines, by Accept or by `?format=jsonl`; `listed` writes them."""

    media_type = LINES
    format = "jsonl"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return json.dumps(data, cls=DjangoJSONEncoder).encode()


RENDERERS = (JSONRenderer, LinesRenderer)
"""Of the views that call `listed`."""


def listed(
    request: Request, rows: QuerySet[Any], *, key: tuple[str, str], show: Callable[[Any], dict[str, Any]]
) -> HttpResponseBase:
    """`rows` in the order of `key`, a time and an id: as a page with the address of the next, or as lines."""
    ordered = rows.order_by(*key)
    if request.accepted_renderer.format == LinesRenderer.format:
        return StreamingHttpResponse(_lines(ordered.iterator(chunk_size=2000), show), content_type=LINES)
    size = whole_number(request, "page_size", DEFAULT_SIZE, 1, MOST_SIZE)
    after = request.query_params.get("cursor")
    if after:
        ordered = _after(ordered, key, after)
    page = list(ordered[: size + 1])
    following = _next(request, key, page[size - 1]) if len(page) > size else None
    return Response({"results": [show(row) for row in page[:size]], "next": following})


def whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number among the query's parameters. Raises BadParameter."""
    text = request.query_params.get(name)
    if text is None:
        return default
    number = plain_text.whole(text)
    if number is None or not least <= number <= most:
        raise BadParameter(
            name, text, _("must be a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        )
    return number


def share(request: Request, name: str) -> float | None:
    """A number from 0 to 1 among the query's parameters. Raises BadParameter."""
    text = request.query_params.get(name)
    if text is None:
        return None
    number = plain_text.number(text)
    if number is None or not 0 <= number <= 1:
        raise BadParameter(name, text, _("must be a number from 0 to 1."))
    return number


def moment(request: Request, name: str) -> datetime | None:
    """A time with zone among the query's parameters. Raises BadParameter."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        time = parse_datetime(text.replace(" ", "+"))  # a plus sign in a query means a space
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise BadParameter(name, text, _("must be a time with a time zone, such as 2026-11-02T09:00:00Z."))
    return time


def _lines(rows: Iterable[Any], show: Callable[[Any], dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(show(row), cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"


def _after(rows: QuerySet[Any], key: tuple[str, str], cursor: str) -> QuerySet[Any]:
    time, pk = _read(cursor)
    return rows.filter(Q(**{f"{key[0]}__gt": time}) | Q(**{key[0]: time, f"{key[1]}__gt": pk}))


def _next(request: Request, key: tuple[str, str], last: Any) -> str:
    position = f"{getattr(last, key[0]).isoformat()}|{getattr(last, key[1])}"
    query = request._request.GET.copy()
    query["cursor"] = base64.urlsafe_b64encode(position.encode()).decode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        time, pk = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return datetime.fromisoformat(time), int(pk)
    except ValueError as error:
        raise BadParameter("cursor", cursor, _("must be the value of the field next of a previous page.")) from error
