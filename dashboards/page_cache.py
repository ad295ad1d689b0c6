"""Pages that were drawn, kept as long as nothing they show has changed."""

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
    """What `draw` makes, as plain JSON: drawn now, or by whoever asked for the same before.

    The same is: of the same requester and role, in the same language, at the same address and day, over the same data
    (`version`, of gtcrowd.analytics.data_version). What could not be drawn is not kept, nor what reads answers: the
    version is that of the totals.
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
