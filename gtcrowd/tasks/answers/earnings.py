"""What a person has earned, as the ledger and the answers have it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum
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
