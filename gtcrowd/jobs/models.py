"""What was asked: labeling jobs and the objects of their manifests. Hardly changes after the start."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.models import Requester
from gtcrowd.identity.tenancy import TenantQuerySet
from gtcrowd.ledger.models import MONEY
from gtcrowd.platform.reasons import WithReason
from gtcrowd.workforce.models import Team


class JobState(models.TextChoices):
    INITIALIZING = "Initializing", _("Initializing")
    IN_PROGRESS = "InProgress", _("In progress")
    COMPLETED = "Completed", _("Completed")
    FAILED = "Failed", _("Failed")
    STOPPING = "Stopping", _("Stopping")
    STOPPED = "Stopped", _("Stopped")


class TaskOrder(models.TextChoices):
    """The order in which a job's objects are assigned."""

    MANIFEST = "manifest", _("Manifest order")
    RANDOM = "random", _("Random")
    PRIORITY = "priority", _("Priority in the manifest, highest first")
    LEAST_ANSWERED = "least-answered", _("Fewest answers first")
    MOST_UNCERTAIN = "most-uncertain", _("Most uncertain first")
    SEQUENCE = "sequence", _("Sequences, each for one worker")


KEYED = (TaskOrder.PRIORITY, TaskOrder.SEQUENCE)
"""Orders that read an attribute of each line."""

ENDED = (JobState.COMPLETED, JobState.FAILED, JobState.STOPPED)


class Template(models.Model):
    """A worker page in Liquid that a requester wrote. A changed one is another template."""

    tenant: ClassVar[str] = "requester"

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("template")
        constraints = [models.UniqueConstraint(fields=["requester", "digest"], name="a_template_is_kept_once")]

    def __str__(self) -> str:
        return self.digest[:8]


