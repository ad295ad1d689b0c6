"""What a job's post-annotation hook is sent, and where it is stored; the format is that of `hooks.post_annotation`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from gtcrowd import kinds
from gtcrowd.hooks import calls, post_annotation
from gtcrowd.jobs import hooks, signed
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import USED, Answer, Task


def objects(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Return the payload of these tasks: their objects with all answers that count."""
    annotations: dict[int, list[dict[str, Any]]] = {task.pk: [] for task in tasks}
    answers = Answer.objects.filter(USED, task__in=annotations).select_related("worker__workforce", "job")
    for answer in answers.order_by("task_id", "worker_id"):
        content = kinds.expand(kinds.kind(answer.job.kind), answer.content, answer.value)
        worker = f"{answer.worker.workforce.type}.local.{answer.worker.code}"
        annotations[answer.task_id].append(post_annotation.annotation(worker, content))
    return [post_annotation.object_entry(task.position, task.data_object.line, annotations[task.pk]) for task in tasks]


def folder(job: Job) -> str:
    return f"{job.output.rpartition('/manifests/')[0]}/annotations"


def address(job: Job, which: str, iteration: int, created_at: datetime) -> str:
    """Return the address of a batch's request or response; `which`: "request" or "response"."""
    name = f"{created_at.astimezone(UTC):%Y-%m-%d_%H:%M:%S}.json"
    return f"{folder(job)}/consolidated-annotation/consolidation-{which}/iteration-{iteration}/{name}"


def event(job: Job, target: str, uri: str, payload: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the event for the hook. Remote hooks read the payload at a signed address, installed ones inline."""
    inside = {"data": payload}
    if calls.remote(target):
        inside = {"url": settings.GTCROWD_URL + signed.address(uri, job_id=job.pk or 0)}
    return post_annotation.event(
        arn=hooks.arn(job), requester=job.requester_id, categories=job.categories, attribute=job.label_attribute,
        payload={"s3Uri": uri, **inside}, output=folder(job), workers=job.workers_per_object,
    )  # fmt: skip
