"""Have a job's post-annotation hook label the objects that ended, in batches of at most fifty.

1. Objects are chosen, the payload is written into the store, and a batch is created.
2. The hook is called, outside of any transaction. A process killed before its labels are written calls again, with
   the same payload and under the same key.
3. The answer is written into the store, and its labels in one transaction, as an official run.

After a fault the batch waits, longer each time, and the job has the reason. After the last try its
objects fail. Another hook, set meanwhile, begins anew with what is waiting and with what has failed.
"""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef

from gtcrowd.hooks import calls, post_annotation, retries, signing_secret
from gtcrowd.hooks.calls import Call, HookFault, Stage
from gtcrowd.jobs import hooks, state, store
from gtcrowd.jobs.models import Counters, Hook, Job, JobState, ObjectError
from gtcrowd.labels import consolidate
from gtcrowd.labels.models import HOOK, Label, PostAnnotationBatch, Run, RunState
from gtcrowd.labels.post_annotation import payload
from gtcrowd.platform import queue, reasons
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.models import USED, Answer, Gold, Task, TaskState

AGE = timedelta(seconds=60)
"""A batch with fewer objects is delivered after the first of them has waited this long."""
SECONDS = 15
"""Seconds for which one job's batches are delivered before other jobs have their turn."""


def deliver(job: Job, *, now: datetime, at_end: bool = False) -> bool:
    """Deliver the job's ended objects that are due, and all of them `at_end`.

    Return whether nothing is left that waits for the hook.
    """
    hook = hooks.current(job, Stage.POST)
    if hook is None:
        PostAnnotationBatch.objects.filter(job=job, outcome=PostAnnotationBatch.Outcome.WAITING, run=None).update(
            outcome=PostAnnotationBatch.Outcome.AGAIN, ended_at=now
        )
        _explain(job, None, now)
        return True
    _reassign(job, hook, now)
    began = time.monotonic()
    while True:
        batch = PostAnnotationBatch.objects.filter(
            job=job, outcome=PostAnnotationBatch.Outcome.WAITING, run=None
        ).first()
        batch = batch or _next(job, hook, now, at_end=at_end)
        if batch is None:
            _explain(job, None, now)
            return True
        if batch.next_at > now or not _try(job, batch, hook, now):
            _explain(job, batch, now)
            return False
        if time.monotonic() - began > SECONDS and not job.simulated:
            queue.advance(job.pk, wait=1)
            return False


def label_gold(job: Job, *, now: datetime) -> None:
    """Label gold questions with their correct value, without calling the hook."""
    questions = list(Gold.objects.filter(job=job, active=True).select_related("task"))
    labels = Label.objects.filter(
        job=job, current=True, position__in=[question.task.position for question in questions]
    )
    labeled = dict(labels.values_list("position", "value"))
    questions = [question for question in questions if labeled.get(question.task.position) != question.value]
    if not questions:
        return
    metadata = post_annotation.with_common_metadata({"confidence": 1}, job.name, now)
    results = {
        question.task.position: post_annotation.HookResult(question.value, metadata, 0) for question in questions
    }
    with transaction.atomic():
        run = _run(job, {"known": len(questions)}, now)
        _write(run, results, [question.task for question in questions], now)


def perform(run: Run, *, now: datetime) -> None:
    """Have the hook make all labels again, for a run that was asked for: for a while, and the rest at another time.

    Where it was broken off, it goes on behind the last label it has, with the hook it began with.
    """
    if run.state != RunState.WAITING:
        return
    began, job, seconds = time.monotonic(), run.job, run.seconds
    try:
        hook = _hook_of_run(run)
        while tasks := _next_of_run(run):
            batch = _create_batch(job, hook, tasks, now, run=run)
            results = _call_hook(job, batch, hook, now, patient=True)
            with transaction.atomic():
                _write(run, results, tasks, now)
                _end(batch, PostAnnotationBatch.Outcome.DONE, now)
            run.seconds = seconds + time.monotonic() - began
            run.save(update_fields=["seconds"])
            if time.monotonic() - began > SECONDS:
                queue.enqueue(queue.RUN_METHOD, once=f"run-{run.pk}", wait=1, run=run.pk)
                return
        run.state = RunState.DONE
    except HookFault as fault:
        run.state = RunState.FAILED
        run.set_reason(fault.reason, fault.params)
    run.ended_at = now
    run.save()


