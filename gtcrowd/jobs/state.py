"""Move a job from state to state, with the reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd.jobs import plan_warnings
from gtcrowd.jobs.models import ENDED, Job, JobState
from gtcrowd.platform.reasons import Reason, nested

TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.INITIALIZING: frozenset({JobState.IN_PROGRESS, JobState.STOPPING, JobState.FAILED}),
    JobState.IN_PROGRESS: frozenset({JobState.STOPPING, JobState.COMPLETED, JobState.FAILED}),
    JobState.STOPPING: frozenset({JobState.STOPPED, JobState.FAILED}),
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.STOPPED: frozenset(),
}


class NotPossible(Exception):
    """The state of the job does not allow the change."""


def move(job: Job, to: str, *, code: str, params: Mapping[str, Any] | None = None, now: datetime) -> None:
    """Move the job to the state `to`, for the reason of this code and parameters.

    Raises NotPossible if the job is, by now, in a state that does not lead there.
    """
    sources = [state for state, targets in TRANSITIONS.items() if to in targets]
    values = {"state": to, "reason_code": code, "reason_params": dict(params or {}), "changed_at": now}
    if to == JobState.IN_PROGRESS:
        values["started_at"] = now
    if to in ENDED:
        values["ended_at"] = now
    if not Job.objects.filter(pk=job.pk, state__in=sources).update(**values):
        text = _("%(job)s cannot be moved to the state %(state)s.")
        raise NotPossible(text % {"job": job.name, "state": JobState(to).label})
    for name, value in values.items():
        setattr(job, name, value)


def explain(job: Job, *, code: str, params: Mapping[str, Any] | None = None, now: datetime) -> None:
    """Set the reason for the job's state without moving it; write only if it differs from the stored one."""
    params = dict(params or {})
    if job.reason_code == code and job.reason_params == params:
        return
    Job.objects.filter(pk=job.pk, state=job.state).update(reason_code=code, reason_params=params, changed_at=now)
    job.set_reason(code, params)


def explain_waiting(job: Job, *, now: datetime) -> None:
    """Set the reason of a job that waits for nothing but answers, and say if its team is too small to give them."""
    shortage = plan_warnings.team_shortage(job.team, needed=job.first_workers)
    params = {"also": nested(Reason.TEAM_TOO_SMALL, shortage)} if shortage else {}
    explain(job, code=Reason.WAITING_FOR_WORKERS, params=params, now=now)
