"""What was concluded: runs of a method, the labels they formed, the workers as they saw them; and known truth."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.tenancy import TenantQuerySet
from gtcrowd.jobs.models import DataObject, Hook, Job
from gtcrowd.platform.reasons import WithReason
from gtcrowd.workforce.models import Worker

HOOK = "hook"
"""Name of the method of runs whose labels a job's own post-processing made."""


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Run(WithReason, models.Model):
    """One forming of labels from answers, with all that is needed to form them again.

    `official` runs are made by the job's own method as batches come in and decide its labels; others are
    asked for to compare, and change nothing.
    """

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    method = models.CharField(max_length=30)
    parameters = models.JSONField(default=dict)
    versions = models.JSONField(default=dict)
    official = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=RunState.choices, default=RunState.WAITING)
    answers = models.PositiveIntegerField(default=0)
    labels = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    converged = models.BooleanField(default=False)
    objective = models.JSONField(default=list, help_text=_("Value of the objective after each iteration."))
    drift = models.JSONField(null=True, help_text=_("Difference between the online posteriors and those of this run."))
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        indexes = [models.Index(fields=["job", "-id"], name="run_newest_of_job")]

    def __str__(self) -> str:
        return f"{self.method} on {self.job_id}"


class Label(models.Model):
    """What a run concluded about an object. `current`: the job's label now, until a later official run."""

    tenant: ClassVar[str] = "job__requester"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    data_object = models.ForeignKey(DataObject, on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    value = models.JSONField()
    confidence = models.FloatField()
    posterior = models.JSONField(null=True, help_text=_("Probability of each category, in the order of the job."))
    parts = models.JSONField(null=True, help_text=_("Confidence of each part of the value, in its order."))
    metadata = models.JSONField(null=True, help_text=_("Metadata of the label, if a hook made it."))
    answers = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("label")
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_label_per_run_and_object"),
            models.UniqueConstraint(
                fields=["job", "position"], condition=Q(current=True), name="one_current_label_per_object"
            ),
            models.CheckConstraint(condition=Q(confidence__range=(0, 1)), name="confidence_from_0_to_1"),
        ]
        indexes = [
            models.Index(fields=["job", "created_at", "id"], condition=Q(current=True), name="label_changed_since"),
            models.Index(fields=["data_object"], name="label_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.data_object_id}: {self.value}"


class PostAnnotationBatch(WithReason, models.Model):
    """Objects whose answers were handed to a job's post-processing together, and what came of it.

    `iteration`: counted from 1 in the job; the request and the response lie in the store under this number.
    `positions`: of the objects. `run`: by which its labels were formed, or for which they were asked again.
    """

    tenant: ClassVar[str] = "job__requester"

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        AGAIN = "again", _("Replaced by another hook")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    iteration = models.PositiveIntegerField()
    positions = models.JSONField()
    request = models.CharField(max_length=1024, help_text=_("Address of the payload."))
    response = models.CharField(max_length=1024, blank=True, help_text=_("Address of the response."))
    outcome = models.CharField(max_length=7, choices=Outcome.choices, default=Outcome.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(help_text=_("Earliest time of the next attempt."))
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("post-annotation batch")
        constraints = [models.UniqueConstraint(fields=["job", "iteration"], name="a_delivery_has_one_number")]
        indexes = [models.Index(fields=["job"], condition=Q(outcome__in=["waiting", "failed"]), name="delivery_undone")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.iteration}"


class WorkerQuality(models.Model):
    """How a run saw a worker: accuracy with its 95 % interval, and the confusion of categories."""

    tenant: ClassVar[str] = "run__job__requester"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="worker_qualities", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    answers = models.PositiveIntegerField()
    accuracy = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    confusion = models.JSONField(null=True, help_text=_("Rows: true category; columns: answered category."))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker quality")
        constraints = [models.UniqueConstraint(fields=["run", "worker"], name="one_quality_per_run_and_worker")]

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.accuracy:.2f}"


class Truth(models.Model):
    """The known right value of an object, by which answers and labels can be measured."""

    tenant: ClassVar[str] = "job__requester"

    data_object = models.OneToOneField(DataObject, on_delete=models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    value = models.JSONField()
    source = models.CharField(max_length=60)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("ground truth")

    def __str__(self) -> str:
        return f"{self.data_object_id}: {self.value}"
