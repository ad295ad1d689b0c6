"""Simulate a crowd: workers with different skill, speed, biases and working hours, for the demo."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

FIRST = ("Ada", "Ben", "Chi", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kira", "Leo", "Mia", "Nils", "Oda",
         "Pia", "Quin", "Rosa", "Sven", "Tara", "Uma", "Vito", "Wanda", "Xeni", "Yara")  # fmt: skip
LOOK_ALIKE = ((1, 7), (3, 8), (4, 9), (5, 6), (1, 4), (3, 5))
"""Digits that people confuse, for the simulated biases."""


@dataclass(frozen=True)
class Person:
    """A simulated worker; times are UTC.

    confusion  [10, 10]  probability of each answer, rows: true digit
    tires                day, counted from 0, from which on the worker guesses; None for never
    """

    name: str
    confusion: np.ndarray
    seconds: float
    start_hour: int
    minutes: float
    busy: float
    weekends: bool
    tires: int | None = None

    def answer(self, digit: int, rng: np.random.Generator, *, day: int) -> int:
        if self.tires is not None and day >= self.tires:
            return int(rng.integers(10))
        return int(rng.choice(10, p=self.confusion[digit]))

    def takes(self, rng: np.random.Generator) -> float:
        """Return a random answer time in seconds, log-normal around the worker's median."""
        return float(np.clip(rng.lognormal(np.log(self.seconds), 0.45), 1.5, 240))

    def sessions(self, first: datetime, days: int, rng: np.random.Generator) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working sessions (start, end): on some days, around the usual hour."""
        for day in range(days):
            date = first + timedelta(days=day)
            if rng.random() > self.busy or (date.weekday() > 4 and not self.weekends):
                continue
            began = date + timedelta(hours=self.start_hour + float(rng.normal(0, 0.7)))
            yield began, began + timedelta(minutes=float(rng.uniform(0.4, 1)) * self.minutes)


def people(rng: np.random.Generator) -> list[Person]:
    """Return twenty-five workers: most good, some fast, some biased, and one who starts to guess."""
    return [_person(index, name, rng) for index, name in enumerate(FIRST)]


def _person(index: int, name: str, rng: np.random.Generator) -> Person:
    hurries = index == 22
    skill = 0.93 if hurries else float(np.clip(rng.beta(18, 1.6), 0.55, 0.995))
    confusion = np.full((10, 10), (1 - skill) / 9)
    np.fill_diagonal(confusion, skill)
    for digit, other in rng.permutation(LOOK_ALIKE)[: 3 if index % 8 == 3 else 1]:
        lean = (0.35 if index % 8 == 3 else 0.04) * skill
        confusion[digit, digit] -= lean
        confusion[digit, other] += lean
    return Person(
        name=name,
        confusion=confusion,
        seconds=2.2 if hurries else float(rng.uniform(4, 14)),
        start_hour=int(rng.integers(5, 20)),
        minutes=float(rng.uniform(1.5, 5)),
        busy=float(rng.uniform(0.25, 0.9)),
        weekends=bool(rng.random() < 0.5),
        tires=4 if hurries else None,
    )
