"""What a task may cost, and what a job will: one function for the preview and for the hold.

| objects | workers per object | price | fee per object | budget                     |
|--------:|-------------------:|------:|---------------:|----------------------------|
|     100 |                  3 | 0.012 |          0.000 | 100 x 3 x 0.012 =  3.600   |
|     100 |                  5 | 0.036 |          0.080 | 18.000 + 8.000  = 26.000   |
"""

from dataclasses import dataclass
from decimal import Decimal

CENTS = (1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
LADDER = tuple(Decimal("0.012") * cents for cents in CENTS)
"""The prices known from Ground Truth's public workforce: 1.2 times a round amount."""


@dataclass(frozen=True)
class Cost:
    """What a job costs at most: every answer paid, every object labeled."""

    tasks: int
    answers: Decimal
    fees: Decimal

    @property
    def total(self) -> Decimal:
        return self.answers + self.fees


def job_cost(*, objects: int, workers_per_object: int, price: Decimal, fee_per_object: Decimal) -> Cost:
    tasks = objects * workers_per_object
    return Cost(tasks=tasks, answers=tasks * price, fees=objects * fee_per_object)


def seconds_for(price: Decimal, *, hourly: Decimal) -> int:
    """For how many seconds of work `price` pays at `hourly` per hour; the hint beside each price."""
    return int(price / hourly * 3600)
