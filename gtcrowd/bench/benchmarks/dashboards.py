"""Measure the dashboards on many answers: the cost of a page, and the cost of totals per answer."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from dash._utils import to_json as to_json_plotly
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards import address, components, page_cache, pages
from gtcrowd.analytics import data_version, frames, rollup
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers
from gtcrowd.bench import report, stage
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs.models import Counters, Job
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Worker

DAYS = 90
EACH_DAY = 100
"""Answers of a worker on a day they work."""
MARKED = 5000
REPEATS = 5

# Workers answer EACH_DAY answers on each of their days, all in one job; the days are spread over DAYS.
ANSWERS = """
INSERT INTO tasks_answer (assignment_id, task_id, job_id, worker_id, content, value, seconds, active_seconds, paid,
                          late, extra, gold, submitted_at)
SELECT n, n, (%(jobs)s::bigint[])[1 + (place * 7 + spell) %% %(n_jobs)s], (%(workers)s::bigint[])[1 + place], '{}',
       CASE WHEN n %% 9 = 0 THEN '"dog"'::jsonb ELSE '"cat"'::jsonb END, exp(1 + (n * 7919 %% 1000) / 400.0),
       exp(1 + (n * 7919 %% 1000) / 500.0), 0.012, n %% 500 = 0, n %% 700 = 0, n %% 50 = 0,
       %(first)s::timestamptz + make_interval(days => ((place * 13 + spell) %% %(days)s)::int,
                                               secs => 28800 + n %% %(each)s * 60)
FROM (
    SELECT n, n / %(each)s %% %(n_workers)s AS place, n / (%(each)s * %(n_workers)s) AS spell
    FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) AS n
) AS numbered
"""
QUALITIES = """
INSERT INTO analytics_quality (requester_id, job_id, worker_id, day, scored, expected_correct, variance, compared,
                               agreement_sum, truth_n,
                               truth_right, gold_n, gold_right)
SELECT requester_id, job_id, worker_id, day, sum(submitted), sum(submitted) * (0.7 + worker_id % 25 / 100.0),
       sum(submitted) * 0.15, sum(submitted), sum(submitted) * (0.6 + worker_id % 30 / 100.0), 0, 0,
       coalesce(sum(submitted) FILTER (WHERE gold), 0),
       coalesce(sum(submitted) FILTER (WHERE gold), 0)::int / 2
FROM analytics_day GROUP BY requester_id, job_id, worker_id, day
"""
MARKS = """
INSERT INTO tasks_dirtyday (job_id, worker_id, at)
SELECT job_id, worker_id, submitted_at FROM tasks_answer ORDER BY submitted_at DESC, assignment_id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Cost:
    """What was done over so many answers: milliseconds (of the middle of REPEATS), statements, kilobytes made."""

    answers: int
    what: str
    ms: float
    queries: float | None
    kilobytes: float | None

    @property
    def ratio(self) -> float:
        """Microseconds an answer."""
        return self.ms * 1000 / self.answers


def measure(answers: int, *, workers: int, jobs: int) -> list[Cost]:
    """Generate the answers, form the totals, and draw every page as the owner of them all."""
    with stage.database():
        viewer = _generate(answers, workers=workers, jobs=jobs)
        began = time.perf_counter()
        for _job in rollup.rebuild(zone="UTC"):
            pass
        rebuilt = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute(QUALITIES)  # without facts: its percent signs stand for themselves
        stage.settle()
        gc.freeze()  # as gtcrowd.wsgi does: what is loaded by now stays
        costs = [Cost(answers, "form all totals again", rebuilt * 1000, None, None), _rolled(answers)]
        return costs + [_cost(answers, name, act) for name, act in _acts(viewer).items()]


