"""Move a job through its states: a table from state to step.

The runner walks it when something happened and once a minute; a replay or simulation walks it with its own
clock. Each step may be done again from any point, so a process that was killed in it loses nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from gtcrowd import manifest
from gtcrowd.hooks import calls
from gtcrowd.jobs import ingest, state, stop, store
from gtcrowd.jobs.models import Counters, Job, JobState
from gtcrowd.labels import consolidate, progress
from gtcrowd.labels.exports import output_manifest
from gtcrowd.labels.post_annotation import batches
from gtcrowd.ledger import hold
from gtcrowd.platform import locks, queue, reasons
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle import close_tasks, open_tasks, prepare, reconcile, redundancy
from gtcrowd.tasks.models import Task, TaskState

log = structlog.get_logger(__name__)


PREPARE_SECONDS = 10
"""A job's objects are prepared for so long at a stretch."""


class Busy(Exception):
    """Another process is just moving this job."""


def advance(job_id: int, *, now: datetime) -> Job:
    """Take the job as far as it can go now, and return it as it is then. Raises Busy."""
    with _alone(job_id):
        job = Job.objects.select_related("requester", "team__workforce", "counters").get(pk=job_id)
        step = STEPS.get(JobState(job.state))
        if step:
            log.debug("job.advance", job=job.pk, state=job.state)
            step(job, now)
    result: Job = job
    return result


@contextmanager
def _alone(job_id: int) -> Iterator[None]:
    """Move the job in this process alone, or raise Busy."""
    with locks.session(locks.Lock.JOB, job_id, wait=False) as held:
        if not held:
            raise Busy
        yield


def _bring_in(job: Job, now: datetime) -> None:
    try:
        ingest.ingest(job, now=now)
    except (ingest.ManifestChanged, store.ObjectMissing) as error:
        _fail(job, error.nested(), now)
        return
    except manifest.LineRefused as error:
        _fail(job, reasons.nested(Reason.LINE_INVALID, {"line": error.number}), now)
        return
    _work(job, now)


def _fail(job: Job, detail: dict[str, Any], now: datetime) -> None:
    _finish(job, JobState.FAILED, code=Reason.MANIFEST_UNREADABLE, params={"detail": detail}, now=now)


def _work(job: Job, now: datetime) -> None:
    if reconcile.due(job):
        reconcile.reconcile_tasks(job, now=now)
    close_tasks.end_overdue(job, now=now)
    close_tasks.end_given_up(job, now=now)
    close_tasks.end_refused(job, now=now)
    _prepare(job, now)
    open_tasks.open_next(job, now=now)
    if job.post_hook or job.reason_code == Reason.WAITING_FOR_HOOK:
        _deliver(job, now)
    elif consolidate.due(job) and not _all_ended(job):  # at the end a run of the whole job follows
        consolidate.run_batch(job, now=now)
    progress.count(job, now=now)
    _explain_preparing(job, now)
    if job.reason_code == Reason.WAITING_FOR_WORKERS:
        state.explain_waiting(job, now=now)
    if _most_reached(job):
        stop.begin(job, code=Reason.STOPPING_CONDITION, now=now)
        _wind_up(job, now)
    elif job.streaming:
        _wait_for_more(job, now)
    elif open_tasks.exhausted(job):
        if redundancy.reached(job):
            close_tasks.end_all(job, reason_code=Reason.TARGET_REACHED, now=now)
        if not _open(job):
            _conclude(job, JobState.COMPLETED, now)


def _prepare(job: Job, now: datetime) -> None:
    """Have the hook prepare objects ahead of the workers, each portion being opened as it is ready.

    A job with a slow hook comes back to it soon, so that its other steps and the other jobs have their turn.
    """
    if not job.pre_hook:
        return
    began = time.monotonic()
    with calls.turn(wait=job.simulated) as mine:
        while mine and prepare.portion(job, now=now, seconds=None if job.simulated else PREPARE_SECONDS):
            open_tasks.open_next(job, now=now)
            if time.monotonic() - began > PREPARE_SECONDS and not job.simulated:
                queue.advance(job.pk, wait=1)
                return
    if not mine:
        queue.advance(job.pk, wait=2)


def _deliver(job: Job, now: datetime, *, at_end: bool = False) -> bool:
    """Have the hook label what has ended; returns whether nothing is left that waits for it."""
    with calls.turn(wait=job.simulated) as mine:
        if mine:
            return batches.deliver(job, now=now, at_end=at_end)
    queue.advance(job.pk, wait=2)
    return False


