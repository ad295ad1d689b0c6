"""The states of a job and the ways between them. Who moves it says why."""

from datetime import datetime

from django.utils.translation import gettext as _

from gtcrowd.jobs.models import ENDED, Job, JobState

WAYS: dict[str, frozenset[str]] = {
    JobState.INITIALIZING: frozenset({JobState.IN_PROGRESS, JobState.STOPPING, JobState.FAILED}),
    JobState.IN_PROGRESS: frozenset({JobState.STOPPING, JobState.COMPLETED, JobState.FAILED}),
    JobState.STOPPING: frozenset({JobState.STOPPED, JobState.FAILED}),
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.STOPPED: frozenset(),
}


class NotPossible(Exception):
    """The job is not in a state from which it can go there."""


def move(job: Job, to: str, *, code: str, reason: str, now: datetime) -> None:
    """Move the job to another state, if it is still in one that leads there. Raises NotPossible otherwise."""
    leading = [state for state, ways in WAYS.items() if to in ways]
    news = {"state": to, "reason_code": code, "reason": reason[:1024], "changed_at": now}
    if to == JobState.IN_PROGRESS:
        news["started_at"] = now
    if to in ENDED:
        news["ended_at"] = now
    if not Job.objects.filter(pk=job.pk, state__in=leading).update(**news):
        raise NotPossible(_("%(job)s cannot become %(state)s.") % {"job": job.name, "state": JobState(to).label})
    for name, value in news.items():
        setattr(job, name, value)


def explain(job: Job, *, code: str, reason: str, now: datetime) -> None:
    """Say why the job is where it is, without moving it; writes only when there is something new to say."""
    if job.reason_code == code and job.reason == reason:
        return
    Job.objects.filter(pk=job.pk, state=job.state).update(reason_code=code, reason=reason, changed_at=now)
    job.reason_code, job.reason = code, reason
