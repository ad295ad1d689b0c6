"""Gold questions: hidden among other objects, each shown once to a worker, they measure the worker's accuracy.

`Job.gold` holds the job's settings (validated by gtcrowd.jobs.request):

    share       share of a worker's tasks that are gold questions, 0 to 0.5
    quiz        number of unpaid gold questions before any paid work
    quiz_right  correct answers required in the quiz; with fewer, the worker is paused
    feedback    whether workers see the correct answer after each one; in the quiz they always do
    rules       list of {"below": accuracy, "do": "pause" | "review" | "weigh"}

A rule applies if the upper end of the worker's 95 % credible interval is below its accuracy, so that a few wrong
answers alone have no effect.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.consolidation.intervals import credible_interval
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import change
from gtcrowd.jobs.models import DataObject, Job
from gtcrowd.platform import locks, queue, sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.answers import checks
from gtcrowd.tasks.models import Answer, Assignment, Gold, JobWorker, JobWorkerState, Slot, Task, TaskState
from gtcrowd.workforce.models import Worker

BY_RULE = (Reason.GOLD_RULE, Reason.QUIZ_FAILED)
"""Reasons of states that follow from gold questions, and end when they no longer follow."""
STATES = {"pause": JobWorkerState.PAUSED, "review": JobWorkerState.REVIEW}

HAND_OUT = """
INSERT INTO tasks_assignment (task_id, slot_id, job_id, worker_id, fence, price, in_advance, extended, state, reason,
                              claimed_at, expires_at)
SELECT gold.task_id, NULL, gold.job_id, %(worker)s::bigint, 0, %(price)s::numeric, %(in_advance)s::boolean, 0, 'live',
       '', %(now)s::timestamptz, %(until)s::timestamptz
FROM tasks_gold gold
WHERE gold.job_id = %(job)s AND gold.active AND NOT EXISTS (
    SELECT FROM tasks_assignment past
    WHERE past.task_id = gold.task_id AND past.worker_id = %(worker)s::bigint
      AND past.state IN ('live', 'submitted', 'declined')
) AND (
    EXISTS (SELECT FROM jobs_preannotation prepared WHERE prepared.data_object_id = gold.task_id AND outcome = 'ready')
    OR NOT EXISTS (SELECT FROM jobs_job job WHERE job.id = gold.job_id AND job.pre_hook <> '')
)
ORDER BY hashint8extended(gold.task_id, %(worker)s::bigint) LIMIT 1
RETURNING id, task_id
"""
"""Each worker meets them in an order of their own, so that neighbours cannot tell each other. Where a hook prepares the
job's objects, those that are not prepared are met by nobody."""


@dataclass(frozen=True)
class Verdict:
    """The result of an answer to a gold question: whether it is right, the correct value, and the explanation."""

    right: bool
    value: Any
    explanation: str


class GoldRefused(Exception):
    """Nothing was declared. `faults`: pairs of an index in the list and the problem."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{position}: {problem}" for position, problem in faults))


def due(config: Mapping[str, Any], *, worker: int, job: int, gold_seen: int, answers: int) -> bool:
    """Return whether the worker's next task is to be a gold question; unpredictable for workers, stable on a retry."""
    if gold_seen < config.get("quiz", 0):
        return True
    digest = hashlib.blake2b(f"{job}/{worker}/{answers}".encode(), digest_size=8).digest()
    result: bool = int.from_bytes(digest, "big") < config.get("share", 0) * 2**64
    return result


def insert_assignment(
    worker: Worker, job: Job, config: Mapping[str, Any], *, gold_seen: int, params: Mapping[str, Any]
) -> Assignment | None:
    """Assign a gold question that the worker has not had yet; return None if there is none."""
    price = Decimal(0) if gold_seen < config.get("quiz", 0) else params["price"]
    for pk, task_id in sql.rows(HAND_OUT, **{**params, "price": price}):
        return Assignment(
            pk=pk, task_id=task_id, slot_id=None, fence=0, job=job, worker=worker, price=price,
            in_advance=params["in_advance"], claimed_at=params["now"], expires_at=params["until"],
        )  # fmt: skip
    return None


def grade_answer(answer: Answer, job: Job, *, now: datetime) -> Verdict | None:
    """Count an answer to a gold question and apply the job's rules; return what the worker is shown, if anything."""
    question = Gold.objects.get(task=answer.task_id)
    if not question.active:
        return None
    right = kinds.kind(job.kind).matches(answer.value, question.value)
    job_worker = _count(job.pk, answer.worker_id, gold_seen=1, right=int(right))
    apply_rules(job_worker, job.gold)
    shows_verdict = job.gold.get("feedback", False) or job_worker.gold_seen <= job.gold.get("quiz", 0)
    return Verdict(right, question.value, question.explanation) if shows_verdict else None


