"""Measure import and export of a million objects, compared with COPY of the same rows on the same server."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
from django.db import connection, transaction
from django.utils import timezone

from gtcrowd.commands.bench import stage
from gtcrowd.commands.timing import timed
from gtcrowd.jobs import ingest, inspect, store
from gtcrowd.jobs.models import Job
from gtcrowd.labels.exports import output_manifest
from gtcrowd.labels.models import Run

MANIFEST = "s3://bench/bench/input.manifest"
BLOCK = 1 << 20
# A table like the one objects go to, with its indexes and its key, so that both do the same work in the database.
LIKE = (
    "CREATE TABLE bare (LIKE jobs_dataobject INCLUDING ALL)",
    "ALTER TABLE bare ADD FOREIGN KEY (job_id) REFERENCES jobs_job (id) DEFERRABLE INITIALLY DEFERRED",
)
ROWS = "SELECT job_id, position, line, labeled_before, rank, sequence, object_id FROM jobs_dataobject WHERE job_id = %s"
LABELS = """
INSERT INTO labels_label (run_id, job_id, data_object_id, position, value, confidence, answers, current, created_at)
SELECT %(run)s, job_id, id, position, to_jsonb((ARRAY['cat', 'dog', 'owl'])[1 + position %% 3]),
       round((0.5 + (position %% 500) / 1000.0)::numeric, 3), 3, true, %(now)s
FROM jobs_dataobject WHERE job_id = %(job)s
"""
LABELED = """
SELECT object.line, label.value, label.confidence, label.created_at
FROM jobs_dataobject object JOIN labels_label label ON label.job_id = object.job_id
    AND label.position = object.position AND label.current
WHERE object.job_id = %s ORDER BY object.position
"""


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


@dataclass(frozen=True)
class Exported:
    """Seconds for so many labels: to the first line and to the last, of a bare COPY of the same columns, and of listing
    all objects' ids; memory in MB."""

    objects: int
    first: float
    whole: float
    copy: float
    listing: float
    memory: float

    @property
    def ratio(self) -> float:
        """Of the bare COPY's rate."""
        return self.copy / self.whole


def ingested(objects: int) -> Ingested:
    """Bring in a manifest of texts."""
    with stage.database():
        job, _crowd = stage.job(objects=1, target_answers=1, workers=1, opened=False)
        _write_manifest(objects)
        check, seen = timed(lambda: inspect.inspect(MANIFEST, medium="text", buckets=frozenset({"bench"})))
        Job.objects.filter(pk=job.pk).update(
            state="Initializing", manifest=MANIFEST, manifest_digest=seen.digest, objects_total=objects,
            objects_ingested=0,
        )  # fmt: skip
        job.refresh_from_db()
        job.data_objects.all()._raw_delete("default")
        bring_in, memory = _with_memory(lambda: ingest.ingest(job, now=timezone.now()))
        return Ingested(objects, check, bring_in, _copied_in(job), memory)


def exported(objects: int) -> Exported:
    """Write the output manifest of a job whose objects all have labels."""
    with stage.database():
        job, _crowd = stage.job(objects=objects, target_answers=1, workers=1, opened=False)
        now = timezone.now()
        run = Run.objects.create(job=job, method="hierarchical", official=True, created_at=now, ended_at=now)
        with connection.cursor() as cursor:
            cursor.execute(LABELS, {"run": run.pk, "job": job.pk, "now": now})
        stage.settle()
        first: list[float] = []

        def whole() -> int:
            began, size = time.perf_counter(), 0
            for block in output_manifest.blocks(job):
                if not size:
                    first.append(time.perf_counter() - began)
                size += len(block)
            return size

        seconds, memory = _with_memory(whole)
        copy, _size = timed(lambda: _copied_out(job))
        listing, _ids = timed(lambda: list(job.data_objects.order_by("position").values_list("position", "object_id")))
        return Exported(objects, first[0], seconds, copy, listing, memory)


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


def _copied_out(job: Job) -> int:
    size = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY ({LABELED}) TO STDOUT", [job.pk]) as copy:
        for block in copy:
            size += len(block)
    return size


def _with_memory(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of `work`, and MB of memory it took at its highest beyond what there was before."""
    process, ended, highest = psutil.Process(), threading.Event(), [0]
    before = process.memory_info().rss

    def watch() -> None:
        while not ended.wait(0.05):
            highest.append(process.memory_info().rss - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        seconds, _ = timed(work)
    finally:
        ended.set()
        watching.join()
    return seconds, max(highest) / 1e6
