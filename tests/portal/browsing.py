"""A real server and a real browser, for tests of what only they can show."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 60_000
"""Milliseconds to wait for a state of a page: so many that no machine is too slow, and a test that fails still ends."""
CHROMIUM = os.environ.get("GTCROWD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


class _Counted:
    """A WSGI application that knows how many requests it is answering."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application, self.running, self.changed = application, 0, threading.Condition()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._add(1)
        try:
            response = self.application(environ, start_response)
        except BaseException:
            self._add(-1)
            raise
        return _Response(response, lambda: self._add(-1))

    def wait_until_idle(self) -> None:
        """Wait until every request has been answered, so that none meets the tables of the next test."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.running == 0, timeout=120)

    def _add(self, more: int) -> None:
        with self.changed:
            self.running += more
            self.changed.notify_all()


class _Response:
    """A response that says once when it has been sent, or given up."""

    def __init__(self, response: Iterable[bytes], done: Callable[[], None]) -> None:
        self.response, self.done = response, done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.response)

    def close(self) -> None:
        done, self.done = self.done, lambda: None
        try:
            getattr(self.response, "close", lambda: None)()
        finally:
            done()


@cache
def _server() -> tuple[str, _Counted]:
    """The whole application at a free port, dashboards included, until the process ends: starting it for each test
    would look for all static files each time. Not pytest-django's live server: that one serves static files by
    itself, without the header that scripts of an opaque origin need."""
    from gtcrowd.wsgi import application

    counted = _Counted(application)
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override={})
    server.set_app(counted)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}", counted


@contextmanager
def served() -> Iterator[str]:
    """Where the application answers; afterwards no request is under way."""
    address, counted = _server()
    try:
        yield address
    finally:
        counted.wait_until_idle()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def sign_in(context: BrowserContext, address: str, client: Client) -> Page:
    """A page with the session of `client`; what its console complains of is kept in `page.complaints`."""
    cookies = [{"name": name, "value": one.value, "url": address} for name, one in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: _complains(said.type) and page.complaints.append(said.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    return page


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait until something holds that no expectation of Playwright's can say."""
    give_up = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < give_up, "it never came about"
        page.wait_for_timeout(50)


def _complains(kind: str) -> bool:
    return kind in ("error", "warning")
