"""Cases: what somebody should look at. Opened with their evidence, decided by people; nothing else follows from one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gtcrowd.analytics.measures import drift, fraud, leave_one_out
from gtcrowd.analytics.models import Case, CaseState, Day
from gtcrowd.identity.access import Right, Viewer
from gtcrowd.jobs.models import Job

FALSE_RATE = 0.05
"""Of the cases opened by signs of fraud, so many are expected to be false at most."""
MOST_ANSWERS = 2_000_000
"""Pairs of workers are not compared in jobs with more answers: it would take minutes."""
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Category:
    """`title`, `meaning` of the evidence, and `innocent`: what else may explain it."""

    title: str | Promise
    meaning: str | Promise
    innocent: tuple[str | Promise, ...]


CATEGORIES: Mapping[str, Category] = MappingProxyType({
    "drift": Category(
        _("Significant drop in accuracy"),
        _("From a certain answer on, the worker agrees with the probable labels far less often than before."),
        (_("The instructions or the categories changed."),
         _("The objects became harder, and other workers made errors on them too."),
         _("Fatigue, illness or a poor screen.")),
    ),
    "speed": Category(
        _("Unusually fast answers"),
        _("The worker has far more very fast answers than the other workers of the job."),
        (_("The worker has experience with this task or uses keyboard shortcuts."), _("The objects are repetitive."),
         _("The page was loaded and read before the timer started.")),
    ),
    "regular": Category(
        _("Unusually regular timing"),
        _("The time from one answer to the next varies far less than it does for people."),
        (_("The objects are very easy and alike."), _("A slow network dominates the response time.")),
    ),
    "entropy": Category(
        _("Almost always the same answer"),
        _("One answer is far more frequent than expected, whatever the object is."),
        (_("The worker received mostly objects of one category."),
         _("The worker understands a category differently.")),
    ),
    "sessions": Category(
        _("Account possibly shared by two people"),
        _("Working speed differs between sessions far more than for a single person."),
        (_("The worker uses different devices, or works between other activities."),
         _("Objects of different difficulty came in blocks.")),
    ),
    "copying": Category(
        _("Shared errors with another worker"),
        _("Two workers give the same improbable answers far more often than chance explains."),
        (_("Both were trained by the same person, or discuss difficult objects."),
         _("Both misread the same instruction."),
         _("The label is wrong, and both workers are right.")),
    ),
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Seen:
    """A job's answers to real objects, in columns: codes of objects, workers and values, seconds each took, when it was
    handed in (seconds since 1970); `confusion` [workers, right, answer] and `prior` [values] as the last run has them;
    `workers`: ids."""

    task: npt.NDArray[np.int64]
    worker: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float64]
    at: npt.NDArray[np.float64]
    confusion: npt.NDArray[np.float64]
    prior: npt.NDArray[np.float64]
    workers: npt.NDArray[np.int64]
    n_tasks: int


def look(job: Job, seen: Seen, *, now: datetime, budget: float = drift.BUDGET) -> drift.Watched | None:
    """Open the cases that a job's answers give reason for, and not any again that was opened before.

    Returns how the workers were watched for drift; None without an answer.
    """
    if not len(seen.task):
        return None
    beside = leave_one_out.probability(
        seen.task, seen.worker, seen.value, confusion=seen.confusion, prior=seen.prior, n_tasks=seen.n_tasks
    )
    watched = _watched(job, seen, beside, now=now, budget=budget)
    found = [
        Case(
            requester_id=job.requester_id, worker_id=int(seen.workers[worker]), job=job, category=category, key=key,
            evidence=evidence, ratio=round(float(min(ratio, 700.0)), 3), opened_at=now,
        )
        for category, worker, key, evidence, ratio in _signs(job, seen, beside, watched, budget=budget)
    ]  # fmt: skip
    Case.objects.bulk_create(found, ignore_conflicts=True)
    return watched


def decide(*, viewer: Viewer, case: Case, confirmed: bool, note: str, now: datetime) -> None:
    """Close a case: what it looks like, or something innocent. Deciding again corrects. Raises NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    with transaction.atomic():
        case.state = CaseState.CONFIRMED if confirmed else CaseState.CLEARED
        case.note, case.decided_at, case.decided_by = note[:1000], now, viewer.user
        case.save(update_fields=["state", "note", "decided_at", "decided_by"])


