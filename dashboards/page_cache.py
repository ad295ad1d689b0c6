"""Cache drawn pages until the data they show changes."""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from dash._utils import to_json
from django.core.cache import caches
from django.utils.translation import get_language

from dashboards.address import DRILLDOWN_PAGES, Options
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer

SECONDS = 600


def page(viewer: Viewer, filters: Filters, options: Options, version: str, draw: Callable[[], Any]) -> Any:
    """Return what `draw` returns, as plain JSON, from the cache if possible.

    The key is the requester, role, language, address, day and `version` of the data (gtcrowd.analytics.data_version).
    Pages that could not be drawn are not cached, nor are pages that read answers, since `version` covers only the
    totals.
    """
    if options.page in DRILLDOWN_PAGES:
        return draw()
    request = (viewer.requester.pk, viewer.role, get_language(), filters, options, version)
    key = hashlib.sha256(repr(request).encode()).hexdigest()
    cached = caches["pages"].get(key)
    if cached is None:
        components = draw()
        if components is None:
            return None
        cached = to_json(components)
        caches["pages"].set(key, cached, SECONDS)
    return orjson.loads(cached)
