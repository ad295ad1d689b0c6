"""Measure the export of an output manifest, compared with COPY of the same columns on the same server."""

import time
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from gtcrowd.bench import report, stage
from gtcrowd.bench.measuring import peak_memory, timed
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.jobs.models import Job
from gtcrowd.labels.exports import output_manifest
from gtcrowd.labels.models import Run

MEMORY_SECONDS = 0.05
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


def measure(objects: int) -> Exported:
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

        memory, (seconds, _size) = peak_memory(lambda: timed(whole), interval=MEMORY_SECONDS)
        copy, _size = timed(lambda: _copied_out(job))
        listing, _ids = timed(lambda: list(job.data_objects.order_by("position").values_list("position", "object_id")))
        return Exported(objects, first[0], seconds, copy, listing, memory)


def _copied_out(job: Job) -> int:
    size = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY ({LABELED}) TO STDOUT", [job.pk]) as copy:
        for block in copy:
            size += len(block)
    return size


@benchmark(
    "export",
    argument("--objects", nargs="+", type=float, default=[1e5, 1e6], help="numbers of objects (default: 1e5 1e6)"),
    help="export of an output manifest, compared with plain COPY",
)
def run(*, objects: list[float]) -> Report:
    """Measure every size."""
    return report.of_rows(
        [measure(int(n)) for n in report.each(objects)],
        {
            "labels": lambda r: f"{r.objects:,}",
            "first block ms": lambda r: f"{r.first * 1000:.0f}",
            "total s": lambda r: f"{r.whole:.2f}",
            "lines/s": lambda r: f"{r.objects / r.whole:,.0f}",
            "COPY s": lambda r: f"{r.copy:.2f}",
            "% of COPY": lambda r: f"{r.ratio:.0%}",
            "id list s": lambda r: f"{r.listing:.2f}",
            "MB": lambda r: f"{r.memory:.0f}",
        },
    )
