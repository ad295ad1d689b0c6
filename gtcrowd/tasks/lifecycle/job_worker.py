"""Pause and resume a worker in one job."""

from datetime import datetime

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs.models import Job
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.models import JobWorker, JobWorkerState
from gtcrowd.workforce.models import Worker


def pause(*, viewer: Viewer, job: Job, worker: Worker, reason: str = "", now: datetime) -> JobWorker:
    """Pause the worker in the job; tasks they hold may be finished. Raises NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    job_worker, _made = JobWorker.objects.get_or_create(
        job=job, worker=worker, defaults={"scan_since": now, "scan_restarted_at": now}
    )
    text = reason.strip()[:200]
    job_worker.state = JobWorkerState.PAUSED
    job_worker.set_reason(Reason.BY_REQUESTER, {"text": text} if text else None)
    job_worker.save(update_fields=["state", "reason_code", "reason_params"])
    return job_worker


def resume(*, viewer: Viewer, job_worker: JobWorker) -> JobWorker:
    """Resume the worker, whatever paused them; the rules apply again from the next gold question on."""
    viewer.must(Right.MANAGE_WORKERS)
    job_worker.state = JobWorkerState.WORKING
    job_worker.set_reason("")
    job_worker.save(update_fields=["state", "reason_code", "reason_params"])
    return job_worker
