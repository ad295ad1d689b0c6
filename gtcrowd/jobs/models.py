"""What was asked: labeling jobs and the objects of their manifests. Hardly changes after the start."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import TenantQuerySet
from gtcrowd.identity.models import Requester
from gtcrowd.ledger.models import MONEY
from gtcrowd.workforce.models import Team


class JobState(models.TextChoices):
    INITIALIZING = "Initializing", _("Initializing")
    IN_PROGRESS = "InProgress", _("In progress")
    COMPLETED = "Completed", _("Completed")
    FAILED = "Failed", _("Failed")
    STOPPING = "Stopping", _("Stopping")
    STOPPED = "Stopped", _("Stopped")


ENDED = (JobState.COMPLETED, JobState.FAILED, JobState.STOPPED)


class Job(models.Model):
    """A labeling job: what is to be labeled, by whom, how often, at what price, and how answers are concluded."""

    requester = models.ForeignKey(Requester, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("job name"), max_length=63)
    kind = models.CharField(_("kind of label"), max_length=30)
    medium = models.CharField(_("medium"), max_length=12)
    label_attribute = models.CharField(_("label attribute name"), max_length=127)
    categories = models.JSONField(_("label categories"))

    manifest = models.CharField(_("input manifest"), max_length=1024)
    manifest_digest = models.CharField(max_length=64, help_text=_("SHA-256 of the manifest as it was checked."))
    objects_total = models.PositiveIntegerField()
    objects_ingested = models.PositiveIntegerField(default=0)
    ingest_offset = models.PositiveBigIntegerField(default=0)

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("task title"), max_length=128)
    description = models.CharField(_("task description"), max_length=255)
    instructions = models.JSONField(
        default=dict, help_text=_("Texts shown to workers: short, full, good_example, bad_example.")
    )
    price = models.DecimalField(_("price per task"), **MONEY)
    workers_per_object = models.PositiveSmallIntegerField(_("workers per object"))
    time_limit = models.PositiveIntegerField(_("task time limit"), help_text=_("Seconds."))
    availability = models.PositiveIntegerField(_("task availability"), help_text=_("Seconds."))
    max_concurrent = models.PositiveIntegerField(_("maximum concurrent objects"), default=1000)
    late_answers_paid = models.BooleanField(_("pay late answers"), default=True)

    method = models.CharField(_("consolidation method"), max_length=30)
    method_parameters = models.JSONField(default=dict, blank=True)
    max_human_labeled = models.PositiveIntegerField(null=True, blank=True)
    max_percentage = models.PositiveSmallIntegerField(null=True, blank=True)

    own_clock = models.BooleanField(
        default=False,
        help_text=_("A replay or simulation hands in the time, so the runner leaves the job alone."),
    )
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.INITIALIZING)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=1024, blank=True)
    output = models.CharField(max_length=1024, blank=True, help_text=_("Where the output manifest was written."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("labeling job")
        constraints = [
            models.UniqueConstraint("requester", Lower("name"), name="one_job_per_name_and_requester"),
            models.CheckConstraint(condition=Q(workers_per_object__gte=1), name="at_least_one_worker_per_object"),
            models.CheckConstraint(condition=Q(price__gte=0), name="a_price_is_not_negative"),
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


class DataObject(models.Model):
    """One line of the input manifest, as it was. Written once at ingest and never changed."""

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="data_objects", db_index=False)
    position = models.PositiveIntegerField(help_text=_("Line of the manifest, counted from 0."))
    line = models.TextField()
    labeled_before = models.BooleanField(default=False, help_text=_("The line already carries this job's label."))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("object")
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="one_object_per_line")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"


class Counters(models.Model):
    """How far a job is, counted by the runner while it works on the job; `counted_at` says as of when."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="counters")
    human_labeled = models.PositiveIntegerField(default=0)
    machine_labeled = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("label counters")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.human_labeled}"