def _hook_of_run(run: Run) -> Hook:
    """The hook that a run began with; it begins with the job's present one. Raises HookFault if there is none."""
    own = Hook.objects.filter(job=run.job, stage=Stage.POST)
    hook = own.filter(number=run.parameters["number"]).first() if run.parameters else hooks.current(run.job, Stage.POST)
    if hook is None:
        raise HookFault(Reason.HOOK_REMOVED)
    if not run.parameters:
        run.parameters, run.versions = _parameters(hook), {"hook": str(hook.number)}
        run.save(update_fields=["parameters", "versions"])
    return hook


def _next_of_run(run: Run) -> list[Task]:
    """The next objects with answers that the run has no label for yet."""
    last = Label.objects.filter(run=run).aggregate(last=Max("position"))["last"]
    answers = Answer.objects.filter(USED, task=OuterRef("pk"))
    tasks = Task.objects.filter(Exists(answers), job=run.job, position__gt=-1 if last is None else last)
    return list(tasks.select_related("data_object").order_by("position")[: post_annotation.MOST_OBJECTS])


def _reassign(job: Job, hook: Hook, now: datetime) -> None:
    """Reassign batches that wait for another hook, or failed with one, to the current hook."""
    batches = PostAnnotationBatch.objects.filter(job=job, run=None).exclude(hook=hook)
    with transaction.atomic():
        batches.filter(outcome=PostAnnotationBatch.Outcome.WAITING).update(
            hook=hook, tries=0, reason_code="", reason_params={}, next_at=now
        )
        failed = batches.filter(outcome=PostAnnotationBatch.Outcome.FAILED)
        positions = [position for batch in failed for position in batch.positions]
        if positions:
            again = Task.objects.filter(job=job, position__in=positions, reason_code=Reason.POST_HOOK_FAILED)
            ObjectError.objects.filter(data_object__in=again.values("pk")).delete()
            again.update(state=TaskState.DONE, reason_code=Reason.ALL_ANSWERS, consolidated=False)
            failed.update(outcome=PostAnnotationBatch.Outcome.AGAIN)


def _next(job: Job, hook: Hook, now: datetime, *, at_end: bool) -> PostAnnotationBatch | None:
    ended = Task.objects.filter(job=job, consolidated=False, state__in=[TaskState.DONE, TaskState.FAILED])
    answers = Answer.objects.filter(USED, task=OuterRef("pk"))
    ended.filter(~Exists(answers)).update(consolidated=True)
    tasks = list(ended.select_related("data_object").order_by("position")[: post_annotation.MOST_OBJECTS])
    waited = min((task.ended_at for task in tasks if task.ended_at), default=now)
    if not tasks or not (at_end or len(tasks) == post_annotation.MOST_OBJECTS or waited <= now - AGE):
        return None
    return _create_batch(job, hook, tasks, now)


def _create_batch(
    job: Job, hook: Hook, tasks: Sequence[Task], now: datetime, *, run: Run | None = None
) -> PostAnnotationBatch:
    """Create a batch of these tasks. The payload is in the store before the batch exists."""
    last = PostAnnotationBatch.objects.filter(job=job).aggregate(last=Max("iteration"))["last"] or 0
    uri = payload.address(job, "request", last + 1, now)
    _put(uri, payload.objects(tasks))
    return PostAnnotationBatch.objects.create(
        job=job, hook=hook, run=run, iteration=last + 1, positions=[task.position for task in tasks], request=uri,
        next_at=now, made_at=now,
    )  # fmt: skip


def _try(job: Job, batch: PostAnnotationBatch, hook: Hook, now: datetime) -> bool:
    """Attempt the batch; return whether it has ended, with labels or after the last attempt."""
    try:
        results = _call_hook(job, batch, hook, now, patient=False)
    except HookFault as fault:
        return _postpone(job, batch, fault, now)
    tasks = list(Task.objects.filter(job=job, position__in=batch.positions))
    with transaction.atomic():
        run = _run(job, _parameters(hook), now, hook)
        _write(run, results, tasks, now)
        batch.run = run
        _end(batch, PostAnnotationBatch.Outcome.DONE, now)
        # An object that was reopened meanwhile is delivered again, with its new answers.
        counts = dict(
            Answer.objects.filter(USED, task__in=tasks).values_list("task").annotate(n=Count("pk")).order_by()
        )
        unchanged = [task.pk for task in tasks if counts.get(task.pk) == results[task.position].answers]
        ended = Task.objects.filter(pk__in=unchanged, state__in=[TaskState.DONE, TaskState.FAILED], consolidated=False)
        Counters.objects.filter(job=job).update(consolidated=F("consolidated") + ended.update(consolidated=True))
    return True


