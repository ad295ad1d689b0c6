"""Render the page of a task for the sandbox: the HTML of its template, its elements, and a restrictive policy."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.safestring import mark_safe

from gtcrowd.identity import origins
from gtcrowd.jobs import signed
from gtcrowd.workpage import elements, texts
from gtcrowd.workpage.rendering import Page

SCRIPTS = ("workpage/", "kinds/")
"""Where the scripts of the sandbox lie, below the root of static files."""
STYLES = ("workpage/", "theme/", "kinds/")


def show(request: HttpRequest, page: Page, *, instructions_shown: bool = False) -> HttpResponse:
    """Return the page for the sandbox.

    `instructions_shown`: the page around the sandbox shows the instructions already.
    """
    return _response(request, page, {"instructions_shown": instructions_shown})


def refuse(request: HttpRequest, problem: str, *, status: int = 200) -> HttpResponse:
    """Return a page for the sandbox that shows a sentence instead of a task."""
    return _response(request, Page(""), {"problem": problem}, status=status)


def _response(request: HttpRequest, page: Page, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    # Safe to insert unescaped because of where it is shown: in a sandbox, under the policy below.
    html = mark_safe(page.html)  # noqa: S308
    groups = elements.groups(page.html)
    context |= {
        "own": page.own,
        "page": html,
        "texts": texts.of_elements(),
        "entries": " ".join(static(group.entry) for group in groups),
        "modules": elements.modules(groups),
        "stylesheets": [static(path) for group in groups for path in group.stylesheets],
    }
    response = render(request, "workpage/sandbox.html", context, status=status)
    _number_lines(response)
    response["Content-Security-Policy"] = policy(request, page)
    response["X-DNS-Prefetch-Control"] = "off"  # looking up a name would tell its server something
    # Besides the policy: an old browser that knows only this header still lets no other site embed the page.
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _number_lines(response: HttpResponse) -> None:
    """Note in the page on which line the rendered template begins, so that errors name lines of the template."""
    before, main, _page = response.content.partition(b"<main>")
    first = before.count(b"\n") + 2 if main else 0
    response.content = response.content.replace(b'data-first-line=""', f'data-first-line="{first}"'.encode(), 1)


def policy(request: HttpRequest, page: Page) -> str:
    """Return the Content-Security-Policy: an opaque origin without cookies or network, and only our scripts and styles.

    A requester's own page may contain inline scripts and styles. They can draw and answer as the worker who looks at
    them can; they can read nothing that is not in the page, and send it nowhere but to the origins that the requester
    allows.
    `'self'` means nothing in an opaque origin, so the address of this service is spelled out.
    """
    here = f"{request.scheme}://{request.get_host()}"
    pictures = " ".join([here + signed.root(), *sorted(page.origins)])
    scripts = " ".join(f"{here}{texts.static_root()}{folder}" for folder in SCRIPTS)
    styles = " ".join(f"{here}{texts.static_root()}{folder}" for folder in STYLES)
    inline = " 'unsafe-inline'" if page.own else ""
    # Checked again, because what is inserted here becomes part of the policy.
    foreign = "".join(f" {origin}" for origin in page.allowed if page.own and origins.is_one(origin))
    return "; ".join(
        [
            "sandbox allow-scripts allow-forms",
            "default-src 'none'",
            f"script-src {scripts}{inline}{foreign}",
            f"style-src {styles}{inline}{foreign}",
            f"img-src {pictures}{' data:' if page.own else ''}{foreign}",
            *([f"connect-src{foreign}"] if foreign else []),
            f"media-src {pictures}{foreign}",
            # Documents of the requester; those served from here are sandboxed themselves (workpage.objects).
            *([f"frame-src {pictures}{foreign}"] if page.own else []),
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {here}",
        ]
    )
