"""Try a folder of task templates: render each with a made-up object, fill it in a browser, and submit.

Nothing is stored and nothing is loaded from elsewhere: the browser gets the page of the sandbox under its real policy,
the scripts and styles of this service, and made-up objects, all from this process.
"""

import io
import mimetypes
import os
import re
import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from django.contrib.staticfiles import finders
from django.core.management.base import CommandError
from django.test import RequestFactory

from gtcrowd.bench import report
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.kinds import pages
from gtcrowd.workpage import foreign, rendering, sandbox

HOST = "localhost"
PAGE, OUTER = "/sandbox/", "/"
SUFFIXES = (".html", ".liquid", ".htm")
SIZE = (480, 360)
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT_MS = 4000
"""How long an answer may take after the form has been submitted."""
SETTLE_MS = 1500
"""How long the scripts of a page may take before it is filled; some wait a second for the elements."""
INPUT = re.compile(r"task\.input((?:\.[\w-]+|\[[\"'][^\"']+[\"']\])+)")
LOOP = re.compile(r"{%-?\s*for\s+(\w+)\s+in\s+task\.input((?:\.[\w-]+)+)")
OUTER_PAGE = """<!doctype html><title>Task</title>
<script type="module">
  import { listenToSandbox, tellSandbox } from "/static/workpage/messages.js";
  window.messages = { errors: [], blocked: [], missing: false };
  const iframe = document.querySelector("iframe");
  listenToSandbox(iframe, {
    ready: () => { messages.ready = true; iframe.focus(); tellSandbox(iframe, "focus"); },
    answer: ({ content }) => (messages.answer = content),
    error: ({ message, line }) => messages.errors.push(line ? `line ${line}: ${message}` : message),
    blocked: ({ origin }) => messages.blocked.push(origin),
    missing: ({ missing }) => (messages.missing = missing),
  });
  iframe.src = "/sandbox/";
</script><iframe style="width: 1200px; height: 900px" sandbox="allow-scripts allow-forms"></iframe>"""
FILL = """async () => {
  const form = document.querySelector("crowd-form");
  if (!form) return;
  const pause = () => new Promise((done) => setTimeout(done, 30));
  const set = (control, value) => {
    control.value = value;
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
  };
  const filled = new Set();
  for (let round = 0; round < 3; round += 1) {
    for (const control of document.querySelectorAll("crowd-form :is(input, textarea, select)")) {
      if (filled.has(control) || control.disabled || control.type === "hidden") continue;
      filled.add(control);
      const isChoice = control.type === "radio" || control.type === "checkbox";
      const group = isChoice && [...document.querySelectorAll(`input[name="${CSS.escape(control.name)}"]`)];
      if (isChoice && control.closest(".drawing-panel > label, .side > label")) continue;
      if (isChoice && control.name && group.some((other) => other.checked)) continue;
      if (isChoice) control.click();
      else if (control.localName === "select") {
        const row = [...(control.closest("fieldset") ?? form).querySelectorAll("select")].indexOf(control);
        const options = [...control.options].filter((option) => option.value);
        if (options.length) set(control, options[row % options.length].value);
      } else if (control.type === "number" || control.type === "range") set(control, control.min || "1");
      else if (control.type === "url") set(control, "https://www.example.org/");
      else if (control.type === "email") set(control, "a@example.org");
      else if (control.type === "date") set(control, "2026-01-02");
      else if (!control.readOnly) set(control, "word");
      await pause();
    }
  }
}"""
DRAW = """() => {
  for (const element of document.querySelectorAll("crowd-form *")) {
    if (!("answer" in element) || !element.problem) continue;
    const labels = element.labels?.map((item) => item.label ?? item) ?? ["label"];
    if (element.sketch) {
      const { minPoints } = element.sketch.type;
      const corners = [[20, 20], [120, 90], [30, 140]].slice(0, minPoints);
      element.sketch.commit(labels.map((label, index) => ({
        label, points: corners.map(([x, y]) => ({ x: x + 9 * index, y })),
      })));
    } else if (element.localName === "crowd-entity-annotation") {
      element.commit([{ label: labels[0] ?? "label", startOffset: 0, endOffset: 1 }], false);
    } else if (element.nothingBox) element.nothingBox.click();
  }
}"""


