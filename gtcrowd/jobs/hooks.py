"""The hooks of a job: each one it had is stored with its number, the time it was set, and by whom."""

from datetime import datetime

from gtcrowd.hooks import event
from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Hook, Job


def keep(job: Job, stage: str, target: str, *, by: User | None, now: datetime) -> None:
    """Store that the job has this hook from now on, or none if `target` is empty."""
    last = Hook.objects.filter(job=job, stage=stage).order_by("-number").first()
    if target != (last.target if last else ""):
        number = (last.number if last else 0) + 1
        Hook.objects.create(job=job, stage=stage, number=number, target=target, set_at=now, set_by=by)


def current(job: Job, stage: str) -> Hook | None:
    """Return the hook that the job has now, or None."""
    last = Hook.objects.filter(job=job, stage=stage).order_by("-number").first()
    return last if last and last.target else None


def arn(job: Job) -> str:
    """Return the ARN by which the job's hooks know it."""
    return event.job_arn(requester_id=job.requester_id, job_name=job.name)
