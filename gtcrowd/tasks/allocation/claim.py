"""Assign tasks: a worker takes a slot until a deadline.

1. One statement reads what decides whether the worker may have a task (eligibility.py), and what they hold already.
   A worker who holds a task of the job gets that one again: a reload or a second tab does no harm.
2. One statement (allocate.py) finds the first free slot, skipping those that others are just taking, and moves its
   `free_at` to the deadline. It decides from the row it locks: had it looked into another table, two workers could
   both have found the slot free, for that row would not have changed.
3. The assignment, made in the same statement, carries the slot's new fence. Who held the slot before has an older one.

Behind it stand unique constraints: no worker twice on an object, one task of a job at a time.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from gtcrowd.jobs.models import Job
from gtcrowd.platform import queue, sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.allocation import allocate, eligibility
from gtcrowd.tasks.allocation.eligibility import Eligibility, NothingToDo
from gtcrowd.tasks.answers import gold
from gtcrowd.tasks.lifecycle import expire, open_tasks
from gtcrowd.tasks.models import Assignment, AssignmentState
from gtcrowd.workforce.models import Worker

__all__ = ["AHEAD_SECONDS", "NothingToDo", "begin", "holding", "in_advance", "next_assignment"]

TRIES = 5
AHEAD_SECONDS = 90
"""A task fetched in advance is kept for so long; it must be begun until then."""

PROMOTE = """
WITH kept AS (
    UPDATE tasks_slot SET free_at = %(until)s
    WHERE id = %(slot)s AND fence = %(fence)s AND free_at IS NOT NULL RETURNING id
)
UPDATE tasks_assignment SET in_advance = false, claimed_at = %(now)s, expires_at = %(until)s
WHERE id = %(assignment)s AND state = 'live' AND (slot_id IS NULL OR EXISTS (SELECT FROM kept))
"""

BEGIN = """
WITH kept AS (
    UPDATE tasks_slot SET free_at = %(until)s
    WHERE id = %(slot)s AND fence = %(fence)s AND free_at IS NOT NULL RETURNING id
)
UPDATE tasks_assignment SET in_advance = false, state = 'live', ended_at = NULL, expires_at = %(until)s
WHERE id = %(assignment)s AND in_advance AND state IN ('live', 'expired')
  AND (slot_id IS NULL OR EXISTS (SELECT FROM kept))
"""
"""As PROMOTE, but for a task that was begun without asking: it may be late, and its time began when it was fetched."""

ENTER = """
INSERT INTO tasks_jobworker (job_id, worker_id, state, reason_code, reason_params, answers, filled_slots, seconds, paid,
                            gold_seen, gold_right, fixed_accuracy, scan_rank, scan_since, scan_restarted_at)
VALUES (%(job)s, %(worker)s, 'working', '', '{}', 0, 0, 0, 0, 0, 0, false, -1, %(settled)s, %(now)s)
ON CONFLICT (job_id, worker_id) DO NOTHING
"""


def next_assignment(*, worker: Worker, job: Job, now: datetime, task: int | None = None) -> Assignment:
    """The task of `job` that `worker` is to do next: the one held already, else a newly claimed one.

    With `task`, the id of one, only that is claimed, or nothing. Raises NothingToDo.
    """
    return _claim(worker, job, now, in_advance=False, task=task)


def in_advance(*, worker: Worker, job: Job, now: datetime) -> Assignment:
    """The task that `worker` is to do after the one at hand, kept for AHEAD_SECONDS; `next_assignment` then gives it.

    Raises NothingToDo.
    """
    return _claim(worker, job, now, in_advance=True, task=None)


def begin(assignment: Assignment, *, now: datetime) -> Assignment | None:
    """Make a task that was fetched in advance the one at hand, where a page without connection showed it already.

    None if somebody else took the slot since, or the worker holds another task; an answer to it is extra then.
    """
    if not assignment.in_advance and assignment.state == AssignmentState.LIVE:
        return assignment
    until = now + timedelta(seconds=assignment.job.time_limit)
    params = {"assignment": assignment.pk, "slot": assignment.slot_id, "fence": assignment.fence, "until": until}
    try:
        with transaction.atomic():
            if not sql.run(BEGIN, **params):
                raise _NotBegun
    except (_NotBegun, IntegrityError):
        return None
    assignment.in_advance, assignment.state, assignment.expires_at = False, AssignmentState.LIVE, until
    return assignment


class _NotBegun(Exception):
    """What was changed is undone: the slot must not be kept for nobody."""


def holding(*, worker: Worker, job: Job, now: datetime) -> Assignment | None:
    """The worker's live assignment in the job, if its time is not over."""
    live = Assignment.objects.filter(worker=worker.pk, job=job.pk, state=AssignmentState.LIVE, in_advance=False)
    assignment = next(iter(live), None)  # at most one, says the database
    if assignment is None:
        return None
    assignment.job, assignment.worker = job, worker
    if assignment.expires_at <= now:
        expire.end(assignment.pk)
        return None
    result: Assignment | None = assignment
    return result


