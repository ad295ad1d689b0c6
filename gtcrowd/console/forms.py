"""Translate the form of a new job into what gtcrowd.jobs.create takes, and its faults back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, QueryDict

from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import store
from gtcrowd.jobs.fields import FIELDS, WORKER_LIMITS
from gtcrowd.jobs.fields.special import GOLD, INSTRUCTIONS
from gtcrowd.jobs.request import Fault

NESTED = (
    "categories", "instructions", "late_answers_paid", "worker_limits", "gold", "excluded_jobs", "method_parameters",
    "streaming",
)  # fmt: skip
PLAIN = tuple(name for name in FIELDS if name not in NESTED)
PARTS = {"worker_limits": "limit_", "gold": "gold_"}
"""Fields with parts, and how the form's names of the parts begin."""


def job(request: HttpRequest, viewer: Viewer, *, upload: bool = True) -> dict[str, Any]:
    """The fields as given; one category a line. An uploaded manifest is put into the requester's first bucket, unless
    `upload` is false."""
    posted = request.POST
    given: dict[str, Any] = {name: posted[name] for name in PLAIN if posted.get(name)}
    given["categories"] = [line.strip() for line in posted.get("categories", "").splitlines() if line.strip()]
    given["instructions"] = {part: posted[part] for part in INSTRUCTIONS if posted.get(part)}
    given["late_answers_paid"] = "late_answers_paid" in posted
    given["streaming"] = "streaming" in posted
    given["excluded_jobs"] = [line.strip() for line in posted.get("excluded_jobs", "").splitlines() if line.strip()]
    given["worker_limits"] = {part: posted[f"limit_{part}"] for part in WORKER_LIMITS if posted.get(f"limit_{part}")}
    given["gold"] = gold(posted)
    file = request.FILES.get("file")
    if file is not None and upload:
        name = re.sub(r"[^A-Za-z0-9-]+", "-", posted.get("name") or "uploaded").strip("-") or "uploaded"
        bucket = viewer.requester.buckets.order_by("pk").values_list("name", flat=True)[0]
        given["manifest"] = f"s3://{bucket}/manifests/{name}.manifest"
        with store.store().write(given["manifest"]) as stored:
            for chunk in file.chunks():
                stored.write(chunk)
    return given


def gold(posted: QueryDict) -> dict[str, Any]:
    """What a form asks of known objects; empty if it asks nothing."""
    asked: dict[str, Any] = {part: posted[f"gold_{part}"] for part in GOLD if posted.get(f"gold_{part}")}
    if asked:
        asked["feedback"] = "gold_feedback" in posted
    if posted.get("gold_below"):
        asked["rules"] = [{"below": posted["gold_below"], "do": posted.get("gold_do", "")}]
    return asked


def of_gold(asked: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form that ask this of known objects; of several rules, the first."""
    fields = {f"gold_{part}": str(asked[part]) for part in GOLD if part in asked}
    if asked.get("feedback"):
        fields["gold_feedback"] = "on"
    for rule in asked.get("rules", ())[:1]:
        fields |= {"gold_below": str(rule["below"]), "gold_do": rule["do"]}
    return fields


def by_field(faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Sentences by the field they belong to; `instructions.short` belongs to `short`."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        shown = f" ({fault.value})" if fault.field == "categories" and isinstance(fault.value, str) else ""
        whole, _dot, part = fault.field.partition(".")
        name = f"{PARTS.get(whole, '')}{part or whole}"
        found.setdefault("gold_below" if name == "gold_rules" else name, []).append(f"{fault.problem}{shown}")
    return found