@dataclass
class Outcome:
    """What became of a template. `reason` says why it did not render or submit, or what a worker would not see."""

    template: str
    renders: bool = False
    submits: bool = False
    script_errors: list[str] = field(default_factory=list)
    blocked_origins: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def passes(self) -> bool:
        return self.renders and self.submits and not self.script_errors and not self.reason


def attempts(folder: Path, browser: Any, *, allow_foreign: bool = False) -> Iterator[Outcome]:
    """Yield the outcome of each template below the folder, by path, tried in a browser of Playwright's."""
    for file in sorted(file for file in folder.rglob("*") if file.suffix in SUFFIXES):
        outcome = Outcome(str(file.relative_to(folder)))
        page = _rendered(outcome, file.read_text(encoding="utf-8", errors="replace"), allow_foreign=allow_foreign)
        if page:
            context = browser.new_context()
            _attempt(outcome, context.new_page(), page, allow_foreign=allow_foreign)
            context.close()
        yield outcome


@contextmanager
def _chromium() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this benchmark needs it
    except ImportError as error:
        raise CommandError("This benchmark needs a browser: install requirements/test.txt, and Chromium.") from error
    with sync_playwright() as playwright:
        path = os.environ.get("GTCROWD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def made_up_input(template: str) -> dict[str, Any]:
    """Return a `task.input` for the names that a template uses."""
    value: dict[str, Any] = {}
    loops = {match[2] for match in LOOP.finditer(template)}
    for match in INPUT.finditer(template):
        names = re.findall(r"[\w-]+", match[1])
        tail = template[match.end() : template.find("}}", match.end()) if "}}" in template[match.end() :] else None]
        before = template[max(match.start() - 80, 0) : match.start()]
        _put(value, names, _sample(names, tail[:60], before, loop=match[1] in loops))
    return value


def _put(value: dict[str, Any], names: list[str], sample: Any) -> None:
    for name in names[:-1]:
        inner = value.get(name)
        value = inner if isinstance(inner, dict) else value.setdefault(name, {}) if inner is None else {}
    value.setdefault(names[-1], sample)


def _sample(names: list[str], filters: str, before: str, *, loop: bool) -> Any:
    name = names[-1].lower()
    if "grant_read_access" in filters:
        kind = next((kind for kind in ("video", "audio", "iframe", "source") if f"<{kind}" in before.lower()), "image")
        return f"s3://made-up/{kind}"
    if "<iframe" in before.lower():
        return "https://frames.example.org/1"
    if "src" in before.rsplit("<", 1)[-1] and "base64" not in before:
        return "/work/object/made-up/image/"
    if name.endswith(("labels", "categories", "responses", "keys")) or loop:
        return ["first", "second"]
    if "to_json" in filters or "json" in filters:
        return ["first", "second"]
    return "A made-up text about a cat and a dog."


def _rendered(outcome: Outcome, template: str, *, allow_foreign: bool) -> rendering.Page | None:
    faults = pages.faults(template)
    if faults:
        outcome.reason = "; ".join(f"line {fault.line}: {fault.problem}" for fault in faults)
        return None

    def grant(uri: str) -> str:
        return uri if not uri.startswith("s3://") else f"/work/object/{uri.removeprefix('s3://')}/"

    try:
        html = pages.render(template, task_input=made_up_input(template), grant=grant)
    except pages.LiquidError as error:
        outcome.reason = pages.fault_of(error, template).problem
        return None
    page = rendering.Page(rendering.LIBRARY.sub("", html), own=True)
    outcome.blocked_origins = foreign.blocked(page)
    allowed = tuple(outcome.blocked_origins) if allow_foreign else ()
    return rendering.Page(page.html, own=True, allowed=allowed)


def _attempt(outcome: Outcome, browser_page: Any, page: rendering.Page, *, allow_foreign: bool) -> None:
    request = RequestFactory(headers={"host": HOST}).get(PAGE)
    response = sandbox.show(request, page)
    browser_page.route("**/*", lambda route: _answer(route, response, allow_foreign=allow_foreign))
    browser_page.set_default_timeout(15_000)
    browser_page.goto(f"http://{HOST}{OUTER}")
    frame = browser_page.frame_locator("iframe")
    outcome.renders = _until(browser_page, "messages.ready")
    if not outcome.renders:
        outcome.reason = "the page does not become ready"
        return
    browser_page.wait_for_timeout(SETTLE_MS)
    inside = frame.locator(":root")
    for step in (FILL, DRAW):
        inside.evaluate(step)
    browser_page.keyboard.press("Control+Enter")
    outcome.submits = _until(browser_page, "messages.answer")
    messages = browser_page.evaluate("messages")
    outcome.script_errors = messages["errors"]
    outcome.blocked_origins = list(dict.fromkeys([*outcome.blocked_origins, *messages["blocked"]]))
    outcome.reason = _reason(outcome, messages, inside)


def _reason(outcome: Outcome, messages: dict[str, Any], inside: Any) -> str:
    if messages.get("answer") == {}:
        return "the answer is empty: the template has no field"
    if messages["blocked"]:
        return f"needs origins that are not allowed: {', '.join(messages['blocked'])}"
    if not outcome.submits:
        return str(inside.evaluate("() => document.querySelector('.form-problem')?.textContent")) or "not submitted"
    return "a picture or media of the page could not be loaded" if messages["missing"] else ""


def _until(browser_page: Any, condition: str) -> bool:
    return bool(
        browser_page.evaluate(
            f"""async () => {{
              for (let waited = 0; waited < {WAIT_MS}; waited += 50) {{
                if (window.messages && {condition}) return true;
                await new Promise((done) => setTimeout(done, 50));
              }}
              return false;
            }}"""
        )
    )


def _answer(route: Any, page: Any, *, allow_foreign: bool) -> None:
    address = route.request.url
    own, path = address.startswith(f"http://{HOST}/"), "/" + address.split("/", 3)[-1].split("?")[0]
    if own and path == OUTER:
        route.fulfill(body=OUTER_PAGE, content_type="text/html")
    elif own and path == PAGE:
        route.fulfill(body=page.content.decode(), headers={**dict(page.items()), "Content-Type": "text/html"})
    elif own and path.startswith("/static/"):
        file = finders.find(path.removeprefix("/static/"))
        headers = {"Access-Control-Allow-Origin": "*"}
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(path=file, headers=headers | {"Content-Type": kind}) if file else route.fulfill(status=404)
    elif own or allow_foreign:
        _made_up(route)
    else:
        route.abort()


def _made_up(route: Any) -> None:
    """Answer with an object that fits the place in the page."""
    headers = {"Access-Control-Allow-Origin": "*"}
    kind = route.request.resource_type
    if kind == "image":
        route.fulfill(body=_picture(), content_type="image/png", headers=headers)
    elif kind == "media":
        route.fulfill(body=_sound(), content_type="audio/wav", headers=headers)
    elif kind == "document":
        route.fulfill(body="<!doctype html><p>A made-up document.</p>", content_type="text/html", headers=headers)
    elif kind == "script":
        route.fulfill(body="", content_type="text/javascript", headers=headers)
    else:
        route.fulfill(body="", content_type="text/plain", headers=headers)


def _sound() -> bytes:
    """Half a second of silence, which video elements play as well."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 4000)
    return file.getvalue()


def _picture() -> bytes:
    width, height = SIZE
    shades = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    return bytes(cv2.imencode(".png", shades)[1])


@benchmark(
    "templates",
    argument("folder", type=Path, help="folder of task templates"),
    argument(
        "--allow-foreign", action="store_true", help="allow every foreign origin, and answer with made-up content"
    ),
    help="render, fill and submit every task template of a folder in a browser, and name those that fail",
)
def run(*, folder: Path, allow_foreign: bool) -> Report:
    """Try the templates of a folder."""
    with _chromium() as browser:
        outcomes = list(attempts(folder, browser, allow_foreign=allow_foreign))
    if not outcomes:
        raise CommandError(f"{folder} contains no template ({', '.join(SUFFIXES)}).")
    passing = sum(outcome.passes for outcome in outcomes)
    rows = [
        (
            outcome.template,
            "yes" if outcome.renders else "no",
            "yes" if outcome.submits else "no",
            "; ".join(outcome.script_errors),
            outcome.reason,
        )
        for outcome in outcomes
    ]
    data = {"templates": len(outcomes), "pass": passing, "outcomes": [asdict(outcome) for outcome in outcomes]}
    columns = ("template", "renders", "submits", "script errors", "reason")
    return Report(data, [report.table(columns, rows), f"{passing} of {len(outcomes)} templates render and submit."])