def _signs(
    job: Job, seen: Seen, beside: npt.NDArray[np.float64], watched: drift.Watched, *, budget: float
) -> Iterator[tuple[str, int, str, dict[str, Any], float]]:
    n, values = len(seen.workers), len(seen.prior)
    yield from _drift(job, seen, watched, budget=budget)
    tests = {
        "speed": fraud.speed(seen.worker, seen.seconds, n_workers=n),
        "regular": fraud.regularity(seen.worker, seen.seconds, n_workers=n),
        "entropy": fraud.entropy(seen.worker, seen.value, beside, n_workers=n, n_values=values),
        "sessions": fraud.sessions(seen.worker, seen.at, seen.seconds, n_workers=n),
    }
    names = list(tests)
    told = fraud.discoveries(np.concatenate([tests[name].ratio for name in names]), rate=FALSE_RATE)
    for place in np.flatnonzero(told).tolist():
        category, worker = names[place // n], place % n
        test = tests[category]
        evidence = {
            "seen": round(float(test.seen[worker]), 4), "expected_correct": round(float(test.expected[worker]), 4),
            "answers": int((seen.worker == worker).sum()),
        }  # fmt: skip
        yield category, worker, f"job-{job.pk}", evidence, float(test.ratio[worker])
    if values > 1 and len(seen.task) <= MOST_ANSWERS:
        yield from _copying(job, seen)


def _watched(job: Job, seen: Seen, beside: npt.NDArray[np.float64], *, now: datetime, budget: float) -> drift.Watched:
    month = Day.objects.filter(requester=job.requester_id, day__gte=(now - MONTH).date())
    answers = max(month.aggregate(n=Sum("submitted"))["n"] or 0, len(seen.task))
    limit = drift.threshold(answers, budget=budget)
    weight = np.bincount(seen.worker, minlength=len(seen.workers)).astype(float)
    crowd = np.average(seen.confusion, axis=0, weights=np.maximum(weight, 1e-9))
    order = np.argsort(seen.at, kind="stable")
    return drift.watch(
        seen.worker[order], seen.value[order], beside[order], crowd=crowd, n_workers=len(seen.workers), limit=limit
    )


def _drift(
    job: Job, seen: Seen, watched: drift.Watched, *, budget: float
) -> Iterator[tuple[str, int, str, dict[str, Any], float]]:
    for worker in np.flatnonzero(watched.alarm >= 0).tolist():
        own = np.sort(seen.at[seen.worker == worker])
        began, alarm = int(watched.began[worker]), int(watched.alarm[worker])
        evidence = {
            "answers": len(own), "began_after": began, "told_after": alarm + 1, "began_at": float(own[began]),
            "told_at": float(own[alarm]), "sum": round(float(watched.highest[worker]), 2),
            "threshold": round(watched.threshold, 2), "budget": budget,
        }  # fmt: skip
        yield "drift", worker, f"job-{job.pk}-{began}", evidence, float(watched.highest[worker])


def _copying(job: Job, seen: Seen) -> Iterator[tuple[str, int, str, dict[str, Any], float]]:
    pairs = fraud.copying(
        seen.task, seen.worker, seen.value, confusion=seen.confusion, prior=seen.prior, n_tasks=seen.n_tasks
    )
    found = fraud.discoveries(pairs.ratio, rate=FALSE_RATE)
    ring = {worker: members for members in fraud.rings(pairs, found, n_workers=len(seen.workers)) for worker in members}
    for place in np.flatnonzero(found).tolist():
        one, other = int(pairs.one[place]), int(pairs.other[place])
        for worker, partner in ((one, other), (other, one)):
            evidence = {
                "with": int(seen.workers[partner]), "shared": int(pairs.shared[place]), "same": int(pairs.same[place]),
                "expected_correct": round(float(pairs.expected[place]), 2), "ring": len(ring.get(worker, [])),
            }  # fmt: skip
            yield "copying", worker, f"job-{job.pk}-with-{seen.workers[partner]}", evidence, float(pairs.ratio[place])
