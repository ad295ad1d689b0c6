"""Claim and submit for a long time under failures, then count violated invariants.

Client processes work as a hundred workers, each worker in two processes at once. They submit, submit twice, return,
decline, let tasks expire, and are killed and restarted at random.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.core.management.base import CommandError
from django.db import connection
from rich.console import Console
from rich.progress import Progress

from gtcrowd.bench import report, stage
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.jobs.models import Job

WORKERS, PROCESSES = 100, 4
LEASE_SECONDS = 2
KILL_SECONDS = 10
PATIENCE_SECONDS = 160
"""Without a hand-out, as a machine that is busy with other things may take long to start the clients."""

BREACHES = {
    "objects with more answers than asked for": "SELECT count(*) FROM tasks_task WHERE answer_count > target_answers",
    "objects whose answers are not those counted": (
        "SELECT count(*) FROM tasks_task task WHERE answer_count <> (SELECT count(*) FROM tasks_answer answer "
        "WHERE answer.task_id = task.data_object_id AND NOT extra)"
    ),
    "leases and answers beyond the target": (
        "SELECT count(*) FROM tasks_task task WHERE target_answers < answer_count + "
        "(SELECT count(*) FROM tasks_slot slot "
        "WHERE slot.task_id = task.data_object_id AND slot.free_at > now())"
    ),
    "workers twice on an object": (
        "SELECT count(*) FROM (SELECT FROM tasks_answer GROUP BY task_id, worker_id HAVING count(*) > 1) twice"
    ),
    "slots filled twice": (
        "SELECT count(*) FROM (SELECT FROM tasks_answer answer "
        "JOIN tasks_assignment assignment ON assignment.id = assignment_id "
        "WHERE NOT extra GROUP BY assignment.slot_id HAVING count(*) > 1) twice"
    ),
    "answers not paid exactly once": (
        "SELECT count(*) FROM tasks_answer answer LEFT JOIN ledger_transaction paid "
        "ON paid.reference = 'answer:' || answer.assignment_id WHERE (paid.id IS NULL) = (answer.paid > 0)"
    ),
    "thousandths of a dollar in the wrong place": "SELECT coalesce(sum(amount), 0) * 1000 FROM ledger_entry",
}


@dataclass(frozen=True)
class Soaked:
    """How many hand-outs there were, what came of them, and how often each law was broken."""

    handed_out: int
    answers: int
    extra: int
    left: int
    killed: int
    seconds: float
    breaches: dict[str, int]

    @property
    def ratio(self) -> float:
        """Breaches for each hand-out."""
        return sum(self.breaches.values()) / self.handed_out


def soak(handouts: int, report_progress: Callable[[int], None]) -> Soaked:
    """Go on until so many tasks were handed out; `told` hears how many there were."""
    with stage.database() as address:
        job, crowd = stage.job(objects=handouts // 2, target_answers=3, workers=WORKERS, opened=False)
        Job.objects.filter(pk=job.pk).update(time_limit=LEASE_SECONDS, max_concurrent=1000, simulated=True)
        began, killed = time.monotonic(), 0
        running = [_start(address, job.pk, [worker.pk for worker in crowd], index) for index in range(PROCESSES)]
        try:
            while (count := _one("SELECT count(*) FROM tasks_assignment")) < handouts:
                report_progress(count)
                _wait_for_more(count)  # or a slow machine would kill clients that have only begun to start
                time.sleep(KILL_SECONDS)
                index = killed % PROCESSES
                if any(process.poll() is not None for process in running):
                    raise CommandError("A client ended by itself; its message is above.")
                running[index].kill()
                running[index].wait()
                killed += 1
                running[index] = _start(address, job.pk, [worker.pk for worker in crowd], index + killed)
        finally:
            for process in running:
                process.kill()
                process.wait()
        time.sleep(1)  # what the killed ones had under way is rolled back by then
        seconds = time.monotonic() - began
        stage.settle()
        return Soaked(
            handed_out=_one("SELECT count(*) FROM tasks_assignment"),
            answers=_one("SELECT count(*) FROM tasks_answer"),
            extra=_one("SELECT count(*) FROM tasks_answer WHERE extra"),
            left=_one("SELECT count(*) FROM tasks_assignment WHERE state IN ('returned', 'declined', 'expired')"),
            killed=killed,
            seconds=seconds,
            breaches={name: _one(sql) for name, sql in BREACHES.items()},
        )


def _wait_for_more(handouts: int) -> None:
    """Return when there are more hand-outs than these."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while _one("SELECT count(*) FROM tasks_assignment") == handouts:
        if time.monotonic() > give_up:
            raise CommandError(f"Nothing was handed out for {PATIENCE_SECONDS} seconds, after {handouts} hand-outs.")
        time.sleep(0.1)


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _start(address: str, job: int, workers: list[int], seed: int) -> "subprocess.Popen[bytes]":
    # Half of the workers each, overlapping: everybody is at work in two processes at once.
    half = [worker for index, worker in enumerate(workers) if (index + seed) % PROCESSES < PROCESSES // 2]
    command = [sys.executable, "-m", "gtcrowd.bench.soak_client", *map(str, (job, seed, *half))]
    return subprocess.Popen(command, env=os.environ | {"DATABASE_URL": address})  # noqa: S603 - our own module


@benchmark(
    "soak",
    argument(
        "--handouts", type=float, default=20_000, help="number of claims (default: 20000; use 1e6 for a full test)"
    ),
    help="claims under failures, with a count of violated invariants",
)
def run(*, handouts: float) -> Report:
    """Soak with a progress bar of the claims."""
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("claims", total=int(handouts))
        row = soak(int(handouts), lambda count: progress.update(task, completed=count))
    counts = {name: f"{value:,.0f}" for name, value in asdict(row).items() if name != "breaches"}
    breaches = {name: f"{value:,}" for name, value in row.breaches.items()}
    return Report(report.plain([row]), [report.table(("event", "count"), [*counts.items(), *breaches.items()])])
