"""The Dash application, which the WSGI application mounts under /dashboards/."""

from dash import Dash, html
from django.utils.translation import gettext as _
from flask import Response

from dashboards import callbacks, layout
from gtcrowd.analytics import frames

PREFIX = "/dashboards/"


def create() -> Dash:
    """The application; each page is laid out for who asks for it."""
    app = Dash(
        "dashboards",
        title=f"{_('Dashboards')} · gtcrowd",
        update_title="",
        url_base_pathname=PREFIX,
        assets_folder="assets",
        serve_locally=True,
        compress=False,
        use_async=False,  # Django refuses queries inside an event loop
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    # First: otherwise Dash lays the page out now, when nobody has asked for it yet.
    app.validation_layout = layout.page({"jobs": [], "teams": [], "workers": []})  # type: ignore[assignment]
    app.layout = _layout
    callbacks.register(app)
    policy = _policy(app)

    @app.server.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return app


def _layout() -> html.Div:
    return layout.page(frames.options(callbacks.viewer()))


def _policy(app: Dash) -> str:
    """As strict as Dash allows: its inline scripts are named by hash; its parts set styles of their own."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
