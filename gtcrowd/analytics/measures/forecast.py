"""Forecast when a job will finish by simulating future days from past days.

Each simulation draws blocks of up to seven consecutive days with replacement from the last LOOKS_BACK days, which
preserves weekends and other short-range dependence (moving-block bootstrap: Künsch 1989, "The jackknife and the
bootstrap for general stationary observations", p. 1219).
"""

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
    """A forecast, or the `reason` why there is none.

    rest                       answers still needed
    days                       future dates
    low90 … high90             quantiles of the answers still needed at the end of each day
    finish                     median finish date; None if more than two years away
    finish_low, finish_high    its 90 % interval
    reason                     "done", "few-days" or "no-answers"; empty with a forecast
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


def finish(answers: npt.ArrayLike, *, rest: int, today: date, seed: int = 0, draws: int = DRAWS) -> Forecast:
    """Forecast the remaining answers of a job.

    answers  [days]  answers on each of its last days; the last one is complete
    rest             answers still needed
    today            last day of `answers`

    There is no forecast with fewer than LEAST_DAYS days, or without any answer.
    """
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
    # From two weeks of data, each block starts on the weekday of tomorrow, so simulated weekends fall on weekends.
    candidates = np.arange(len(past) - 7, -1, -7) if len(past) >= 14 else np.arange(len(past) - block + 1)
    starts = rng.choice(candidates, (draws, -(-horizon // block)))
    simulated = past[(starts[:, :, None] + np.arange(block))].reshape(draws, -1)[:, :horizon]
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
        finish=_day(today, middle), finish_low=_day(today, low), finish_high=_day(today, high),
    )  # fmt: skip


def _day(today: date, offset: float) -> date | None:
    return None if offset >= FARTHEST else today + timedelta(days=int(offset) + 1)
