"""Measure the worker's page in a browser under load: the time from submission until the next task accepts keys."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from gtcrowd.bench import report, stage
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.allocation import claim
from gtcrowd.workforce.models import Worker

THINK = 2.0
"""Seconds between the answers of each simulated worker."""
OBJECTS = 5000
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAITED = """() => new Promise((done) => {
    const until = performance.now() + 60_000;
    const look = () => {
        const marks = performance.getEntriesByName("gtcrowd:usable").length;
        if (marks > %d) done(true);
        else if (performance.now() > until) done(false);
        else setTimeout(look, 5);
    };
    look();
})"""
MARKS = """() => ["gtcrowd:submitted", "gtcrowd:usable"].map(
    (name) => performance.getEntriesByName(name).map((one) => one.startTime))"""


@dataclass(frozen=True)
class Seen:
    """Milliseconds from submit to the next task usable: the middle, nine of ten, 99 of a hundred, and the longest;
    `plain`: the middle without the next task loaded ahead."""

    tasks: int
    workers: int
    p50: float
    p90: float
    p99: float
    longest: float
    plain: float

    @property
    def ratio(self) -> float:
        """Of the middle without loading ahead."""
        return self.p50 / self.plain


def measure(tasks: int, workers: int) -> Seen:
    """So many tasks by one person in a browser, with `workers` simulated ones beside them."""
    with stage.database() as address:
        job, crowd = stage.job(objects=max(OBJECTS, tasks * 4), target_answers=3, workers=workers + 2)
        with stage.server(address) as server:
            beside = _beside(server, job, crowd[2:], seconds=600)
            try:
                ahead = _took(server, job, crowd[0], tasks, ahead=True)
                plain = _took(server, job, crowd[1], max(tasks // 4, 5), ahead=False)
            finally:
                beside.kill()
                beside.wait()
    return Seen(tasks, workers, _at(ahead, 0.5), _at(ahead, 0.9), _at(ahead, 0.99), max(ahead), _at(plain, 0.5))


def _beside(server: stage.Server, job: Job, crowd: list[Worker], *, seconds: float) -> "subprocess.Popen[str]":
    """Simulated workers that answer until they are stopped."""
    now = timezone.now()
    spec = {
        "port": server.port, "path": f"/work/{job.pk}/submit/", "cookies": stage.cookies(crowd), "csrf": stage.CSRF,
        "answering": True, "seconds": seconds, "think": THINK,
        "firsts": [claim.next_assignment(worker=worker, job=job, now=now).pk for worker in crowd],
    }  # fmt: skip
    script = stage.LOAD
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None  # noqa: S101 - it is piped
    process.stdin.write(json.dumps(spec))
    process.stdin.close()
    return process


def _took(server: stage.Server, job: Job, worker: Worker, tasks: int, *, ahead: bool) -> list[float]:
    """Milliseconds of each task of one person in a browser, who looks at each for a second."""
    sync_playwright = _browsers()
    origin = f"http://127.0.0.1:{server.port}"
    # Before the browser's loop runs, in which Django does not let itself be asked.
    pairs = dict(part.split("=", 1) for part in stage.cookies([worker])[0].split("; "))
    with sync_playwright() as playwright:
        path = os.environ.get("GTCROWD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in pairs.items()])
        context.set_default_timeout(120_000)
        page = context.new_page()
        if not ahead:
            page.route("**/in-advance/", lambda route: route.abort())
        page.goto(f"{origin}/work/{job.pk}/")
        page.get_by_role("button", name="Start working").click()
        for done in range(tasks + 1):
            if not page.evaluate(WAITED % done):
                raise CommandError(f"No task took keys within a minute after {done} answers.")
            if ahead:
                page.locator("#sandbox-next").wait_for(state="attached")
            time.sleep(1)
            page.keyboard.press("1")
            page.keyboard.press("Control+Enter")
        submitted, usable = page.evaluate(MARKS)
        browser.close()
    # The first of each is no pair: the first task was not preceded by a submit.
    return [there - sent for sent, there in zip(submitted, usable[1:], strict=False)]


def _browsers() -> Any:
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this benchmark needs it
    except ImportError as error:
        raise CommandError("This benchmark needs a browser: install requirements/test.txt, and Chromium.") from error
    return sync_playwright


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


@benchmark(
    "portal",
    argument("--tasks", type=int, default=60, help="tasks in the browser (default: %(default)s)"),
    argument("--workers", type=int, default=20, help="simulated concurrent workers (default: %(default)s)"),
    help="time from submission to the next task in a browser, under load",
)
def run(*, tasks: int, workers: int) -> Report:
    """Measure one browser beside the simulated workers."""
    return report.of_rows(
        [measure(tasks, workers)],
        {
            "tasks": lambda r: str(r.tasks),
            "concurrent workers": lambda r: str(r.workers),
            "p50 ms": lambda r: f"{r.p50:.0f}",
            "p90 ms": lambda r: f"{r.p90:.0f}",
            "p99 ms": lambda r: f"{r.p99:.0f}",
            "max ms": lambda r: f"{r.longest:.0f}",
            "p50 without preloading": lambda r: f"{r.plain:.0f}",
        },
    )
