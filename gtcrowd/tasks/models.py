"""What is being done: tasks with their slots, assignments, answers. Changes every second.

How they move, and what the database itself holds to:

    task        open ──(no slot is left to fill)──> done | failed ──(more answers needed)──> open
                gold, from the start: each worker may answer it once, and it never ends
    slot        free <──(time)── leased ──> filled | withdrawn          `free_at` alone says which
    assignment  live ──> submitted | returned | declined | expired
                expired ──> submitted, by a late answer

- A task has `target_answers` slots, and an assignment holds one: live + submitted ≤ target_answers by construction.
- A worker has one assignment on an object that is live, submitted or declined, and after the last two never another,
  until a change of the job revives a failed object.
- A worker holds one task of a job, and beside it one fetched in advance.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.tenancy import TenantQuerySet
from gtcrowd.jobs.models import DataObject, Job
from gtcrowd.ledger.models import MONEY
from gtcrowd.platform.reasons import Reason, WithReason
from gtcrowd.workforce.models import Worker


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    GOLD = "gold", _("Gold question")


BY_HOOK = (Reason.NO_WORKERS_NEEDED, Reason.PRE_HOOK_FAILED)
"""Why tasks ended that no worker was to see."""


class Task(models.Model):
    """An object that needs `target_answers` answers. Ends `done` with at least one answer, `failed` with none.

    One that a hook spares the workers is `done` from the start, without any.
    A gold question (`gold`) has no slots: it tests workers, and its answers count for nothing else.
    """

    tenant: ClassVar[str] = "job__requester"

    data_object = models.OneToOneField(DataObject, on_delete=models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    batch = models.PositiveIntegerField(help_text=_("Objects opened together. Batch 1 may be a trial batch."))
    target_answers = models.PositiveSmallIntegerField()
    answer_count = models.PositiveSmallIntegerField(default=0)
    decline_count = models.PositiveSmallIntegerField(default=0)
    unseen_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("Workers to whom the object could not be shown.")
    )
    state = models.CharField(max_length=6, choices=TaskState.choices, default=TaskState.OPEN)
    reason_code = models.CharField(max_length=30, blank=True)
    opened_at = models.DateTimeField()
    available_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    consolidated = models.BooleanField(default=False, help_text=_("An official run was made after the task ended."))
    rank = models.BigIntegerField(help_text=_("Position of its first slot in the task order of the job."))
    sequence = models.CharField(max_length=128, blank=True, default="", db_default="")
    error = models.FloatField(null=True, help_text=_("Probability that the current label is wrong."))
    value_of_more_answers = models.FloatField(
        null=True, help_text=_("Probability that further answers would correct the label.")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_count__lte=F("target_answers")), name="never_more_answers_than_target"
            ),
        ]
        indexes = [
            models.Index(fields=["job", "position"], name="task_of_job_in_order"),
            models.Index(fields=["job", "available_until"], condition=Q(state="open"), name="task_open_of_job"),
            models.Index(
                fields=["job"],
                condition=Q(state__in=["done", "failed"], consolidated=False),
                name="task_not_consolidated",
            ),
            models.Index(fields=["job"], condition=Q(state="failed"), name="task_failed_of_job"),
            models.Index(fields=["job"], condition=Q(unseen_count__gt=0), name="task_unseen_of_job"),
            models.Index(
                fields=["job", "sequence", "position"], condition=~Q(sequence=""), name="task_of_sequence_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"


class Slot(models.Model):
    """Room for one answer to a task. A task has `target_answers` slots, so further answers have no place.

    `free_at` is the whole state: in the past, the slot is free, since then; in the future, somebody's lease runs
    until then; null, it is filled or withdrawn. An expired lease thus needs nobody to clear it.
    `fence` rises with every claim; who answers with an older one has lost the slot.
    `withdrawn`: nobody gets it any more, but who holds it may still answer.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="slots", db_index=False)
    number = models.PositiveSmallIntegerField()
    # The task's job, written with it; without a constraint of its own, as in all rows that change every second.
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    rank = models.BigIntegerField(help_text=_("Position in the task order of the job; the lowest is assigned first."))
    free_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    withdrawn = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("slot")
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="a_slot_has_one_number")]
        indexes = [
            models.Index(
                fields=["job", "rank"],
                include=["free_at"],
                condition=Q(free_at__isnull=False, withdrawn=False),
                name="slot_by_rank",
            ),
            models.Index(
                fields=["job", "free_at", "rank"],
                condition=Q(free_at__isnull=False, withdrawn=False),
                name="slot_by_time",
            ),
            models.Index(
                fields=["job"], condition=Q(free_at__isnull=False, withdrawn=True), name="slot_withdrawn_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}#{self.number}"


class Sequence(models.Model):
    """A worker's place in a sequence of objects: `number` is that of the slot they take in each of its tasks."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=128)
    number = models.PositiveSmallIntegerField()
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    held_until = models.DateTimeField(help_text=_("Reserved for the worker until then."))

    class Meta:
        verbose_name = _("sequence")
        constraints = [
            models.UniqueConstraint(fields=["job", "name", "number"], name="a_sequence_is_held_by_one"),
            models.UniqueConstraint(fields=["job", "name", "worker"], name="a_worker_holds_a_sequence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}#{self.number}"


class AssignmentState(models.TextChoices):
    LIVE = "live", _("Live")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class Assignment(models.Model):
    """A worker's stay in a slot, from claim until it is submitted, returned, declined or expired."""

    tenant: ClassVar[str] = "job__requester"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    slot = models.ForeignKey(
        Slot,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        help_text=_("Empty for gold questions."),
    )
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    fence = models.PositiveIntegerField()
    price = models.DecimalField(**MONEY, help_text=_("Pay at the time of the assignment."))
    in_advance = models.BooleanField(default=False, db_default=False, help_text=_("Prefetched by the worker's page."))
    extended = models.PositiveSmallIntegerField(default=0, db_default=0)
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
                condition=Q(state__in=["live", "submitted", "declined"]),
                name="never_the_same_worker_twice_on_an_object",
            ),
            models.UniqueConstraint(
                fields=["job", "worker", "in_advance"],
                condition=Q(state="live"),
                name="a_worker_holds_one_task_of_a_job",
            ),
            models.UniqueConstraint(fields=["slot", "fence"], name="a_slot_is_claimed_once_per_fence"),
        ]
        indexes = [
            models.Index(
                fields=["job", "worker", "task"],
                condition=Q(state__in=["returned", "expired"]),
                name="assignment_left_by_worker",
            ),
            models.Index(fields=["job", "worker"], condition=Q(state="declined"), name="assignment_declined_by_worker"),
            models.Index(fields=["expires_at"], condition=Q(state="live"), name="assignment_live_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} on {self.task_id}"


class DirtyDay(models.Model):
    """That something happened to a worker in a job at a time: written with what happened, so that whoever keeps totals
    (gtcrowd.analytics) knows which of them to form again, and taken away by them."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("dirty day")

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.job_id} at {self.at:%Y-%m-%d}"


class Draft(models.Model):
    """What a worker has done of a task without handing it in: the state of its page."""

    tenant: ClassVar[str] = "assignment__job__requester"

    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, primary_key=True, related_name="+")
    state = models.JSONField()
    saved_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")

    def __str__(self) -> str:
        return str(self.assignment_id)


class Answer(models.Model):
    """An answer of a worker. Never changed and never deleted.

    `late`: after the time limit. `extra`: the slot had gone to somebody else or was withdrawn, so it is beyond
    `target_answers`. `gold`: to a gold question.
    """

    tenant: ClassVar[str] = "job__requester"

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, primary_key=True, related_name="answer")
    # What the assignment's row says is written into the answer's in the same statement; that the database checked each
    # of them again would cost as much as the rest, and have everybody lock the rows of job and worker.
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="answers", db_index=False, db_constraint=False
    )
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    content = models.JSONField(help_text=_("The answer as sent by the page, by name of the element."))
    """For kinds with a compact form, without what `value` has as well: read it by `gtcrowd.kinds.expand`."""
    value = models.JSONField(help_text=_("The validated value of the answer."))
    seconds = models.FloatField(help_text=_("Seconds from assignment to submission, measured by the server."))
    active_seconds = models.FloatField(null=True, help_text=_("Active seconds, measured by the page."))
    paid = models.DecimalField(**MONEY)
    late = models.BooleanField(default=False)
    extra = models.BooleanField(default=False)
    gold = models.BooleanField(default=False, db_default=False)
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


USED = Q(gold=False, extra=False)
"""Answers that labels are made of. An extra answer never is one of them: whether it would be in time for a label is a
matter of seconds."""


class JobWorkerState(models.TextChoices):
    WORKING = "working", _("Working")
    REVIEW = "review", _("Needs review")
    PAUSED = "paused", _("Paused")


class JobWorker(WithReason, models.Model):
    """The state of a worker in a job: their counts, gold results and scan cursor.

    Written by the worker's own claims and answers only, so that nobody waits for anybody.
    `scan_rank`, `scan_since`: no slot up to that rank that has been free since before `scan_since` is open to this
    worker (gtcrowd.tasks.allocation.allocate).
    """

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=JobWorkerState.choices, default=JobWorkerState.WORKING)
    answers = models.PositiveIntegerField(default=0)
    filled_slots = models.PositiveIntegerField(default=0, help_text=_("Answers that filled a slot."))
    seconds = models.FloatField(default=0)
    paid = models.DecimalField(**MONEY, default=0)
    gold_seen = models.PositiveIntegerField(default=0)
    gold_right = models.PositiveIntegerField(default=0)
    fixed_accuracy = models.BooleanField(
        default=False, help_text=_("Consolidation uses the accuracy on gold questions as it is.")
    )
    model = models.JSONField(null=True, help_text=_("Worker model of the latest full fit."))
    scan_rank = models.BigIntegerField(default=-1)
    scan_since = models.DateTimeField()
    scan_restarted_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker in a job")
        constraints = [
            models.UniqueConstraint(fields=["job", "worker"], name="one_row_per_job_and_worker"),
            models.CheckConstraint(condition=Q(gold_right__lte=F("gold_seen")), name="not_more_gold_right_than_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.job_id}"


class Gold(models.Model):
    """A gold question with its correct value and explanation. After a correction, counts and labels are recomputed."""

    tenant: ClassVar[str] = "job__requester"

    task = models.OneToOneField(Task, on_delete=models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    value = models.JSONField()
    explanation = models.CharField(max_length=1000, blank=True)
    active = models.BooleanField(default=True)
    corrected_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("gold question")

    def __str__(self) -> str:
        return f"{self.task_id}: {self.value}"


class WorkerModel(models.Model):
    """What the last full fit of a job knows that is not one worker's: for posteriors kept up answer by answer."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="+")
    shared = models.JSONField()
    learned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("worker model")

    def __str__(self) -> str:
        return f"{self.job_id}"


class About(models.TextChoices):
    """What a worker's message is about."""

    NOT_LOADING = "not-loading", _("The object does not load or cannot be read")
    UNCLEAR = "unclear", _("The instructions are unclear")
    NOTHING_FITS = "nothing-fits", _("No answer is right")
    OTHER = "other", _("Something else")


class Message(models.Model):
    """What a worker of a job and the requester's members write to each other; all of one worker in a job are a thread.

    `assignment`: the task it speaks of, if the worker reported one. `author`: the member who answered; None for
    workers, whose names not every member may know, and for programs.
    `read_at`: of answers, when the worker saw it. `done_at`: of workers' messages, when a member was through with it.
    """

    tenant: ClassVar[str] = "job__requester"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignment = models.ForeignKey(
        Assignment,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text=_("The task that the message is about."),
    )
    from_worker = models.BooleanField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    about = models.CharField(max_length=12, choices=About.choices, blank=True)
    text = models.CharField(max_length=1000)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text=_("When the requester's members were notified by e-mail."))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        indexes = [
            models.Index(fields=["job", "worker", "sent_at"], name="message_of_thread"),
            models.Index(fields=["job"], condition=Q(from_worker=True, done_at=None), name="message_not_done"),
            models.Index(fields=["worker", "sent_at"], condition=Q(from_worker=True), name="message_of_worker"),
            models.Index(fields=["worker"], condition=Q(from_worker=False, read_at=None), name="message_not_read"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.job_id}: {self.text[:40]}"


class Shortcuts(models.Model):
    """The keys that a person has chosen for what is done at a task; what is not in it has its usual key."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    keys = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("shortcuts")

    def __str__(self) -> str:
        return str(self.keys)
