"""The request and the response of post-annotation hooks, in the format of Ground Truth's Lambda functions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from gtcrowd import kinds
from gtcrowd.jobs import hooks, signed
from gtcrowd.jobs.hooks import HookFault
from gtcrowd.jobs.models import Job
from gtcrowd.kinds import common_metadata
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.models import Answer, Task

MOST_OBJECTS = 50
MOST_LABEL = 1_000_000
"""Characters of a label with its metadata, as JSON."""


@dataclass(frozen=True)
class HookResult:
    """A label made by a hook: its value, all of its metadata, and the number of answers."""

    value: Any
    metadata: dict[str, Any]
    answers: int

    @property
    def confidence(self) -> float:
        """The confidence in the metadata; 0 if there is none."""
        confidence: Any = self.metadata.get("confidence")
        is_number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
        return float(confidence) if is_number and 0 <= confidence <= 1 else 0.0


def objects(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Return the payload of these tasks: their objects with all answers that count."""
    annotations: dict[int, list[dict[str, Any]]] = {task.pk: [] for task in tasks}
    answers = Answer.objects.filter(task__in=annotations, gold=False).select_related("worker__workforce", "job")
    for answer in answers.order_by("task_id", "worker_id"):
        content = kinds.expand(kinds.kind(answer.job.kind), answer.content, answer.value)
        worker = f"{answer.worker.workforce.type}.local.{answer.worker.code}"
        annotations[answer.task_id].append(annotation(worker, content))
    return [object_entry(task.position, task.data_object.line, annotations[task.pk]) for task in tasks]


def object_entry(position: int, line: str, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the entry of one object; `line`: its line of the manifest."""
    fields = json.loads(line)
    data_object = {"s3Uri": fields["source-ref"]} if "source-ref" in fields else {"content": fields.get("source", "")}
    return {"datasetObjectId": str(position), "dataObject": data_object, "annotations": annotations}


def annotation(worker: str, content: Any) -> dict[str, Any]:
    return {"workerId": worker, "annotationData": {"content": json.dumps(content, ensure_ascii=False)}}


def folder(job: Job) -> str:
    return f"{job.output.rpartition('/manifests/')[0]}/annotations"


def address(job: Job, which: str, iteration: int, created_at: datetime) -> str:
    """Return the address of a batch's request or response; `which`: "request" or "response"."""
    name = f"{created_at.astimezone(UTC):%Y-%m-%d_%H:%M:%S}.json"
    return f"{folder(job)}/consolidated-annotation/consolidation-{which}/iteration-{iteration}/{name}"


def event(job: Job, target: str, uri: str, payload: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the event for the hook. Remote hooks read the payload at a signed address, installed ones inline."""
    inside = {"data": payload}
    if hooks.remote(target):
        inside = {"url": settings.GTCROWD_URL + signed.address(uri, job_id=job.pk or 0)}
    return hook_event(
        arn=hooks.name_of(job), requester=job.requester_id, categories=job.categories, attribute=job.label_attribute,
        payload={"s3Uri": uri, **inside}, output=folder(job), workers=job.workers_per_object,
    )  # fmt: skip


def hook_event(
    *, arn: str, requester: int, categories: Sequence[str], attribute: str, payload: Mapping[str, Any], output: str,
    workers: int,
) -> dict[str, Any]:  # fmt: skip
    return {
        "version": hooks.VERSION,
        "labelingJobArn": arn,
        "labelCategories": list(categories),
        "labelAttributeName": attribute,
        "roleArn": f"arn:aws:iam::{requester:012d}:role/gtcrowd",
        "payload": dict(payload),
        "outputConfig": output,
        "maxHumanWorkersPerDataObject": workers,
    }


def read_response(
    answer: object, *, answer_counts: Mapping[str, int], attribute: str, job_name: str, created_at: datetime
) -> dict[str, HookResult]:
    """Read a hook's response; return one result per object of `answer_counts`, by the object's id.

    `answer_counts`: the number of answers by id. What the metadata must have and the hook did not say is added. Raises
    HookFault.
    """
    if not isinstance(answer, list):
        raise HookFault(Reason.HOOK_NO_LIST)
    results: dict[str, HookResult] = {}
    for entry in answer:
        name = str(entry.get("datasetObjectId")) if isinstance(entry, Mapping) else ""
        if name not in answer_counts or name in results:
            raise HookFault(Reason.HOOK_WRONG_OBJECT, name=sql.storable_text(name[:40]) or "?")
        value, metadata = _label(name, entry, attribute)
        results[name] = HookResult(value, with_common_metadata(metadata, job_name, created_at), answer_counts[name])
    missing = [name for name in answer_counts if name not in results]
    if missing:
        raise HookFault(Reason.HOOK_OBJECTS_MISSING, names=", ".join(missing[:10]))
    return results


def _label(name: str, entry: Mapping[str, Any], attribute: str) -> tuple[Any, dict[str, Any]]:
    consolidated = entry.get("consolidatedAnnotation")
    content = consolidated.get("content") if isinstance(consolidated, Mapping) else None
    metadata_key = f"{attribute}-metadata"
    if not isinstance(content, Mapping) or attribute not in content or not set(content) <= {attribute, metadata_key}:
        raise HookFault(Reason.HOOK_CONTENT, name=name, attribute=attribute, metadata=metadata_key)
    metadata = content.get(metadata_key, {})
    if not isinstance(metadata, dict):
        raise HookFault(Reason.HOOK_METADATA, name=name, metadata=metadata_key)
    if not sql.storable(dict(content)) or len(json.dumps(dict(content), ensure_ascii=False)) > MOST_LABEL:
        raise HookFault(Reason.HOOK_LABEL, name=name, most=f"{MOST_LABEL:,}")
    return content[attribute], metadata


def with_common_metadata(metadata: Mapping[str, Any], job_name: str, created_at: datetime) -> dict[str, Any]:
    """Return the metadata, completed with the fields that every label has."""
    return {**metadata, **{k: v for k, v in _common_metadata(job_name, created_at).items() if k not in metadata}}


def _common_metadata(job_name: str, created_at: datetime) -> dict[str, Any]:
    return common_metadata(type_name="custom", job_name=job_name, created_at=created_at)