def _claim(worker: Worker, job: Job, now: datetime, *, in_advance: bool, task: int | None) -> Assignment:
    for _attempt in range(TRIES):
        eligible, live = eligibility.load(worker, job)
        eligibility.must_be_open(eligible)
        assignment = _held_assignment(live, now, in_advance=in_advance)
        if assignment is not None:
            return assignment
        if eligible.job_worker is None:
            sql.run(ENTER, job=job.pk, worker=worker.pk, now=now, settled=now - allocate.SKEW)
            continue
        eligibility.must_be_within(eligible)
        try:
            claimed = _take(eligible, worker, job, now, in_advance=in_advance, task=task)
        except IntegrityError:
            continue  # the same worker claimed in another tab at this moment; that one is found now
        if claimed:
            return claimed
        break
    raise _nothing_to_do(job, now)


def _held_assignment(live: list[Assignment], now: datetime, *, in_advance: bool) -> Assignment | None:
    """What the worker holds and asks for; one fetched in advance becomes the one at hand when that is free."""
    for assignment in live:
        if assignment.expires_at <= now:
            expire.end(assignment.pk)
        elif assignment.in_advance == in_advance or (not in_advance and _promote(assignment, now)):
            return assignment
    return None


def _promote(assignment: Assignment, now: datetime) -> bool:
    until = now + timedelta(seconds=assignment.job.time_limit)
    params = {
        "assignment": assignment.pk,
        "slot": assignment.slot_id,
        "fence": assignment.fence,
        "now": now,
        "until": until,
    }
    if not sql.run(PROMOTE, **params):
        expire.end(assignment.pk)  # somebody took the slot since
        return False
    assignment.in_advance, assignment.claimed_at, assignment.expires_at = False, now, until
    return True


def _take(
    eligible: Eligibility, worker: Worker, job: Job, now: datetime, *, in_advance: bool, task: int | None
) -> Assignment | None:
    lease = min(AHEAD_SECONDS, eligible.time_limit) if in_advance else eligible.time_limit
    params: dict[str, Any] = {
        "job": job.pk,
        "worker": worker.pk,
        "now": now,
        "until": now + timedelta(seconds=lease),
        "price": eligible.price,
        "job_worker": eligible.job_worker,
        "settled": now - allocate.SKEW,
        "in_advance": in_advance,
        "keep_place": False,
        "scan_rank": eligible.scan_rank,
        "scan_since": eligible.scan_since,
    }
    if task is not None:
        return allocate.insert_assignment(worker, job, params, allocate.ONLY, task=task)
    gold_seen = eligible.gold_seen or 0
    if eligible.gold and gold.due(
        eligible.gold, worker=worker.pk, job=job.pk, gold_seen=gold_seen, answers=eligible.answers or 0
    ):
        assignment = gold.insert_assignment(worker, job, eligible.gold, gold_seen=gold_seen, params=params)
        if assignment:
            return assignment
    find = allocate.FINDERS.get(eligible.task_order, allocate.in_order)
    claimed = find(worker, job, params) or allocate.insert_assignment(worker, job, params, allocate.LEFT)
    if claimed is None and open_tasks.release(job, now=now):
        claimed = find(worker, job, params)
    if claimed is None and eligible.scan_restarted_at is not None and eligible.scan_restarted_at <= now - allocate.LAP:
        sql.run(allocate.NEW_LAP, **params)
        claimed = find(worker, job, params | {"scan_since": now - allocate.BACK})
    if claimed is None:
        sql.run(allocate.PASSED_ALL, end=allocate.END, **params)
    return claimed


WAITING = """
SELECT free_at > %(now)s FROM tasks_slot WHERE job_id = %(job)s AND free_at IS NOT NULL AND NOT withdrawn
ORDER BY free_at DESC LIMIT 1
"""
"""The order leads the planner to the index; it would take the question whether there are any for a matter of many."""


def _nothing_to_do(job: Job, now: datetime) -> NothingToDo:
    if sql.rows(WAITING, job=job.pk, now=now) == [(True,)]:
        return NothingToDo(Reason.OTHERS_AT_WORK)
    if job.pre_hook and not open_tasks.exhausted(job):
        if not job.simulated:
            queue.advance(job.pk)
        return NothingToDo(Reason.BEING_PREPARED)
    return NothingToDo(Reason.ALL_DONE)
