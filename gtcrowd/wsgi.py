"""The WSGI application: Django, and the dashboards behind a gate that asks Django who is there."""

import gc
import os
from collections.abc import Callable, Iterable
from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gtcrowd.settings")
django = get_wsgi_application()

# After Django is set up, for they use its settings and models.
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user  # noqa: E402
from django.core.handlers.wsgi import WSGIRequest  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.middleware.csrf import CsrfViewMiddleware, get_token  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.utils import translation  # noqa: E402

from dashboards.app import PREFIX, create, names_requester  # noqa: E402
from gtcrowd.identity import access  # noqa: E402
from gtcrowd.identity.models import Requester  # noqa: E402
from gtcrowd.identity.sessions import SessionStore  # noqa: E402

StartResponse = Callable[..., Any]
dash = create()
CSRF = CsrfViewMiddleware(lambda request: HttpResponse())
# What is loaded by now stays: without this, the collector walks through all of it every now and then, and some request
# waits a tenth of a second for that.
gc.freeze()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    if not environ.get("PATH_INFO", "").startswith(PREFIX):
        return django(environ, start_response)
    try:
        return _gate(environ, start_response)
    finally:
        close_old_connections()
        connection.close()  # back into the pool: Django does so only at the end of its own requests


def _gate(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Dash sees only requests of members, and finds them in the environment as `gtcrowd.viewers`: the person as a
    member of each requester they belong to, the one of the session first."""
    request = WSGIRequest(environ)
    with translation.override(translation.get_language_from_request(request)):
        return _answered(request, environ, start_response)


def _answered(request: WSGIRequest, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    CSRF.process_request(request)  # reads the cookie, for the forms of the pages below
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not user.is_authenticated:
        target = f"/account/login/?next={quote(request.get_full_path())}"
        return _answer(start_response, HTTPStatus.FOUND, location=target)
    viewers = access.viewers_for(user, request.session.get("requester"))
    request.user = user
    if not viewers:
        return _answer(start_response, HTTPStatus.FORBIDDEN, body=render_to_string("403.html", {"user": user}, request))
    if request.method != "GET" and not _same_site(request):
        problem = translation.gettext("This request comes from another site.")
        return _answer(start_response, HTTPStatus.FORBIDDEN, body=problem)
    if request.method == "GET" and not names_requester(request.path, request.GET) and Requester.objects.count() > 1:
        # So that the address means the same to whoever it is sent to.
        params = request.GET.copy()
        params["requester"] = viewers[0].requester.slug
        return _answer(start_response, HTTPStatus.FOUND, location=f"{quote(request.path)}?{params.urlencode()}")
    environ["gtcrowd.viewers"] = viewers
    environ["gtcrowd.request"] = request  # for the header, which is the same on every page
    get_token(request)
    # The whole answer is made here, while the connection and the language are ours.
    with closing(dash.server.wsgi_app(environ, _with_cookie(request, start_response))) as answer:
        return list(answer)


def _with_cookie(request: WSGIRequest, start_response: StartResponse) -> StartResponse:
    """Sends the cookie along to which the token of the page's form belongs, where the browser has none yet."""
    cookies = CSRF.process_response(request, HttpResponse()).cookies.values()

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, *(("Set-Cookie", cookie.OutputString()) for cookie in cookies)], *more)

    return start


def _same_site(request: WSGIRequest) -> bool:
    """Whether a request that asks for data comes from our own page; browsers say so, others name no site."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site:
        return site == "same-origin"
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def _answer(start_response: StartResponse, status: HTTPStatus, *, body: str = "", location: str = "") -> list[bytes]:
    headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    headers += [("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")]
    if location:
        headers.append(("Location", location))
    start_response(f"{status.value} {status.phrase}", headers)
    return [body.encode()]
