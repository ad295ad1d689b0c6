"""Stop a job: nothing more is handed out, those at work may finish, what was answered is kept and concluded."""

from datetime import datetime

from django.db import transaction

from gtcrowd import language
from gtcrowd.identity.access import Right, Viewer
from gtcrowd.jobs import state
from gtcrowd.jobs.models import Job, JobState
from gtcrowd.platform import queue


def stop(*, viewer: Viewer, job: Job, now: datetime) -> None:
    """Begin to stop the job; it cannot be undone. Raises NotAllowed, state.NotPossible."""
    viewer.must(Right.CREATE_JOBS)
    begin(job, code="stopped-by-requester", reason=language.gettext_lazy("Stopped by the requester."), now=now)


def begin(job: Job, *, code: str, reason: str, now: datetime) -> None:
    """Begin to stop the job, for the reason given."""
    with transaction.atomic():
        state.move(job, JobState.STOPPING, code=code, reason=reason, now=now)
        queue.advance(job.pk)
