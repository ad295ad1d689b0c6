"""Bring every object in line with a job that was changed while it runs: more or fewer answers are wanted of each."""

from datetime import datetime

from django.db import transaction

from gtcrowd import statement
from gtcrowd.jobs.models import Counters, Job
from gtcrowd.tasks import close_tasks
from gtcrowd.tasks.models import Task
from gtcrowd.tasks.slots import ADD

PORTION = 2000

LOCK = """
SELECT data_object_id, position FROM tasks_task
WHERE job_id = %(job)s AND position > %(after)s
  AND (state = 'open' OR state = 'done' AND available_until > %(now)s
       AND reason_code IN ('all-answers', 'sure-enough', 'most-workers'))
ORDER BY position LIMIT %(portion)s FOR NO KEY UPDATE
"""

TARGET = """
UPDATE tasks_task task SET wanted = GREATEST(task.answered, CASE
    WHEN NOT %(dynamic)s::boolean THEN %(most)s::int
    WHEN task.state = 'done' THEN LEAST(%(most)s::int, GREATEST(%(least)s::int, task.answered))
    ELSE LEAST(%(most)s::int, GREATEST(%(least)s::int, task.answered + in_use.seats))
END)
FROM (
    SELECT id, (SELECT count(*) FROM tasks_seat seat
                WHERE seat.task_id = id AND seat.free_at IS NOT NULL AND NOT seat.withdrawn) AS seats
    FROM unnest(%(tasks)s::bigint[]) AS id
) AS in_use
WHERE task.data_object_id = in_use.id
"""

FIT = """
UPDATE tasks_seat seat SET withdrawn = fit.beyond,
       free_at = CASE WHEN fit.beyond AND seat.free_at <= %(now)s THEN NULL ELSE seat.free_at END
FROM (
    SELECT seat.id, task.answered + row_number() OVER (
        PARTITION BY seat.task_id ORDER BY seat.free_at <= %(now)s, seat.number) > task.wanted AS beyond
    FROM tasks_seat seat JOIN tasks_task task ON task.data_object_id = seat.task_id
    WHERE seat.task_id = ANY(%(tasks)s::bigint[]) AND seat.free_at IS NOT NULL
) AS fit
WHERE seat.id = fit.id AND seat.free_at IS NOT NULL AND (fit.beyond OR seat.withdrawn)
"""
"""Leases come first, so that what is withdrawn is free if possible; one beyond may still be answered."""

ROOM = "(SELECT count(*) FROM tasks_seat s WHERE s.task_id = task.data_object_id AND s.free_at IS NOT NULL)"
MISSING = ADD.format(
    more=f"task.wanted - task.answered - {ROOM}",
    which=f"task.data_object_id = ANY(%(tasks)s::bigint[]) AND task.wanted > task.answered + {ROOM}",
)

STATES = f"""
UPDATE tasks_task task
SET state = 'open', reason_code = '', ended_at = NULL, concluded = false,
    wanted = GREATEST(task.wanted, task.answered + {ROOM})
WHERE task.data_object_id = ANY(%(tasks)s::bigint[]) AND {ROOM} > 0
"""  # noqa: S608
"""Whatever has a seat left to fill is open, and the leases beyond the target count as wanted while they run."""


def due(job: Job) -> bool:
    """Whether the job was changed since its objects were last brought in line."""
    return job.applied < job.revision


def settle(job: Job, *, now: datetime) -> None:
    """Add and withdraw seats of every object until it wants what the job wants, in portions; may be done again.

    Objects that ended because they had all their answers are opened again if more are wanted now; those that ended
    for another reason stay as they are.
    """
    revision, after = job.revision, -1
    facts = {"dynamic": job.dynamic, "least": job.first_workers, "most": job.workers_per_object}
    while True:
        with transaction.atomic():
            rows = statement.rows(LOCK, job=job.pk, after=after, portion=PORTION, now=now)
            if not rows:
                break
            tasks = [pk for pk, _position in rows]
            statement.run(TARGET, tasks=tasks, **facts)
            statement.run(FIT, tasks=tasks, now=now)
            statement.run(MISSING, tasks=tasks, now=now, hand_out=job.hand_out)
            statement.run(STATES, tasks=tasks)
            close_tasks.finish(tasks, now=now)
            after = rows[-1][1]
    Job.objects.filter(pk=job.pk).update(applied=revision)
    Counters.objects.filter(job=job).update(concluded=Task.objects.filter(job=job, concluded=True).count())
    job.applied = revision
