"""Forecast when a job will finish by simulating future days from past days.

From LEAST_DAYS whole days on, each simulation draws blocks of up to seven consecutive days with replacement from the
last LOOKS_BACK days, which preserves weekends and other short-range dependence (moving-block bootstrap: Künsch 1989,
"The jackknife and the bootstrap for general stationary observations", p. 1219).

Before that, the rate is all that is known: the answers so far per day since the start, whose logarithm gets a normal
error of standard deviation SPREAD / sqrt(days), SPREAD being that of the first day or less. The 90 % interval of the
first day thus spans a factor of four in either direction. This width is an assumption, not an estimate.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

LEAST_DAYS = 3
LOOKS_BACK = 28
FARTHEST = 730
DRAWS = 2000
SPREAD = float(np.log(4) / 1.645)
"""Standard deviation of the logarithm of the rate on the first day."""
SHORTEST = 1 / 24
"""Least days since the start that a rate is computed from: the first minutes count as an hour."""


@dataclass(frozen=True)
class Forecast:
    """A forecast, or the `reason` why there is none.

    rest                       answers still needed
    days                       future dates
    low90 … high90             quantiles of the answers still needed at the end of each day
    finish                     median finish date; None if more than two years away
    finish_low, finish_high    its 90 % interval
    reason                     "done" or "no-answers"; empty with a forecast
    early                      whether it is from the rate since the start, with fewer than LEAST_DAYS whole days
    """

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
    early: bool = False


def finish(
    answers: npt.ArrayLike,
    *,
    rest: int,
    today: date,
    so_far: float = 0.0,
    elapsed: float = 0.0,
    seed: int = 0,
    draws: int = DRAWS,
) -> Forecast:
    """Forecast the remaining answers of a job.

    answers  [days]  answers on each of its last days; the last one is complete
    rest             answers still needed
    today            last day of `answers`
    so_far, elapsed  answers since the last of these days, and the days since then; used with fewer than LEAST_DAYS days

    There is no forecast without any answer.
    """
    past = np.asarray(answers, dtype=np.float64)[-LOOKS_BACK:]
    if rest <= 0:
        return Forecast(0, reason="done")
    early = len(past) < LEAST_DAYS
    if not past.sum() and not (early and so_far):
        return Forecast(rest, reason="no-answers")
    rng = np.random.default_rng(seed)
    if early:
        simulated = _from_rate(past.sum() + so_far, len(past) + elapsed, rest=rest, draws=draws, rng=rng)
    else:
        simulated = _from_days(past, rest=rest, draws=draws, rng=rng)
    horizon = simulated.shape[1]
    left = np.maximum(rest - simulated.cumsum(axis=1), 0.0)
    ended = np.where((left == 0).any(axis=1), (left == 0).argmax(axis=1), FARTHEST)
    low, middle, high = np.quantile(ended, [0.05, 0.5, 0.95], method="higher")
    n_days = int(min(horizon, max(high + 2, 3)))
    bands = np.quantile(left[:, :n_days], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    low90, low50, half, high50, high90 = (tuple(np.round(band, 1).tolist()) for band in bands)
    return Forecast(
        rest,
        tuple(today + timedelta(days=offset + 1) for offset in range(n_days)),
        low90=low90, low50=low50, middle=half, high50=high50, high90=high90,
        finish=_day(today, middle), finish_low=_day(today, low), finish_high=_day(today, high), early=early,
    )  # fmt: skip


def _from_rate(
    total: float, days: float, *, rest: int, draws: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Simulate the answers of future days, [draws, days], from `total` answers in `days` days since the start."""
    days = max(days, SHORTEST)
    rates = total / days * np.exp(rng.normal(0.0, SPREAD / np.sqrt(max(days, 1.0)), draws))
    horizon = int(min(FARTHEST, np.ceil(rest / np.quantile(rates, 0.02)) + 7))
    return np.repeat(rates[:, None], horizon, axis=1)


def _from_days(
    past: npt.NDArray[np.float64], *, rest: int, draws: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Simulate the answers of future days, [draws, days], by blocks of past days."""
    horizon = int(min(FARTHEST, np.ceil(rest / past.mean() * 3) + 7))
    block = min(7, len(past))
    # From two weeks of data, each block starts on the weekday of tomorrow, so simulated weekends fall on weekends.
    candidates = np.arange(len(past) - 7, -1, -7) if len(past) >= 14 else np.arange(len(past) - block + 1)
    starts = rng.choice(candidates, (draws, -(-horizon // block)))
    return np.asarray(past[(starts[:, :, None] + np.arange(block))].reshape(draws, -1)[:, :horizon])


def _day(today: date, offset: float) -> date | None:
    return None if offset >= FARTHEST else today + timedelta(days=int(offset) + 1)
