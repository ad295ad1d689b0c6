"""The worker's page of a task: the kind's Liquid template, rendered for one assignment."""

import json
from functools import cache
from typing import Any

from django.core import signing
from django.urls import reverse
from liquid import Environment, RenderContext
from liquid.filter import with_context

from gtcrowd import kinds
from gtcrowd.tasks.models import Assignment

SALT = "gtcrowd.portal.object"
SECONDS_VALID = 2 * 3600


def render(assignment: Assignment) -> str:
    """HTML of the task: what the sandboxed frame shows. Everything from the manifest is escaped by the template."""
    job = assignment.job
    source = json.loads(assignment.task.data_object.line)
    task_object = source.get("source-ref") or source.get("source", "")
    shown = {
        "taskObject": task_object,
        "labels": job.categories,
        "header": job.title,
        "shortInstructions": job.instructions.get("short", ""),
        "fullInstructions": job.instructions.get("full", ""),
    }
    template = _environment().from_string(kinds.kind(job.kind).template(job.medium))
    return template.render(task={"input": shown}, requester=job.requester_id)


def object_address(uri: str, *, requester_id: int) -> str:
    """A signed address under which the browser may fetch an object of this requester for two hours."""
    token = signing.dumps([requester_id, uri], salt=SALT, compress=True)
    return reverse("portal:object", args=[token])


def signed_object(token: str) -> tuple[int, str]:
    """Requester and address behind a signed one. Raises signing.SignatureExpired, signing.BadSignature."""
    requester_id, uri = signing.loads(token, salt=SALT, max_age=SECONDS_VALID)
    return requester_id, uri


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@with_context
def _grant_read_access(value: object, *, context: RenderContext) -> str:
    """`{{ uri | grant_read_access }}`: a signed address for objects of the store, others as they are."""
    uri = str(value)
    if not uri.startswith("s3://"):
        return uri
    return object_address(uri, requester_id=int(context.resolve("requester")))


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=False)  # as in Ground Truth, templates name their escapes
    environment.add_filter("grant_read_access", _grant_read_access)
    environment.add_filter("to_json", _to_json)
    return environment
