"""The page in the sandboxed frame: the kind's template, its elements, and a policy against all else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gtcrowd.identity.models import User
from gtcrowd.portal import elements, places, rendering, texts
from gtcrowd.tasks.models import AssignmentState


@require_safe
@never_cache
def show(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The task of one's own live assignment, as a page for the frame."""
    if not isinstance(request.user, User):  # a sign-in page would be of no use inside the frame
        return _shown(request, problem=_("You are signed out. Load the whole page again."), status=401)
    assignment = places.own_assignment(request.user, assignment_id)
    if assignment.state != AssignmentState.LIVE:
        return _shown(request, problem=_("This task is no longer yours."), status=410)
    try:
        page = rendering.render(assignment)
    except rendering.LiquidError:
        return _shown(request, problem=_("This task cannot be shown: its page has a fault. Please decline it."))
    return _shown(request, html=page.html, origins=page.origins, told=bool(assignment.job.instructions))


def _shown(
    request: HttpRequest,
    *,
    html: str = "",
    problem: str = "",
    told: bool = False,
    origins: set[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    # Safe to show unescaped because of where it is shown: in a sandbox, under the policy below.
    page = mark_safe(html)  # noqa: S308
    groups = elements.groups(html)
    facts = {
        "page": page, "problem": problem, "told": told, "texts": texts.of_elements(), "groups": " ".join(groups),
        "modules": elements.modules(groups),
    }  # fmt: skip
    response = render(request, "portal/frame.html", facts, status=status)
    response["Content-Security-Policy"] = policy(request, origins or set())
    # Besides the policy: an old browser that knows only this one header still lets nobody else frame it.
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def policy(request: HttpRequest, origins: set[str]) -> str:
    """An opaque origin without cookies or network; scripts, styles and pictures from exactly where ours lie.

    `'self'` means nothing in an opaque origin, so this address is spelled out.
    """
    here = f"{request.scheme}://{request.get_host()}"
    pictures = " ".join([here + reverse("portal:objects"), *sorted(origins)])
    static = f"{here}{texts.static_root()}"
    return "; ".join(
        [
            "sandbox allow-scripts allow-forms",
            "default-src 'none'",
            f"script-src {static}portal/",
            f"style-src {static}portal/ {static}gtcrowd/",
            f"img-src {pictures}",
            f"media-src {pictures}",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {here}",
        ]
    )
