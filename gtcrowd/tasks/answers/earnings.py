"""What a person has earned, as the ledger and the answers have it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Job
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.models import Answer
from gtcrowd.workforce.models import Worker


@dataclass(frozen=True)
class Earnings:
    """Amounts of all the person's places together. `by_job`: job, answers, paid; the latest job first."""

    total: Decimal
    today: Decimal
    answers_today: int
    seconds_today: float
    by_job: list[tuple[Job, int, Decimal]]

    @property
    def per_hour_today(self) -> Decimal | None:
        if not self.seconds_today:
            return None
        return (self.today * 3600 / Decimal(self.seconds_today)).quantize(Decimal("0.01"))


def earnings(user: User, *, now: datetime) -> Earnings:
    """Earned so far; a day is one in the service's time zone."""
    places = list(Worker.objects.filter(user=user).values_list("pk", flat=True))
    own = Answer.objects.filter(worker__in=places)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = own.filter(submitted_at__gte=midnight).aggregate(paid=Sum("paid"), n=Count("pk"), seconds=Sum("seconds"))
    by_job = own.values("job").annotate(n=Count("pk"), paid=Sum("paid")).order_by("-job")
    jobs = Job.objects.in_bulk([row["job"] for row in by_job])
    return Earnings(
        total=sum(balance.balances(names.earned(pk) for pk in places).values(), Decimal("0.000")),
        today=today["paid"] or Decimal("0.000"),
        answers_today=today["n"],
        seconds_today=today["seconds"] or 0.0,
        by_job=[(jobs[row["job"]], row["n"], row["paid"]) for row in by_job],
    )


DAYS = 31
"""Days of a page of earnings."""


@dataclass(frozen=True)
class DayOfJob:
    """What a person earned with one job on one day. `unpaid`: how many of the `answers` earned nothing."""

    day: date
    job: Job
    answers: int
    unpaid: int
    seconds: float
    paid: Decimal


@dataclass(frozen=True)
class Statement:
    """Earnings by day and job, latest first, of up to DAYS days. `earlier`: last day of the next page, or None."""

    rows: list[DayOfJob]
    earlier: date | None


def statement(user: User, *, until: date | None = None) -> Statement:
    """Return the earnings of the DAYS days that end with the last day of work, at the latest on `until`.

    A day is one in the service's time zone.
    """
    own = Answer.objects.filter(worker__user=user).annotate(day=TruncDate("submitted_at"))
    if until is not None:
        own = own.filter(submitted_at__lt=_midnight(until + timedelta(days=1)))
    last = own.order_by("-submitted_at").values_list("day", flat=True).first()
    if last is None:
        return Statement([], None)
    first = _midnight(last - timedelta(days=DAYS - 1))
    sums = (
        own.filter(submitted_at__gte=first)
        .values("day", "job")
        .annotate(n=Count("pk"), unpaid=Count("pk", filter=Q(paid=0)), seconds=Sum("seconds"), paid=Sum("paid"))
        .order_by("-day", "-job")
    )
    rows = list(sums)
    jobs = Job.objects.in_bulk([row["job"] for row in rows])
    earlier = own.filter(submitted_at__lt=first).order_by("-submitted_at").values_list("day", flat=True).first()
    days = [
        DayOfJob(row["day"], jobs[row["job"]], row["n"], row["unpaid"], row["seconds"], row["paid"]) for row in rows
    ]
    return Statement(days, earlier)


def answers_of_day(user: User, *, job: int, day: date) -> QuerySet[Answer]:
    """Return the person's answers to a job on one day of the service's time zone, latest first."""
    own = Answer.objects.filter(worker__user=user, job=job)
    span = own.filter(submitted_at__gte=_midnight(day), submitted_at__lt=_midnight(day + timedelta(days=1)))
    return span.select_related("task").order_by("-submitted_at", "-pk")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
