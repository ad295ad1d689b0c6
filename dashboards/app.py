"""The Dash application, mounted under /dashboards/ by the WSGI application."""

from collections.abc import Mapping

from dash import Dash, html
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from flask import Response, request

from dashboards import callbacks, files, ids, layout
from dashboards.address import PATH, PREFIX, REQUESTER
from gtcrowd.analytics import frames, saved

STYLES = ("tokens", "header")
"""The stylesheets of the theme that the dashboards share with all other pages."""
NAMES = ("jobs", "teams", "workforces", "workers", "kinds")
"""Filters with a list of choices."""
__all__ = ["PREFIX", "create", "names_requester"]


INDEX = """<!DOCTYPE html>
<html>
  <head>
    {%metas%}
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body>
    <!--skip-->
    <!--header-->
    {%app_entry%}
    <!--footer-->
    {%config%}
    {%scripts%}
    {%renderer%}
  </body>
</html>"""


class _Dash(Dash):
    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash names each part
        """Return the page around the layout: the theme's styles, header and footer, for the person who asks."""
        title = _("Dashboards")
        parts |= {"title": f"{title} · gtcrowd", "favicon": "", "css": _styles() + parts["css"]}
        page: str = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]  # Dash types part of itself
        context = {"address_changes": True, "skip_to": ids.CONTENT}
        for name in ("skip", "header", "footer"):
            part = render_to_string(f"theme/{name}.html", context, request.environ["gtcrowd.request"])
            page = page.replace(f"<!--{name}-->", part, 1)
        return page.replace("<html>", f'<html lang="{get_language()}">', 1)


def _styles() -> str:
    """Return the links to what the dashboards take from the theme."""
    icon = f'<link rel="icon" href="{static("theme/mark.svg")}" type="image/svg+xml">'
    return icon + "".join(f'<link rel="stylesheet" href="{static(f"theme/{name}.css")}">' for name in STYLES)


def create() -> Dash:
    """Return the Dash application. The layout is built for each request."""
    app = _Dash(
        "dashboards",
        update_title="",
        url_base_pathname=PREFIX,
        assets_folder="assets",
        serve_locally=True,
        index_string=INDEX,
        compress=False,
        use_async=False,  # Django refuses queries inside an event loop
        suppress_callback_exceptions=True,  # the components of a page exist only once it is drawn
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    # Set first: otherwise Dash calls the layout function now, outside of any request.
    app.validation_layout = layout.page(dict.fromkeys(NAMES, ()), [], requester="")  # type: ignore[assignment]
    app.layout = _layout
    callbacks.register(app)
    files.register(app.server)
    policy = _policy(app)

    @app.server.after_request  # type: ignore[untyped-decorator]  # Dash types part of itself
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return app


def names_requester(path: str, query: Mapping[str, str]) -> bool:
    """Return whether a request names its requester, or is not for a page."""
    return bool(query.get(REQUESTER)) or not PATH.fullmatch(path)


def _layout() -> html.Div:
    """Return the layout for the session's requester.

    If the address names another one, the first callback replaces the choices.
    """
    who = files.viewers()[0]
    return layout.page(frames.options(who), saved.listed(who), requester=who.requester.slug)


def _policy(app: Dash) -> str:
    """Return the strictest Content-Security-Policy that Dash allows: inline scripts by hash, inline styles."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
