"""Turn answers into labels: a run of a method, which stays with all it needs to be made again.

The job's own method runs by itself as batches come in; such runs are official and decide the job's labels.
Any other method runs on demand, and changes nothing of theirs.
"""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.consolidation import Aggregation
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs.models import Counters, Job
from gtcrowd.labels import answers as columns
from gtcrowd.labels import assets, bulk_copy, online_posteriors
from gtcrowd.labels.models import HOOK, Label, Run, RunState, WorkerQuality
from gtcrowd.platform import queue
from gtcrowd.tasks.models import Gold, Task, TaskState

LEAST_NEW = 50
SHARE_NEW = 0.05
"""A run is due when LEAST_NEW objects, or the share SHARE_NEW of all ended objects, ended since the last run. The share
keeps the total work of all runs proportional to the answers: each run reads them all."""

PER_BATCH = frozenset({"gt-compat"})
"""Methods that are run on each batch apart, as Ground Truth does, and never on the whole."""


class UnknownMethod(Exception):
    """The kind of label has no such method."""

    def __init__(self, name: str, methods: tuple[str, ...]) -> None:
        self.name, self.methods = name, methods
        text = _("%(name)s is not one of %(known)s.")
        super().__init__(text % {"name": repr(name), "known": ", ".join(methods)})


def due(job: Job) -> bool:
    """Whether enough tasks have ended since the last official run."""
    new = _new(job).count()
    return new >= max(LEAST_NEW, SHARE_NEW * (new + job.counters.consolidated))


def run_batch(job: Job, *, now: datetime) -> Run | None:
    """Label the objects that ended since the last official run, and known ones; None if there are none with answers."""
    only_new = job.method in PER_BATCH
    new = set(_new(job).values_list("pk", flat=True)) | set(_known(job).values_list("pk", flat=True))
    return _official(job, columns.read(job, only_new=only_new), write=new, now=now)


def run_whole(job: Job, *, now: datetime) -> Run | None:
    """The run at the end: every object is labeled again with all answers in view."""
    if job.method in PER_BATCH:
        return run_batch(job, now=now)
    return _official(job, columns.read(job), write=None, now=now)


def ask(job: Job, *, viewer: Viewer, method: str, now: datetime) -> Run:
    """Have the runner make a run of another method, to compare. Raises UnknownMethod, NotAllowed."""
    viewer.must(Right.CREATE_JOBS)
    methods = (*kinds.kind(job.kind).methods, *((HOOK,) if job.post_hook else ()))
    if method not in methods:
        raise UnknownMethod(method, methods)
    with transaction.atomic():
        run = Run.objects.create(job=job, method=method, created_at=now)
        queue.enqueue(queue.RUN_METHOD, run=run.pk)
    return run


def perform(run: Run, *, now: datetime) -> None:
    """Make a run that was asked for. Making it twice does it once."""
    if run.state != RunState.WAITING:
        return
    _form(run, columns.read(run.job), write=None, now=now)


def _new(job: Job) -> QuerySet[Task]:
    return Task.objects.filter(job=job, consolidated=False, state__in=[TaskState.DONE, TaskState.FAILED])


def _known(job: Job) -> QuerySet[Gold]:
    return Gold.objects.filter(job=job, active=True)


def _official(job: Job, answers: columns.Answers, *, write: set[int] | None, now: datetime) -> Run | None:
    with transaction.atomic():
        ended = _new(job) if write is None else Task.objects.filter(pk__in=write)
        Counters.objects.filter(job=job).update(consolidated=F("consolidated") + ended.update(consolidated=True))
        if not len(answers.objects):
            return None
        run = Run.objects.create(
            job=job, method=job.method, parameters=job.method_parameters, official=True, created_at=now
        )
        concluded = _form(run, answers, write=write, now=now)
        queue.enqueue(queue.COMPARE_ANSWERS, once=f"compare-{job.pk}", job=job.pk)
    if job.dynamic:  # outside of the transaction: it touches rows that workers are waiting for
        run.drift = online_posteriors.pass_on(job, concluded, answers, now=now)
        run.save(update_fields=["drift"])
    return run


