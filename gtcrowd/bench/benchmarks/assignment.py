"""Measure claim and submit over HTTP, compared with a bare view and with bare statements in the same database."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from gtcrowd.bench import report, stage
from gtcrowd.bench.measuring import timed
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.jobs.models import Job
from gtcrowd.ledger import names, post
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Worker

STATEMENTS = 8
"""In the view beside the two that find who is there: a submit and a claim have as many, begin and commit counted."""
ENOUGH = 15_000
"""Answers that a job must want at least, so that no load comes to its end."""
WARM_SECONDS = 4
CALM_SECONDS = 5
"""At least so long where waiting is measured."""
THINK = 0.2
"""Seconds from answer to answer of a worker where waiting is measured: five a second, far more than people give."""
CLIENTS = 16

ALMOST_DONE = (
    "UPDATE tasks_slot SET free_at = NULL, fence = 1 WHERE job_id = %(job)s AND rank < %(to)s",
    (
        "UPDATE tasks_task SET answer_count = target_answers, state = 'done', "  # noqa: S608
        f"reason_code = '{Reason.ALL_ANSWERS}', consolidated = true "
        "WHERE job_id = %(job)s AND position < %(to)s"
    ),
)
DONE_BY_ONE = """
INSERT INTO tasks_assignment (task_id, slot_id, job_id, worker_id, fence, price, state, reason, claimed_at, expires_at)
SELECT task.data_object_id, slot.id, %(job)s, %(worker)s, 0, 0, 'submitted', '', now(), now()
FROM tasks_task task JOIN tasks_slot slot ON slot.task_id = task.data_object_id AND slot.number = 1
WHERE task.job_id = %(job)s ON CONFLICT DO NOTHING
"""
AT_THE_END = """
INSERT INTO tasks_jobworker (job_id, worker_id, state, reason_code, reason_params, answers, filled_slots, seconds, paid,
                            gold_seen, gold_right, fixed_accuracy, scan_rank, scan_since, scan_restarted_at)
SELECT %(job)s, %(worker)s, 'working', '', '{}', count(*), count(*), 0, 0, 0, 0, false, max(rank), %(now)s, %(now)s
FROM tasks_task WHERE job_id = %(job)s
"""
"""The place in the order where the last of all these claims left the worker."""
BEFORE = (
    """
INSERT INTO tasks_assignment (task_id, slot_id, job_id, worker_id, fence, price, state, reason, claimed_at, expires_at)
SELECT task.data_object_id, NULL, %(job)s, -number, 1, 0.012, 'submitted', '', now(), now()
FROM generate_series(1, %(answers)s / 1000) number, tasks_task task WHERE task.job_id = %(job)s
""",
    """
INSERT INTO tasks_answer (assignment_id, task_id, job_id, worker_id, content, value, seconds, paid, late, extra,
                          submitted_at)
SELECT id, task_id, job_id, worker_id, '{"crowd-classifier": {"label": "cat"}}', '"cat"', 5, price, false, false,
       now() - random() * interval '90 days'
FROM tasks_assignment WHERE job_id = %(job)s
""",
    """
WITH posted AS (
    INSERT INTO ledger_transaction (reference, happened_at)
    SELECT 'answer:' || assignment_id, submitted_at FROM tasks_answer WHERE job_id = %(job)s RETURNING id
)
INSERT INTO ledger_entry (transaction_id, account_id, amount)
SELECT posted.id, leg.account, leg.amount FROM posted,
    (VALUES (%(first)s::bigint, -0.012), (%(second)s, 0.012)) AS leg(account, amount)
""",
)
"""Answers of an earlier job with all that belongs to them; keys are not checked, for their workers never were."""


@dataclass(frozen=True)
class Handed:
    """One load: so many workers at once on a job of so many objects, from its beginning or near its end.

    `rate`: answers a second, each with the next task handed out; CPU in ms an answer, of the web server and of the
    database; seconds until the reply, as quick as the machine goes (`p50`, `p99`) and with THINK between (`calm_p99`);
    `bare`: the bare view's requests a second.
    """

    objects: int
    workers: int
    when: str
    rate: float
    web_ms: float
    database_ms: float
    p50: float
    p99: float
    calm_p99: float
    bare: float
    bare_ms: float

    @property
    def ratio(self) -> float:
        """Of the bare view's rate."""
        return self.rate / self.bare


@dataclass(frozen=True)
class Nothing:
    """A worker who has answered everything asks again: ms of the first time, of later ones, and of an
    ordinary claim of somebody else."""

    objects: int
    first_ms: float
    later_ms: float
    claim_ms: float

    @property
    def ratio(self) -> float:
        """Of an ordinary claim."""
        return self.later_ms / self.claim_ms


