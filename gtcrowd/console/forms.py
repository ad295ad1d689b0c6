"""Translate the form of a new job into what gtcrowd.jobs.create takes, and its faults back."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import store
from gtcrowd.jobs.request import FIELDS, INSTRUCTIONS, Fault

PLAIN = tuple(name for name in FIELDS if name not in ("categories", "instructions", "late_answers_paid"))


def job(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """The fields as given; one category a line. An uploaded manifest is put into the requester's first bucket."""
    posted = request.POST
    given: dict[str, Any] = {name: posted[name] for name in PLAIN if posted.get(name)}
    given["categories"] = [line.strip() for line in posted.get("categories", "").splitlines() if line.strip()]
    given["instructions"] = {part: posted[part] for part in INSTRUCTIONS if posted.get(part)}
    given["late_answers_paid"] = "late_answers_paid" in posted
    file = request.FILES.get("file")
    if file is not None:
        name = re.sub(r"[^A-Za-z0-9-]+", "-", posted.get("name") or "uploaded").strip("-") or "uploaded"
        bucket = viewer.requester.buckets.order_by("pk").values_list("name", flat=True)[0]
        given["manifest"] = f"s3://{bucket}/manifests/{name}.manifest"
        with store.store().write(given["manifest"]) as stored:
            for chunk in file.chunks():
                stored.write(chunk)
    return given


def by_field(faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Sentences by the field they belong to; `instructions.short` belongs to `short`."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        shown = f" ({fault.value})" if fault.field == "categories" and isinstance(fault.value, str) else ""
        found.setdefault(fault.field.rpartition(".")[2], []).append(f"{fault.problem}{shown}")
    return found
