"""Find a slot for a worker and take it, in one statement: which slot is a matter of the job's order.

So that the hundred-thousandth task is found as fast as the first, a job worker keeps a scan cursor: no slot of a rank
up to `scan_rank` that has been free since before `scan_since` is for them, for they have passed it. They need only
look at the slots behind that rank, and at those that became free since, whatever their rank: `free_at` is the
moment at which a slot became free, be it opened, returned, or its time run out.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from gtcrowd.jobs.models import Job, TaskOrder
from gtcrowd.platform import sql
from gtcrowd.tasks.lifecycle import expire
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Worker

SKEW = timedelta(seconds=10)
"""So far may the clocks of web machines differ, and so long may a change take to commit, before a slot is missed
until the next lap."""
LAP, BACK = timedelta(minutes=10), timedelta(hours=1)
"""After finding nothing, a worker looks again so often at most at all that became free in so long a time."""
END = 2**63 - 1

TAKE = """
WITH taken AS (
    UPDATE tasks_slot SET free_at = %(until)s, fence = fence + 1
    WHERE id = COALESCE({found}) RETURNING id, task_id, fence, rank
), moved AS (
    UPDATE tasks_jobworker job_worker
    SET scan_rank = GREATEST(job_worker.scan_rank, taken.rank),
        scan_since = CASE WHEN taken.rank > job_worker.scan_rank THEN GREATEST(scan_since, %(settled)s)
                          ELSE scan_since END
    FROM taken WHERE job_worker.id = %(job_worker)s AND %(keep_place)s::boolean
)
INSERT INTO tasks_assignment (task_id, slot_id, job_id, worker_id, fence, price, in_advance, extended, state, reason,
                              claimed_at, expires_at)
SELECT task_id, id, %(job)s::bigint, %(worker)s::bigint, fence, %(price)s::numeric, %(in_advance)s::boolean, 0,
       'live', '', %(now)s::timestamptz, %(until)s::timestamptz FROM taken
RETURNING id, task_id, slot_id, fence
"""

OUST = expire.END.format(which="slot_id = %(slot)s AND state = 'live' AND fence < %(fence)s")
"""Of who held the slot before and let the time run out. Nothing depends on it: their fence is older."""

# Each slot is looked at by itself until one will do: OFFSET 0 keeps the planner from joining whole tables first.
SLOT = """(
    SELECT slot.id FROM {tables}
    WHERE slot.job_id = %(job)s AND slot.free_at <= %(now)s AND NOT slot.withdrawn AND {which}
      AND NOT EXISTS (
          SELECT FROM tasks_assignment past WHERE past.task_id = slot.task_id AND past.worker_id = %(worker)s
            AND past.state IN ('live', 'submitted', 'declined') OFFSET 0
      )
      AND (SELECT available_until FROM tasks_task available WHERE available.data_object_id = slot.task_id) > %(now)s
    ORDER BY {order} LIMIT 1 FOR UPDATE OF slot SKIP LOCKED
)"""
NOT_LEFT = """
NOT EXISTS (
    SELECT FROM tasks_assignment past WHERE past.job_id = %(job)s AND past.worker_id = %(worker)s
      AND past.task_id = slot.task_id AND past.state IN ('returned', 'expired') OFFSET 0
)"""
"""After returning an object, or letting its time run out, a worker gets others first."""


def _slot(which: str, order: str, tables: str = "tasks_slot slot") -> str:
    return SLOT.format(which=which, order=order, tables=tables)


FREED = _slot(f"slot.rank <= %(scan_rank)s AND slot.free_at > %(scan_since)s AND {NOT_LEFT}", "slot.free_at, slot.rank")
AFTER = _slot(f"slot.rank > %(scan_rank)s AND {NOT_LEFT}", "slot.rank")
FIRST = _slot(NOT_LEFT, "slot.rank")
ONLY = _slot("slot.task_id = %(task)s", "slot.number")
LEFT = _slot(
    "left_.job_id = %(job)s AND left_.worker_id = %(worker)s AND left_.state IN ('returned', 'expired')",
    "slot.rank",
    "tasks_assignment left_ JOIN tasks_slot slot ON slot.task_id = left_.task_id",
)
IN_SEQUENCE = _slot(
    "task.job_id = %(job)s AND task.sequence = %(sequence)s AND slot.number = %(number)s",
    "task.position",
    "tasks_slot slot JOIN tasks_task task ON task.data_object_id = slot.task_id",
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
          JOIN tasks_slot slot ON slot.task_id = task.data_object_id AND slot.number = sequence.number
          WHERE task.job_id = sequence.job_id AND task.sequence = sequence.name AND task.available_until > %(now)s
            AND slot.free_at <= %(now)s AND NOT slot.withdrawn
            AND NOT EXISTS (
                SELECT FROM tasks_assignment past WHERE past.task_id = slot.task_id AND past.worker_id = %(worker)s
                  AND past.state IN ('live', 'submitted', 'declined')
            )
      )
    ORDER BY sequence.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING name, number
"""
PASSED_ALL = """
UPDATE tasks_jobworker SET scan_rank = %(end)s, scan_since = %(settled)s
WHERE id = %(job_worker)s AND (scan_rank < %(end)s OR scan_since < %(settled)s - interval '20 seconds')
"""
NEW_LAP = "UPDATE tasks_jobworker SET scan_restarted_at = %(now)s WHERE id = %(job_worker)s"


def in_order(worker: Worker, job: Job, params: dict[str, Any]) -> Assignment | None:
    return insert_assignment(worker, job, params | {"keep_place": True}, f"{FREED}, {AFTER}")


def first(worker: Worker, job: Job, params: dict[str, Any]) -> Assignment | None:
    """The first slot of all: where ranks change while the job runs, no place in them can be kept."""
    return insert_assignment(worker, job, params, FIRST)


def in_sequence(worker: Worker, job: Job, params: dict[str, Any]) -> Assignment | None:
    """The next object of a sequence that the worker has begun, else the first of one that nobody is at."""
    for name, number in sql.rows(MY_SEQUENCES, **params):
        assignment = insert_assignment(worker, job, params, IN_SEQUENCE, sequence=name, number=number)
        if assignment:
            sql.run(
                "UPDATE tasks_sequence SET held_until = %(until)s "
                "WHERE job_id = %(job)s AND name = %(name)s AND number = %(number)s AND worker_id = %(worker)s",
                name=name,
                number=number,
                **params,
            )
            return assignment
    for name, number in sql.rows(NEXT_SEQUENCE, **params):
        return insert_assignment(worker, job, params, IN_SEQUENCE, sequence=name, number=number)
    return None


FINDERS: dict[str, Callable[[Worker, Job, dict[str, Any]], Assignment | None]] = {
    TaskOrder.MOST_UNCERTAIN: first,
    TaskOrder.SEQUENCE: in_sequence,
}


def insert_assignment(worker: Worker, job: Job, params: dict[str, Any], slot: str, **more: Any) -> Assignment | None:
    rows = sql.rows(TAKE.format(found=slot), **params, **more)
    if not rows:
        return None
    pk, task_id, slot_id, fence = rows[0]
    if fence > 1:
        sql.run(OUST, slot=slot_id, fence=fence)
    return Assignment(
        pk=pk, task_id=task_id, slot_id=slot_id, fence=fence, job=job, worker=worker, price=params["price"],
        in_advance=params["in_advance"], claimed_at=params["now"], expires_at=params["until"],
    )  # fmt: skip
