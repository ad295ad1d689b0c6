"""Stop a job: no further tasks are assigned, leased tasks may be finished, answers are kept and consolidated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import state
from gtcrowd.jobs.models import Job, JobState
from gtcrowd.platform import queue
from gtcrowd.platform.reasons import Reason


def stop(*, viewer: Viewer, job: Job, now: datetime) -> None:
    """Begin to stop the job; it cannot be undone. Raises NotAllowed, state.NotPossible."""
    viewer.must(Right.CREATE_JOBS)
    begin(job, code=Reason.STOPPED_BY_REQUESTER, now=now)


def begin(job: Job, *, code: Reason, params: Mapping[str, Any] | None = None, now: datetime) -> None:
    """Begin to stop the job, for the reason of this code and parameters. Raises state.NotPossible."""
    with transaction.atomic():
        state.move(job, JobState.STOPPING, code=code, params=params, now=now)
        queue.advance(job.pk)
