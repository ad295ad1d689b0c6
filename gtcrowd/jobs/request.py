"""Read a job as a form, a program or a file asks for it.

All faults of a request are found before it is refused, each naming its field, the value, and what would be right.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.identity.models import Requester
from gtcrowd.jobs.fields import FIELDS, TRIAL, JobRequest
from gtcrowd.jobs.fields.reader import Fault, JobRefused
from gtcrowd.jobs.fields.types import JobReader
from gtcrowd.jobs.models import TaskOrder
from gtcrowd.workforce.models import Team

__all__ = ["Fault", "JobRefused", "JobRequest", "read", "read_trial"]


def read(values: Mapping[str, Any], *, requester: Requester, team: Team | None) -> JobRequest:
    """Return the request in `values`, a mapping from field name to text, number, list or mapping.

    An absent field has its default. `team` is the one named by `values["team"]` if the caller may use it, else None.
    Raises JobRefused with all faults.
    """
    reader = JobReader(values, requester=requester, team=team)
    reader.refuse_unknown(tuple(FIELDS))
    request = {field.name: _read(reader, field.name) for field in FIELDS.values()}
    _check_together(reader, request)
    if reader.faults:
        raise JobRefused(reader.faults)
    return JobRequest(**request)


def deadline_faults(request: JobRequest, *, now: datetime) -> list[Fault]:
    """Return the fault of a deadline that is over, if it is."""
    if request.deadline is None or request.deadline > now:
        return []
    return [Fault("deadline", request.deadline, _("is in the past. Enter a later time, or leave it empty."))]


def read_trial(values: Mapping[str, Any], requester: Requester) -> dict[str, Any]:
    """Return the fields of a job that a trial needs, and the text of its template.

    Nobody has asked for the job yet, so much may be missing. Raises JobRefused with all faults.
    """
    present = {name: value for name, value in values.items() if value}
    reader = JobReader(
        {"name": "trial", "workers_per_object": 1, "medium": "text", **present}, requester=requester, team=None
    )
    reader.refuse_unknown(TRIAL)
    free = [name for name in ("manifest", "title", "description") if name not in present]
    fields = {name: "" if name in free else _read(reader, name) for name in (*TRIAL, "output")}
    template = fields.pop("template")
    _check_kind(reader, fields)
    if reader.faults:
        raise JobRefused(reader.faults)
    return {"fields": fields, "template": template}


def _read(reader: JobReader, name: str) -> Any:
    field = FIELDS[name]
    return field.type.read(reader, name, None if field.required else field.default)


def _check_together(reader: JobReader, request: Mapping[str, Any]) -> None:
    """Find faults of fields that are right by themselves and wrong together."""
    _check_redundancy(reader, request)
    _check_kind(reader, request)
    if request["streaming"]:
        for name in ("max_human_labeled", "max_percentage"):
            if request[name] is not None:
                reader.fault(name, _("cannot be used with streaming jobs."))
    elif request["object_id_key"]:
        reader.fault("object_id_key", _("can only be used with streaming jobs."))


def _check_redundancy(reader: JobReader, request: Mapping[str, Any]) -> None:
    minimum, target, kind = request["min_workers"], request["target_error"], reader.kind
    faulty = any(fault.field in ("min_workers", "target_error") for fault in reader.faults)
    if (minimum is None) != (target is None) and not faulty:
        reader.fault("min_workers", _("must be set together with %(other)s.") % {"other": FIELDS["target_error"].label})
    if minimum is None:
        return
    if minimum > (request["workers_per_object"] or minimum):
        reader.fault(
            "min_workers", _("must not be greater than %(other)s.") % {"other": FIELDS["workers_per_object"].label}
        )
    if request["task_order"] == TaskOrder.SEQUENCE:
        reader.fault("min_workers", _("cannot be used with the task order sequence."))
    online = kinds.online(kind) if kind else None
    online_methods = online.online_methods if online else ()
    if kind and request["method"] and request["method"] not in online_methods:
        methods = ", ".join(online_methods)
        reader.fault(
            "method", _("must be a method that supports dynamic redundancy: %(methods)s.") % {"methods": methods}
        )


def _check_kind(reader: JobReader, request: Mapping[str, Any]) -> None:
    """Find fields that jobs of this kind do not have.

    A post-annotation hook makes labels of any form; those of other kinds have one that people, gold and figures rely
    on.
    """
    for field in FIELDS.values():
        if field.only_kind and request.get(field.name) and reader.kind and reader.kind.name != field.only_kind:
            reader.fault(field.name, _("can only be used with the task type %(kind)s.") % {"kind": field.only_kind})
