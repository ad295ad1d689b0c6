"""Open cases of suspicious behavior with their evidence. People decide them; a case has no effect on the worker."""

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

from gtcrowd.analytics.measures import drift, fraud, guessing, leave_one_out
from gtcrowd.analytics.models import Case, CaseState, Day
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs.models import Job

FALSE_RATE = 0.05
"""Maximum expected share of false cases among those opened by the tests for fraud."""
MOST_ANSWERS = 2_000_000
"""Pairs of workers are not compared in larger jobs; it would take minutes."""
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Category:
    """The `title` of a case, the `meaning` of its evidence, and `innocent`: alternative explanations."""

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
    "guessing": Category(
        _("Accuracy near guessing from the start"),
        _("From the first answer on, the answers hardly depend on the object: they agree with the probable labels less "
          "than halfway between guessing and the other workers."),
        (_("The worker misunderstood the instructions, or could not see the objects."),
         _("The worker received much harder objects than the others."),
         _("The other workers share an error, and this worker is right.")),
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
class JobAnswers:
    """The answers of a job without gold answers, and the worker model of its last run.

    task, worker, value  [n]                        codes
    seconds              [n]                        answer time
    at                   [n]                        time of submission in seconds since 1970
    confusion            [workers, values, values]  answer distribution of each worker, rows: true value
    prior                [values]
    workers              [workers]                  ids
    """

    task: npt.NDArray[np.int64]
    worker: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float64]
    at: npt.NDArray[np.float64]
    confusion: npt.NDArray[np.float64]
    prior: npt.NDArray[np.float64]
    workers: npt.NDArray[np.int64]
    n_tasks: int


def open_cases(job: Job, answers: JobAnswers, *, now: datetime, budget: float = drift.BUDGET) -> drift.Charts | None:
    """Open the cases for which the answers of a job give evidence, unless they were opened before.

    Returns the drift charts of the workers; None without an answer.
    """
    if not len(answers.task):
        return None
    posterior = leave_one_out.probability(
        answers.task,
        answers.worker,
        answers.value,
        confusion=answers.confusion,
        prior=answers.prior,
        n_tasks=answers.n_tasks,
    )
    charts = _charts(job, answers, posterior, now=now, budget=budget)
    new = [
        Case(
            requester_id=job.requester_id, worker_id=int(answers.workers[worker]), job=job, category=category, key=key,
            evidence=evidence, ratio=round(float(min(ratio, 700.0)), 3), opened_at=now,
        )
        for category, worker, key, evidence, ratio in _signs(job, answers, posterior, charts, budget=budget)
    ]  # fmt: skip
    Case.objects.bulk_create(new, ignore_conflicts=True)
    return charts


def decide(*, viewer: Viewer, case: Case, confirmed: bool, note: str, now: datetime) -> None:
    """Confirm or dismiss a case; deciding again replaces the decision.

    Raises NotAllowed unless the viewer may manage workers.
    """
    viewer.must(Right.MANAGE_WORKERS)
    with transaction.atomic():
        case.state = CaseState.CONFIRMED if confirmed else CaseState.CLEARED
        case.note, case.decided_at, case.decided_by = note[:1000], now, viewer.user
        case.save(update_fields=["state", "note", "decided_at", "decided_by"])