@dataclass(frozen=True)
class Limit:
    """What the database does by itself, a second, with 16 clients that do nothing else."""

    claims: float
    answers: float

    @property
    def ratio(self) -> float:
        return self.claims / self.answers


def loads(objects: int, workers: list[int], *, seconds: float, processes: int, before: int = 0) -> list[Handed]:
    """Every load on a job of so many objects, in a database of its own; `before`: answers there are already."""
    rows = []
    with stage.database() as address:
        if before:
            _fill(before)
        job, crowd = stage.job(objects=objects, target_answers=max(3, ENOUGH // objects), workers=sum(workers) * 2)
        for when in ("first", "last") if objects > ENOUGH else ("first",):
            if when == "last":
                _almost_done(job)
            for count in workers:  # people new to the job each time: they know nothing of what others have done
                some, crowd = crowd[:count], crowd[count:]
                with stage.server(address, processes_=processes) as server:
                    rows.append(_load(server, job, some, when, seconds))
    return rows


def nothing_left(objects: int) -> Nothing:
    """The worker who has answered every object of a job."""
    with stage.database():
        job, (done, other) = stage.job(objects=objects, target_answers=3, workers=2)
        with connection.cursor() as cursor:
            cursor.execute(DONE_BY_ONE, {"job": job.pk, "worker": done.pk})
            cursor.execute(AT_THE_END, {"job": job.pk, "worker": done.pk, "now": timezone.now()})
        stage.settle()
        first, _ = timed(lambda: _asks(done, job))
        later = [timed(lambda: _asks(done, job))[0] for _ in range(200)]
        ordinary = []
        for _ in range(200):
            took, _nothing = timed(lambda: _asks(other, job))
            ordinary.append(took)
            Assignment.objects.filter(worker=other.pk, state="live").update(state="submitted")
    return Nothing(objects, first * 1000, _middle(later) * 1000, _middle(ordinary) * 1000)


def limit(seconds: float) -> Limit:
    """Claims and answers a second of bare statements, each in a transaction of its own."""
    with stage.database(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare_task AS SELECT n AS id, 0 AS taken FROM generate_series(1, 200000) n; "
            "ALTER TABLE bare_task ADD PRIMARY KEY (id); CREATE INDEX ON bare_task (id) WHERE taken = 0; "
            "CREATE TABLE bare_answer (id bigserial PRIMARY KEY, task int, worker int, value jsonb, at timestamptz)"
        )
        take = (
            "UPDATE bare_task SET taken = 1 WHERE id = (SELECT id FROM bare_task WHERE taken = 0 ORDER BY id "
            "LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
        )
        store = 'INSERT INTO bare_answer (task, worker, value, at) VALUES (1, 1, \'{"label": "cat"}\', now())'
        return Limit(_at_once(take, seconds), _at_once(store, seconds))


def _load(server: stage.Server, job: Job, crowd: list[Worker], when: str, seconds: float) -> Handed:
    now = timezone.now()
    spec: dict[str, Any] = {
        "port": server.port, "path": f"/work/{job.pk}/submit/", "cookies": stage.cookies(crowd), "csrf": stage.CSRF,
        "answering": True, "seconds": WARM_SECONDS,
        "firsts": [claim.next_assignment(worker=worker, job=job, now=now).pk for worker in crowd],
    }  # fmt: skip
    bare = spec | {"path": f"/bare/{STATEMENTS}/", "answering": False}
    stage.drive(bare)
    spec["firsts"] = stage.drive(spec)["last"]
    stage.settle()  # as autovacuum does within a minute of a table's growth
    quick, web, database = _measured(server, spec | {"seconds": seconds})
    spec["firsts"] = quick["last"]
    calm = stage.drive(spec | {"seconds": max(seconds, CALM_SECONDS), "think": THINK * max(1, len(crowd) / 20)})
    plain, bare_web, bare_database = _measured(server, bare | {"seconds": seconds})
    return Handed(
        objects=job.objects_total, workers=len(crowd), when=when, rate=quick["answers"] / quick["seconds"], web_ms=web,
        database_ms=database, p50=quick["p50"], p99=quick["p99"], calm_p99=calm["p99"],
        bare=plain["answers"] / plain["seconds"], bare_ms=bare_web + bare_database,
    )  # fmt: skip


def _measured(server: stage.Server, spec: dict[str, Any]) -> tuple[dict[str, Any], float, float]:
    before = server.cpu()
    measured = stage.drive(spec)
    used = [after - first for first, after in zip(before, server.cpu(), strict=True)]
    return measured, used[0] * 1000 / measured["answers"], used[1] * 1000 / measured["answers"]


def _almost_done(job: Job) -> None:
    with connection.cursor() as cursor:
        for statement in ALMOST_DONE:
            cursor.execute(
                statement, {"job": job.pk, "to": job.objects_total - max(job.objects_total // 100, ENOUGH // 3)}
            )
    stage.settle()


def _fill(answers: int) -> None:
    """So many answers of an earlier job, with all that belongs to them."""
    job, (worker,) = stage.job(objects=1000, target_answers=1, workers=1)
    ids = sorted(post.account_ids([names.hold(job.pk), names.earned(worker.pk)]).values())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in BEFORE:
            cursor.execute(statement, {"job": job.pk, "answers": answers, "first": ids[0], "second": ids[1]})
        cursor.execute("SET session_replication_role = DEFAULT")
    stage.settle()


def _asks(worker: Worker, job: Job) -> None:
    try:
        claim.next_assignment(worker=worker, job=job, now=timezone.now())
    except claim.NothingToDo:
        return


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _at_once(sql: str, seconds: float) -> float:
    params = connection.get_connection_params()
    plain = {name: params[name] for name in ("host", "port", "user", "password", "dbname") if params.get(name)}
    counts: list[int] = []

    def work() -> None:
        done, until = 0, time.monotonic() + seconds
        with psycopg.connect(autocommit=True, **plain) as own:
            while time.monotonic() < until:
                own.execute(sql, prepare=True)
                done += 1
        counts.append(done)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


LOAD_COLUMNS: Mapping[str, Callable[[Handed], str]] = {
    "objects": lambda r: f"{r.objects:,}",
    "workers": lambda r: str(r.workers),
    "done": lambda r: r.when,
    "answers/s": lambda r: f"{r.rate:.0f}",
    "web ms": lambda r: f"{r.web_ms:.2f}",
    "database ms": lambda r: f"{r.database_ms:.2f}",
    "p50 ms": lambda r: f"{r.p50 * 1000:.0f}",
    "p99 ms": lambda r: f"{r.p99 * 1000:.0f}",
    "p99 ms idle": lambda r: f"{r.calm_p99 * 1000:.0f}",
    "bare view/s": lambda r: f"{r.bare:.0f}",
    "bare view ms": lambda r: f"{r.bare_ms:.2f}",
    "% of bare": lambda r: f"{r.ratio:.0%}",
}
NOTHING_COLUMNS: Mapping[str, Callable[[Nothing], str]] = {
    "objects": lambda r: f"{r.objects:,}",
    "first empty claim ms": lambda r: f"{r.first_ms:.1f}",
    "later ms": lambda r: f"{r.later_ms:.2f}",
    "ordinary claim ms": lambda r: f"{r.claim_ms:.2f}",
    "% of a claim": lambda r: f"{r.ratio:.0%}",
}


@benchmark(
    "assignment",
    argument("--objects", nargs="+", type=float, default=[1e3, 1e5], help="numbers of objects (default: 1e3 1e5)"),
    argument("--workers", nargs="+", type=int, default=[20, 100], help="numbers of workers (default: 20 100)"),
    argument("--seconds", type=float, default=8, help="duration of each load in seconds (default: %(default)s)"),
    argument("--processes", type=int, default=1, help="processes of the web server (default: %(default)s)"),
    argument("--before", type=float, default=0, help="number of answers in an earlier job (default: 0)"),
    help="claim and submit over HTTP, compared with a bare view",
)
def run(*, objects: list[float], workers: list[int], seconds: float, processes: int, before: float) -> Report:
    """Measure the bare database, every load, and the claims of workers for whom nothing is left."""
    sizes = [int(n) for n in objects]
    work: list[tuple[str, int]] = [("limit", 0), *(("loads", n) for n in sizes), *(("nothing", n) for n in sizes)]
    results: dict[str, list[Any]] = {"limit": [], "loads": [], "nothing": []}
    for part, size in report.each(work):
        if part == "limit":
            results[part].append(limit(min(seconds, 5)))
        elif part == "nothing":
            results[part].append(nothing_left(size))
        else:
            results[part] += loads(size, workers, seconds=seconds, processes=processes, before=int(before))
    (bare,) = results["limit"]
    return Report(
        {name: report.plain(rows) for name, rows in results.items()},
        [
            report.table_of(results["loads"], LOAD_COLUMNS),
            report.table_of(results["nothing"], NOTHING_COLUMNS),
            f"PostgreSQL alone, {CLIENTS} clients: {bare.claims:.0f} claims/s, {bare.answers:.0f} answers/s",
        ],
    )