def _generate(answers: int, *, workers: int, jobs: int) -> Viewer:
    job, _nobody = stage.job(objects=0, target_answers=1, workers=0, opened=False)
    requester, now = job.requester, timezone.now()
    workforce = setup.private(requester)
    people_ = User.objects.bulk_create(
        User(email=f"bench-{number}@example.org", name=f"Worker {number}") for number in range(workers)
    )
    crowd = Worker.objects.bulk_create(Worker(workforce=workforce, user=person, state="active") for person in people_)
    jobs_ = []
    for number in range(jobs):
        copy = Job.objects.get(pk=job.pk)
        copy.pk, copy.name, copy.objects_total = None, f"bench-{number}", max(answers // jobs // 3, 1)
        copy.created_at = now - timedelta(days=DAYS)
        jobs_.append(copy)
    Job.objects.bulk_create(jobs_)
    Counters.objects.bulk_create(
        Counters(job=job, counted_at=now, human_labeled=job.objects_total // 2) for job in jobs_
    )
    params: dict[str, Any] = {
        "jobs": [job.pk for job in jobs_], "n_jobs": jobs, "workers": [worker.pk for worker in crowd],
        "n_workers": workers,
        "days": DAYS, "each": EACH_DAY,
        "first": (now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the rows they refer to are of no use here
        for start in range(0, answers, 1_000_000):
            cursor.execute(ANSWERS, params | {"from": start, "to": min(start + 1_000_000, answers)})
        cursor.execute("SET session_replication_role = DEFAULT")
    stage.settle()
    return Viewer(requester=requester, role=Role.OWNER)


def _rolled(answers: int) -> Cost:
    """What it costs to take in the last answers, by answer."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS, {"most": MARKED})
    began = time.perf_counter()
    rollup.roll(zone="UTC")
    return Cost(answers, "take in one answer", (time.perf_counter() - began) * 1000 / MARKED, None, None)


def _acts(viewer: Viewer) -> dict[str, Callable[[], str]]:
    """What is measured, by name: every page over the last 28 days and over all, when it must be drawn, and when nothing
    has changed since somebody asked for it; and the largest report."""
    today = timezone.now().date()
    month = Filters(first_day=today - timedelta(days=27), last_day=today)
    job, worker = Job.objects.latest("pk").pk, Worker.objects.latest("pk").pk
    acts: dict[str, Callable[[], str]] = {}
    for days, filters, period in (("28 days", month, address.DEFAULT_PERIOD), ("all days", Filters(), "all")):
        for name in pages.PAGES:
            item = {"job": job, "worker": worker}.get(name)
            options = address.Options(today, page=name, item=item, period=period)
            acts[f"{name}, {days}, drawn"] = partial(_drawn, viewer, filters, options)
            acts[f"{name}, {days}, asked again"] = partial(_kept, viewer, filters, options)
    acts["report of workers, all days, CSV"] = lambda: workers.measured(frames.workers(viewer, Filters())).to_csv()
    return acts


def _drawn(viewer: Viewer, filters: Filters, options: address.Options) -> str:
    """What the one callback of a page sends."""
    result: str = to_json_plotly(components.show(pages.draw(viewer, filters, options), filters, options))
    return result


def _kept(viewer: Viewer, filters: Filters, options: address.Options) -> str:
    """The same by the way of a request: drawn only if something has changed."""
    version = data_version.look(viewer).version
    page = page_cache.page(
        viewer,
        filters,
        options,
        version,
        lambda: components.show(pages.draw(viewer, filters, options), filters, options),
    )
    result: str = to_json_plotly(page)
    return result


def _cost(answers: int, what: str, act: Callable[[], str]) -> Cost:
    act()
    times, size, queries = [], 0, 0
    for _repeat in range(REPEATS):
        began = time.perf_counter()
        content = act()
        times.append(time.perf_counter() - began)
        size = len(content)
    with CaptureQueriesContext(connection) as captured:
        act()
    queries = len(captured)
    return Cost(answers, what, sorted(times)[REPEATS // 2] * 1000, queries, size / 1000)


@benchmark(
    "dashboards",
    argument("--answers", nargs="+", type=float, default=[1e6], help="numbers of answers (default: 1e6)"),
    argument("--workers", type=int, default=3000, help="number of workers (default: %(default)s)"),
    argument("--jobs", type=int, default=200, help="number of jobs (default: %(default)s)"),
    help="time of dashboard pages and totals over generated answers",
)
def run(*, answers: list[float], workers: int, jobs: int) -> Report:
    """Measure every size."""
    sizes = report.each([int(n) for n in answers])
    return report.of_rows(
        [row for n in sizes for row in measure(n, workers=workers, jobs=jobs)],
        {
            "answers": lambda r: f"{r.answers:,}",
            "page": lambda r: r.what,
            "ms": lambda r: f"{r.ms:.3g}",
            "queries": lambda r: report.number(r.queries, "{:.0f}"),
            "kB": lambda r: report.number(r.kilobytes, "{:.0f}"),
        },
    )
