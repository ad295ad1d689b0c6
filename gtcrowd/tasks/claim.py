"""Hand out work: a worker takes a seat until a deadline.

1. One statement reads what decides whether the worker may have a task: job, team, standing, what is held already.
   A worker who holds a task of the job gets that one again: a reload or a second tab does no harm.
2. One statement finds the first free seat, skipping those that others are just taking, and moves its `free_at` to the
   deadline. It decides from the row it locks: had it looked into another table, two workers could both have found
   the seat free, for that row would not have changed.
3. The assignment, made in the same statement, carries the seat's new fence. Who held the seat before has an older one.

Behind it stand unique constraints: no worker twice on an object, one task of a job at a time.

So that the hundred-thousandth task is found as fast as the first, a worker's standing keeps how far they have come:
no seat of a rank up to `rank` that is free since before `since` is for them, for they have passed it. They need
only look at the seats behind that rank, and at those that became free since, whatever their rank: `free_at` is the
moment at which a seat became free, be it opened, returned, or its time run out.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from gtcrowd import statement
from gtcrowd.jobs.models import HandOut, Job, JobState
from gtcrowd.tasks import gold, limits
from gtcrowd.tasks import open as opening
from gtcrowd.tasks.models import Assignment, AssignmentState, StandingState
from gtcrowd.workforce.models import Worker

TRIES = 5
AHEAD_SECONDS = 90
"""A task fetched in advance is kept for so long; it must be begun until then."""
SKEW = timedelta(seconds=10)
"""So far may the clocks of web machines differ, and so long may a change take to commit, before a seat is missed
until the next lap."""
LAP = timedelta(minutes=10)
"""After finding nothing, a worker looks through the whole job again so often at most."""
END = 2**63 - 1

GATE = """
SELECT job.state, job.paused_at IS NOT NULL, job.time_limit, job.price, job.hand_out, job.worker_limits, job.gold,
       job.objects_total, worker.state = 'active' AND member.id IS NOT NULL,
       EXISTS (
           SELECT FROM jobs_job_excluded_jobs other
           JOIN tasks_standing there ON there.job_id = other.to_job_id AND there.answers > 0
           JOIN workforce_worker same ON same.id = there.worker_id AND same.user_id = worker.user_id
           WHERE other.from_job_id = job.id
       ),
       standing.id, standing.state, standing.reason, standing.answers, standing.seconds, standing.paid,
       standing.gold_seen, standing.rank, standing.since, standing.lap_at,
       held.id, held.task_id, held.seat_id, held.fence, held.price, held.in_advance, held.extended,
       held.claimed_at, held.expires_at
FROM jobs_job job
JOIN workforce_worker worker ON worker.id = %(worker)s
LEFT JOIN workforce_teamworker member ON member.team_id = job.team_id AND member.worker_id = worker.id
LEFT JOIN tasks_standing standing ON standing.job_id = job.id AND standing.worker_id = worker.id
LEFT JOIN tasks_assignment held ON held.job_id = job.id AND held.worker_id = worker.id AND held.state = 'live'
WHERE job.id = %(job)s
ORDER BY held.in_advance
"""

TAKE = """
WITH taken AS (
    UPDATE tasks_seat SET free_at = %(until)s, fence = fence + 1
    WHERE id = COALESCE({found}) RETURNING id, task_id, fence, rank
), moved AS (
    UPDATE tasks_standing standing
    SET rank = GREATEST(standing.rank, taken.rank),
        since = CASE WHEN taken.rank > standing.rank THEN GREATEST(since, %(settled)s) ELSE since END
    FROM taken WHERE standing.id = %(standing)s AND %(keep_place)s::boolean
)
INSERT INTO tasks_assignment (task_id, seat_id, job_id, worker_id, fence, price, in_advance, extended, state, reason,
                              claimed_at, expires_at)
SELECT task_id, id, %(job)s::bigint, %(worker)s::bigint, fence, %(price)s::numeric, %(in_advance)s::boolean, 0,
       'live', '', %(now)s::timestamptz, %(until)s::timestamptz FROM taken
