"""The forms of a new and of a running job, made from the table of job fields: their groups, controls and problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.console import inputs
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import fields
from gtcrowd.jobs.fields import FIELDS, GROUPS, JobField
from gtcrowd.jobs.fields.types import Part
from gtcrowd.jobs.models import Job
from gtcrowd.workforce.models import Team

Choices = list[tuple[str, list[tuple[str, str | Promise]]]]
"""Options of a select by the heading of their group; an empty heading has none."""

OPEN = (fields.DATA, fields.TASK, fields.PAY)
"""Groups that are always shown; the others unfold."""
INITIAL = MappingProxyType({"workers_per_object": 3, "price": "0.012", "medium": "image"})
"""What a new form suggests where the field has no default, or another one."""


@dataclass(frozen=True)
class Form:
    """A form to show: its fields, the texts of its inputs, and its faults by input.

    `extras`: templates of what stands below a field, by field. `job`: the job to change; None for a new one.
    """

    viewer: Viewer
    rows: Iterable[JobField]
    values: Mapping[str, str]
    faults: Mapping[str, list[str]]
    extras: Mapping[str, str]
    job: Job | None = None


@dataclass(frozen=True)
class Control:
    """One control of the form with its value and faults; `controls` are those inside it."""

    name: str
    label: str | Promise
    help: str | Promise
    type: str
    value: str = ""
    faults: list[str] = field(default_factory=list)
    minimum: Any = None
    maximum: Any = None
    choices: Choices = field(default_factory=list)
    extra: str = ""
    controls: list[Control] = field(default_factory=list)

    @property
    def template(self) -> str:
        return f"console/job_form/controls/{self.type}.html"

    @property
    def wide(self) -> bool:
        return self.type in ("area", "lines", "gold", "checkbox") or bool(self.extra)

    @property
    def checked(self) -> bool:
        return self.value == inputs.ON


@dataclass(frozen=True)
class Group:
    title: str | Promise
    intro: str
    controls: list[Control]
    folded: bool
    filled: bool


def initial() -> dict[str, str]:
    """Return the texts of the inputs of a new form."""
    defaults = {name: row.default for name, row in FIELDS.items() if row.default is not fields.REQUIRED} | INITIAL
    rows = ((FIELDS[name], value) for name, value in defaults.items() if FIELDS[name].type.control)
    return {name: text for row, value in rows for name, text in inputs.write(row, value).items()}


def groups(form: Form) -> list[Group]:
    """Return the groups of the form that have controls; one is filled if it has a fault or differs from a new form."""
    rows_of = {name: [row for row in form.rows if row.group == name and row.type.control] for name in GROUPS}
    return [_group(form, name, rows) for name, rows in rows_of.items() if rows]


def problems(groups: list[Group], faults: Mapping[str, list[str]]) -> list[tuple[str, str | Promise, str]]:
    """Return (name of the control or "", label, sentence) for each fault, in the order found."""
    labels = {control.name: control.label for group in groups for control in _flat(group.controls)}
    return [
        (name if name in labels else "", labels.get(name) or (FIELDS[name].label if name in FIELDS else name), text)
        for name, texts in faults.items()
        for text in texts
    ]


def first_fault(groups: list[Group]) -> str:
    """Return the name of the first control with a fault, which the page sets the focus on; "" without one."""
    controls = (control for group in groups for control in _flat(group.controls))
    return next((control.name for control in controls if control.faults), "")


def _flat(controls: Iterable[Control]) -> Iterator[Control]:
    for control in controls:
        yield control
        yield from _flat(control.controls)


def _group(form: Form, name: str, rows: list[JobField]) -> Group:
    controls = [control for row in rows for control in _controls(form, row)]
    defaults = initial()
    names = [control.name for control in _flat(controls)]
    filled = any(form.faults.get(name) or form.values.get(name, "") not in ("", defaults.get(name)) for name in names)
    return Group(GROUPS[name], _intros().get(name, ""), controls, folded=name not in OPEN, filled=filled)


def _controls(form: Form, row: JobField) -> Iterator[Control]:
    parts = [_part(form, row, part) for part in row.type.parts]
    if row.type.control == "parts":
        yield from parts
        return
    limits = row.type.limits(form.viewer.requester)
    yield Control(
        row.name, row.label, row.help, row.type.control, form.values.get(row.name, ""), form.faults.get(row.name, []),
        limits.get("min_value"), limits.get("max_value"), _choices(form, row), form.extras.get(row.name, ""), parts,
    )  # fmt: skip


def _part(form: Form, row: JobField, part: Part) -> Control:
    name = f"{row.type.prefix}{part.key}"
    return Control(
        name, part.label, part.help, part.control, form.values.get(name, ""), form.faults.get(name, []),
        part.minimum, part.maximum, [("", list(part.choices))],
    )  # fmt: skip


def _choices(form: Form, row: JobField) -> Choices:
    made_here = CHOICES.get(row.name)
    if made_here:
        return made_here(form)
    choices = row.type.limits(form.viewer.requester).get("choices", ())
    return [("", [(value, label) for value, label in choices])]


def _teams(form: Form) -> Choices:
    """Return the teams of the viewer; for a running job those of its workforce, which alone may take over."""
    teams = Team.objects.visible_to(form.viewer).select_related("workforce").order_by("workforce", "name")
    if form.job:
        teams = teams.filter(workforce=form.job.team.workforce_id)
    return [("", [(team.name, f"{team.name} · {team.workforce.get_type_display()}") for team in teams])]


def _kinds(form: Form) -> Choices:
    return [("", [(kind.name, _(kind.title)) for kind in kinds.KINDS.values()])]


def _methods(form: Form) -> Choices:
    recommended: Choices = [("", [("", _("Recommended method"))])]
    return recommended + [(_(kind.title), _methods_of(kind)) for kind in kinds.KINDS.values()]


def _methods_of(kind: kinds.Kind) -> list[tuple[str, str | Promise]]:
    rows = ((method.name, _(method.title), _(method.summary)) for method in kind.methods.values())
    return [(name, f"{title}: {summary}") for name, title, summary in rows]


CHOICES: Mapping[str, Callable[[Form], Choices]] = {"team": _teams, "method": _methods, "kind": _kinds}
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
