"""Submit an answer: validate and store it, fill the slot and pay the worker, in one transaction.

1. The task is locked, then the assignment; the job never is, so that many workers submit side by side. The
   locks leave keys alone: a claim that inserts an assignment of the same task must not wait for them, for it
   may hold the lock of a slot that it found taken, and that a submit waits for.
2. The answer fills the slot if the slot's fence is still the assignment's. Otherwise the time ran out and
   somebody else took the slot, or it was withdrawn: the answer is kept as extra. It is the fence that decides,
   not the clock: an answer a little late harms nobody as long as nobody took the slot.
3. The charge is posted in the same transaction, under the assignment's own reference.

The assignment is the key of its answer: submitting the same again gives the same receipt and does nothing.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.jobs.models import Job
from gtcrowd.ledger import hold
from gtcrowd.platform import queue, sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.answers import checks, gold
from gtcrowd.tasks.lifecycle import redundancy
from gtcrowd.tasks.models import Answer, Assignment, AssignmentState, TaskState

GATHER_SECONDS = 2
"""The runner looks at a job this long after an object is complete, so that many make one look."""

LOCK = """
WITH task AS MATERIALIZED (
    SELECT data_object_id, state FROM tasks_task WHERE data_object_id = %(task)s FOR NO KEY UPDATE
)
SELECT assignment.id, assignment.slot_id, assignment.fence, assignment.state, assignment.claimed_at,
       assignment.expires_at, assignment.price