class Job(WithReason, models.Model):
    """A labeling job: what is to be labeled, by whom, how often, at what price, and how answers are concluded."""

    requester = models.ForeignKey(Requester, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("job name"), max_length=63)
    kind = models.CharField(_("task type"), max_length=30)
    medium = models.CharField(_("data type"), max_length=12)
    label_attribute = models.CharField(_("label attribute name"), max_length=127)
    categories = models.JSONField(_("label categories"))

    manifest = models.CharField(_("input manifest"), max_length=1024)
    manifest_digest = models.CharField(max_length=64, help_text=_("SHA-256 of the manifest when it was checked."))
    objects_total = models.PositiveIntegerField()
    objects_ingested = models.PositiveIntegerField(default=0)
    ingest_offset = models.PositiveBigIntegerField(default=0)

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("task title"), max_length=128)
    description = models.CharField(_("task description"), max_length=255)
    instructions = models.JSONField(
        default=dict, help_text=_("Texts shown to workers: short, full, good_example, bad_example.")
    )
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Replaces the built-in template.")
    )
    pre_hook = models.CharField(
        max_length=1024,
        blank=True,
        default="",
        db_default="",
        help_text=_("Called for each object before it is assigned."),
    )
    post_hook = models.CharField(
        max_length=1024,
        blank=True,
        default="",
        db_default="",
        help_text=_("Makes the labels instead of the consolidation method."),
    )
    price = models.DecimalField(_("price per task"), **MONEY)
    workers_per_object = models.PositiveSmallIntegerField(_("workers per object"))
    time_limit = models.PositiveIntegerField(_("task time limit"), help_text=_("Seconds."))
    task_lifetime = models.PositiveIntegerField(_("task lifetime"), help_text=_("Seconds."))
    max_concurrent = models.PositiveIntegerField(_("maximum concurrent objects"), default=1000)
    late_answers_paid = models.BooleanField(_("pay late answers"), default=True)

    task_order = models.CharField(_("task order"), max_length=14, choices=TaskOrder.choices, default=TaskOrder.MANIFEST)
    order_key = models.CharField(
        _("order attribute"), max_length=127, blank=True, help_text=_("Key of each line of the manifest.")
    )
    priority = models.SmallIntegerField(_("priority among jobs"), default=0)
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    worker_limits = models.JSONField(
        default=dict, help_text=_("Limits per worker: answers, share of objects, hours, money.")
    )
    excluded_jobs = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="+",
        help_text=_("Workers who answered in one of these jobs are excluded."),
    )
    gold = models.JSONField(default=dict, help_text=_("Share of gold questions, quiz, feedback and rules."))
    min_workers = models.PositiveSmallIntegerField(
        _("minimum workers per object"), null=True, blank=True, help_text=_("If set, redundancy is dynamic.")
    )
    target_error = models.FloatField(_("target error rate"), null=True, blank=True)
    max_declines = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("Declines after which an object fails. Empty: when nobody is left to label it."),
    )
    streaming = models.BooleanField(default=False, help_text=_("Objects arrive while the job runs."))
    object_id_key = models.CharField(max_length=140, blank=True, help_text=_("Attribute with the ID of the object."))
    idle_days = models.PositiveSmallIntegerField(
        default=10, help_text=_("A streaming job ends after this many days without objects.")
    )

    method = models.CharField(_("consolidation method"), max_length=30)
    method_parameters = models.JSONField(default=dict, blank=True)
    max_human_labeled = models.PositiveIntegerField(null=True, blank=True)
    max_percentage = models.PositiveSmallIntegerField(null=True, blank=True)

    simulated = models.BooleanField(
        default=False,
        help_text=_("Run by a replay or simulation with its own clock; the runner ignores the job."),
    )
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.INITIALIZING)
    output = models.CharField(max_length=1024, blank=True, help_text=_("Address of the output manifest."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True, help_text=_("No tasks are assigned since then."))
    arrived_at = models.DateTimeField(null=True, help_text=_("When the last object of a streaming job arrived."))
    revision = models.PositiveIntegerField(default=0, help_text=_("Increases with each change to the running job."))
    applied = models.PositiveIntegerField(default=0, help_text=_("The revision that all objects were reconciled with."))
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("labeling job")
        constraints = [
            models.UniqueConstraint("requester", Lower("name"), name="one_job_per_name_and_requester"),
            models.CheckConstraint(condition=Q(workers_per_object__gte=1), name="at_least_one_worker_per_object"),
            models.CheckConstraint(condition=Q(price__gte=0), name="a_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(min_workers=None) | Q(min_workers__gte=1, min_workers__lte=F("workers_per_object")),
                name="min_workers_from_one_to_all",
            ),
            models.CheckConstraint(
                condition=Q(target_error=None) | Q(target_error__gt=0, target_error__lt=1),
                name="a_target_error_is_a_share",
            ),
        ]
        indexes = [
            models.Index(fields=["requester", "-created_at"], name="job_newest_of_requester"),
            models.Index(
                fields=["team"],
                condition=Q(state__in=["InProgress", "Stopping", "Initializing"]),
                name="job_live_of_team",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def dynamic(self) -> bool:
        """Whether objects end when their label is certain enough, instead of after a fixed number of answers."""
        return self.min_workers is not None

    @property
    def first_workers(self) -> int:
        """Number of answers that each object needs at first."""
        return self.workers_per_object if self.min_workers is None else self.min_workers


class DataObject(models.Model):
    """One line of the input manifest, as it was. Written once at ingest and never changed."""

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="data_objects", db_index=False)
    position = models.PositiveIntegerField(help_text=_("Line of the manifest, counted from 0."))
    line = models.TextField()
    labeled_before = models.BooleanField(default=False, help_text=_("The line already has this job's label."))
    rank = models.BigIntegerField(
        null=True, help_text=_("Position in the task order; default: the position in the manifest.")
    )
    sequence = models.CharField(max_length=128, blank=True, default="", db_default="")
    object_id = models.CharField(max_length=1024, null=True, help_text=_("Identifies repeated deliveries."))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("object")
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="one_object_per_line"),
            models.UniqueConstraint(
                fields=["job", "object_id"], condition=Q(object_id__isnull=False), name="an_object_arrives_once"
            ),
        ]
        indexes = [
            models.Index(fields=["job", "rank"], condition=Q(rank__isnull=False), name="object_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"


class Hook(models.Model):
    """A hook as a job had it from a moment on; the last of its stage is the one it has, and an empty one is none."""

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    stage = models.CharField(max_length=4)
    number = models.PositiveIntegerField(help_text=_("Counted from 1 per stage."))
    target = models.CharField(max_length=1024, blank=True, help_text=_("URL, or name of an installed hook."))
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("hook")
        constraints = [models.UniqueConstraint(fields=["job", "stage", "number"], name="a_hook_has_one_number")]

    def __str__(self) -> str:
        return f"{self.stage} {self.number}"


class PreAnnotation(models.Model):
    """What a hook made of an object before workers see it; written once, and read when its page is made."""

    tenant: ClassVar[str] = "job__requester"

    class Outcome(models.TextChoices):
        READY = "ready", _("ready for workers")
        NO_WORKERS = "nobody", _("no worker is needed")
        FAILED = "failed", _("the hook failed")

    data_object = models.OneToOneField(DataObject, on_delete=models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="+", db_index=False)
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    task_input = models.JSONField(null=True)
    made_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("pre-annotation result")

    def __str__(self) -> str:
        return f"{self.data_object_id}: {self.outcome}"


class ObjectError(WithReason, models.Model):
    """What was wrong with a hook's response for an object, in more detail than the reason code of its task."""

    tenant: ClassVar[str] = "job__requester"

    data_object = models.OneToOneField(DataObject, on_delete=models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("object error")

    def __str__(self) -> str:
        return self.reason


class JobChange(models.Model):
    """Something that was changed in a job after it had been created, noted in the transaction that changed it.

    `field`: one of gtcrowd.jobs.change.CHANGEABLE, with its values before and after (a template by its number, a team
    by its name); or `gold-objects`, where `after` says how many were added, corrected or withdrawn.
    """

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a job")
        indexes = [models.Index(fields=["job", "at"], name="change_of_job")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.field}"


class ScriptError(models.Model):
    """An error of the scripts in a job's own template, which happened while workers looked at it."""

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.CharField(max_length=300)
    line = models.PositiveIntegerField(default=0, help_text=_("Line of the rendered template; 0 if unknown."))
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("script error")
        constraints = [models.UniqueConstraint(fields=["job", "message"], name="a_script_error_is_counted_once")]

    def __str__(self) -> str:
        return self.message


class Counters(models.Model):
    """How far a job is, counted by the runner while it works on the job; `counted_at` says as of when."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="counters")
    human_labeled = models.PositiveIntegerField(default=0)
    machine_labeled = models.PositiveIntegerField(default=0)
    labeled_before = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("Objects whose line came with the label.")
    )
    failed = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    consolidated = models.PositiveIntegerField(default=0, help_text=_("Ended objects included in an official run."))
    expected_error = models.FloatField(
        null=True, help_text=_("Mean over all objects; only for jobs with a target error rate.")
    )
    saved = models.JSONField(null=True, help_text=_("Answers and money saved, with an interval."))
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("progress counters")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.human_labeled}"

    @property
    def labeled(self) -> int:
        """Objects that have a label, whoever made it and whenever."""
        return self.human_labeled + self.machine_labeled + self.labeled_before
