"""What is being done: tasks with their seats, assignments, answers. Changes every second."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import TenantQuerySet
from gtcrowd.jobs.models import DataObject, Job
from gtcrowd.workforce.models import Worker


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Task(models.Model):
    """An object that wants `wanted` answers. Ends `done` with at least one answer, `failed` with none."""

    tenant: ClassVar[str] = "job__requester"

    data_object = models.OneToOneField(DataObject, on_delete=models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    batch = models.PositiveIntegerField(help_text=_("Objects opened together; batch 1 may be a probe."))
    wanted = models.PositiveSmallIntegerField()
    answered = models.PositiveSmallIntegerField(default=0)
    declined = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=6, choices=TaskState.choices, default=TaskState.OPEN)
    reason_code = models.CharField(max_length=30, blank=True)
    opened_at = models.DateTimeField()
    available_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    concluded = models.BooleanField(default=False, help_text=_("A run of the job's own method has seen its end."))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        constraints = [
            models.CheckConstraint(condition=Q(answered__lte=F("wanted")), name="never_more_answers_than_wanted"),
        ]
        indexes = [
            models.Index(fields=["job", "position"], name="task_of_job_in_order"),
            models.Index(fields=["job", "available_until"], condition=Q(state="open"), name="task_open_of_job"),
            models.Index(fields=["job"], condition=~Q(state="open") & Q(concluded=False), name="task_not_concluded"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"


class Seat(models.Model):
    """Room for one answer to a task: `wanted` seats a task, so that more answers have nowhere to be.

    `free_at` is the whole state: in the past, the seat is free; in the future, somebody's lease runs until
    then; null, it is filled or withdrawn. An expired lease thus needs nobody to clear it.
    `fence` rises with every claim; who answers with an older one has lost the seat.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="seats", db_index=False)
    number = models.PositiveSmallIntegerField()
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    free_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("seat")
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="a_seat_has_one_number")]
        indexes = [
            models.Index(
                fields=["job", "position", "number"],
                include=["free_at"],
                condition=Q(free_at__isnull=False),
                name="seat_to_hand_out",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task_id}#{self.number}"


class AssignmentState(models.TextChoices):
    LIVE = "live", _("Live")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class Assignment(models.Model):
    """A worker's stay in a seat, from claim until it is submitted, returned, declined or expired."""

    tenant: ClassVar[str] = "job__requester"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    fence = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=AssignmentState.choices, default=AssignmentState.LIVE)
    reason = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "worker"],
                condition=Q(state__in=["live", "submitted"]),
                name="never_the_same_worker_twice_on_an_object",
            ),
            models.UniqueConstraint(
                fields=["job", "worker"], condition=Q(state="live"), name="a_worker_holds_one_task_of_a_job"
            ),
            models.UniqueConstraint(fields=["seat", "fence"], name="a_seat_is_claimed_once_per_fence"),
        ]
        indexes = [
            models.Index(fields=["task", "worker", "state"], name="assignment_of_worker_on_task"),
            models.Index(fields=["expires_at"], condition=Q(state="live"), name="assignment_live_by_expiry"),
            models.Index(fields=["worker", "-claimed_at"], name="assignment_newest_of_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} on {self.task_id}"


class Answer(models.Model):
    """What a worker handed in. A fact: never changed, never deleted, whatever is concluded from it.

    `late`: after the time limit. `surplus`: the seat had gone to somebody else, so it is beyond those wanted.
    """

    tenant: ClassVar[str] = "job__requester"

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, primary_key=True, related_name="answer")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="answers", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    content = models.JSONField(help_text=_("The answer as the page sent it, keyed by the element's name."))
    value = models.JSONField(help_text=_("What the kind read from it."))
    seconds = models.FloatField(help_text=_("Time on the task, as stamped by the server, from claim to submit."))
    active_seconds = models.FloatField(null=True, help_text=_("Active time as measured by the page."))
    paid = models.DecimalField(max_digits=14, decimal_places=3)
    late = models.BooleanField(default=False)
    surplus = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        indexes = [
            models.Index(fields=["job", "submitted_at", "worker"], name="answer_of_job_by_day"),
            models.Index(fields=["worker", "submitted_at"], name="answer_of_worker_by_day"),
            models.Index(fields=["task"], name="answer_of_task"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.value}"