def _signs(
    job: Job, answers: JobAnswers, posterior: npt.NDArray[np.float64], charts: drift.Charts, *, budget: float
) -> Iterator[tuple[str, int, str, dict[str, Any], float]]:
    n, values = len(answers.workers), len(answers.prior)
    yield from _drift(job, answers, charts, budget=budget)
    guesses = _guesses(answers, posterior)
    tests = {
        "speed": fraud.speed(answers.worker, answers.seconds, n_workers=n),
        "regular": fraud.regularity(answers.worker, answers.seconds, n_workers=n),
        "entropy": fraud.entropy(answers.worker, answers.value, posterior, n_workers=n, n_values=values),
        "sessions": fraud.sessions(answers.worker, answers.at, answers.seconds, n_workers=n),
    }
    names = [*tests, "guessing"]
    ratios = [*(test.ratio for test in tests.values()), guesses.ratio]
    reported = fraud.discoveries(np.concatenate(ratios), rate=FALSE_RATE)
    for index in np.flatnonzero(reported).tolist():
        category, worker = names[index // n], index % n
        if category == "guessing":
            if charts.alarm[worker] < 0:  # who guesses later has a case of drift
                yield (
                    category,
                    worker,
                    f"job-{job.pk}",
                    _guessing_evidence(answers, guesses, worker),
                    float(guesses.ratio[worker]),
                )
            continue
        test = tests[category]
        evidence = {
            "seen": round(float(test.observed[worker]), 4), "expected": round(float(test.expected[worker]), 4),
            "answers": int((answers.worker == worker).sum()),
        }  # fmt: skip
        yield category, worker, f"job-{job.pk}", evidence, float(test.ratio[worker])
    if values > 1 and len(answers.task) <= MOST_ANSWERS:
        yield from _copying(job, answers)


def _guesses(answers: JobAnswers, posterior: npt.NDArray[np.float64]) -> guessing.Guessing:
    order = np.argsort(answers.at, kind="stable")
    return guessing.detect(
        answers.worker[order],
        answers.value[order],
        posterior[order],
        crowd=_typical(answers),
        n_workers=len(answers.workers),
    )


def _guessing_evidence(answers: JobAnswers, guesses: guessing.Guessing, worker: int) -> dict[str, Any]:
    figures = {"accuracy": guesses.accuracy, "low": guesses.low, "high": guesses.high,
               "chance": guesses.chance, "crowd": guesses.crowd}  # fmt: skip
    rounded = {name: round(float(values[worker]), 4) for name, values in figures.items()}
    return {"answers": int((answers.worker == worker).sum()), **rounded}


def _typical(answers: JobAnswers) -> npt.NDArray[np.float64]:
    """Return the answer distribution of the typical worker, [values, values]: the mean, weighted by answers."""
    weight = np.bincount(answers.worker, minlength=len(answers.workers)).astype(float)
    mean: npt.NDArray[np.float64] = np.average(answers.confusion, axis=0, weights=np.maximum(weight, 1e-9))
    return mean


def _charts(
    job: Job, answers: JobAnswers, posterior: npt.NDArray[np.float64], *, now: datetime, budget: float
) -> drift.Charts:
    month = Day.objects.filter(requester=job.requester_id, day__gte=(now - MONTH).date())
    n_answers = max(month.aggregate(n=Sum("submitted"))["n"] or 0, len(answers.task))
    limit = drift.threshold(n_answers, budget=budget)
    order = np.argsort(answers.at, kind="stable")
    return drift.detect(
        answers.worker[order],
        answers.value[order],
        posterior[order],
        crowd=_typical(answers),
        n_workers=len(answers.workers),
        limit=limit,
    )


def _drift(
    job: Job, answers: JobAnswers, charts: drift.Charts, *, budget: float
) -> Iterator[tuple[str, int, str, dict[str, Any], float]]:
    for worker in np.flatnonzero(charts.alarm >= 0).tolist():
        own = np.sort(answers.at[answers.worker == worker])
        began, alarm = int(charts.began[worker]), int(charts.alarm[worker])
        evidence = {
            "answers": len(own), "began_after": began, "told_after": alarm + 1, "began_at": float(own[began]),
            "told_at": float(own[alarm]), "sum": round(float(charts.highest[worker]), 2),
            "threshold": round(charts.threshold, 2), "budget": budget,
        }  # fmt: skip
        yield "drift", worker, f"job-{job.pk}-{began}", evidence, float(charts.highest[worker])


def _copying(job: Job, answers: JobAnswers) -> Iterator[tuple[str, int, str, dict[str, Any], float]]:
    pairs = fraud.copying(
        answers.task,
        answers.worker,
        answers.value,
        confusion=answers.confusion,
        prior=answers.prior,
        n_tasks=answers.n_tasks,
    )
    reported = fraud.discoveries(pairs.ratio, rate=FALSE_RATE)
    ring = {
        worker: members
        for members in fraud.rings(pairs, reported, n_workers=len(answers.workers))
        for worker in members
    }
    for index in np.flatnonzero(reported).tolist():
        first, second = int(pairs.first[index]), int(pairs.second[index])
        for worker, partner in ((first, second), (second, first)):
            evidence = {
                "with": int(answers.workers[partner]), "shared": int(pairs.shared[index]),
                "same": int(pairs.same[index]),
                "expected": round(float(pairs.expected[index]), 2), "ring": len(ring.get(worker, [])),
            }  # fmt: skip
            yield (
                "copying",
                worker,
                f"job-{job.pk}-with-{answers.workers[partner]}",
                evidence,
                float(pairs.ratio[index]),
            )
