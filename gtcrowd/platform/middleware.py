"""What every request goes through: how long it takes is counted, and what no request may carry is refused."""

import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _

from gtcrowd.platform.metrics import REQUEST_SECONDS


class Timed:
    """Counts how long handing out and taking in takes, for the metrics of this process."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.counts = {name: REQUEST_SECONDS.labels(what) for name, what in settings.TIMED_VIEWS.items()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        count = self.counts.get(match.view_name) if match else None
        if count is not None:
            count.observe(time.perf_counter() - began)
        return response


class NoNul:
    """Refuses NUL characters in address and form: PostgreSQL's texts cannot hold them, and nobody means them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in _texts(request)):
            return HttpResponseBadRequest(_("Requests must not contain NUL characters."), content_type="text/plain")
        return self.get_response(request)


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path
    for name, values in request.GET.lists():
        yield from (name, *values)
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, values in request.POST.lists():
            yield from (name, *values)
