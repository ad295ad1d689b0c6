"""Store the totals of analytics. All are derived from answers and labels; a rebuild gives the same rows.

`Day` follows answers and ended assignments, through the dirty days written with them (rollup.py). `PeriodTotal` and
`RequesterDay` sum days, so a page over years reads little more than a page over a week. `Quality`, `Profile` and
`JobQuality` compare answers with labels and follow the runs of a job (quality.py), because labels change.
Dashboard pages read these tables, not the answers.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.models import Requester
from gtcrowd.identity.tenancy import TenantQuerySet
from gtcrowd.jobs.models import Job
from gtcrowd.ledger.models import MONEY
from gtcrowd.workforce.models import Worker, Workforce


class Sums(models.Model):
    """Counts, times and pay of answers and ended assignments.

    `latency`, `active_latency`: histogram of answer times in the 64 bins of measures.latency, as big-endian unsigned
    integers.
    """

    submitted = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    extra = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    declined = models.PositiveIntegerField()
    expired = models.PositiveIntegerField()
    seconds = models.FloatField(help_text=_("Time on answers from claim to submission, measured by the server."))
    active_seconds = models.FloatField(help_text=_("Active time on answers, as measured by the page."))
    active = models.PositiveIntegerField(help_text=_("Answers with a reported active time."))
    lost_seconds = models.FloatField(help_text=_("Time on returned, declined and expired tasks."))
    paid = models.DecimalField(**MONEY)
    latency = models.BinaryField()
    active_latency = models.BinaryField()

    class Meta:
        abstract = True


class Day(Sums):
    """A worker in a job on a day of the requester's time zone; gold questions (`gold`) have rows of their own.

    `hours`: answers by hour of the day, [24]. Histograms have 16 bits per bin.
    """

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    gold = models.BooleanField()
    hours = models.BinaryField()

    class Meta:
        verbose_name = _("worker day")
        constraints = [
            models.UniqueConstraint(fields=["job", "worker", "day", "gold"], name="one_day_per_job_and_worker")
        ]
        indexes = [
            models.Index(fields=["requester", "day"], name="day_of_requester"),
            models.Index(fields=["worker", "day"], name="day_of_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.job_id} on {self.day}"


class PeriodTotal(Sums):
    """The days of a worker, summed over all jobs of a requester in blocks of 1, 4, 16, 64 and 256 days
    (gtcrowd.analytics.measures.periods), a few of which make up any period. Follows `Day` (periods.py). Histograms have
    32 bits per bin.

    `days`: number of days with answers of this source (`gold` or not); `days_alone`: without the days on which the
    other row counts real answers, so that both rows add up; `last_day`: last day of any kind.
    """

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    workforce = models.ForeignKey(Workforce, on_delete=models.PROTECT, related_name="+", db_index=False)
    gold = models.BooleanField()
    size = models.PositiveSmallIntegerField(help_text=_("In days."))
    first = models.DateField()
    days = models.PositiveIntegerField()
    days_alone = models.PositiveIntegerField()
    last_day = models.DateField()

    class Meta:
        verbose_name = _("period total of a worker")
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "size", "first", "requester", "gold"], name="one_total_per_worker_and_period"
            )
        ]
        indexes = [models.Index(fields=["requester", "size", "first"], name="total_of_requester")]

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.size} days from {self.first}"


class RequesterDay(Sums):
    """A day of all workers of a workforce, summed over all jobs of a requester. Follows `Day` (periods.py). Histograms
    have 32 bits per bin.

    `workers`: number of workers with answers of this source; `workers_alone`: without those who gave real answers too.
    """

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+", db_index=False)
    workforce = models.ForeignKey(Workforce, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    gold = models.BooleanField()
    workers = models.PositiveIntegerField()
    workers_alone = models.PositiveIntegerField()
    hours = models.BinaryField()

    class Meta:
        verbose_name = _("requester day")
        constraints = [
            models.UniqueConstraint(
                fields=["requester", "day", "workforce", "gold"], name="one_day_per_requester_and_workforce"
            )
        ]

    def __str__(self) -> str:
        return f"{self.workforce_id} on {self.day}"


class Quality(models.Model):
    """The comparison of a worker's answers of a day with the labels of the job's last official run (definitions.py)."""

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    scored = models.PositiveIntegerField(help_text=_("Answers to labeled objects."))
    expected_correct = models.FloatField(help_text=_("Sum of the probabilities that these answers are correct."))
    variance = models.FloatField(help_text=_("Sum of p (1 - p) over these answers."))
    compared = models.PositiveIntegerField(help_text=_("Answers to objects that other workers answered too."))
    agreement_sum = models.FloatField(
        help_text=_("Sum of the agreement of these answers with the other workers' answers.")
    )
    truth_n = models.PositiveIntegerField()
    truth_right = models.PositiveIntegerField()
    gold_n = models.PositiveIntegerField()
    gold_right = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("quality of a worker day")
        constraints = [models.UniqueConstraint(fields=["job", "worker", "day"], name="one_quality_per_day")]
        indexes = [
            models.Index(fields=["requester", "day"], name="quality_of_requester"),
            models.Index(fields=["worker", "day"], name="quality_of_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.job_id} on {self.day}"


class Profile(models.Model):
    """A worker in a job over all its days.

    `confusion`: counts, rows: reference, columns: answer; None for kinds without categories.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    answers = models.PositiveIntegerField()
    confusion = models.JSONField(null=True)

    class Meta:
        verbose_name = _("worker profile")
        constraints = [models.UniqueConstraint(fields=["job", "worker"], name="one_profile_per_job_and_worker")]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.job_id}"


class JobQuality(models.Model):
    """The quality report of a job as of its last official run; `content` is a quality_report.QualityReport as JSON."""

    tenant: ClassVar[str] = "job__requester"

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="+")
    run_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    content = models.JSONField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality report of a job")

    def __str__(self) -> str:
        return f"{self.job_id}"


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    CLEARED = "cleared", _("Dismissed")
    CONFIRMED = "confirmed", _("Confirmed")


class Case(models.Model):
    """Suspicious behavior of a worker that a person should review. A case alone has no effect on the worker.

    `category`: one of gtcrowd.analytics.cases.CATEGORIES; `evidence`: its figures; `ratio`: log of the likelihood ratio
    of the suspected behavior against an innocent one.
    """

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, null=True, related_name="+")
    category = models.CharField(max_length=20)
    key = models.CharField(
        max_length=120, help_text=_("Identifies the evidence, so that the same case is not opened twice.")
    )
    evidence = models.JSONField()
    ratio = models.FloatField(null=True)
    state = models.CharField(max_length=9, choices=CaseState.choices, default=CaseState.OPEN)
    note = models.CharField(max_length=1000, blank=True)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        constraints = [
            models.UniqueConstraint(fields=["requester", "worker", "category", "key"], name="a_case_is_opened_once")
        ]
        indexes = [models.Index(fields=["requester", "state", "-opened_at"], name="case_newest_of_requester")]

    def __str__(self) -> str:
        return f"{self.category}: {self.worker_id}"


class SavedView(models.Model):
    """A dashboard page with its filters under a name, shared by all members of the requester."""

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(max_length=2000)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        constraints = [models.UniqueConstraint(fields=["requester", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name
