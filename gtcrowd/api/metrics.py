"""Serve the Prometheus metrics to this machine, or to callers with the operator's token."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from gtcrowd.analytics import prometheus
from gtcrowd.identity import address

LOOPBACK = ("127.0.0.1", "::1")


def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics in Prometheus' text format; they name jobs and teams, so access is restricted."""
    if not _may(request):
        return HttpResponse(_("Metrics are available on this machine, or with the token."), status=403)
    return HttpResponse(prometheus.page(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may(request: HttpRequest) -> bool:
    token = settings.GTCROWD_METRICS_TOKEN
    if token:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")
    return not settings.BEHIND_PROXY and address.of(request) in LOOPBACK


urlpatterns = [path("metrics", metrics)]
