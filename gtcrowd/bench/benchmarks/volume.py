"""Measure a consolidation run of a million answers in the database, compared with COPY of the same rows."""

from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from gtcrowd import kinds
from gtcrowd.bench import report
from gtcrowd.bench.measuring import timed
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.jobs.models import Job
from gtcrowd.labels import answers as columns
from gtcrowd.labels import consolidate
from gtcrowd.labels.models import Run
from gtcrowd.workforce import setup

CATEGORIES = [f"class {number}" for number in range(10)]
# Every object is answered by five workers, each of whom is right in seven of ten cases.
TASKS = """
INSERT INTO tasks_task (data_object_id, job_id, position, batch, target_answers, answer_count, decline_count, state,
                        reason_code, opened_at, available_until, consolidated, rank)
SELECT -task, %(job)s, task, 1, 5, 5, 0, 'done', '', now(), now(), false, task
FROM generate_series(1, %(answers)s / 5) task
"""
ANSWERS = """
INSERT INTO tasks_answer (assignment_id, task_id, job_id, worker_id, content, value, seconds, paid, late, extra,
                          submitted_at)
SELECT -answer, -1 - answer %% (%(answers)s / 5), %(job)s, -1 - (hashint8(answer) & 4095),
       jsonb_build_object('crowd-classifier', jsonb_build_object('label', label)), to_jsonb(label), 5, 0.012, false,
       false, now()
FROM generate_series(0, %(answers)s - 1) answer,
     LATERAL (SELECT 'class ' || CASE WHEN hashint8(answer + 7) & 1023 < 717 THEN answer %% (%(answers)s / 5)
                                 ELSE hashint8(answer + 9) & 1023 END %% 10 AS label) chosen
"""


@dataclass(frozen=True)
class Volume:
    """Seconds of the parts of one run, and of a plain COPY of its answers out of the database and back into it."""

    answers: int
    read: float
    method: float
    write: float
    copy_out: float
    copy_in: float

    @property
    def ratio(self) -> float:
        """Reading and writing, by a plain COPY of the answers out and in."""
        return (self.read + self.write) / (self.copy_out + self.copy_in)


def measure(answers: int) -> Volume:
    """Fill the database, make a run, and take everything back: nothing of it is ever committed.

    Foreign keys are checked at the commit that never comes, so rows of other tables need not exist.
    """
    with transaction.atomic():
        job = _job()
        with connection.cursor() as cursor:
            for filling in (TASKS, ANSWERS):
                cursor.execute(filling, {"job": job.pk, "answers": answers})
            for table in ("tasks_task", "tasks_answer"):
                cursor.execute(f"ANALYZE {table}")
        copy_out, rows = timed(lambda: _out(job))
        copy_in, _ = timed(partial(_in, rows))
        read, answers_read = timed(lambda: columns.read(job))
        tiny = kinds.AnswerColumns([0], [0], [0], CATEGORIES, n_objects=1, n_workers=1)
        # What happens only once, such as compiling, is not measured.
        kinds.kind(job.kind).consolidate(tiny, categories=CATEGORIES, method=job.method, parameters={})
        method, _ = timed(
            lambda: kinds.kind(job.kind).consolidate(
                answers_read.columns, categories=CATEGORIES, method=job.method, parameters={}
            )
        )
        run = Run.objects.create(job=job, method=job.method, created_at=timezone.now())
        whole, _ = timed(lambda: consolidate.perform(run, now=timezone.now()))
        transaction.set_rollback(True)
    return Volume(answers, read, method, whole - read - method, copy_out, copy_in)


def _job() -> Job:
    requester = setup.requester(slug="bench-volume", name="Bench")
    return Job.objects.create(
        requester=requester, team_id=-1, name="volume", kind="choice", medium="text", label_attribute="volume",
        categories=CATEGORIES, objects_total=0, price=0, workers_per_object=5, time_limit=60, task_lifetime=60,
        method=kinds.kind("choice").default_method, created_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip


def _out(job: Job) -> bytearray:
    query = f"COPY (SELECT * FROM tasks_answer WHERE job_id = {job.pk:d}) TO STDOUT (FORMAT BINARY)"  # noqa: S608
    rows = bytearray()
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            rows += block
    return rows


def _in(rows: bytearray) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (LIKE tasks_answer) ON COMMIT DROP")
        with cursor.copy("COPY bare FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(rows)


@benchmark(
    "volume",
    argument(
        "--answers", type=float, default=1e6, help="number of answers (default: 1e6); they are removed afterwards"
    ),
    help="database input and output of a consolidation run, compared with plain COPY",
)
def run(*, answers: float) -> Report:
    """Measure one run."""
    return report.of_rows(
        [measure(int(answers))],
        {
            "answers": lambda r: f"{r.answers:,}",
            "read s": lambda r: f"{r.read:.2f}",
            "method s": lambda r: f"{r.method:.2f}",
            "write s": lambda r: f"{r.write:.2f}",
            "COPY out s": lambda r: f"{r.copy_out:.2f}",
            "COPY in s": lambda r: f"{r.copy_in:.2f}",
            "(read + write) / COPY": lambda r: f"{r.ratio:.2f}",
        },
    )