def apply_rules(job_worker: JobWorker, config: Mapping[str, Any]) -> None:
    """Bring the worker's state in the job in line with the rules of `config`, the job's gold settings.

    What a person decided is left alone.
    """
    state, code, params = _decision(job_worker, config)
    fixed_accuracy = "weigh" in _rules_met(job_worker, config)
    current = (job_worker.state, job_worker.reason_code, job_worker.reason_params, job_worker.fixed_accuracy)
    if current == (state, code, params, fixed_accuracy):
        return
    job_worker.state, job_worker.fixed_accuracy = state, fixed_accuracy
    job_worker.set_reason(code, params)
    job_worker.save(update_fields=["state", "reason_code", "reason_params", "fixed_accuracy"])


def _decision(job_worker: JobWorker, config: Mapping[str, Any]) -> tuple[JobWorkerState, str, dict[str, Any]]:
    """Return the state that follows from the worker's gold answers, with the code and parameters of its reason."""
    if job_worker.reason_code not in (*BY_RULE, ""):
        return JobWorkerState(job_worker.state), job_worker.reason_code, job_worker.reason_params
    low, high = (f"{bound:.0%}" for bound in _interval(job_worker))
    params = {"right": job_worker.gold_right, "seen": job_worker.gold_seen, "low": low, "high": high}
    if job_worker.gold_seen >= config.get("quiz", 0) > 0 and job_worker.gold_right < config.get("quiz_right", 0):
        return JobWorkerState.PAUSED, Reason.QUIZ_FAILED, {**params, "least": config["quiz_right"]}
    actions = _rules_met(job_worker, config)
    for action, state in STATES.items():
        if action in actions:
            return state, Reason.GOLD_RULE, params
    return JobWorkerState.WORKING, "", {}


def _rules_met(job_worker: JobWorker, config: Mapping[str, Any]) -> set[str]:
    """Return the actions of the rules whose bound lies above the whole 95 % interval of the worker's accuracy."""
    _low, high = _interval(job_worker)
    return {rule["do"] for rule in config.get("rules", ()) if high < rule["below"]}


def _interval(job_worker: JobWorker) -> tuple[float, float]:
    low, high = credible_interval(job_worker.gold_right, job_worker.gold_seen)
    return float(low), float(high)


def declare(
    *, viewer: Viewer, job: Job, items: Sequence[Mapping[str, Any]], now: datetime, available: timedelta | None = None
) -> int:
    """Declare objects of the job as gold questions: all, or none if there is a fault. Return how many.

    `items`: `object` (line of the manifest, counted from 0), `value` (as an answer's value), and optionally
    `explanation`. An object that was assigned or answered cannot become a gold question.
    Raises GoldRefused, NotAllowed.
    """
    viewer.must(Right.CREATE_JOBS)
    with transaction.atomic():
        locks.transaction(locks.Lock.OPEN_TASKS, job.pk)
        positions = [item.get("object") for item in items]
        objects = {
            data_object.position: data_object
            for data_object in DataObject.objects.filter(
                job=job, position__in=[n for n in positions if _is_whole_number(n)]
            )
        }
        tasks = Task.objects.select_for_update(no_key=True).in_bulk(
            [data_object.pk for data_object in objects.values()]
        )
        faults = [(index, fault) for index, item in enumerate(items) for fault in _faults(item, job, objects, tasks)]
        faults += [
            (index, _("lists an object twice."))
            for index, position in enumerate(positions)
            if position in positions[:index]
        ]
        if faults or not items:
            raise GoldRefused(faults or [(0, _("must have at least one gold question."))])
        until = now + (available or timedelta(seconds=job.task_lifetime))
        for item in items:
            _declare_one(job, objects[item["object"]], item, now, until)
        change.note(job, change.GOLD_OBJECTS, None, {"added": len(items)}, by=viewer.user, now=now)
    queue.advance(job.pk)
    return len(items)


def correct(*, viewer: Viewer, question: Gold, value: Any, explanation: str | None = None, now: datetime) -> int:
    """Correct the value of a gold question; counts are recomputed at once, labels by the runner.

    Returns the number of workers whose count changed. Raises NotAllowed, kinds.AnswerRefused.
    """
    viewer.must(Right.CREATE_JOBS)
    job = question.job
    kind = kinds.kind(job.kind)
    value = kind.read_value(value, job.categories)
    checks.check_object(job, question.pk, value)
    with transaction.atomic():
        question = Gold.objects.select_for_update(no_key=True).get(pk=question.pk)
        changed = _recount(
            question,
            job,
            lambda answer_value: (
                int(kind.matches(answer_value, value)) - int(kind.matches(answer_value, question.value))
            ),
            gold_seen=0,
            now=now,
        )
        question.value, question.corrected_at = value, now
        if explanation is not None:
            question.explanation = explanation[:1000]
        question.save()
        change.note(job, change.GOLD_OBJECTS, None, {"corrected": 1}, by=viewer.user, now=now)
        queue.enqueue(queue.RELABEL_JOB, once=f"relabel-{job.pk}", job=job.pk)
    return changed


