"""Take in an answer: checked, stored, the seat filled and the worker paid, all in one transaction.

1. The task is locked, then the assignment; the job never is, so that many workers submit side by side. The
   locks leave keys alone: a claim that inserts an assignment of the same task must not wait for them, for it
   may hold the lock of a seat that it found taken, and that a submit waits for.
2. The answer fills the seat if the seat's fence is still the assignment's. Otherwise the time ran out and
   somebody else took the seat: the answer is kept as surplus. It is the fence that decides, not the clock:
   an answer a little late harms nobody as long as nobody took the seat.
3. The charge is posted in the same transaction, under the assignment's own reference.

Submitting the same again gives the same receipt and does nothing.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd import kinds, queue
from gtcrowd.jobs.models import Job
from gtcrowd.ledger import hold
from gtcrowd.tasks.models import Answer, Assignment, AssignmentState, Seat, Task, TaskState

GATHER_SECONDS = 2
"""The runner looks at a job this long after an object is complete, so that many make one look."""

AT_WORK = (AssignmentState.LIVE, AssignmentState.SUBMITTED)


class AlreadyAnswered(Exception):
    """The worker has answered this object before, and differently."""

    def __init__(self) -> None:
        super().__init__(_("You have already answered this object; the first answer stands."))


class AssignmentEnded(Exception):
    """The task was returned or declined before."""

    def __init__(self) -> None:
        super().__init__(_("You have given this task back, so it cannot be answered any more."))


@dataclass(frozen=True)
class Receipt:
    """What the worker gets for an answer. `repeated`: it had been handed in before, and stands as it was."""

    answer: Answer
    repeated: bool = False

    @property
    def paid(self) -> Decimal:
        return self.answer.paid

    @property
    def late(self) -> bool:
        return self.answer.late

    @property
    def surplus(self) -> bool:
        return self.answer.surplus


def submit(
    *, assignment: Assignment, content: dict[str, Any], active_seconds: float | None = None, now: datetime
) -> Receipt:
    """Hand in the answer `content` for `assignment`.

    Raises kinds.AnswerRefused if the content is not an answer to the job, AlreadyAnswered, AssignmentEnded.
    """
    job = assignment.job
    if "\\u0000" in json.dumps(content):
        raise kinds.AnswerRefused("answer", content, "must not have NUL characters, which the database cannot hold.")
    value = kinds.kind(job.kind).read_answer(content, job.categories)
    with transaction.atomic():
        task = Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
        held = _standing(assignment)
        if held.state == AssignmentState.SUBMITTED:
            return _again(held, value)
        if held.state in (AssignmentState.RETURNED, AssignmentState.DECLINED):
            raise AssignmentEnded
        seat = Seat.objects.filter(pk=held.seat_id, fence=held.fence, free_at__isnull=False)
        in_time = bool(seat.update(free_at=None))
        answer = _store(held, job, content, value, active_seconds, surplus=not in_time, now=now)
        _charge(answer, job, now)
        if in_time:
            _count(task, job, now)
    return Receipt(answer)


def _standing(assignment: Assignment) -> Assignment:
    """The assignment, or the one by which the worker took the same object again after the time had run out."""
    stays = Assignment.objects.select_for_update(no_key=True).filter(
        task=assignment.task_id, worker=assignment.worker_id
    )
    found = {stay.pk: stay for stay in stays}
    at_work = (stay for stay in found.values() if stay.state in AT_WORK)
    return next(at_work, found[assignment.pk])


def _again(held: Assignment, value: object) -> Receipt:
    answer = Answer.objects.get(pk=held.pk)
    if answer.value != value:
        raise AlreadyAnswered
    return Receipt(answer, repeated=True)


def _store(
    held: Assignment,
    job: Job,
    content: dict[str, Any],
    value: object,
    active_seconds: float | None,
    *,
    surplus: bool,
    now: datetime,
) -> Answer:
    Assignment.objects.filter(pk=held.pk).update(state=AssignmentState.SUBMITTED, ended_at=now)
    seconds = max(0.0, (now - held.claimed_at).total_seconds())
    return Answer.objects.create(
        assignment_id=held.pk,
        task_id=held.task_id,
        job_id=held.job_id,
        worker_id=held.worker_id,
        content=content,
        value=value,
        seconds=seconds,
        # The page's own measure is believed as far as it can be true.
        active_seconds=None if active_seconds is None else min(max(0.0, active_seconds), seconds),
        paid=job.price if not surplus or job.late_answers_paid else Decimal(0),
        late=now > held.expires_at,
        surplus=surplus,
        submitted_at=now,
    )


def _charge(answer: Answer, job: Job, now: datetime) -> None:
    if not answer.paid:
        return
    facts: dict[str, Any] = {
        "worker_id": answer.worker_id,
        "amount": answer.paid,
        "reference": f"answer:{answer.pk}",
        "now": now,
    }
    if answer.surplus:  # the budget was held for the answers wanted, and this one is beyond them
        hold.charge_funds(requester_id=job.requester_id, **facts)
    else:
        hold.charge(job_id=job.pk, **facts)


def _count(task: Task, job: Job, now: datetime) -> None:
    task.answered += 1
    if task.answered >= task.wanted:
        task.state, task.reason_code, task.ended_at = TaskState.DONE, "all-answers", now
        if not job.own_clock:
            queue.advance(job.pk, wait=GATHER_SECONDS)
    task.save(update_fields=["answered", "state", "reason_code", "ended_at"])
