"""Pause a job: no tasks are assigned until it is resumed; answers to leased tasks are accepted."""

from datetime import datetime

from django.utils.translation import gettext as _

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import state
from gtcrowd.jobs.models import Job, JobState
from gtcrowd.platform import queue
from gtcrowd.platform.reasons import Reason


def pause(*, viewer: Viewer, job: Job, now: datetime) -> None:
    """Pause the job; pausing it twice has no further effect. Raises NotAllowed, state.NotPossible."""
    viewer.must(Right.CREATE_JOBS)
    _set(job, now)
    state.explain(job, code=Reason.PAUSED, now=now)


def resume(*, viewer: Viewer, job: Job, now: datetime) -> None:
    """Resume the job. Raises NotAllowed, state.NotPossible."""
    viewer.must(Right.CREATE_JOBS)
    _set(job, None)
    state.explain_waiting(job, now=now)
    queue.advance(job.pk)


def _set(job: Job, paused_at: datetime | None) -> None:
    if not Job.objects.filter(pk=job.pk, state=JobState.IN_PROGRESS).update(paused_at=paused_at):
        raise state.NotPossible(_("%(job)s is not in progress.") % {"job": job.name})
    job.paused_at = paused_at
