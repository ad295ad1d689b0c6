"""How often a caller may call."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from gtcrowd.identity.access import Viewer

if TYPE_CHECKING:  # this class is named in the settings that rest_framework.views reads
    from rest_framework.views import APIView


class WebhookThrottle(SimpleRateThrottle):
    """By job: deliveries come from anywhere, and are many."""

    scope = "webhook"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        return f"throttle-webhook-{view.kwargs['job_id']}"


class CallerThrottle(SimpleRateThrottle):
    """By requester and person; who is not signed in is counted by address."""

    scope = "caller"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        viewer = request.auth
        if isinstance(viewer, Viewer):
            ident = f"{viewer.requester.pk}-{viewer.user.pk if viewer.user else 'key'}"
        else:
            ident = self.get_ident(request)
        return f"throttle-{ident}"
