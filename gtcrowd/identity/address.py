"""Where a request came from, for the log.

The logging library would look into two dozen headers for it, all of which a client can make up, and take as long over
that as over a statement.
"""

from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The client's address; behind a proxy, what the proxy nearest to us says it is."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def note(request: HttpRequest, **_facts: Any) -> None:
    """Have every line that is logged for the request carry it."""
    structlog.contextvars.bind_contextvars(ip=of(request))
