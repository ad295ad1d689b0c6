"""Pause a job: nothing is handed out until it is resumed; answers to tasks at hand are taken in."""

from datetime import datetime

from django.utils.translation import gettext as _

from gtcrowd import language
from gtcrowd.identity.access import Right, Viewer
from gtcrowd.jobs import state
from gtcrowd.jobs.models import Job, JobState
from gtcrowd.platform import queue


def pause(*, viewer: Viewer, job: Job, now: datetime) -> None:
    """Hand out nothing more for now. Doing it twice is no harm. Raises NotAllowed, state.NotPossible."""
    viewer.must(Right.CREATE_JOBS)
    _set(job, now)
    state.explain(
        job, code="paused", reason=language.gettext_lazy("Paused by the requester: nothing is handed out."), now=now
    )


def resume(*, viewer: Viewer, job: Job, now: datetime) -> None:
    """Hand out again. Raises NotAllowed, state.NotPossible."""
    viewer.must(Right.CREATE_JOBS)
    _set(job, None)
    state.explain(
        job, code="waiting-for-workers", reason=language.gettext_lazy("Waiting for workers to answer."), now=now
    )
    queue.advance(job.pk)


def _set(job: Job, paused_at: datetime | None) -> None:
    if not Job.objects.filter(pk=job.pk, state=JobState.IN_PROGRESS).update(paused_at=paused_at):
        raise state.NotPossible(_("%(job)s is not in progress.") % {"job": job.name})
    job.paused_at = paused_at
