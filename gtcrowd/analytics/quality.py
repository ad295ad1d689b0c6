"""How answers compare with labels and with each other, formed again for a job after each of its official runs.

One pass over the job's answers, in the queue worker; what comes of it is a row for each worker and day (`Quality`), for
each worker (`Profile`) and one for the job (`JobQuality`). Formed again from the same answers and labels, it is the
same. The same pass looks for cases.
"""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max

from gtcrowd import kinds
from gtcrowd.analytics import cases, columns, cusum, locks, run_summary
from gtcrowd.analytics.columns import Columns
from gtcrowd.analytics.measures import comparisons as comparing
from gtcrowd.analytics.measures.periods import EPOCH
from gtcrowd.analytics.models import JobQuality, Profile, Quality
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Run, RunState

MOST_CATEGORIES = 50
"""Beyond so many, a table of each worker's confusions says nothing that a person could read."""


def stale() -> list[int]:
    """Ids of jobs with an official run that has not been taken in: none is forgotten, whatever becomes of the queue."""
    newest = Run.objects.filter(official=True, state=RunState.DONE).values_list("job").annotate(last=Max("pk"))
    seen = dict(JobQuality.objects.values_list("job_id", "run_id"))
    return [job for job, run in newest.order_by("job") if seen.get(job) != run]


def form(job: Job, *, now: datetime) -> bool:
    """Compare the job's answers again; False if it has no official run."""
    with locks.alone(locks.QUALITY, job.pk, wait=True):
        return _formed(job, now)


def _formed(job: Job, now: datetime) -> bool:
    run = Run.objects.filter(job=job, official=True, state=RunState.DONE).order_by("-pk").first()
    if run is None:
        return False
    values = kinds.kind(job.kind).values(job.categories)
    given = columns.read(job)
    watched = None
    if values is not None and 0 < len(values) <= MOST_CATEGORIES:
        seen = _seen(run, given, len(values))
        watched = cases.look(job, seen, now=now)
    categories = len(values) if values is not None and len(values) <= MOST_CATEGORIES else 0
    content = run_summary.described(job, given, values, categories)
    content["drift"] = cusum.kept(seen, watched, given) if watched is not None else None
    with transaction.atomic():
        for model in (Quality, Profile):
            model._default_manager.filter(job=job).delete()
        Quality.objects.bulk_create(_days(job, given), batch_size=2000)
        Profile.objects.bulk_create(_profiles(job, given, categories), batch_size=500)
        JobQuality.objects.update_or_create(job=job, defaults={"run_id": run.pk, "made_at": now, "content": content})
    return True


def _seen(run: Run, given: Columns, n_values: int) -> cases.Seen:
    """The answers to real objects, with the workers as the run has them: by their confusions, or where its method has
    none, by one accuracy over all categories."""
    own = ~given.gold
    confusion = np.full((len(given.workers), n_values, n_values), 0.0)
    known = {worker: (accuracy, rows) for worker, accuracy, rows in run.worker_qualities.values_list(
        "worker_id", "accuracy", "confusion")}  # fmt: skip
    for place, worker in enumerate(given.workers.tolist()):
        accuracy, rows = known.get(worker, (0.5, None))
        if rows is None:
            accuracy = min(max(accuracy, 0.02), 0.98)
            rows = np.full((n_values, n_values), (1 - accuracy) / max(n_values - 1, 1))
            np.fill_diagonal(rows, accuracy)
        confusion[place] = rows
    labels = np.bincount(given.label[own & (given.label >= 0)], minlength=n_values) + 1.0
    return cases.Seen(
        given.task[own], given.worker[own], given.value[own], given.seconds[own], given.at[own], confusion,
        labels / labels.sum(), given.workers, given.n_tasks,
    )  # fmt: skip


def _days(job: Job, given: Columns) -> list[Quality]:
    days, cell = np.unique(given.worker * 1_000_000 + given.day, return_inverse=True)
    scored = given.label >= 0
    right = np.where(scored, given.right, 0.0)

    def total(weight: Any) -> list[Any]:
        return np.bincount(cell, weight, len(days)).tolist()

    truth, known = given.truth >= 0, given.known >= 0
    sums = zip(
        days.tolist(), total(scored), total(right), total(np.where(scored, right * (1 - right), 0.0)),
        total(given.compared), total(given.agreed), total(truth), total(truth & (given.truth == given.value)),
        total(known), total(known & (given.known == given.value)), strict=True,
    )  # fmt: skip
    return [
        Quality(
            requester_id=job.requester_id, job=job, worker_id=int(given.workers[place // 1_000_000]),
            day=EPOCH + timedelta(days=place % 1_000_000), scored=int(n), expected_correct=round(expected_correct, 9),
            variance=round(variance, 9), compared=int(both), agreement_sum=round(agreement_sum, 9), truth_n=int(truths),
            truth_right=int(truths_right), gold_n=int(golds), gold_right=int(golds_right),
        )
        for place, n, expected_correct, variance, both, agreement_sum, truths, truths_right, golds, golds_right in sums
    ]  # fmt: skip


def _profiles(job: Job, given: Columns, categories: int) -> list[Profile]:
    answers = np.bincount(given.worker, minlength=len(given.workers)).tolist()
    counts: list[Any] = [None] * len(answers)
    if categories:
        reference = columns.reference(given)
        counts = comparing.confusion(
            given.worker, reference, given.value, n_workers=len(answers), n_values=categories
        ).tolist()
    return [
        Profile(job=job, worker_id=int(worker), answers=n, confusion=table)
        for worker, n, table in zip(given.workers.tolist(), answers, counts, strict=True)
    ]