FROM tasks_assignment assignment JOIN task ON task.data_object_id = assignment.task_id
WHERE assignment.id = %(assignment)s FOR NO KEY UPDATE OF assignment
"""
LOCK_OTHER = """
SELECT id, slot_id, fence, state, claimed_at, expires_at, price FROM tasks_assignment
WHERE task_id = %(task)s AND worker_id = %(worker)s AND state IN ('live', 'submitted') FOR NO KEY UPDATE
"""
"""The assignment by which the worker took the same object again after the time had run out."""

STORE = f"""
WITH filled AS (
    UPDATE tasks_slot SET free_at = NULL
    WHERE id = %(slot)s::bigint AND fence = %(fence)s AND free_at IS NOT NULL RETURNING id
), ended AS (
    UPDATE tasks_assignment SET state = 'submitted', ended_at = %(now)s WHERE id = %(assignment)s
), stored AS (
    INSERT INTO tasks_answer (assignment_id, task_id, job_id, worker_id, content, value, seconds, active_seconds,
                              paid, late, extra, gold, submitted_at)
    SELECT %(assignment)s, %(task)s, %(job)s, %(worker)s, %(content)s::jsonb, %(value)s::jsonb, %(seconds)s,
           %(active_seconds)s::float8,
           CASE WHEN counts.extra AND NOT %(pay_extra)s::boolean THEN 0 ELSE %(price)s::numeric END,
           %(late)s::boolean, counts.extra, %(slot)s::bigint IS NULL, %(now)s
    FROM (SELECT %(slot)s::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM filled) AS extra) AS counts
    RETURNING paid, extra
), marked AS (
    INSERT INTO tasks_dirtyday (job_id, worker_id, at)
    SELECT %(job)s, %(worker)s, at FROM unnest(ARRAY[%(now)s::timestamptz, %(expired)s::timestamptz]) AS at
    WHERE at IS NOT NULL
), stands AS (
    UPDATE tasks_jobworker SET answers = answers + 1, filled_slots = filled_slots + (SELECT count(*) FROM filled),
           seconds = tasks_jobworker.seconds + %(seconds)s, paid = tasks_jobworker.paid + stored.paid
    FROM stored WHERE job_id = %(job)s AND worker_id = %(worker)s
), counted AS (
    UPDATE tasks_task SET answer_count = answer_count + 1,
           state = CASE WHEN ends.now_ THEN 'done' ELSE state END,
           reason_code = CASE WHEN ends.now_ AND reason_code = '' THEN '{Reason.ALL_ANSWERS}' ELSE reason_code END,
           ended_at = CASE WHEN ends.now_ THEN %(now)s ELSE ended_at END
    FROM filled, (
        SELECT NOT %(dynamic)s::boolean AND NOT EXISTS (
            SELECT FROM tasks_slot other
            WHERE other.task_id = %(task)s AND other.id <> %(slot)s::bigint AND other.free_at IS NOT NULL
        ) AS now_
    ) AS ends
    WHERE data_object_id = %(task)s RETURNING state
)
SELECT stored.paid, stored.extra, (SELECT state FROM counted) FROM stored
"""  # noqa: S608


class AlreadyAnswered(Exception):
    """The worker has answered this object before, and differently."""

    def __init__(self) -> None:
        super().__init__(_("You have already answered this object. Your first answer counts."))


class AssignmentEnded(Exception):
    """The task was returned or declined before."""

    def __init__(self) -> None:
        super().__init__(_("You have returned this task, so it can no longer be answered."))


@dataclass(frozen=True)
class Receipt:
    """The result of a submission. `repeated`: the answer had been submitted before and is unchanged.

    `verdict`: the result of a gold question, if the job shows it to workers.
    """

    answer: Answer
    repeated: bool = False
    verdict: gold.Verdict | None = None

    @property
    def paid(self) -> Decimal:
        return self.answer.paid

    @property
    def late(self) -> bool:
        return self.answer.late

    @property
    def extra(self) -> bool:
        return self.answer.extra


def submit(
    *, assignment: Assignment, content: dict[str, Any], active_seconds: float | None = None, now: datetime
) -> Receipt:
    """Submit the answer `content` for `assignment`.

    Raises kinds.AnswerRefused if the content is not an answer to the job, AlreadyAnswered, AssignmentEnded.
    """
    job = assignment.job
    content_json = sql.to_json(content)
    if content_json is None:
        raise kinds.AnswerRefused("answer", "…", _("must not contain U+0000 or unpaired surrogates."))
    kind = kinds.kind(job.kind)
    value = kind.read_answer(content, job.categories)
    checks.check_object(job, assignment.task_id, value)
    stored = kinds.compact(kind, content, value)
    if stored is not content:
        content_json = sql.to_json(stored) or content_json
    with transaction.atomic():
        current = lock_assignment(assignment)
        if current.state == AssignmentState.SUBMITTED:
            return _repeated_receipt(current, value)
        if current.state in (AssignmentState.RETURNED, AssignmentState.DECLINED):
            raise AssignmentEnded
        answer, task_state = _store(current, job, (stored, content_json, value), active_seconds, now)
        _charge(answer, job, now)
        verdict = gold.grade_answer(answer, job, now=now) if answer.gold else None
        if job.dynamic and task_state is not None:
            task_state = redundancy.update_redundancy(answer.task_id, job, now=now)
        if task_state == TaskState.DONE and not job.simulated:
            queue.advance(job.pk, wait=GATHER_SECONDS)
    return Receipt(answer, verdict=verdict)


def lock_assignment(assignment: Assignment) -> Assignment:
    """The assignment as it is now, locked; or the one by which the worker took the same object again."""
    task, worker = assignment.task_id, assignment.worker_id
    (row,) = sql.rows(LOCK, task=task, assignment=assignment.pk)
    if row[3] == AssignmentState.EXPIRED:
        row = next(iter(sql.rows(LOCK_OTHER, task=task, worker=worker)), row)
    pk, slot_id, fence, state, claimed_at, expires_at, price = row
    return Assignment(
        pk=pk, task_id=task, slot_id=slot_id, job_id=assignment.job_id, worker_id=worker, fence=fence, state=state,
        claimed_at=claimed_at, expires_at=expires_at, price=price,
    )  # fmt: skip


def _repeated_receipt(assignment: Assignment, value: object) -> Receipt:
    answer = Answer.objects.get(pk=assignment.pk)
    if answer.value != value:
        raise AlreadyAnswered
    return Receipt(answer, repeated=True)


def _store(
    assignment: Assignment,
    job: Job,
    submitted: tuple[dict[str, Any], str, Any],
    active_seconds: float | None,
    now: datetime,
) -> tuple[Answer, str | None]:
    """Store the answer; return it with the state of its task, or None if it filled no slot.

    `submitted`: the content that is stored, the same as JSON, and the validated value.
    """
    content, content_json, value = submitted
    seconds = max(0.0, (now - assignment.claimed_at).total_seconds())
    # The page's own measure is believed as far as it can be true.
    active = None if active_seconds is None else min(max(0.0, active_seconds), seconds)
    late = now > assignment.expires_at
    ((paid, extra, task_state),) = sql.rows(
        STORE,
        assignment=assignment.pk,
        task=assignment.task_id,
        job=assignment.job_id,
        worker=assignment.worker_id,
        slot=assignment.slot_id,
        fence=assignment.fence,
        content=content_json,
        value=json.dumps(value),
        seconds=seconds,
        active_seconds=active,
        price=assignment.price,
        pay_extra=job.late_answers_paid,
        late=late,
        dynamic=job.dynamic,
        now=now,
        # An assignment that had been counted as expired on its day is so no longer.
        expired=assignment.expires_at if assignment.state == AssignmentState.EXPIRED else None,
    )
    answer = Answer(
        assignment_id=assignment.pk,
        task_id=assignment.task_id,
        job_id=assignment.job_id,
        worker_id=assignment.worker_id,
        content=content,
        value=value,
        seconds=seconds,
        active_seconds=active,
        paid=paid,
        late=late,
        extra=extra,
        gold=assignment.slot_id is None,
        submitted_at=now,
    )
    return answer, task_state


def _charge(answer: Answer, job: Job, now: datetime) -> None:
    if not answer.paid:
        return
    params: dict[str, Any] = {
        "worker_id": answer.worker_id,
        "amount": answer.paid,
        "reference": f"answer:{answer.pk}",
        "now": now,
    }
    if answer.extra:  # the budget was held for the answers wanted, and this one is beyond them
        hold.charge_funds(requester_id=job.requester_id, **params)
    else:
        hold.charge(job_id=job.pk, **params)
