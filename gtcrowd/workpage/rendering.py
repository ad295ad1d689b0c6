"""Render the page of a task: the job's template filled with one object."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from gtcrowd import kinds
from gtcrowd.identity.models import Requester
from gtcrowd.jobs import signed, store
from gtcrowd.jobs.models import Job, PreAnnotation
from gtcrowd.kinds import pages
from gtcrowd.kinds.pages import LiquidError
from gtcrowd.tasks.models import Assignment

__all__ = ["LiquidError", "Page", "render", "sample"]

HOST = re.compile(r"[a-z0-9.-]+(:\d+)?", re.IGNORECASE)
LIBRARY = re.compile(
    r"<script\b[^>]*\bcrowd-html-elements(?:-v2)?\.js\b[^>]*>\s*</script\s*>"
    r"|<link\b[^>]*\bcrowd-html-elements(?:-v2)?\.css\b[^>]*>",
    re.IGNORECASE,
)
"""The tags that load the vendor's elements and their styles; ours replace them."""


@dataclass(frozen=True)
class Page:
    """What a template made: its HTML, the foreign origins of pictures it was granted, the objects it was granted, and
    whether it is a requester's own, which may have scripts and styles inside, and use the origins that the requester
    allows."""

    html: str
    origins: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    own: bool = False
    allowed: tuple[str, ...] = ()


def render(assignment: Assignment) -> Page:
    """Render the page of the assignment's task. Raises LiquidError if the template has an error."""
    job = assignment.job
    input_ = prepared(assignment.task_id)
    if input_ is None:
        input_ = task_input(job, json.loads(assignment.task.data_object.line))
    page = _filled(text(job), input_, job.requester, job.pk)
    return _owned(page, job.requester) if job.template_id else page


def prepared(object_id: int) -> dict[str, Any] | None:
    """Return the task input that the pre-annotation hook made of the object, if any."""
    ready = PreAnnotation.objects.filter(pk=object_id, outcome=PreAnnotation.Outcome.READY)
    return ready.values_list("task_input", flat=True).first()


def sample(template: str, *, task_input: Mapping[str, Any], requester: Requester) -> Page:
    """A template filled with a made-up `task.input`, to be looked at. Raises LiquidError if it is wrong."""
    return _owned(_filled(template, task_input, requester, 0), requester)


def text(job: Job) -> str:
    """Return the job's custom template, or else that of its kind."""
    return job.template.text if job.template else kind_page(job)


def kind_page(job: Job) -> str:
    """Return the built-in template of the job's kind."""
    return kinds.kind(job.kind).template(job.medium)


def task_input(job: Job, line: Mapping[str, Any]) -> dict[str, Any]:
    """What the pre-processing function of a built-in task type hands to its template, and the whole line besides.

    What the line says under one of the job's names is used where the job says nothing itself.
    """
    own = {
        "labels": job.categories,
        "header": job.description or job.title,
        "shortInstructions": job.instructions.get("short", ""),
        "fullInstructions": job.instructions.get("full", ""),
    }
    return {
        **line,
        "taskObject": line.get("source-ref", line.get("source", "")),
        "dataObject": line,
        **{name: value for name, value in own.items() if name not in line or (value and not _yields(job, name))},
    }


def _yields(job: Job, name: str) -> bool:
    """Return whether the line's value wins: a description is required of every job, and is not about one object."""
    return bool(job.template_id) and name == "header"


def _owned(page: Page, requester: Requester) -> Page:
    return replace(page, own=True, allowed=tuple(requester.script_origins))


def _filled(template: str, task_input: Mapping[str, Any], requester: Requester, job_id: int) -> Page:
    origins: set[str] = set()
    objects: set[str] = set()
    html = pages.render(template, task_input=task_input, grant=_granter(requester, job_id, origins, objects))
    return Page(LIBRARY.sub("", html), origins, objects)


def _granter(requester: Requester, job_id: int, origins: set[str], objects: set[str]) -> Callable[[str], str]:
    """Return a function that signs addresses in the requester's buckets only; a template might name any."""
    buckets: set[str] = set()

    def grant(uri: str) -> str:
        if not buckets:
            buckets.update(requester.buckets.values_list("name", flat=True))
        if store.bucket(uri) in buckets:
            objects.add(uri)
            return signed.address(uri, job_id=job_id)
        parts = urlsplit(uri)
        if parts.scheme != "https" or not HOST.fullmatch(parts.netloc):
            return ""
        origins.add(f"https://{parts.netloc}")
        return uri

    return grant
