"""Bring every object in line with a job that was changed while it runs: objects may need more or fewer answers."""

from datetime import datetime

from django.db import transaction

from gtcrowd.jobs.models import Counters, Job
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle import close_tasks
from gtcrowd.tasks.lifecycle.slots import ADD
from gtcrowd.tasks.models import Task

PORTION = 2000

LOCK = f"""
SELECT data_object_id, position FROM tasks_task
WHERE job_id = %(job)s AND position > %(after)s
  AND (state = 'open' OR state IN ('done', 'failed') AND available_until > %(now)s
       AND (reason_code IN ('{Reason.ALL_ANSWERS}', '{Reason.SURE_ENOUGH}', '{Reason.MOST_WORKERS}')
            OR reason_code IN ('{Reason.ALL_DECLINED}', '{Reason.OBJECT_NOT_SHOWN}')
               AND (target_answers < %(most)s OR decline_count < coalesce(%(max_declines)s::int, 2147483647)
                    AND unseen_count < {close_tasks.UNSEEN})))
ORDER BY position LIMIT %(portion)s FOR NO KEY UPDATE
"""  # noqa: S608

TARGET = """
UPDATE tasks_task task SET target_answers = GREATEST(task.answer_count, CASE
    WHEN NOT %(dynamic)s::boolean THEN %(most)s::int
    WHEN task.state = 'done' THEN LEAST(%(most)s::int, GREATEST(%(least)s::int, task.answer_count))
    ELSE LEAST(%(most)s::int, GREATEST(%(least)s::int, task.answer_count + in_use.slots))
END)
FROM (
    SELECT id, (SELECT count(*) FROM tasks_slot slot
                WHERE slot.task_id = id AND slot.free_at IS NOT NULL AND NOT slot.withdrawn) AS slots
    FROM unnest(%(tasks)s::bigint[]) AS id
) AS in_use
WHERE task.data_object_id = in_use.id
"""

FIT = """
UPDATE tasks_slot slot SET withdrawn = fit.beyond,
       free_at = CASE WHEN fit.beyond AND slot.free_at <= %(now)s THEN NULL ELSE slot.free_at END
FROM (
    SELECT slot.id, task.answer_count + row_number() OVER (
        PARTITION BY slot.task_id ORDER BY slot.free_at <= %(now)s, slot.number) > task.target_answers AS beyond
    FROM tasks_slot slot JOIN tasks_task task ON task.data_object_id = slot.task_id
    WHERE slot.task_id = ANY(%(tasks)s::bigint[]) AND slot.free_at IS NOT NULL
) AS fit
WHERE slot.id = fit.id AND slot.free_at IS NOT NULL AND (fit.beyond OR slot.withdrawn)
"""
"""Leases come first, so that what is withdrawn is free if possible; one beyond may still be answered."""

ROOM = "(SELECT count(*) FROM tasks_slot s WHERE s.task_id = task.data_object_id AND s.free_at IS NOT NULL)"
MISSING = ADD.format(
    more=f"task.target_answers - task.answer_count - {ROOM}",
    which=f"task.data_object_id = ANY(%(tasks)s::bigint[]) AND task.target_answers > task.answer_count + {ROOM}",
)

STATES = f"""
UPDATE tasks_task task
SET state = 'open', reason_code = '', ended_at = NULL, consolidated = false,
    target_answers = GREATEST(task.target_answers, task.answer_count + {ROOM})
WHERE task.data_object_id = ANY(%(tasks)s::bigint[]) AND {ROOM} > 0
"""  # noqa: S608
"""Open every task that has a slot left to fill. Leases beyond the target raise `target_answers` while they run."""


def due(job: Job) -> bool:
    """Whether the job was changed since its objects were last brought in line."""
    return job.applied < job.revision


def reconcile_tasks(job: Job, *, now: datetime) -> None:
    """Add and withdraw slots of every object until it wants what the job wants, in portions; may be done again.

    Objects that ended because they had all their answers are opened again if more are needed now. So are those that
    workers declined or could not see, if the job's limit of declines allows it now, or more workers are to answer.
    Those that ended for another reason stay as they are.
    """
    revision, after = job.revision, -1
    params = {"dynamic": job.dynamic, "least": job.first_workers, "most": job.workers_per_object}
    allowed = {"most": job.workers_per_object, "max_declines": job.max_declines}
    while True:
        with transaction.atomic():
            rows = sql.rows(LOCK, job=job.pk, after=after, portion=PORTION, now=now, **allowed)
            if not rows:
                break
            tasks = [pk for pk, _position in rows]
            sql.run(TARGET, tasks=tasks, **params)
            sql.run(FIT, tasks=tasks, now=now)
            sql.run(MISSING, tasks=tasks, now=now, task_order=job.task_order)
            sql.run(STATES, tasks=tasks)
            close_tasks.finish(tasks, now=now)
            after = rows[-1][1]
    Job.objects.filter(pk=job.pk).update(applied=revision)
    Counters.objects.filter(job=job).update(consolidated=Task.objects.filter(job=job, consolidated=True).count())
    job.applied = revision
