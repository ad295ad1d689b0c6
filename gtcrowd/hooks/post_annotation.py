"""The request and the response of post-annotation hooks, in the format of Ground Truth's Lambda functions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gtcrowd.hooks.calls import HookFault
from gtcrowd.hooks.event import VERSION
from gtcrowd.kinds import common_metadata
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason

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


def object_entry(position: int, line: str, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the entry of one object; `line`: its line of the manifest."""
    fields = json.loads(line)
    data_object = {"s3Uri": fields["source-ref"]} if "source-ref" in fields else {"content": fields.get("source", "")}
    return {"datasetObjectId": str(position), "dataObject": data_object, "annotations": annotations}


def annotation(worker: str, content: Any) -> dict[str, Any]:
    return {"workerId": worker, "annotationData": {"content": json.dumps(content, ensure_ascii=False)}}


def event(
    *, arn: str, requester: int, categories: Sequence[str], attribute: str, payload: Mapping[str, Any], output: str,
    workers: int,
) -> dict[str, Any]:  # fmt: skip
    """Return the event for a batch of objects.

    payload  where the objects with their answers are: `s3Uri`, and `url` or `data`
    output   folder of the job's annotations
    workers  number of workers per object
    """
    return {
        "version": VERSION,
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
