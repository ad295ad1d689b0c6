"""Have each object prepared by the job's hook before it is opened: in the job's order, ahead of the workers.

1. The next objects that are neither prepared nor tasks are read, and gold questions that are not prepared.
2. The hook is called for them side by side, outside of any transaction.
3. What it answered is kept in one transaction. A process killed before that calls again, under the same key.
"""

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from gtcrowd.hooks import calls, pre_annotation, signing_secret
from gtcrowd.hooks.calls import Call, HookFault, Stage
from gtcrowd.jobs import hooks
from gtcrowd.jobs.models import Hook, Job, ObjectError, PreAnnotation
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle import open_tasks

SIDE_BY_SIDE = 8
PORTION = 32
LEAST_AHEAD, MOST_AHEAD = 64, 1000
"""Objects that are kept prepared beyond the open ones; the more, the more workers can start at once."""

NEXT = """
SELECT object.id, object.line FROM jobs_dataobject object
WHERE object.job_id = %(job)s AND object.{behind} > %(after)s AND NOT object.labeled_before
  AND NOT EXISTS (SELECT FROM jobs_preannotation prepared WHERE prepared.data_object_id = object.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM tasks_task known WHERE known.data_object_id = object.id OFFSET 0)
ORDER BY object.{behind} LIMIT %(count)s
"""
GOLD = """
SELECT object.id, object.line FROM tasks_gold gold JOIN jobs_dataobject object ON object.id = gold.task_id
WHERE gold.job_id = %(job)s AND gold.active
  AND NOT EXISTS (SELECT FROM jobs_preannotation prepared WHERE prepared.data_object_id = object.id)
ORDER BY object.id LIMIT %(count)s
"""
AHEAD = """
SELECT count(*) FROM (
    SELECT FROM jobs_dataobject object JOIN jobs_preannotation prepared ON prepared.data_object_id = object.id
    WHERE object.job_id = %(job)s AND object.{behind} > %(after)s AND prepared.outcome = 'ready'
      AND NOT EXISTS (SELECT FROM tasks_task known WHERE known.data_object_id = object.id OFFSET 0)
    ORDER BY object.{behind} LIMIT %(most)s
) AS ahead
"""


@dataclass(frozen=True)
class PreparedObject:
    """The hook's result for one object: a task input, None if no worker is needed, or the reason of a fault."""

    task_input: dict[str, Any] | None = None
    reason: Reason | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        if self.reason:
            return PreAnnotation.Outcome.FAILED
        return PreAnnotation.Outcome.NO_WORKERS if self.task_input is None else PreAnnotation.Outcome.READY


def portion(job: Job, *, now: datetime, seconds: float | None = None) -> int:
    """Call the job's hook for further objects; return how many: 0 without a hook, or if enough are prepared.

    Objects that were not started within `seconds` are left for the next call.
    """
    hook = hooks.current(job, Stage.PRE)
    if hook is None:
        return 0
    objects = _next(job)
    results = [(pk, result) for pk, result in _call_hook(job, hook, objects, seconds) if result is not None]
    if results:
        _store(job, hook, results, now)
    return len(results)


def make(arn: str, target: str, line: str, *, secret: str, key: str, patient: bool = True) -> PreparedObject:
    """Call the hook for one line of a manifest. Touches no database, so that many can be called side by side."""
    call = Call(target=target, stage=Stage.PRE, event=pre_annotation.event(arn, line), secret=secret, key=key)
    try:
        return PreparedObject(task_input=pre_annotation.read_response(calls.ask(call, patient=patient)))
    except HookFault as fault:
        return PreparedObject(reason=fault.reason, params=fault.params)


def _next(job: Job) -> list[tuple[int, str]]:
    """Id and line of the objects that come next, as many as shall be ahead of the workers."""
    gold_objects = sql.rows(GOLD, job=job.pk, count=PORTION)
    behind, after = open_tasks.behind(job), open_tasks.last(job)
    most = min(max(job.max_concurrent, LEAST_AHEAD), MOST_AHEAD, open_tasks.most_labeled(job) or MOST_AHEAD)
    ((ahead,),) = sql.rows(AHEAD.format(behind=behind), job=job.pk, after=after, most=most)
    count = min(PORTION, most - ahead)
    if count <= 0:
        return gold_objects
    return gold_objects + sql.rows(NEXT.format(behind=behind), job=job.pk, after=after, count=count)


def _call_hook(
    job: Job, hook: Hook, objects: Sequence[tuple[int, str]], seconds: float | None
) -> list[tuple[int, PreparedObject | None]]:
    secret, arn, began = signing_secret.of(job.requester), hooks.arn(job), time.monotonic()

    def prepare_one(data_object: tuple[int, str]) -> tuple[int, PreparedObject | None]:
        pk, line = data_object
        if seconds is not None and time.monotonic() - began > seconds:
            return pk, None
        key = hashlib.sha256(f"pre/{hook.pk}/{pk}".encode()).hexdigest()
        return pk, make(arn, hook.target, line, secret=secret, key=key)

    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="hook") as pool:
        return list(pool.map(prepare_one, objects))


def _store(job: Job, hook: Hook, results: Sequence[tuple[int, PreparedObject]], now: datetime) -> None:
    rows = [
        PreAnnotation(
            data_object_id=pk, job=job, hook=hook, outcome=result.outcome, task_input=result.task_input, made_at=now
        )
        for pk, result in results
    ]  # fmt: skip
    errors = [
        ObjectError(data_object_id=pk, job=job, reason_code=result.reason, reason_params=result.params)
        for pk, result in results
        if result.reason
    ]
    with transaction.atomic():
        PreAnnotation.objects.bulk_create(rows, ignore_conflicts=True)
        ObjectError.objects.bulk_create(errors, ignore_conflicts=True)
