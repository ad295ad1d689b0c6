"""Compare the answers of a job with its labels and with each other, after each of its official runs.

One pass over the answers, in the queue worker, writes a row per worker and day (`Quality`), per worker (`Profile`) and
one for the job (`JobQuality`), and opens cases. The same answers and labels give the same rows.
"""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max

from gtcrowd import kinds
from gtcrowd.analytics import cases, columns, run_summary
from gtcrowd.analytics.columns import Columns
from gtcrowd.analytics.measures import comparisons as comparing
from gtcrowd.analytics.measures.periods import EPOCH
from gtcrowd.analytics.models import JobQuality, Profile, Quality
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Run, RunState
from gtcrowd.platform import locks

MOST_CATEGORIES = 50
"""Larger confusion matrices of workers are not readable, and not stored."""


def stale() -> list[int]:
    """Return the ids of jobs whose latest official run is not compared yet, whatever happened to the queue."""
    newest = Run.objects.filter(official=True, state=RunState.DONE).values_list("job").annotate(last=Max("pk"))
    compared = dict(JobQuality.objects.values_list("job_id", "run_id"))
    return [job for job, run in newest.order_by("job") if compared.get(job) != run]


def form(job: Job, *, now: datetime) -> bool:
    """Compare the answers of the job; return False if it has no official run."""
    with locks.session(locks.Lock.QUALITY, job.pk, wait=True):
        return _form(job, now)


def _form(job: Job, now: datetime) -> bool:
    run = Run.objects.filter(job=job, official=True, state=RunState.DONE).order_by("-pk").first()
    if run is None:
        return False
    values = kinds.kind(job.kind).values(job.categories)
    answers = columns.read(job)
    charts = None
    if values is not None and 0 < len(values) <= MOST_CATEGORIES:
        real = _real_answers(run, answers, len(values))
        opened = cases.open_cases(job, real, now=now)
        charts = (real, opened) if opened is not None else None
    categories = len(values) if values is not None and len(values) <= MOST_CATEGORIES else 0
    report = run_summary.summarize(job, answers, values, categories, charts)
    with transaction.atomic():
        for model in (Quality, Profile):
            model._default_manager.filter(job=job).delete()
        Quality.objects.bulk_create(_days(job, answers), batch_size=2000)
        Profile.objects.bulk_create(_profiles(job, answers, categories), batch_size=500)
        stored = {"run_id": run.pk, "made_at": now, "content": report.to_json()}
        JobQuality.objects.update_or_create(job=job, defaults=stored)
    return True


def _real_answers(run: Run, answers: Columns, n_values: int) -> cases.JobAnswers:
    """Return the answers without gold answers, and the worker model of the run.

    A worker without a confusion matrix gets one with the same accuracy in all categories.
    """
    own = ~answers.gold
    confusion = np.full((len(answers.workers), n_values, n_values), 0.0)
    qualities = {worker: (accuracy, rows) for worker, accuracy, rows in run.worker_qualities.values_list(
        "worker_id", "accuracy", "confusion")}  # fmt: skip
    for index, worker in enumerate(answers.workers.tolist()):
        accuracy, rows = qualities.get(worker, (0.5, None))
        if rows is None:
            accuracy = min(max(accuracy, 0.02), 0.98)
            rows = np.full((n_values, n_values), (1 - accuracy) / max(n_values - 1, 1))
            np.fill_diagonal(rows, accuracy)
        confusion[index] = rows
    labels = np.bincount(answers.label[own & (answers.label >= 0)], minlength=n_values) + 1.0
    return cases.JobAnswers(
        answers.task[own], answers.worker[own], answers.value[own], answers.seconds[own], answers.at[own], confusion,
        labels / labels.sum(), answers.workers, answers.n_tasks,
    )  # fmt: skip


def _days(job: Job, answers: Columns) -> list[Quality]:
    cells, cell = np.unique(answers.worker * 1_000_000 + answers.day, return_inverse=True)
    scored = answers.label >= 0
    right = np.where(scored, answers.right, 0.0)

    def total(weight: Any) -> list[Any]:
        result: list[Any] = np.bincount(cell, weight, len(cells)).tolist()
        return result

    truth, gold = answers.truth >= 0, answers.gold_value >= 0
    sums = zip(
        cells.tolist(), total(scored), total(right), total(np.where(scored, right * (1 - right), 0.0)),
        total(answers.compared), total(answers.agreed), total(truth), total(truth & (answers.truth == answers.value)),
        total(gold), total(gold & (answers.gold_value == answers.value)), strict=True,
    )  # fmt: skip
    return [
        Quality(
            requester_id=job.requester_id, job=job, worker_id=int(answers.workers[code // 1_000_000]),
            day=EPOCH + timedelta(days=code % 1_000_000), scored=int(n), expected_correct=round(expected_correct, 9),
            variance=round(variance, 9), compared=int(both), agreement_sum=round(agreement_sum, 9), truth_n=int(truths),
            truth_right=int(truths_right), gold_n=int(golds), gold_right=int(golds_right),
        )
        for code, n, expected_correct, variance, both, agreement_sum, truths, truths_right, golds, golds_right in sums
    ]  # fmt: skip


def _profiles(job: Job, answers: Columns, categories: int) -> list[Profile]:
    n_answers = np.bincount(answers.worker, minlength=len(answers.workers)).tolist()
    counts: list[Any] = [None] * len(n_answers)
    if categories:
        reference = columns.reference(answers)
        counts = comparing.confusion(
            answers.worker, reference, answers.value, n_workers=len(n_answers), n_values=categories
        ).tolist()
    return [
        Profile(job=job, worker_id=int(worker), answers=n, confusion=table)
        for worker, n, table in zip(answers.workers.tolist(), n_answers, counts, strict=True)
    ]