def _explain_preparing(job: Job, now: datetime) -> None:
    """Say when workers have to wait because the hook has not prepared any object for them yet."""
    if job.pre_hook and not job.paused_at and not _open(job) and not open_tasks.exhausted(job):
        state.explain(job, code=Reason.PREPARING, now=now)
    elif job.reason_code == Reason.PREPARING:
        state.explain_waiting(job, now=now)


def _wait_for_more(job: Job, now: datetime) -> None:
    """Keep a streaming job running until no object arrived, and none was open, for `idle_days`."""
    last = max(time for time in (job.arrived_at, job.started_at, job.created_at) if time)
    idle = now - last >= timedelta(days=job.idle_days)
    if idle and open_tasks.exhausted(job) and not _open(job):
        stop.begin(job, code=Reason.IDLE, params={"days": job.idle_days}, now=now)
        _wind_up(job, now)
    elif job.paused_at or job.reason_code in (Reason.WAITING_FOR_HOOK, Reason.PREPARING):
        return  # the job says so already
    elif not _open(job):
        state.explain(job, code=Reason.WAITING_FOR_OBJECTS, now=now)
    elif job.reason_code == Reason.WAITING_FOR_OBJECTS:
        state.explain_waiting(job, now=now)


def _wind_up(job: Job, now: datetime) -> None:
    close_tasks.end_given_up(job, now=now)
    close_tasks.end_all(job, reason_code=Reason.JOB_STOPPED, now=now)
    if _open(job):
        also = reasons.nested(Reason.FINISHING_ASSIGNMENTS)
        state.explain(job, code=job.reason_code, params={**job.reason_params, "also": also}, now=now)
    else:
        _conclude(job, JobState.STOPPED, now)


def _conclude(job: Job, to: str, now: datetime) -> None:
    if job.post_hook:
        if not _deliver(job, now, at_end=True):
            return  # the job says what it waits for
        batches.label_gold(job, now=now)
    else:
        consolidate.run_whole(job, now=now)
    tally = progress.count(job, now=now)
    output_manifest.write(job)
    if to == JobState.STOPPED:
        code = job.reason_code or Reason.STOPPED
        params = {name: value for name, value in job.reason_params.items() if name != "also"}
    else:
        code, params = _outcome(job, tally.failed)
    _finish(job, to, code=code, params=params, now=now)


def relabel(job_id: int, *, now: datetime) -> None:
    """Form the labels of a job again with all that is known now, and its output too if it has ended. Raises Busy."""
    with _alone(job_id):
        job = Job.objects.select_related("requester", "team__workforce", "counters").get(pk=job_id)
        if job.post_hook:
            batches.label_gold(job, now=now)
        else:
            consolidate.run_whole(job, now=now)
        progress.count(job, now=now)
        if job.ended and job.output and job.state != JobState.FAILED:
            output_manifest.write(job)


def _finish(job: Job, to: str, *, code: str, params: dict[str, Any], now: datetime) -> None:
    """End the job: charge the fee for labeled objects and release the rest of the budget."""
    with transaction.atomic():
        state.move(job, to, code=code, params=params, now=now)
        labeled = Counters.objects.get(job=job).human_labeled
        hold.pay_fee(job_id=job.pk, amount=labeled * settings.GTCROWD_FEE_PER_OBJECT, now=now)
        hold.release(requester_id=job.requester_id, job_id=job.pk, now=now)


def _all_ended(job: Job) -> bool:
    """Return whether the job concludes in this step: no object is open, and none will be."""
    return not job.streaming and open_tasks.exhausted(job) and not _open(job)


def _open(job: Job) -> bool:
    return Task.objects.filter(job=job, state=TaskState.OPEN).exists()


def _most_reached(job: Job) -> bool:
    most = open_tasks.most_labeled(job)
    done = Task.objects.filter(job=job, state=TaskState.DONE).exclude(reason_code=Reason.NO_WORKERS_NEEDED)
    return most is not None and done.count() >= most


def _outcome(job: Job, failed: int) -> tuple[Reason, dict[str, Any]]:
    if not failed:
        return Reason.ALL_LABELED, {}
    return Reason.COMPLETED_WITH_ERRORS, {"failed": failed, "total": job.objects_total}


STEPS: dict[JobState, Callable[[Job, datetime], None]] = {
    JobState.INITIALIZING: _bring_in,
    JobState.IN_PROGRESS: _work,
    JobState.STOPPING: _wind_up,
}
