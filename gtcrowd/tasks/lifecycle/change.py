"""Change a job that workers are at: what jobs.change needs to know of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Sum

from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import change as jobs_change
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import Assignment, AssignmentState, JobWorker


def change(*, viewer: Viewer, job: Job, values: Mapping[str, Any], now: datetime) -> Job:
    """As gtcrowd.jobs.change.change, with the answers and tasks in hand of this moment."""
    counted = JobWorker.objects.filter(job=job).aggregate(n=Sum("filled_slots"))["n"] or 0
    live = Assignment.objects.filter(job=job, state=AssignmentState.LIVE, slot__isnull=False).count()
    return jobs_change.change(viewer=viewer, job=job, values=values, answered=counted, live=live, now=now)
