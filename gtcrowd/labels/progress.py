"""Count how far a job is."""

from datetime import datetime
from typing import Any

from django.db.models import Sum

from gtcrowd.jobs.models import Counters, Job
from gtcrowd.labels.models import Label
from gtcrowd.tasks.lifecycle import redundancy
from gtcrowd.tasks.models import JobWorker, Task, TaskState


def count(job: Job, *, now: datetime) -> Counters:
    """Count the job's labeled and failed objects and its answers, and keep the numbers with their time.

    Answers are added up over the workers, and only objects that failed or have labels are counted one by one, so that
    a look at a large job that has just begun costs nothing.
    """
    numbers: dict[str, Any] = {
        "human_labeled": Label.objects.filter(job=job, current=True).count(),
        "failed": Task.objects.filter(job=job, state=TaskState.FAILED).count(),
        "answers": JobWorker.objects.filter(job=job).aggregate(n=Sum("filled_slots"))["n"] or 0,
        "counted_at": now,
    }
    if job.dynamic:
        expected = redundancy.expected_error(job)
        numbers |= {"expected_error": expected and expected[0], "saved": redundancy.saved(job)}
    counters, _made = Counters.objects.update_or_create(job=job, defaults=numbers)
    return counters
