"""The page in the sandboxed frame: what a template made, its elements, and a policy against all else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from gtcrowd.identity import origins
from gtcrowd.workpage import elements, texts
from gtcrowd.workpage.rendering import Page


def shown(request: HttpRequest, page: Page, *, told: bool = False) -> HttpResponse:
    """The page, as it stands in the frame; `told`: the instructions are shown around it already."""
    return _response(request, page, {"told": told})


def refused(request: HttpRequest, problem: str, *, status: int = 200) -> HttpResponse:
    """A sentence instead of a page."""
    return _response(request, Page(""), {"problem": problem}, status=status)


def _response(request: HttpRequest, page: Page, facts: dict[str, object], *, status: int = 200) -> HttpResponse:
    # Safe to show unescaped because of where it is shown: in a sandbox, under the policy below.
    html = mark_safe(page.html)  # noqa: S308
    groups = elements.groups(page.html)
    facts |= {
        "own": page.own,
        "page": html, "texts": texts.of_elements(), "groups": " ".join(groups), "modules": elements.modules(groups),
    }  # fmt: skip
    response = render(request, "portal/frame.html", facts, status=status)
    response["Content-Security-Policy"] = policy(request, page)
    response["X-DNS-Prefetch-Control"] = "off"  # a name that is looked up would tell its server something
    # Besides the policy: an old browser that knows only this one header still lets nobody else frame it.
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def policy(request: HttpRequest, page: Page) -> str:
    """An opaque origin without cookies or network; scripts, styles and pictures from exactly where ours lie.

    A requester's own page may have scripts and styles of its own inside of it. They can draw, and answer, as the worker
    who looks at them can; there is nothing they could read that is not in the page, and nowhere they could send it, but
    to the origins that the requester allows.
    `'self'` means nothing in an opaque origin, so this address is spelled out.
    """
    here = f"{request.scheme}://{request.get_host()}"
    pictures = " ".join([here + reverse("portal:objects"), *sorted(page.origins)])
    static = f"{here}{texts.static_root()}"
    inside = " 'unsafe-inline'" if page.own else ""
    # Looked at again, for what stands here is the policy itself.
    foreign = "".join(f" {origin}" for origin in page.allowed if page.own and origins.is_one(origin))
    return "; ".join(
        [
            "sandbox allow-scripts allow-forms",
            "default-src 'none'",
            f"script-src {static}portal/{inside}{foreign}",
            f"style-src {static}portal/ {static}gtcrowd/{inside}{foreign}",
            f"img-src {pictures}{' data:' if page.own else ''}{foreign}",
            *([f"connect-src{foreign}"] if foreign else []),
            f"media-src {pictures}",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {here}",
        ]
    )