RETURNING id, task_id, seat_id, fence
"""

OUST = (
    "UPDATE tasks_assignment SET state = 'expired', ended_at = %(now)s WHERE seat_id = %(seat)s AND state = 'live'"
    " AND fence < %(fence)s"
)
"""Of who held the seat before and let the time run out. Nothing depends on it: their fence is older."""

# Each seat is looked at by itself until one will do: OFFSET 0 keeps the planner from joining whole tables first.
SEAT = """(
    SELECT seat.id FROM {tables}
    WHERE seat.job_id = %(job)s AND seat.free_at <= %(now)s AND NOT seat.withdrawn AND {which}
      AND NOT EXISTS (
          SELECT FROM tasks_assignment past WHERE past.task_id = seat.task_id AND past.worker_id = %(worker)s
            AND past.state IN ('live', 'submitted', 'declined') OFFSET 0
      )
      AND (SELECT available_until FROM tasks_task available WHERE available.data_object_id = seat.task_id) > %(now)s
    ORDER BY {order} LIMIT 1 FOR UPDATE OF seat SKIP LOCKED
)"""
NOT_LEFT = """
NOT EXISTS (
    SELECT FROM tasks_assignment past WHERE past.job_id = %(job)s AND past.worker_id = %(worker)s
      AND past.task_id = seat.task_id AND past.state IN ('returned', 'expired') OFFSET 0
)"""
"""After returning an object, or letting its time run out, a worker gets others first."""


def _seat(which: str, order: str, tables: str = "tasks_seat seat") -> str:
    return SEAT.format(which=which, order=order, tables=tables)


FREED = _seat(f"seat.rank <= %(rank)s AND seat.free_at > %(since)s AND {NOT_LEFT}", "seat.free_at, seat.rank")
AFTER = _seat(f"seat.rank > %(rank)s AND {NOT_LEFT}", "seat.rank")
FIRST = _seat(NOT_LEFT, "seat.rank")
ONLY = _seat("seat.task_id = %(task)s", "seat.number")
LEFT = _seat(
    "left_.job_id = %(job)s AND left_.worker_id = %(worker)s AND left_.state IN ('returned', 'expired')",
    "seat.rank",
    "tasks_assignment left_ JOIN tasks_seat seat ON seat.task_id = left_.task_id",
)
IN_SEQUENCE = _seat(
    "task.job_id = %(job)s AND task.sequence = %(sequence)s AND seat.number = %(number)s",
    "task.position",
    "tasks_seat seat JOIN tasks_task task ON task.data_object_id = seat.task_id",
)

MY_SEQUENCES = """
SELECT name, number FROM tasks_sequence WHERE job_id = %(job)s AND worker_id = %(worker)s AND held_until > %(now)s
ORDER BY id
"""
NEXT_SEQUENCE = """
UPDATE tasks_sequence SET worker_id = %(worker)s, held_until = %(until)s
WHERE id = (
    SELECT sequence.id FROM tasks_sequence sequence
    WHERE sequence.job_id = %(job)s AND (sequence.worker_id IS NULL OR sequence.held_until <= %(now)s)
      AND NOT EXISTS (
          SELECT FROM tasks_sequence own
          WHERE own.job_id = sequence.job_id AND own.name = sequence.name AND own.worker_id = %(worker)s
            AND own.id <> sequence.id
      )
      AND EXISTS (
          SELECT FROM tasks_task task
          JOIN tasks_seat seat ON seat.task_id = task.data_object_id AND seat.number = sequence.number
          WHERE task.job_id = sequence.job_id AND task.sequence = sequence.name AND task.available_until > %(now)s
            AND seat.free_at <= %(now)s AND NOT seat.withdrawn
            AND NOT EXISTS (
                SELECT FROM tasks_assignment past WHERE past.task_id = seat.task_id AND past.worker_id = %(worker)s
                  AND past.state IN ('live', 'submitted', 'declined')
            )
      )
    ORDER BY sequence.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING name, number
"""

PROMOTE = """
WITH kept AS (
    UPDATE tasks_seat SET free_at = %(until)s
    WHERE id = %(seat)s AND fence = %(fence)s AND free_at IS NOT NULL RETURNING id
)
UPDATE tasks_assignment SET in_advance = false, claimed_at = %(now)s, expires_at = %(until)s
WHERE id = %(assignment)s AND state = 'live' AND (seat_id IS NULL OR EXISTS (SELECT FROM kept))
"""

ENTER = """
INSERT INTO tasks_standing (job_id, worker_id, state, reason_code, reason, answers, counted, seconds, paid, gold_seen,
                            gold_right, weighed, rank, since, lap_at)
VALUES (%(job)s, %(worker)s, 'working', '', '', 0, 0, 0, 0, 0, 0, false, -1, %(settled)s, %(now)s)
ON CONFLICT (job_id, worker_id) DO NOTHING
"""
PASSED_ALL = "UPDATE tasks_standing SET rank = %(end)s, since = GREATEST(since, %(settled)s) WHERE id = %(standing)s"
NEW_LAP = "UPDATE tasks_standing SET rank = -1, since = %(settled)s, lap_at = %(now)s WHERE id = %(standing)s"


class NothingToDo(Exception):
    """No task can be had now; `reason` tells the worker why."""

    def __init__(self, reason_code: str, reason: str) -> None:
        self.reason_code, self.reason = reason_code, reason
        super().__init__(reason)


@dataclass(frozen=True)
class _Gate:
    """What decides whether a worker may have a task of a job, as one moment saw it."""

    state: str
    paused: bool
    time_limit: int
    price: Decimal
    hand_out: str
    worker_limits: dict[str, Any]
    gold: dict[str, Any]
    objects: int
    in_team: bool
    excluded: bool
    standing: int | None
    standing_state: str | None
    standing_reason: str | None
    answers: int | None
    seconds: float | None
    paid: Decimal | None
    gold_seen: int | None
    rank: int | None
    since: datetime | None
    lap_at: datetime | None


GATE_FIELDS = len(_Gate.__dataclass_fields__)
HELD = ("id", "task_id", "seat_id", "fence", "price", "in_advance", "extended", "claimed_at", "expires_at")


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


def holding(*, worker: Worker, job: Job, now: datetime) -> Assignment | None:
    """The worker's live assignment in the job, if its time is not over."""
    live = Assignment.objects.filter(worker=worker.pk, job=job.pk, state=AssignmentState.LIVE, in_advance=False)
    held = next(iter(live), None)  # at most one, says the database
    if held is None:
        return None
    held.job, held.worker = job, worker
    if held.expires_at <= now:
        _expire(held)
        return None
    return held


def _claim(worker: Worker, job: Job, now: datetime, *, in_advance: bool, task: int | None) -> Assignment:
    for _attempt in range(TRIES):
        gate, live = _read_gate(worker, job)
        _must_be_open(gate)
        held = _held(live, now, in_advance=in_advance)
        if held is not None:
            return held
        if gate.standing is None:
            statement.run(ENTER, job=job.pk, worker=worker.pk, now=now, settled=now - SKEW)
            continue
        _must_be_within(gate)
        try:
            claimed = _take(gate, worker, job, now, in_advance=in_advance, task=task)
        except IntegrityError:
            continue  # the same worker claimed in another tab at this moment; that one is found now
        if claimed:
            return claimed
        break
    raise _why_nothing(job, now)


def _read_gate(worker: Worker, job: Job) -> tuple[_Gate, list[Assignment]]:
    rows = statement.rows(GATE, job=job.pk, worker=worker.pk)
    if not rows:
        raise NothingToDo("not-in-team", _("You are not in the team that this job was given to."))
    live = [dict(zip(HELD, row[GATE_FIELDS:], strict=True)) for row in rows if row[GATE_FIELDS] is not None]
    facts = dict(zip(_Gate.__dataclass_fields__, rows[0], strict=False))
    gate = _Gate(**facts | {name: json.loads(facts[name]) for name in ("worker_limits", "gold")})
    return gate, [Assignment(job=job, worker=worker, **facts) for facts in live]


def _must_be_open(gate: _Gate) -> None:
    if not gate.in_team:
        raise NothingToDo("not-in-team", _("You are not in the team that this job was given to."))
    if gate.state != JobState.IN_PROGRESS:
        raise NothingToDo("job-not-open", _("This job does not hand out tasks at the moment."))


def _must_be_within(gate: _Gate) -> None:
    """Raise NothingToDo if the job or the worker's place in it does not allow another task."""
    if gate.paused:
        raise NothingToDo("job-paused", _("This job is paused; it goes on when its owner resumes it."))
    if gate.excluded:
        raise NothingToDo("worked-elsewhere", _("This job is for people who did not work on another one before it."))
    if gate.standing_state == StandingState.PAUSED:
        raise NothingToDo("paused", gate.standing_reason or _("You are paused in this job."))
    over = limits.reached(
        gate.worker_limits,
        answers=gate.answers or 0,
        seconds=gate.seconds or 0.0,
        paid=gate.paid or Decimal(0),
        price=gate.price,
        objects=gate.objects,
    )
    if over:
        raise NothingToDo("limit-reached", over)


def _held(live: list[Assignment], now: datetime, *, in_advance: bool) -> Assignment | None:
    """What the worker holds and asks for; one fetched in advance becomes the one at hand when that is free."""
    for held in live:
        if held.expires_at <= now:
            _expire(held)
        elif held.in_advance == in_advance or (not in_advance and _promote(held, now)):
            return held
    return None


def _expire(held: Assignment) -> None:
    Assignment.objects.filter(pk=held.pk, state=AssignmentState.LIVE).update(
        state=AssignmentState.EXPIRED, ended_at=held.expires_at
    )


def _promote(held: Assignment, now: datetime) -> bool:
    until = now + timedelta(seconds=held.job.time_limit)
    facts = {"assignment": held.pk, "seat": held.seat_id, "fence": held.fence, "now": now, "until": until}
    if not statement.run(PROMOTE, **facts):
        _expire(held)  # somebody took the seat since
        return False
    held.in_advance, held.claimed_at, held.expires_at = False, now, until
    return True


def _take(
    gate: _Gate, worker: Worker, job: Job, now: datetime, *, in_advance: bool, task: int | None
) -> Assignment | None:
    lease = min(AHEAD_SECONDS, gate.time_limit) if in_advance else gate.time_limit
    facts: dict[str, Any] = {
        "job": job.pk, "worker": worker.pk, "now": now, "until": now + timedelta(seconds=lease), "price": gate.price,
        "standing": gate.standing, "settled": now - SKEW, "in_advance": in_advance, "keep_place": False,
        "rank": gate.rank, "since": gate.since,
    }  # fmt: skip
    if task is not None:
        return _made(worker, job, facts, ONLY, task=task)
    seen = gate.gold_seen or 0
    if gate.gold and gold.due(gate.gold, worker=worker.pk, job=job.pk, seen=seen, answers=gate.answers or 0):
        known = gold.hand_out(worker, job, gate.gold, seen=seen, facts=facts)
        if known:
            return known
    find = FINDERS.get(gate.hand_out, _find_in_order)
    claimed = find(worker, job, facts) or _made(worker, job, facts, LEFT)
    if claimed is None and opening.release(job, now=now):
        claimed = find(worker, job, facts)
    if claimed is None and gate.lap_at is not None and gate.lap_at <= now - LAP:
        statement.run(NEW_LAP, **facts)
        facts |= {"rank": -1, "since": now - SKEW}
        claimed = find(worker, job, facts)
    if claimed is None:
        statement.run(PASSED_ALL, end=END, **facts)
    return claimed


def _find_in_order(worker: Worker, job: Job, facts: dict[str, Any]) -> Assignment | None:
    return _made(worker, job, facts | {"keep_place": True}, f"{FREED}, {AFTER}")


def _find_first(worker: Worker, job: Job, facts: dict[str, Any]) -> Assignment | None:
    """The first seat of all: where ranks change while the job runs, no place in them can be kept."""
    return _made(worker, job, facts, FIRST)


def _find_in_sequence(worker: Worker, job: Job, facts: dict[str, Any]) -> Assignment | None:
    """The next object of a sequence that the worker has begun, else the first of one that nobody is at."""
    for name, number in statement.rows(MY_SEQUENCES, **facts):
        found = _made(worker, job, facts, IN_SEQUENCE, sequence=name, number=number)
        if found:
            statement.run(
                "UPDATE tasks_sequence SET held_until = %(until)s "
                "WHERE job_id = %(job)s AND name = %(name)s AND number = %(number)s AND worker_id = %(worker)s",
                name=name,
                number=number,
                **facts,
            )
            return found
    for name, number in statement.rows(NEXT_SEQUENCE, **facts):
        return _made(worker, job, facts, IN_SEQUENCE, sequence=name, number=number)
    return None


FINDERS: dict[str, Callable[[Worker, Job, dict[str, Any]], Assignment | None]] = {
    HandOut.MOST_UNCERTAIN: _find_first,
    HandOut.SEQUENCE: _find_in_sequence,
}


def _made(worker: Worker, job: Job, facts: dict[str, Any], found: str, **more: Any) -> Assignment | None:
    rows = statement.rows(TAKE.format(found=found), **facts, **more)
    if not rows:
        return None
    pk, task_id, seat_id, fence = rows[0]
    if fence > 1:
        statement.run(OUST, seat=seat_id, fence=fence, now=facts["now"])
    return Assignment(
        pk=pk, task_id=task_id, seat_id=seat_id, fence=fence, job=job, worker=worker, price=facts["price"],
        in_advance=facts["in_advance"], claimed_at=facts["now"], expires_at=facts["until"],
    )  # fmt: skip


WAITING = """
SELECT EXISTS (
    SELECT FROM tasks_seat WHERE job_id = %(job)s AND free_at > %(now)s AND free_at IS NOT NULL AND NOT withdrawn
)
"""


def _why_nothing(job: Job, now: datetime) -> NothingToDo:
    if statement.rows(WAITING, job=job.pk, now=now)[0][0]:
        return NothingToDo(
            "others-at-work",
            _("All remaining tasks are being done by others. Should one become free, it will appear here."),
        )
    return NothingToDo("all-done", _("You have done everything there is for you in this job. Thank you!"))