def retire(*, viewer: Viewer, question: Gold, now: datetime) -> int:
    """Retire a gold question and subtract it from the counts of workers; return the number of workers."""
    viewer.must(Right.CREATE_JOBS)
    kind = kinds.kind(question.job.kind)
    with transaction.atomic():
        question = Gold.objects.select_related("job").select_for_update(no_key=True, of=("self",)).get(pk=question.pk)
        if not question.active:
            return 0
        changed = _recount(
            question,
            question.job,
            lambda answer_value: -int(kind.matches(answer_value, question.value)),
            gold_seen=-1,
            now=now,
        )
        Gold.objects.filter(pk=question.pk).update(active=False, corrected_at=now)
        change.note(question.job, change.GOLD_OBJECTS, None, {"withdrawn": 1}, by=viewer.user, now=now)
        queue.enqueue(queue.RELABEL_JOB, once=f"relabel-{question.job_id}", job=question.job_id)
    return changed


def _recount(question: Gold, job: Job, change: Any, *, gold_seen: int, now: datetime) -> int:
    changed = 0
    for answer in Answer.objects.filter(task=question.pk, gold=True).order_by("worker_id"):
        right = change(answer.value)
        if right or gold_seen:
            job_worker = _count(job.pk, answer.worker_id, gold_seen=gold_seen, right=right)
            apply_rules(job_worker, job.gold)
            changed += 1
    return changed


def _count(job: int, worker: int, *, gold_seen: int, right: int) -> JobWorker:
    """Add to the gold counts of a worker, in this job and in all jobs."""
    with connection.cursor() as cursor:
        for table, which in (
            ("tasks_jobworker", "job_id = %(job)s AND worker_id = %(worker)s"),
            ("workforce_worker", "id = %(worker)s"),
        ):
            cursor.execute(
                f"UPDATE {table} SET gold_seen = gold_seen + %(seen)s, gold_right = gold_right + %(right)s "  # noqa: S608
                f"WHERE {which}",
                {"job": job, "worker": worker, "seen": gold_seen, "right": right},
            )
    return JobWorker.objects.get(job=job, worker=worker)


def _declare_one(job: Job, data_object: DataObject, item: Mapping[str, Any], now: datetime, until: datetime) -> None:
    value = kinds.kind(job.kind).read_value(item["value"], job.categories)
    fields = {"value": value, "explanation": str(item.get("explanation") or "")[:1000]}
    Slot.objects.filter(task=data_object.pk).update(free_at=None, withdrawn=True)
    Task.objects.update_or_create(
        data_object=data_object,
        defaults={"state": TaskState.GOLD, "reason_code": Reason.GOLD, "target_answers": 0},
        create_defaults={
            "job": job, "position": data_object.position, "batch": 0, "target_answers": 0, "state": TaskState.GOLD,
            "reason_code": Reason.GOLD, "opened_at": now, "available_until": until, "rank": data_object.position,
        },
    )  # fmt: skip
    Gold.objects.update_or_create(
        task_id=data_object.pk,
        defaults=fields | {"active": True},
        create_defaults=fields | {"job": job},
    )


def _faults(
    item: Mapping[str, Any], job: Job, objects: Mapping[int, DataObject], tasks: Mapping[int, Task]
) -> Iterable[str]:
    data_object = objects.get(item.get("object")) if _is_whole_number(item.get("object")) else None  # type: ignore[arg-type]
    if data_object is None:
        yield _("object: must be a line number of the manifest, from 0 to %(last)s.") % {"last": job.objects_total - 1}
        return
    task = tasks.get(data_object.pk)
    if task is not None and task.state == TaskState.GOLD:
        yield _("object: is already a gold question. Correct it instead.")
    elif task is not None and (task.answer_count or Slot.objects.filter(task=task, fence__gt=0).exists()):
        yield _("object: was already assigned to workers, so it cannot become a gold question.")
    if not sql.storable(item.get("value")) or not sql.storable(item.get("explanation")):
        yield _("value, explanation: must not contain U+0000 or unpaired surrogates.")
    kind = kinds.kind(job.kind)
    try:
        checks.check_object(job, data_object.pk, kind.read_value(item.get("value"), job.categories))
    except kinds.AnswerRefused as refused:
        yield str(refused)


def _is_whole_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
