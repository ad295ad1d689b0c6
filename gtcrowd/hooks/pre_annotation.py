"""The request and the response of pre-annotation hooks, in the format of Ground Truth's Lambda functions."""

import json
from collections.abc import Mapping
from typing import Any

from gtcrowd.hooks.calls import HookFault
from gtcrowd.hooks.event import VERSION
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason

MOST_INPUT = 1_000_000
"""Characters of a task input, as JSON."""


def event(arn: str, line: str) -> dict[str, Any]:
    """Return the event for one object; `line`: its line of the manifest."""
    return {"version": VERSION, "labelingJobArn": arn, "dataObject": json.loads(line)}


def read_response(answer: object) -> dict[str, Any] | None:
    """Return the task input in a hook's response, or None if no worker is needed. Raises HookFault."""
    if not isinstance(answer, Mapping):
        raise HookFault(Reason.HOOK_NO_OBJECT)
    needs_workers = answer.get("isHumanAnnotationRequired", answer.get("humanAnnotationRequired", True))
    if isinstance(needs_workers, str) and needs_workers.lower() in ("true", "false"):
        needs_workers = needs_workers.lower() == "true"
    if not isinstance(needs_workers, bool):
        raise HookFault(Reason.HOOK_FLAG)
    if not needs_workers:
        return None
    task_input = answer.get("taskInput")
    if not isinstance(task_input, dict):
        raise HookFault(Reason.HOOK_NO_INPUT)
    if not sql.storable(task_input) or len(json.dumps(task_input, ensure_ascii=False)) > MOST_INPUT:
        raise HookFault(Reason.HOOK_INPUT, most=f"{MOST_INPUT:,}")
    return task_input