def _call_hook(
    job: Job, batch: PostAnnotationBatch, hook: Hook, now: datetime, *, patient: bool
) -> dict[int, post_annotation.HookResult]:
    """Call the hook; return its results by position. Raises HookFault."""
    with store.store().open(batch.request) as file:
        entries = json.load(file)
    call = Call(
        target=hook.target, stage=Stage.POST, event=payload.event(job, hook.target, batch.request, entries),
        secret=signing_secret.of(job.requester), key=f"post-{hook.pk}-{batch.pk}",
    )  # fmt: skip
    answer = calls.ask(call, patient=patient)
    batch.response = payload.address(job, "response", batch.iteration, batch.made_at)
    _put(batch.response, answer)
    answer_counts = {entry["datasetObjectId"]: len(entry["annotations"]) for entry in entries}
    results = post_annotation.read_response(
        answer, answer_counts=answer_counts, attribute=job.label_attribute, job_name=job.name, created_at=now
    )
    return {int(name): result for name, result in results.items()}


def _postpone(job: Job, batch: PostAnnotationBatch, fault: HookFault, now: datetime) -> bool:
    """Schedule another attempt, or fail the objects after the last one; return whether they failed."""
    batch.tries += 1
    batch.set_reason(fault.reason, fault.params)
    if batch.tries <= len(retries.LATER):
        batch.next_at = now + retries.LATER[batch.tries - 1]
        batch.save(update_fields=["tries", "reason_code", "reason_params", "next_at", "response"])
        return False
    tasks = list(Task.objects.filter(job=job, position__in=batch.positions).values_list("pk", flat=True))
    errors = [
        ObjectError(data_object_id=pk, job=job, reason_code=fault.reason, reason_params=fault.params) for pk in tasks
    ]
    with transaction.atomic():
        Task.objects.filter(pk__in=tasks, state__in=[TaskState.DONE, TaskState.FAILED]).update(
            state=TaskState.FAILED, reason_code=Reason.POST_HOOK_FAILED, consolidated=True
        )
        ObjectError.objects.bulk_create(
            errors, update_conflicts=True, unique_fields=["data_object"], update_fields=["reason_code", "reason_params"]
        )
        _end(batch, PostAnnotationBatch.Outcome.FAILED, now)
    return True


def _end(batch: PostAnnotationBatch, outcome: str, now: datetime) -> None:
    batch.outcome, batch.ended_at = outcome, now
    batch.save()


def _run(job: Job, parameters: Mapping[str, Any], now: datetime, hook: Hook | None = None) -> Run:
    return Run.objects.create(
        job=job, method=HOOK, parameters=parameters, versions={"hook": str(hook.number)} if hook else {},
        official=True, state=RunState.DONE, converged=True, created_at=now, ended_at=now,
    )  # fmt: skip


def _parameters(hook: Hook) -> dict[str, Any]:
    return {"hook": hook.target, "number": hook.number}


def _write(run: Run, results: Mapping[int, post_annotation.HookResult], tasks: Sequence[Task], now: datetime) -> None:
    """Write the labels of these tasks, and count them in the run."""
    if run.official:
        consolidate.supersede(run.job, list(results))
    labels = []
    for task in tasks:
        result = results[task.position]
        labels.append(
            Label(
                run=run,
                job=run.job,
                data_object_id=task.pk,
                position=task.position,
                value=result.value,
                metadata=result.metadata,
                confidence=round(result.confidence, 6),
                answers=result.answers,
                current=run.official,
                created_at=now,
            )
        )
    Label.objects.bulk_create(labels)
    run.labels += len(labels)
    run.answers += sum(label.answers for label in labels)
    run.save(update_fields=["labels", "answers"])


def _explain(job: Job, batch: PostAnnotationBatch | None, now: datetime) -> None:
    """Set the job's reason to waiting for its hook, or clear it (`batch` None)."""
    if batch is None:
        if job.reason_code == Reason.WAITING_FOR_HOOK:
            state.explain_waiting(job, now=now)
        return
    params = {"tries": batch.tries, "detail": reasons.nested(batch.reason_code, batch.reason_params)}
    if job.state == JobState.STOPPING:  # a stopping job keeps the reason why it stops
        also = reasons.nested(Reason.WAITING_FOR_HOOK, params)
        state.explain(job, code=job.reason_code, params={**job.reason_params, "also": also}, now=now)
    else:
        state.explain(job, code=Reason.WAITING_FOR_HOOK, params=params, now=now)


def _put(uri: str, content: Any) -> None:
    with store.store().write(uri) as file:
        file.write(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
