"""The form that changes a running job: its changeable fields with their values, and what of them was changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import QueryDict

from gtcrowd.console import inputs, job_form
from gtcrowd.console.job_form import Form, Group
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs.fields import CHANGEABLE, FIELDS, JobField
from gtcrowd.jobs.models import Job

EXTRAS = MappingProxyType({"template": "console/job_form/test_change.html"})
"""What stands below a field besides its help."""


def rows(job: Job) -> list[JobField]:
    """Return the fields that the job's page lets change: those changeable that jobs of this kind have."""
    return [FIELDS[name] for name in CHANGEABLE if FIELDS[name].only_kind in ("", job.kind)]


def texts(job: Job) -> dict[str, str]:
    """Return the texts of the inputs for the job as it is."""
    return {name: text for row in rows(job) for name, text in inputs.write(row, _value(job, row.name)).items()}


def groups(viewer: Viewer, job: Job, values: Mapping[str, str], faults: Mapping[str, list[str]]) -> list[Group]:
    """Return the groups of the form, those that are always shown first."""
    form = Form(viewer, rows(job), values, faults, EXTRAS, job)
    return sorted(job_form.groups(form), key=lambda group: group.folded)


def changes(job: Job, posted: QueryDict) -> dict[str, Any]:
    """Return the values, by field, that differ from how the job is; a field that was not posted stays as it is."""
    unchanged = QueryDict(mutable=True)
    unchanged.update(texts(job))
    changed: dict[str, Any] = {}
    for row in rows(job):
        value = inputs.read(row, posted)
        if any(name in posted for name in inputs.names(row)) and value != inputs.read(row, unchanged):
            changed[row.name] = "" if value is None else value
    if "gold" in changed:
        # The form shows the first rule only; it must not take the others away.
        changed["gold"]["rules"] = changed["gold"].get("rules", []) + job.gold.get("rules", [])[1:]
    return changed


def _value(job: Job, name: str) -> Any:
    if name == "template":
        return job.template.text if job.template else ""
    return job.team.name if name == "team" else getattr(job, name)
