"""Find a seat for a worker and take it, in one statement: which seat is a matter of the job's order.

So that the hundred-thousandth task is found as fast as the first, a worker's standing keeps how far they have come:
no seat of a rank up to `rank` that is free since before `since` is for them, for they have passed it. They need
only look at the seats behind that rank, and at those that became free since, whatever their rank: `free_at` is the
moment at which a seat became free, be it opened, returned, or its time run out.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from gtcrowd import statement
from gtcrowd.jobs.models import HandOut, Job
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Worker

SKEW = timedelta(seconds=10)
"""So far may the clocks of web machines differ, and so long may a change take to commit, before a seat is missed
until the next lap."""
LAP, BACK = timedelta(minutes=10), timedelta(hours=1)
"""After finding nothing, a worker looks again so often at most at all that became free in so long a time."""
END = 2**63 - 1

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
PASSED_ALL = """
UPDATE tasks_standing SET rank = %(end)s, since = %(settled)s
WHERE id = %(standing)s AND (rank < %(end)s OR since < %(settled)s - interval '20 seconds')
"""
NEW_LAP = "UPDATE tasks_standing SET lap_at = %(now)s WHERE id = %(standing)s"


def in_order(worker: Worker, job: Job, facts: dict[str, Any]) -> Assignment | None:
    return made(worker, job, facts | {"keep_place": True}, f"{FREED}, {AFTER}")


def first(worker: Worker, job: Job, facts: dict[str, Any]) -> Assignment | None:
    """The first seat of all: where ranks change while the job runs, no place in them can be kept."""
    return made(worker, job, facts, FIRST)


def in_sequence(worker: Worker, job: Job, facts: dict[str, Any]) -> Assignment | None:
    """The next object of a sequence that the worker has begun, else the first of one that nobody is at."""
    for name, number in statement.rows(MY_SEQUENCES, **facts):
        found = made(worker, job, facts, IN_SEQUENCE, sequence=name, number=number)
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
        return made(worker, job, facts, IN_SEQUENCE, sequence=name, number=number)
    return None


FINDERS: dict[str, Callable[[Worker, Job, dict[str, Any]], Assignment | None]] = {
    HandOut.MOST_UNCERTAIN: first,
    HandOut.SEQUENCE: in_sequence,
}


def made(worker: Worker, job: Job, facts: dict[str, Any], found: str, **more: Any) -> Assignment | None:
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
