"""Sparklines next to the numbers: values per day or week."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, ORANGE
from dashboards.labels import dollars, percent
from dashboards.view_models import Spark
from gtcrowd.analytics.measures import workers

WEEKLY, WEEK = 45, 7
"""Above WEEKLY days, a point is a week; weeks end with the last day."""
LEAST = 3
"""Minimum number of points."""
WIDTH, HEIGHT, EDGE = 120, 28, 4
FloatArray = npt.NDArray[np.float64]


def _count(value: float) -> str:
    return f"{value:,.0f}"


SERIES: Mapping[str, Callable[[float], str]] = {
    "submitted": _count, "workers": _count, "accuracy": percent, "gold_accuracy": percent, "agreement": percent,
    "paid": dollars, "per_hour": dollars,
}  # fmt: skip
"""Metric → formatter."""


def lines(days: pd.DataFrame, *, first: date | None, last: date | None) -> dict[str, Spark]:
    """Return a sparkline for each of SERIES with enough points, from daily totals of gtcrowd.analytics.frames.

    `first`, `last`: period, by default that of the totals. Days without answers count as zero, or as a gap in a
    share. Workers per week are the mean of the days.
    """
    if days.empty:
        return {}
    table = days.set_index(pd.to_datetime(days["day"])).drop(columns="day").astype(float)
    span = pd.date_range(first or table.index.min(), last or table.index.max(), name="day")
    table, weekly = table.reindex(span, fill_value=0.0), len(span) > WEEKLY
    if weekly:
        whole = len(table) // WEEK * WEEK  # an incomplete first week would look like a rise
        table = table.iloc[len(table) - whole :]
        weeks = table.groupby(np.arange(whole) // WEEK)
        table = weeks.sum().assign(workers=weeks["workers"].mean())
    measured = workers.measured(table, pooled=False)
    sparks = {
        name: _line(measured[name].to_numpy(dtype=float), formatter, weekly=weekly)
        for name, formatter in SERIES.items()
    }
    return {name: line for name, line in sparks.items() if line}


def _line(values: FloatArray, formatter: Callable[[float], str], *, weekly: bool) -> Spark | None:
    indices = np.flatnonzero(~np.isnan(values))
    if len(indices) < LEAST:
        return None
    defined = values[indices]
    text = _("Weekly: first %(first)s, last %(last)s, minimum %(least)s, maximum %(most)s") if weekly else _(
        "Daily: first %(first)s, last %(last)s, minimum %(least)s, maximum %(most)s"
    )  # fmt: skip
    extremes = {"first": defined[0], "last": defined[-1], "least": defined.min(), "most": defined.max()}
    return Spark(_svg(values, indices), text % {name: formatter(float(value)) for name, value in extremes.items()})


def _svg(values: FloatArray, indices: npt.NDArray[np.intp]) -> str:
    """Return an SVG line with gaps and a dot at its end.

    It cannot use theme colors, so its tones work on light and dark backgrounds.
    """
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    x = EDGE + (WIDTH - 2 * EDGE) * np.arange(len(values)) / max(len(values) - 1, 1)
    y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * ((values - low) / (high - low) if high > low else values * 0 + 0.5)
    runs = np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1)
    paths = "".join("M" + "L".join(f"{x[index]:.1f} {y[index]:.1f}" for index in [*run, run[-1]]) for run in runs)
    end = indices[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="{paths}" fill="none" stroke="{BLUE}" stroke-width="2" stroke-linecap="round" '
        f'stroke-linejoin="round"/><circle cx="{x[end]:.1f}" cy="{y[end]:.1f}" r="3" fill="{ORANGE}"/></svg>'
    )
