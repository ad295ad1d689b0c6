"""Measure the import of a manifest, compared with COPY of the same rows on the same server."""

import json
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from gtcrowd.bench import report, stage
from gtcrowd.bench.measuring import peak_memory, timed
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.jobs import ingest, inspect, store
from gtcrowd.jobs.models import Job

MANIFEST = "s3://bench/bench/input.manifest"
BLOCK = 1 << 20
MEMORY_SECONDS = 0.05
# A table like the one objects go to, with its indexes and its key, so that both do the same work in the database.
LIKE = (
    "CREATE TABLE bare (LIKE jobs_dataobject INCLUDING ALL)",
    "ALTER TABLE bare ADD FOREIGN KEY (job_id) REFERENCES jobs_job (id) DEFERRABLE INITIALLY DEFERRED",
)
ROWS = "SELECT job_id, position, line, labeled_before, rank, sequence, object_id FROM jobs_dataobject WHERE job_id = %s"


@dataclass(frozen=True)
class Ingested:
    """Seconds for so many lines: to check them when the job is asked for, to bring them in (with all checks again), and
    of a bare COPY; memory in MB that bringing them in took at its highest."""

    objects: int
    check: float
    bring_in: float
    copy: float
    memory: float

    @property
    def ratio(self) -> float:
        """Of the bare COPY's rate."""
        return self.copy / self.bring_in


def measure(objects: int) -> Ingested:
    """Bring in a manifest of texts."""
    with stage.database():
        job, _crowd = stage.job(objects=1, target_answers=1, workers=1, opened=False)
        _write_manifest(objects)
        check, inspected = timed(
            lambda: inspect.inspect(MANIFEST, inspect.Subject(medium="text", buckets=frozenset({"bench"})))
        )
        Job.objects.filter(pk=job.pk).update(
            state="Initializing", manifest=MANIFEST, manifest_digest=inspected.digest, objects_total=objects,
            objects_ingested=0,
        )  # fmt: skip
        job.refresh_from_db()
        job.data_objects.all()._raw_delete("default")
        memory, (bring_in, _ingested) = peak_memory(
            lambda: timed(lambda: ingest.ingest(job, now=timezone.now())), interval=MEMORY_SECONDS
        )
        return Ingested(objects, check, bring_in, _copied_in(job), memory)


def _write_manifest(objects: int) -> None:
    with store.store().write(MANIFEST) as file:
        for number in range(objects):
            text = f"A sentence about object {number}, as long as such sentences are in a job of this sort."
            file.write(json.dumps({"source": text, "id": number}).encode() + b"\n")


def _copied_in(job: Job) -> float:
    """Seconds of a bare COPY of the job's rows into a table of the same kind."""
    with connection.cursor() as cursor:
        for statement in LIKE:
            cursor.execute(statement)
        rows = bytearray()
        with cursor.copy(f"COPY ({ROWS}) TO STDOUT", [job.pk]) as copy:
            for block in copy:
                rows += block

        def put() -> None:
            with (
                transaction.atomic(),
                cursor.copy(
                    "COPY bare (job_id, position, line, labeled_before, rank, sequence, object_id) FROM STDIN"
                ) as into,
            ):
                for start in range(0, len(rows), BLOCK):
                    into.write(rows[start : start + BLOCK])

        seconds, _ = timed(put)
    return seconds


@benchmark(
    "ingest",
    argument("--objects", nargs="+", type=float, default=[1e5, 1e6], help="numbers of objects (default: 1e5 1e6)"),
    help="import of a manifest, compared with plain COPY",
)
def run(*, objects: list[float]) -> Report:
    """Measure every size."""
    return report.of_rows(
        [measure(int(n)) for n in report.each(objects)],
        {
            "objects": lambda r: f"{r.objects:,}",
            "check s": lambda r: f"{r.check:.2f}",
            "import s": lambda r: f"{r.bring_in:.2f}",
            "lines/s": lambda r: f"{r.objects / r.bring_in:,.0f}",
            "COPY s": lambda r: f"{r.copy:.2f}",
            "% of COPY": lambda r: f"{r.ratio:.0%}",
            "MB": lambda r: f"{r.memory:.0f}",
        },
    )
