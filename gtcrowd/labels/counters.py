"""Count how far a job is."""

from datetime import datetime

from django.db.models import Count, Q, Sum

from gtcrowd.jobs.models import Counters, Job
from gtcrowd.labels.models import Label
from gtcrowd.tasks.models import Task, TaskState


def count(job: Job, *, now: datetime) -> Counters:
    """Count the job's labeled and failed objects and its answers, and keep the numbers with their time."""
    tasks = Task.objects.filter(job=job).aggregate(
        failed=Count("pk", filter=Q(state=TaskState.FAILED)), answers=Sum("answered", default=0)
    )
    labeled = Label.objects.filter(job=job, current=True).count()
    numbers = {
        "human_labeled": labeled,
        "failed": tasks["failed"],
        "answers": tasks["answers"],
        "counted_at": now,
    }
    counters, _made = Counters.objects.update_or_create(job=job, defaults=numbers)
    return counters
