"""Who may enter the requester's pages: members; each page gets them as a viewer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from gtcrowd.identity.access import viewer_of
from gtcrowd.identity.roles import NotAllowed


def member(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Calls `view(request, viewer, …)`; 403 for who is no member, or whose role does not allow what the view does."""

    @login_required
    @wraps(view)
    def gated(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        viewer = viewer_of(request)
        if viewer is None:
            raise PermissionDenied
        try:
            return view(request, viewer, **kwargs)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from refused

    return gated
