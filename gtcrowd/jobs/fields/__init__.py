"""The table of job fields: name, type, bounds, default, label, help, group, and whether it may change in a running job.

Everything that knows the fields of a job is made from this table: the reader of requests (gtcrowd.jobs.request), the
REST serializers and their OpenAPI document (gtcrowd.api.job_fields), the console's forms (gtcrowd.console.job_form and
change_form), the rule about what may change (gtcrowd.jobs.change), and docs/job-fields.md. A further field is a row
here and a column of `gtcrowd.jobs.models.Job` with its migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gtcrowd.hooks.calls import Stage
from gtcrowd.jobs.fields import special, types
from gtcrowd.jobs.models import TaskOrder
from gtcrowd.workforce.models import Team

DATA, TASK, TEMPLATE, HOOKS, PAY, LIMITS, REDUNDANCY, QUALITY, STREAMING = (
    "data", "task", "template", "hooks", "pay", "limits", "redundancy", "quality", "streaming",
)  # fmt: skip
GROUPS: Mapping[str, str | Promise] = MappingProxyType(
    {
        DATA: _("Data"),
        TASK: _("Task"),
        TEMPLATE: _("Custom task template"),
        HOOKS: _("Hooks: your own programs before and after the workers"),
        PAY: _("Workers and pay"),
        LIMITS: _("Times, limits and method"),
        REDUNDANCY: _("Dynamic redundancy (stop early)"),
        QUALITY: _("Gold questions and worker limits"),
        STREAMING: _("Streaming"),
    }
)
REQUIRED = object()
"""Default of a field that must be given."""


@dataclass(frozen=True, kw_only=True)
class JobField:
    """One field of a job.

    `default`: REQUIRED, or the value of an absent field, where its type does not decide. `only_kind`: the kind whose
    jobs alone have the field; empty for all.
    """

    name: str
    type: types.FieldType
    label: str | Promise
    help: str | Promise
    group: str
    default: Any
    changeable: bool
    only_kind: str

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def job_field(
    type_: types.FieldType,
    label: str | Promise,
    *,
    group: str,
    help_: str | Promise = "",
    default: Any = REQUIRED,
    changeable: bool = False,
    only_kind: str = "",
) -> Any:
    """Declare a field of `JobRequest`; its name is that of the attribute."""
    row = {
        "type": type_, "label": label, "help": help_, "group": group, "default": default, "changeable": changeable,
        "only_kind": only_kind,
    }  # fmt: skip
    return field(metadata=row)


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """A labeling job as requested, all fields within their bounds. Times are seconds, the price is per answer."""

    name: str = job_field(
        special.JobName(), _("Job name"), group=DATA, help_=_("Letters, digits and hyphens. Unique for the requester.")
    )
    kind: str = job_field(
        special.KindName(), _("Task type"), group=DATA, default="choice", help_=_("What workers are asked for.")
    )
    medium: str = job_field(special.Medium(), _("Data type"), group=DATA, help_=_("What the objects are."))
    label_attribute: str = job_field(
        special.LabelAttribute(), _("Label attribute name"), group=DATA, default=None,
        help_=_("Key of the label in the output manifest. Default: the job name."),
    )  # fmt: skip
    categories: list[str] = job_field(
        special.Categories(), _("Label categories (one per line)"), group=DATA, default=None,
        help_=_("Leave empty for free text and numbers."),
    )  # fmt: skip
    manifest: str = job_field(
        special.Manifest(), _("Input manifest"), group=DATA, default=None,
        help_=_("s3://BUCKET/KEY in one of your buckets. Optional for streaming jobs."),
    )  # fmt: skip
    output: str = job_field(
        special.Output(), _("Output location"), group=DATA, default=None,
        help_=_("Folder of the output. Default: output in the bucket of the input manifest."),
    )  # fmt: skip
    title: str = job_field(types.Text(1, 128), _("Task title"), group=TASK)
    description: str = job_field(types.Text(1, 255), _("Task description"), group=TASK)
    instructions: dict[str, str] = job_field(
        special.Instructions(), _("Instructions"), group=TASK, default=None,
        help_=_("Texts for workers: short, full, good_example, bad_example."),
    )  # fmt: skip
    template: str = job_field(
        special.TaskTemplate(), _("Task template (Liquid)"), group=TEMPLATE, default="", changeable=True,
        help_=_("Replaces the built-in template. Supports the crowd elements of Ground Truth."),
    )  # fmt: skip
    pre_hook: str = job_field(
        special.HookTarget(Stage.PRE), _("Pre-annotation hook"), group=HOOKS, default="", changeable=True,
        help_=_("Prepares task.input, or skips objects that need no worker. Used for objects not prepared yet."),
    )  # fmt: skip
    post_hook: str = job_field(
        special.HookTarget(Stage.POST), _("Post-annotation hook"), group=HOOKS, default="", changeable=True,
        only_kind="custom",
        help_=_("Makes the labels, for custom templates. Used for objects without a label."),
    )  # fmt: skip
    team: Team = job_field(
        special.TeamName(), _("Team"), group=PAY, changeable=True,
        help_=_("A team you may use. In a running job: another team of the same workforce."),
    )  # fmt: skip
    price: Decimal = job_field(
        special.Price(), _("Price per task"), group=PAY, changeable=True,
        help_=_("Dollars per answer, up to three decimal places."),
    )  # fmt: skip
    workers_per_object: int = job_field(
        types.WholeNumber(1, types.OfRequester("max_workers_per_object")), _("Workers per object"), group=PAY,
        changeable=True,
    )  # fmt: skip
    time_limit: int = job_field(
        special.TimeLimit(30, 28_800), _("Task time limit (seconds)"), group=LIMITS, default=300,
        help_=_("Time a worker has for one task."),
    )  # fmt: skip
    task_lifetime: int = job_field(
        special.TaskLifetime(), _("Task lifetime (seconds)"), group=LIMITS, default=None,
        help_=_("How long an object stays available to workers. Limits and default depend on the workforce."),
    )  # fmt: skip
    max_concurrent: int = job_field(
        types.WholeNumber(1, types.OfRequester("max_concurrent_objects")), _("Maximum concurrent objects"),
        group=LIMITS, default=1000, changeable=True,
    )  # fmt: skip
    method: str = job_field(
        special.MethodName(), _("Consolidation method"), group=LIMITS, default=None,
        help_=_("Default: the recommended method of the task type."),
    )  # fmt: skip
    method_parameters: dict[str, Any] = job_field(
        special.MethodParameters(), _("Method parameters"), group=LIMITS, default=None
    )
    max_human_labeled: int | None = job_field(
        types.WholeNumber(1, 2_147_483_647, optional=True), _("Stop after this many objects"), group=LIMITS,
        default=None,
    )  # fmt: skip
    max_percentage: int | None = job_field(
        types.WholeNumber(1, 100, optional=True), _("Stop after this percentage of objects"), group=LIMITS,
        default=None,
    )  # fmt: skip
    late_answers_paid: bool = job_field(
        types.Flag(), _("Pay late answers"), group=LIMITS, default=True, changeable=True
    )
    max_declines: int | None = job_field(
        types.WholeNumber(1, 1000, optional=True), _("Maximum declines per object"), group=LIMITS, default=None,
        changeable=True,
        help_=_("An object fails after this many declines. Default: when every worker of the team has declined it."),
    )  # fmt: skip
    task_order: str = job_field(
        types.Choice(TaskOrder.choices), _("Task order"), group=LIMITS, default=TaskOrder.MANIFEST
    )
    order_key: str = job_field(
        special.OrderKey(), _("Order attribute"), group=LIMITS, default="",
        help_=_("Priority and sequence: a key of each line. Random: a seed."),
    )  # fmt: skip
    priority: int = job_field(
        types.WholeNumber(-100, 100), _("Priority among jobs"), group=LIMITS, default=0, changeable=True
    )
    deadline: datetime | None = job_field(
        special.Deadline(), _("Deadline"), group=LIMITS, default=None, changeable=True,
        help_=_("For example 2026-12-01T12:00Z."),
    )  # fmt: skip
    min_workers: int | None = job_field(
        types.WholeNumber(1, types.OfRequester("max_workers_per_object"), optional=True),
        _("Minimum workers per object"), group=REDUNDANCY, default=None, changeable=True,
        help_=_("Given together with the target error rate."),
    )  # fmt: skip
    target_error: float | None = job_field(
        types.Share(0.0001, 0.5), _("Target error rate"), group=REDUNDANCY, default=None, changeable=True,
        help_=_("Share of labels that more answers would have changed, such as 0.01."),
    )  # fmt: skip
    gold: dict[str, Any] = job_field(
        special.GoldSettings(), _("Gold questions"), group=QUALITY, default=None, changeable=True,
        help_=_("share, quiz, quiz_right, feedback and rules."),
    )  # fmt: skip
    worker_limits: dict[str, Any] = job_field(
        special.WorkerLimits(), _("Limits per worker"), group=QUALITY, default=None, changeable=True,
        help_=_("answers, share (percent of the objects), hours, money (dollars)."),
    )  # fmt: skip
    excluded_jobs: list[str] = job_field(
        types.Names(), _("Exclude workers of these jobs (one per line)"), group=QUALITY, default=None
    )
    streaming: bool = job_field(
        types.Flag(), _("Streaming job"), group=STREAMING, default=False,
        help_=_("Objects arrive over REST or a webhook while the job runs. A manifest is optional."),
    )  # fmt: skip
    object_id_key: str = job_field(
        special.ObjectIdKey(), _("Object ID attribute"), group=STREAMING, default="",
        help_=_("Objects with the same ID are added only once."),
    )  # fmt: skip
    idle_days: int = job_field(
        types.WholeNumber(1, 365), _("Idle time (days)"), group=STREAMING, default=10,
        help_=_("A streaming job ends after this long without objects."),
    )  # fmt: skip


FIELDS: Mapping[str, JobField] = MappingProxyType(
    {row.name: JobField(name=row.name, **row.metadata) for row in fields(JobRequest)}
)
"""All fields by name, in the order of a form."""
CHANGEABLE = tuple(row.name for row in FIELDS.values() if row.changeable)
"""Fields that may change while a job runs. Answers were given under the others, so they stay."""
TRIAL = (
    "name", "kind", "medium", "label_attribute", "categories", "manifest", "title", "description", "instructions",
    "template", "pre_hook", "post_hook", "workers_per_object",
)  # fmt: skip
"""Fields that a trial of a template and its hooks reads."""
