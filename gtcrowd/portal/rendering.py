"""Worker pages written in Liquid, as Ground Truth's are; what is not the template's own is escaped.

A template is not trusted: it has no loader and bounded work, and is shown in a sandbox (frame.py).
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from liquid import BoundTemplate, DictLoader, Environment, Markup
from liquid.exceptions import LiquidError

from gtcrowd import kinds
from gtcrowd.jobs import store
from gtcrowd.portal import objects
from gtcrowd.tasks.models import Assignment

__all__ = ["LiquidError", "Page", "render"]

HOST = re.compile(r"[a-z0-9.-]+(:\d+)?", re.IGNORECASE)


class Page:
    """What a template made: its HTML, and the foreign origins of pictures it was granted."""

    def __init__(self, html: str, origins: set[str]) -> None:
        self.html, self.origins = html, origins


class _Bounded(Environment):
    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = 5_000_000


def render(assignment: Assignment) -> Page:
    """The page of the assignment's task. Raises LiquidError if the template is wrong."""
    job = assignment.job
    origins: set[str] = set()
    template = _parsed(kinds.kind(job.kind).template(job.medium))
    html = template.render(task={"input": _task_input(assignment)}, **{GRANT: _granter(assignment, origins)})
    return Page(html, origins)


def _task_input(assignment: Assignment) -> dict[str, Any]:
    """What the pre-processing function of a built-in task type hands to its template."""
    job = assignment.job
    line = json.loads(assignment.task.data_object.line)
    return {
        "taskObject": line.get("source-ref", line.get("source", "")),
        "dataObject": line,
        "labels": job.categories,
        "header": job.description or job.title,
        "shortInstructions": job.instructions.get("short", ""),
        "fullInstructions": job.instructions.get("full", ""),
    }


GRANT = "__grant"
"""Under this name the context carries the function behind `grant_read_access`, which differs by job."""


def _granter(assignment: Assignment, origins: set[str]) -> Callable[[str], str]:
    """Signs addresses in the buckets of the job's requester, and no others: a template might name any."""
    job = assignment.job
    known: set[str] = set()

    def grant(uri: str) -> str:
        if not known:
            known.update(job.requester.buckets.values_list("name", flat=True))
        if store.bucket(uri) in known:
            return objects.address(uri, job_id=job.pk)
        parts = urlsplit(uri)
        if parts.scheme != "https" or not HOST.fullmatch(parts.netloc):
            return ""
        origins.add(f"https://{parts.netloc}")
        return uri

    return grant


class _GrantReadAccess:
    with_context = True

    def __call__(self, value: object, *, context: Any) -> str:
        granted: str = context.resolve(GRANT)(str(value))
        return granted


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _skip_autoescape(value: object) -> Markup:
    return Markup(str(value))


def _environment() -> Environment:
    environment = _Bounded(autoescape=True, loader=DictLoader({}))
    environment.filters["grant_read_access"] = _GrantReadAccess()
    environment.filters["to_json"] = _to_json
    environment.filters["skip_autoescape"] = _skip_autoescape
    return environment


ENVIRONMENT = _environment()


@lru_cache(maxsize=64)
def _parsed(text: str) -> BoundTemplate:
    return ENVIRONMENT.from_string(text)
