"""Translate the console's forms into what the rooms below take, and their faults back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import store
from gtcrowd.jobs.fields import FIELDS
from gtcrowd.jobs.fields.special import GOLD
from gtcrowd.jobs.request import Fault
from gtcrowd.ledger import pricing


def uploaded_manifest(request: HttpRequest, viewer: Viewer) -> str | None:
    """Put the uploaded manifest into the requester's first bucket and return its address; None without an upload."""
    file = request.FILES.get("file")
    if file is None:
        return None
    name = re.sub(r"[^A-Za-z0-9-]+", "-", request.POST.get("name") or "uploaded").strip("-") or "uploaded"
    bucket = viewer.requester.buckets.order_by("pk").values_list("name", flat=True)[0]
    address = f"s3://{bucket}/manifests/{name}.manifest"
    with store.store().write(address) as stored:
        for chunk in file.chunks():
            stored.write(chunk)
    return address


def prices() -> dict[str, Any]:
    """Return what the list of suggested prices shows: each price with the seconds it pays for, and the hourly pay."""
    hourly = settings.GTCROWD_HOURLY_TARGET
    return {
        "prices": [(price, pricing.seconds_for(price, hourly=hourly)) for price in pricing.LADDER],
        "hourly": hourly,
    }


def gold(posted: QueryDict) -> dict[str, Any]:
    """Return the gold gold_settings that a form posts; empty if it has none."""
    gold_settings: dict[str, Any] = {part: posted[f"gold_{part}"] for part in GOLD if posted.get(f"gold_{part}")}
    if gold_settings:
        gold_settings["feedback"] = posted.get("gold_feedback", "off") != "off"
    if posted.get("gold_below"):
        gold_settings["rules"] = [{"below": posted["gold_below"], "do": posted.get("gold_do", "")}]
    return gold_settings


def gold_values(gold_settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the form's values for these gold gold_settings; of several rules, the first."""
    values = {f"gold_{part}": str(gold_settings[part]) for part in GOLD if part in gold_settings}
    if gold_settings.get("feedback"):
        values["gold_feedback"] = "on"
    for rule in gold_settings.get("rules", ())[:1]:
        values |= {"gold_below": str(rule["below"]), "gold_do": rule["do"]}
    return values


def faults_by_control(faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Return sentences by the control they belong to; `instructions.short` belongs to `short`."""
    sentences: dict[str, list[str]] = {}
    for fault in faults:
        value = f" ({fault.value})" if fault.field == "categories" and isinstance(fault.value, str) else ""
        sentences.setdefault(_control(fault.field), []).append(f"{fault.problem}{value}")
    return sentences


def _control(field: str) -> str:
    whole, _dot, part = field.partition(".")
    prefix = FIELDS[whole].type.prefix if whole in FIELDS and part else ""
    name = f"{prefix}{part or whole}"
    return "gold_below" if name in ("gold_rules", "gold") else name
