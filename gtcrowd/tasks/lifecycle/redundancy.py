"""Dynamic redundancy: as many answers as an object needs, and no more.

A job with `min_workers` first asks for that many answers per object. After each answer, the object's posterior is
recomputed from its answers and the worker models of the latest full fit. Two probabilities follow: that the label is
wrong (`error`), and that it is wrong but would be corrected by the answers still possible, up to `workers_per_object`
(`value_of_more_answers`). Only the latter can be reduced with money: an object on which workers disagree for good
stays uncertain.

`target_error` is a share of all objects. An object ends when either probability is at most OBJECT times the target;
otherwise it gets another slot. The job ends when the mean of either over all objects is at most the target.

Each full fit (gtcrowd.labels) updates the worker models and the posteriors of all objects; tasks that ended too early
are reopened.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from gtcrowd import kinds
from gtcrowd.jobs.models import Job
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle import close_tasks
from gtcrowd.tasks.lifecycle.slots import ADD, RANK
from gtcrowd.tasks.models import JobWorker, Task, TaskState, WorkerModel

ANSWERS = """
SELECT answer.value, job_worker.model FROM tasks_answer answer
LEFT JOIN tasks_jobworker job_worker ON job_worker.job_id = answer.job_id AND job_worker.worker_id = answer.worker_id
WHERE answer.task_id = %(task)s AND NOT answer.extra ORDER BY answer.assignment_id
"""
JUDGE = """
UPDATE tasks_task SET error = %(error)s, value_of_more_answers = %(value_of_more_answers)s
WHERE data_object_id = %(task)s
RETURNING answer_count, (SELECT count(*) FROM tasks_slot WHERE task_id = %(task)s AND free_at IS NOT NULL)
"""
MORE = ADD.format(more="1", which="task.data_object_id = %(task)s")
WANT_MORE = "UPDATE tasks_task SET target_answers = answer_count + 1 WHERE data_object_id = %(task)s"
RERANK = f"""
UPDATE tasks_slot slot SET rank = (SELECT {RANK} FROM tasks_task task WHERE task.data_object_id = slot.task_id)
WHERE slot.task_id = %(task)s AND slot.free_at <= %(now)s
"""  # noqa: S608
JUDGED = """
UPDATE tasks_task task SET error = judged.error, value_of_more_answers = judged.value_of_more_answers
FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) AS judged(id, error, value_of_more_answers)
WHERE task.data_object_id = judged.id AND task.error IS DISTINCT FROM judged.error
"""
EXPECTED = f"""
SELECT avg(coalesce(error, 1)), avg(coalesce(value_of_more_answers, 1)) FROM tasks_task
WHERE job_id = %(job)s AND (state = 'open' OR state = 'done') AND reason_code <> '{Reason.NO_WORKERS_NEEDED}'
"""  # noqa: S608
SAVED = f"""
SELECT count(*), coalesce(sum(saved), 0), coalesce(stddev_samp(saved), 0)
FROM (
    SELECT %(most)s::int - answer_count AS saved FROM tasks_task
    WHERE job_id = %(job)s AND state = 'done'
      AND reason_code IN ('{Reason.SURE_ENOUGH}', '{Reason.MOST_WORKERS}', '{Reason.TARGET_REACHED}')
) AS ended
"""  # noqa: S608
PORTION = 5000
OBJECT = 3
"""Most objects end far surer than they must; with so much for each, the average comes out at about the target (measured
on the crowds of `gtcrowd bench redundancy`)."""


def update_redundancy(task_id: int, job: Job, *, now: datetime) -> str:
    """Judge an object after an answer, under the lock of its task: it stops, or gets a further slot, or waits for
    those that have one. Returns the state of the task."""
    error, value_of_more_answers = _judged(task_id, job)
    ((answer_count, slots),) = sql.rows(JUDGE, task=task_id, error=error, value_of_more_answers=value_of_more_answers)
    if min(error, value_of_more_answers) <= OBJECT * (job.target_error or 0) and job.first_workers <= answer_count:
        reason = Reason.MOST_WORKERS if answer_count >= job.workers_per_object else Reason.SURE_ENOUGH
        ended = close_tasks.end([task_id], reason_code=reason, now=now)
        return TaskState.DONE if ended else TaskState.OPEN
    if slots == 0 and answer_count >= job.workers_per_object:
        ended = close_tasks.end([task_id], reason_code=Reason.MOST_WORKERS, now=now)
        return TaskState.DONE
    if slots == 0:
        sql.run(WANT_MORE, task=task_id)
        sql.run(MORE, task=task_id, task_order=job.task_order, now=now)
    elif job.task_order == "most-uncertain":
        sql.run(RERANK, task=task_id, task_order=job.task_order, now=now)
    return TaskState.OPEN


def learn(
    job: Job, *, shared: Mapping[str, Any], workers: Mapping[int, Any], errors: Sequence[tuple[int, float, float]],
    now: datetime,
) -> None:  # fmt: skip
    """Take over what a full fit found: `shared` and one model a worker (gtcrowd.kinds), and for each object with
    answers its task, the probability that it is wrong, and the part of it that more answers would remove."""
    with transaction.atomic():
        WorkerModel.objects.update_or_create(job=job, defaults={"shared": dict(shared), "learned_at": now})
        job_workers = {
            job_worker.worker_id: job_worker for job_worker in JobWorker.objects.filter(job=job, worker__in=workers)
        }
        for worker, model in workers.items():
            if worker in job_workers:
                job_workers[worker].model = model
        JobWorker.objects.bulk_update(job_workers.values(), ["model"], batch_size=1000)
    for start in range(0, len(errors), PORTION):
        columns = zip(*errors[start : start + PORTION], strict=True)
        with connection.cursor() as cursor:
            cursor.execute(JUDGED, [list(column) for column in columns])
    _review(job, now=now)


def _review(job: Job, *, now: datetime) -> None:
    """Reopen tasks that ended too early, and end those that are certain enough, by the new posteriors."""
    most = OBJECT * (job.target_error or 0.0)
    tasks = Task.objects.filter(job=job)
    early = tasks.filter(
        state=TaskState.DONE, reason_code=Reason.SURE_ENOUGH, error__gt=most, value_of_more_answers__gt=most,
        answer_count__lt=job.workers_per_object, available_until__gt=now,
    )  # fmt: skip
    for task in early.values_list("pk", flat=True).iterator(chunk_size=PORTION):
        with transaction.atomic():
            # The lock, and with it the state: the object may have been dealt with in this moment.
            opened = tasks.filter(pk=task, state=TaskState.DONE, answer_count__lt=job.workers_per_object).update(
                state=TaskState.OPEN, reason_code="", ended_at=None, consolidated=False
            )
            if opened:
                sql.run(WANT_MORE, task=task)
                sql.run(MORE, task=task, task_order=job.task_order, now=now)
    sure = tasks.filter(Q(error__lte=most) | Q(value_of_more_answers__lte=most), state=TaskState.OPEN)
    ids = list(sure.filter(answer_count__gte=job.first_workers).values_list("pk", flat=True))
    for start in range(0, len(ids), close_tasks.PORTION):
        close_tasks.end(ids[start : start + close_tasks.PORTION], reason_code=Reason.SURE_ENOUGH, now=now)


def expected_error(job: Job) -> tuple[float, float] | None:
    """The probability of being wrong, and the part of it that more answers would remove, averaged over all objects that
    are open or have labels; an object without any answer counts as wrong. None if there is no such object."""
    ((error, value_of_more_answers),) = sql.rows(EXPECTED, job=job.pk)
    return None if error is None else (float(error), float(value_of_more_answers))


def reached(job: Job) -> bool:
    """Whether the job as a whole is good enough, so that what is still open need not go on.

    Only once every object has its least answers: the average must not hide objects nobody has looked at.
    """
    few = Task.objects.filter(job=job, state=TaskState.OPEN, answer_count__lt=job.first_workers)
    if not job.dynamic or few.exists():
        return False
    expected = expected_error(job)
    return expected is not None and min(expected) <= (job.target_error or 0)


def saved(job: Job) -> dict[str, Any]:
    """What was not needed of the most answers an object may get: `answers` and `money` so far, and `low` to `high`,
    the answers that the whole job saves if the rest of its objects is like those that ended (95 %)."""
    ((ended, answers, spread),) = sql.rows(SAVED, job=job.pk, most=job.workers_per_object)
    answers, rest = int(answers), max(job.objects_total - ended, 0)
    most = job.objects_total * (job.workers_per_object - job.first_workers)
    if not ended:
        return {"answers": 0, "money": "0.000", "low": 0, "high": most}
    mean, doubt = answers / ended, 1.96 * float(spread) * (rest / ended + (1 if rest else 0)) ** 0.5
    middle, half = answers + rest * mean, doubt * rest**0.5
    low, high = max(answers, round(middle - half)), min(most, round(middle + half))
    return {"answers": answers, "money": str(answers * job.price), "low": low, "high": max(low, high)}


def _judged(task_id: int, job: Job) -> tuple[float, float]:
    kind = kinds.online(kinds.kind(job.kind))
    assert kind is not None  # noqa: S101 - jobs of other kinds cannot have dynamic redundancy
    learned = WorkerModel.objects.filter(job=job.pk).values_list("shared", flat=True).first()
    shared = kind.prior_model(job.categories) if learned is None else learned
    answers = [
        (None if model is None else json.loads(model), json.loads(value))
        for value, model in sql.rows(ANSWERS, task=task_id)
    ]
    more = max(job.workers_per_object - len(answers), 0)
    opinion = kind.posterior(shared, answers, categories=job.categories, more=more)
    return opinion.error, opinion.avoidable_error
