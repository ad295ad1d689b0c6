"""A real server and a real browser, for tests of what only they can show."""

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TextIO

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright

from tests import polling
from tests.embedded import VAR

BROWSERS: list[Browser] = []
"""Those that this process drives."""
PATIENCE = 120_000
"""Milliseconds to wait for a state of a page: so many that no machine is too slow, and a test that fails still ends."""
CHROMIUM = os.environ.get("GTCROWD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
DISABLED = [
    # A page for each window's address bar, which nobody sees: it costs more than the window itself.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    # Those that Playwright disables by itself, for the last of several such flags replaces the others.
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("TcpPortRandomizationWin", "ThirdPartyStoragePartitioning"),
]
FLAGS = [
    f"--disable-features={','.join(DISABLED)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


HEARD = """window.heard = {};
window.addEventListener("message", ({ data, source }) => {
    const frame = [...document.querySelectorAll("iframe")].find((one) => one.contentWindow === source);
    if (frame && data?.type === "ready") frame.ready = true;
    const kind = data?.type ?? data;
    if (typeof kind === "string") window.heard[kind] = (window.heard[kind] ?? 0) + 1;
});"""
RENDERED = """async () => {
    // A page that draws no frame, or an animation that stands still, has nothing more to draw.
    const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 5000); });
    await frame();
    await frame();
    const changes = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    await Promise.race([Promise.allSettled(changes.map((one) => one.finished)), frame().then(frame).then(() =>
        new Promise((done) => setTimeout(done, 5000)))]);
}"""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


class _Server(ThreadedWSGIServer):
    """Knows how many connections are open: a request that is on its way has one, though nobody has read it yet."""

    def __init__(self, *arguments: object, **options: object) -> None:
        self.connections, self.changed = 0, threading.Condition()
        super().__init__(*arguments, **options)

    def process_request(self, *arguments: object) -> None:
        self._add(1)
        super().process_request(*arguments)

    def shutdown_request(self, *arguments: object) -> None:
        super().shutdown_request(*arguments)
        self._add(-1)

    def wait_until_idle(self) -> None:
        """Wait until every connection has been closed, so that no request meets the tables of the next test."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.connections == 0, timeout=polling.DEADLINE_SECONDS)

    def _add(self, more: int) -> None:
        with self.changed:
            self.connections += more
            self.changed.notify_all()


@cache
def _server() -> _Server:
    """The whole application at a free port, dashboards included, until the process ends: starting it for each test
    would look for all static files each time. Not pytest-django's live server: that one serves static files by
    itself, without the header that scripts of an opaque origin need."""
    from gtcrowd.wsgi import application

    server = _Server(("127.0.0.1", 0), _Quiet, connections_override={})
    server.set_app(application)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@contextmanager
def served() -> Iterator[str]:
    """Where the application answers; afterwards no page is open and no request is under way."""
    server = _server()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        for browser in BROWSERS:
            for context in browser.contexts:
                context.close()
        server.wait_until_idle()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        BROWSERS.append(browser)
        yield browser
        BROWSERS.remove(browser)
        browser.close()


@contextmanager
def turn() -> Iterator[None]:
    """Wait until fewer tests than there are cores drive a browser, on this machine and from this folder."""
    cores = os.cpu_count() or 1
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    with ExitStack() as stack:
        files = [stack.enter_context((VAR / f".browser{number}").open("w")) for number in range(cores)]
        if not any(map(_lock, files)):
            fcntl.flock(files[process % cores], fcntl.LOCK_EX)
        yield


def _lock(file: TextIO) -> bool:
    """Take a lock that lasts until the file is closed; return whether it was free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sign_in(context: BrowserContext, address: str, client: Client) -> Page:
    """A page with the session of `client`; what its console complains of is kept in `page.complaints`."""
    cookies = [{"name": name, "value": item.value, "url": address} for name, item in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda status: _complains(status.type) and page.complaints.append(status.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    return page


def until(page: Page, condition: Callable[[], object]) -> None:
    """Wait until something holds that no expectation of Playwright's can say; the page's events go on meanwhile."""
    polling.until(condition, step=lambda: page.wait_for_timeout(50))


def count_messages(page: Page) -> None:
    """Count the messages that the page gets from its frames, by type, as `window.heard`. Call before navigating."""
    page.add_init_script(HEARD)


def wait_for_messages(page: Page, kind: str, count: int = 1) -> None:
    """Wait until the page has got so many messages of a type from its frames since it was loaded."""
    page.wait_for_function("([kind, count]) => window.heard[kind] >= count", arg=[kind, count])


def wait_for_next_task(page: Page) -> None:
    """Wait until the task that was fetched in advance is ready to be shown. Needs `count_messages`."""
    page.wait_for_function("() => document.getElementById('sandbox-next')?.ready")


def wait_for_rendering(where: Page | Frame) -> None:
    """Wait until everything that was to be drawn has been drawn, and nothing changes gradually any more."""
    where.evaluate(RENDERED)


def wait_for_requests(page: Page) -> None:
    """Wait until the requests that the page has made so far have been reported: one made now is reported after them."""
    page.evaluate("fetch('/healthz', { cache: 'no-store' }).then((response) => response.text())")


def _complains(kind: str) -> bool:
    return kind in ("error", "warning")
