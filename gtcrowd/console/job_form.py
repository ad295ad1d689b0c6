"""The form of a new job, made from the table of job fields: its groups and controls, and what it posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.console import forms
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import fields
from gtcrowd.jobs.fields import FIELDS, GROUPS, JobField
from gtcrowd.workforce.models import Team

Choices = list[tuple[str, list[tuple[str, str | Promise]]]]
"""Options of a select by the heading of their group; an empty heading has none."""

OPEN = (fields.DATA, fields.TASK, fields.PAY)
"""Groups that are always shown; the others unfold."""
EXTRAS = MappingProxyType(
    {
        "manifest": "console/job_form/upload.html",
        "template": "console/job_form/template.html",
        "post_hook": "console/job_form/trial.html",
        "price": "console/job_form/prices.html",
    }
)
"""What stands below a field besides its help."""
INITIAL = MappingProxyType({"workers_per_object": 3, "price": "0.012", "medium": "image"})


@dataclass(frozen=True)
class Control:
    """One control of the form with its value and faults."""

    name: str
    label: str | Promise
    help: str | Promise
    type: str
    value: Any
    faults: list[str]
    minimum: Any = None
    maximum: Any = None
    choices: Choices = field(default_factory=list)
    extra: str = ""

    @property
    def template(self) -> str:
        return f"console/job_form/controls/{self.type}.html"

    @property
    def wide(self) -> bool:
        return self.type in ("area", "lines", "gold", "checkbox") or bool(self.extra)


@dataclass(frozen=True)
class Group:
    title: str | Promise
    intro: str
    controls: list[Control]
    folded: bool
    filled: bool


def groups(viewer: Viewer, posted: Mapping[str, Any], faults: Mapping[str, list[str]]) -> list[Group]:
    """Return the groups of the form with what was posted and what was wrong with it."""
    return [_group(name, str(title), viewer, posted, faults) for name, title in GROUPS.items()]


def problems(groups: list[Group], faults: Mapping[str, list[str]]) -> list[tuple[str, str | Promise, str]]:
    """Return (name of the control, its label, sentence) for each fault, in the order found."""
    labels = {control.name: control.label for group in groups for control in group.controls}
    return [(name, labels.get(name, name), text) for name, texts in faults.items() for text in texts]


def read(posted: QueryDict) -> dict[str, Any]:
    """Return the job fields in what the form posted, as `gtcrowd.jobs.create` takes them."""
    values: dict[str, Any] = {
        row.name: READ[row.type.control](posted, row) for row in FIELDS.values() if row.type.control in READ
    }
    return {name: value for name, value in values.items() if value is not None}


def _group(name: str, title: str, viewer: Viewer, posted: Mapping[str, Any], faults: Mapping[str, list[str]]) -> Group:
    rows = [row for row in FIELDS.values() if row.group == name and row.type.control]
    controls = [control for row in rows for control in _controls(row, viewer, posted, faults)]
    filled = any(control.faults or control.value for control in controls if control.name in posted)
    return Group(title, _intros().get(name, ""), controls, folded=name not in OPEN, filled=filled)


def _controls(
    row: JobField, viewer: Viewer, posted: Mapping[str, Any], faults: Mapping[str, list[str]]
) -> Iterator[Control]:
    if row.type.control == "parts":
        for part in row.type.parts:
            name = f"{row.type.prefix}{part.key}"
            value = posted.get(name, "")
            yield Control(
                name, part.label, part.help, part.control, value, faults.get(name, []), part.minimum, part.maximum
            )
        return
    limits = row.type.limits(viewer.requester)
    default = "" if row.default in (None, fields.REQUIRED) else row.default
    yield Control(
        row.name, row.label, row.help, row.type.control,
        posted.get(row.name, "" if posted else INITIAL.get(row.name, default)), faults.get(row.name, []),
        limits.get("min_value"), limits.get("max_value"), _choices(row, viewer), EXTRAS.get(row.name, ""),
    )  # fmt: skip


def _choices(row: JobField, viewer: Viewer) -> Choices:
    made_here = CHOICES.get(row.name)
    if made_here:
        return made_here(viewer)
    choices = row.type.limits(viewer.requester).get("choices", ())
    return [("", [(value, label) for value, label in choices])]


def _teams(viewer: Viewer) -> Choices:
    teams = Team.objects.visible_to(viewer).select_related("workforce").order_by("workforce", "name")
    return [("", [(team.name, f"{team.name} · {team.workforce.get_type_display()}") for team in teams])]


def _kinds(viewer: Viewer) -> Choices:
    return [("", [(kind.name, _(kind.title)) for kind in kinds.KINDS.values()])]


def _methods(viewer: Viewer) -> Choices:
    recommended: Choices = [("", [("", _("Recommended method"))])]
    return recommended + [(_(kind.title), _methods_of(kind)) for kind in kinds.KINDS.values()]


def _methods_of(kind: kinds.Kind) -> list[tuple[str, str | Promise]]:
    rows = ((method.name, _(method.title), _(method.summary)) for method in kind.methods.values())
    return [(name, f"{title}: {summary}") for name, title, summary in rows]


CHOICES: Mapping[str, Callable[[Viewer], Choices]] = {"team": _teams, "method": _methods, "kind": _kinds}
"""Options that depend on the viewer, or that are grouped."""


def _intros() -> dict[str, str]:
    return {
        fields.HOOKS: _("An https:// address, or the name of an installed hook."),
        fields.REDUNDANCY: _(
            "Each object first goes to the minimum number of workers. Uncertain objects go to more, up to the number "
            "of workers per object above. The job ends when it reaches the target error rate."
        ),
        fields.QUALITY: _(
            "Declare gold questions on the job's page. Workers cannot tell them from other objects; they measure each "
            "worker's accuracy."
        ),
    }


def _text(posted: QueryDict, row: JobField) -> str | None:
    return posted.get(row.name) or None


def _lines(posted: QueryDict, row: JobField) -> list[str]:
    return [line.strip() for line in posted.get(row.name, "").splitlines() if line.strip()]


def _flag(posted: QueryDict, row: JobField) -> bool:
    return row.name in posted


def _parts(posted: QueryDict, row: JobField) -> dict[str, str]:
    names = {part.key: f"{row.type.prefix}{part.key}" for part in row.type.parts}
    return {key: value for key, name in names.items() if (value := str(posted.get(name, "")))}


READ: Mapping[str, Callable[[QueryDict, JobField], Any]] = {
    "text": _text,
    "number": _text,
    "area": _text,
    "select": _text,
    "lines": _lines,
    "checkbox": _flag,
    "parts": _parts,
    "gold": lambda posted, _row: forms.gold(posted),
}
"""How the value of each type of control is read."""