def _form(run: Run, answers: columns.Answers, *, write: set[int] | None, now: datetime) -> Aggregation[list[Any]]:
    job, began = run.job, time.perf_counter()
    concluded = kinds.kind(job.kind).consolidate(
        answers.columns,
        categories=job.categories,
        method=run.method,
        parameters=run.parameters,
        gold_answers=answers.gold_answers,
        worker_accuracy=answers.accuracy,
    )
    with transaction.atomic():
        _describe(run, concluded, answers)
        chosen = _chosen(answers, write)
        run.labels = _write_labels(run, concluded, answers, chosen, now)
        with_positions = zip(answers.positions[chosen].tolist(), chosen.tolist(), strict=True)
        assets.write(job, ((position, concluded.labels[code]) for position, code in with_positions), created_at=now)
        _write_qualities(run, concluded, answers)
        run.seconds, run.state, run.ended_at = time.perf_counter() - began, RunState.DONE, now
        run.save()
    return concluded


def _describe(run: Run, concluded: Aggregation[list[Any]], answers: columns.Answers) -> None:
    conclusion = concluded
    run.parameters = dict(conclusion.parameters)
    run.versions = dict(conclusion.versions)
    run.steps, run.converged = conclusion.steps, conclusion.converged
    run.objective = list(conclusion.objective)
    run.answers = np.size(answers.columns.objects)


SUPERSEDE = "UPDATE labels_label SET current = false WHERE job_id = %s AND current AND position = ANY(%s)"


def supersede(job: Job, positions: Sequence[int]) -> None:
    """Labels that these objects have now make room for others."""
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDE, [job.pk, list(positions)])


def _chosen(answers: columns.Answers, write: set[int] | None) -> columns.Codes:
    """Codes of the objects that get a label: all, or those of these tasks."""
    if write is None:
        return np.arange(len(answers.objects))
    return np.flatnonzero(np.isin(answers.objects, np.fromiter(write, np.int64, len(write))))


def _write_labels(
    run: Run, concluded: Aggregation[list[Any]], answers: columns.Answers, chosen: columns.Codes, now: datetime
) -> int:
    positions = answers.positions[chosen]
    if run.official:
        supersede(run.job, positions.tolist())
    counts = np.bincount(answers.columns.objects, minlength=len(answers.objects))
    values = _texts([concluded.labels[code] for code in chosen.tolist()])
    posterior = concluded.posterior
    bulk_copy.write(
        Label._meta.db_table,
        {
            "run_id": pa.array([run.pk]),
            "job_id": pa.array([run.job_id]),
            "data_object_id": pa.array(answers.objects[chosen]),
            "position": pa.array(positions),
            "value": pa.array(values, pa.large_string()),
            "confidence": pa.array(concluded.confidence[chosen].round(6)),
            "posterior": pa.array(["\\N"]) if posterior is None else bulk_copy.json_lists(posterior[chosen], places=6),
            "parts": _parts(concluded, chosen),
            "answers": pa.array(counts[chosen]),
            "current": pa.array([run.official]),
            "created_at": pa.array([now.isoformat()]),
        },
        rows=len(chosen),
    )
    return len(chosen)


def _texts(values: list[object]) -> list[str]:
    """Each value as JSON in a field of COPY; names of categories, which repeat, are written once."""
    names = {value: "" for value in values if isinstance(value, str)}
    for name in names:
        names[name] = bulk_copy.escaped(json.dumps(name))
    return [names[v] if isinstance(v, str) else bulk_copy.escaped(json.dumps(v)) for v in values]


def _parts(concluded: Aggregation[list[Any]], chosen: columns.Codes) -> pa.Array:
    parts = concluded.part_confidence
    if parts is None:
        return pa.array(["\\N"])
    rounded = ([round(part, 6) for part in parts[code].tolist()] for code in chosen.tolist())
    return pa.array([json.dumps(row) for row in rounded], pa.large_string())


def _write_qualities(run: Run, concluded: Aggregation[list[Any]], answers: columns.Answers) -> None:
    result = concluded
    rows = None if result.confusion is None else result.confusion.round(6).tolist()
    confusion = ["\\N"] if rows is None else [json.dumps(row) for row in rows]
    bulk_copy.write(
        WorkerQuality._meta.db_table,
        {
            "run_id": pa.array([run.pk]),
            "worker_id": pa.array(answers.workers),
            "answers": pa.array(result.answers),
            "accuracy": pa.array(result.accuracy),
            "low": pa.array(result.low),
            "high": pa.array(result.high),
            "confusion": pa.array(confusion, pa.large_string()),
        },
        rows=len(answers.workers),
    )
