"""When a job will be done, and what it will have cost: the days to come are drawn from those that were."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

LEAST_DAYS = 3
LOOKS_BACK = 28
FARTHEST = 730
DRAWS = 2000


@dataclass(frozen=True)
class Forecast:
    """`rest`: answers still wanted. `days`: dates; `low90`, `low50`, `middle`, `high50`, `high90`: answers still
    wanted at the end of each, in so many of a hundred futures. `finish`: the day by which half of the futures are
    done, with `finish_low`, `finish_high` (90 %), None where that lies beyond two years. `reason`: why there is no
    forecast."""

    rest: int
    days: tuple[date, ...] = ()
    low90: tuple[float, ...] = ()
    low50: tuple[float, ...] = ()
    middle: tuple[float, ...] = ()
    high50: tuple[float, ...] = ()
    high90: tuple[float, ...] = ()
    finish: date | None = None
    finish_low: date | None = None
    finish_high: date | None = None
    reason: str = ""


def finish(answers: npt.ArrayLike, *, rest: int, today: date, seed: int = 0, draws: int = DRAWS) -> Forecast:
    """What is left of a job on the days to come, from its `answers` on each of its last days, the last one whole.

    Each future draws whole weeks' worth of days with replacement from the last LOOKS_BACK days, a block of up to seven
    in a row at a time, so that weekends stay weekends (moving-block bootstrap: Künsch 1989, "The jackknife and the
    bootstrap for general stationary observations", p. 1219). Undefined with fewer than LEAST_DAYS days, or none with
    an answer."""
    past = np.asarray(answers, dtype=np.float64)[-LOOKS_BACK:]
    if rest <= 0:
        return Forecast(0, reason="done")
    if len(past) < LEAST_DAYS:
        return Forecast(rest, reason="few-days")
    if not past.sum():
        return Forecast(rest, reason="no-answers")
    rng = np.random.default_rng(seed)
    horizon = int(min(FARTHEST, np.ceil(rest / past.mean() * 3) + 7))
    block = min(7, len(past))
    # With two weeks and more, each block begins on the weekday of tomorrow, so that weekends come when they come.
    begins = np.arange(len(past) - 7, -1, -7) if len(past) >= 14 else np.arange(len(past) - block + 1)
    starts = rng.choice(begins, (draws, -(-horizon // block)))
    drawn = past[(starts[:, :, None] + np.arange(block))].reshape(draws, -1)[:, :horizon]
    left = np.maximum(rest - drawn.cumsum(axis=1), 0.0)
    ended = np.where((left == 0).any(axis=1), (left == 0).argmax(axis=1), FARTHEST)
    low, middle, high = np.quantile(ended, [0.05, 0.5, 0.95], method="higher")
    shown = int(min(horizon, max(high + 2, 3)))
    bands = np.quantile(left[:, :shown], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    low90, low50, half, high50, high90 = (tuple(np.round(band, 1).tolist()) for band in bands)
    return Forecast(
        rest,
        tuple(today + timedelta(days=place + 1) for place in range(shown)),
        low90=low90, low50=low50, middle=half, high50=high50, high90=high90,
        finish=_day(today, middle), finish_low=_day(today, low), finish_high=_day(today, high),
    )  # fmt: skip


def _day(today: date, place: float) -> date | None:
    return None if place >= FARTHEST else today + timedelta(days=int(place) + 1)
