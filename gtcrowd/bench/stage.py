"""Set up the benchmarks of the service: a separate database with a large job, a web server, and resource counters."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from socket import socket
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from gtcrowd.identity.models import Requester, User
from gtcrowd.identity.sessions import SessionStore
from gtcrowd.jobs.models import Counters, Job
from gtcrowd.ledger import hold
from gtcrowd.platform import processes
from gtcrowd.tasks.lifecycle import open_tasks
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Team, Worker

NAME = f"gtcrowd_bench_{os.getpid()}"
TEMPLATE = "template1"
"""The database that the benchmark's one is copied from: PostgreSQL's own, or one that has the tables already."""
CATEGORIES = ["cat", "dog", "owl"]
CSRF = "b" * 32
LOAD = str(Path(__file__).parent / "load.py")
"""The program that sends requests; it runs in a process of its own."""
SERVER = [
    "-m", "granian", "--interface", "wsgi", "--blocking-threads", "8", "--no-ws", "--host", "127.0.0.1",
]  # fmt: skip
OBJECTS = """
INSERT INTO jobs_dataobject (job_id, position, line, labeled_before)
SELECT %(job)s, number, '{"source":"object ' || number || '"}', false FROM generate_series(0, %(objects)s - 1) number
"""


@contextmanager
def database() -> Iterator[str]:
    """A fresh database beside the service's own, with all tables; gives its address, and takes it away again."""
    before = dict(connection.settings_dict)
    _leave()
    with _server() as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME} TEMPLATE {TEMPLATE}")
    connection.settings_dict["NAME"] = NAME
    try:
        call_command("migrate", verbosity=0)
        call_command("createcachetable")
        yield _address()
    finally:
        _leave()
        connection.settings_dict.update(before)
        with _server() as server:
            server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def job(*, objects: int, target_answers: int, workers: int, opened: bool = True) -> tuple[Job, list[Worker]]:
    """A job of `objects` texts, all open at once since an hour ago, and a team of so many workers."""
    now = timezone.now() - timedelta(hours=1)
    requester = Requester.objects.filter(slug="bench").first() or setup.requester(slug="bench", name="Bench")
    workforce = setup.private(requester)
    name = f"job-{Job.objects.count()}"
    team = Team.objects.create(workforce=workforce, name=name, description=name)
    crowd = [_worker(team, f"{name}-worker{number}@example.org") for number in range(workers)]
    job = Job.objects.create(
        requester=requester, team=team, name=name, kind="choice", medium="text", label_attribute=name,
        categories=CATEGORIES, title=name, description=name, manifest="", output="", objects_total=objects,
        objects_ingested=objects, price="0.012", workers_per_object=target_answers, time_limit=3600,
        task_lifetime=30 * 86_400, max_concurrent=objects, method="hierarchical", state="InProgress", created_at=now,
        changed_at=now, started_at=now,
    )  # fmt: skip
    Counters.objects.create(job=job, counted_at=now)
    budget = job.price = cast("Any", Job.objects.get(pk=job.pk)).price
    hold.hold(
        requester_id=requester.pk,
        job_id=job.pk,
        amount=budget * objects * target_answers,
        credit=Decimal(10**9),
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(OBJECTS, {"job": job.pk, "objects": objects})
    if opened:
        open_tasks.open_next(job, now=now)
    settle()
    return job, crowd


def settle() -> None:
    """Bring tables and statistics into the state in which autovacuum keeps them in a service that runs."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def cookies(crowd: Sequence[Worker]) -> list[str]:
    """A signed-in session for each worker, as a browser would send it."""
    found_cookies = []
    for worker in crowd:
        session = SessionStore()
        session["_auth_user_id"] = str(worker.user_id)
        session["_auth_user_backend"] = "gtcrowd.identity.sessions.Backend"
        session["_auth_user_hash"] = worker.user.get_session_auth_hash()
        session.create()
        found_cookies.append(f"sessionid={session.session_key}; csrftoken={CSRF}")
    return found_cookies


@dataclass
class Server:
    """The running web server; `cpu` says how many seconds of CPU it and the database have used so far."""

    process: subprocess.Popen[bytes]
    port: int
    address: str

    def cpu(self) -> tuple[float, float]:
        """Seconds used by the web server, and by the database if it is on this machine (else NaN)."""
        web = psutil.Process(self.process.pid)
        return _used([web, *web.children(recursive=True)]), _database_cpu()


@contextmanager
def server(address: str, *, processes_: int = 1) -> Iterator[Server]:
    """The service's web server on a free port, with the bare view beside it."""
    # A port that the system gives: two benchmarks that count up from the same number meet at it, and since the server
    # lets others share its port, each would then answer some of the other's requests.
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": address, "GTCROWD_API_RATE": "100000000/min"}
    environment["GTCROWD_LOG_LEVEL"] = "ERROR"
    environment["GTCROWD_URL"] = f"http://127.0.0.1:{port}"
    command = [sys.executable, *SERVER, "--workers", str(processes_), "--port", str(port)]
    began = time.time()
    process = subprocess.Popen(  # noqa: S603 - our own modules
        [*command, "gtcrowd.bench.bare:application"], env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield Server(process, port, f"http://127.0.0.1:{port}")
    finally:
        processes.end(process.pid, began)
        process.wait()


def drive(spec: dict[str, Any]) -> dict[str, Any]:
    """Let gtcrowd.bench.load send requests from a process of its own; returns what it measured."""
    command = [sys.executable, LOAD]
    done = subprocess.run(  # noqa: S603 - our own module
        command, input=json.dumps(spec), capture_output=True, text=True, check=False
    )
    if done.returncode or done.stderr:
        raise CommandError(f"The load could not be sent: {done.stderr.strip()[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _worker(team: Team, email: str) -> Worker:
    user = User.objects.create(email=email, name=email.partition("@")[0])
    user.set_unusable_password()
    user.save()
    return setup.add_worker(workforce=team.workforce, user=user, now=timezone.now(), teams=(team,))


def _leave() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


@contextmanager
def _server() -> "Iterator[psycopg.Connection[Any]]":
    params = connection.get_connection_params()
    plain = {name: params[name] for name in ("host", "port", "user", "password") if params.get(name)}
    with psycopg.connect(dbname="postgres", autocommit=True, **plain) as server:
        yield server


def _address() -> str:
    """The address of the benchmark's database, as the web server's process takes it."""
    parts = urlsplit(settings.DATABASE_URL)
    return urlunsplit(parts._replace(path=f"/{NAME}"))


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return
        time.sleep(0.2)
    raise CommandError("The web server did not answer within a minute.")


def _database_cpu() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    if not psutil.pid_exists(pid) or "postgres" not in psutil.Process(pid).name():
        return float("nan")  # it runs on another machine
    postmaster = psutil.Process(pid).parent()
    if postmaster is None:
        return float("nan")
    ended = postmaster.cpu_times()
    result: float = _used([postmaster, *postmaster.children()]) + ended.children_user + ended.children_system
    return result


def _used(family: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in family:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total
