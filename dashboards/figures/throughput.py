"""Figures of work: answers per day and hour, answer times, remaining work and forecast."""

from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
from babel.dates import get_day_names
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, GREY, INK, ORANGE, SCALE, dress, mark, pattern
from dashboards.view_models import FigureCard, Level, Switch
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.measures.forecast import Forecast

WEEKLY, MONTHLY = 120, 840
"""Above WEEKLY days a bar is a week, above MONTHLY days a month."""


def throughput(
    table: pd.DataFrame,
    *,
    zone: str,
    link: Callable[[date, date], str],
    answers: Callable[[date, date, str], str] | None = None,
    switches: tuple[Switch, ...] = (),
    other: Level | None = None,
    wide: bool = True,
) -> FigureCard:
    """Draw stacked bars of gtcrowd.analytics.measures.workers.every_day, with a 7-day median.

    `other`: answers per day of the baseline; `answers`: returns the target of a bar, given its first day, last day
    and group; `link`: returns the target of a table row, and of bars without `answers`.
    """
    bars, ends, bar_unit = _bars(table)
    subtitle = _("%(what)s (%(zone)s); days without answers count as zero; n = %(n)s") % {
        "what": bar_unit, "zone": zone, "n": f"{table.to_numpy().sum() if table.size else 0:,.0f}",
    }  # fmt: skip
    nothing = pd.DataFrame(columns=["day"])
    if table.empty:
        return FigureCard(_("No answers in this period"), subtitle, nothing, explain=("submitted",), switches=switches)
    figure = go.Figure()
    periods = [(first.date(), last.date()) for first, last in zip(bars.index, ends, strict=True)]
    links = [link(*period) for period in periods]
    for index, name in enumerate(bars.columns):
        label = _("others") if name == "others" else str(name)
        hrefs = [
            [(answers(*period, str(name)) if n else "") if answers else href]
            for period, href, n in zip(periods, links, bars[name], strict=True)
        ]
        figure.add_bar(
            x=bars.index, y=bars[name], name=label, marker=mark(index), customdata=hrefs,
            hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra>" + label + "</extra>",
        )  # fmt: skip
    total, table_rows = table.sum(axis=1), bars
    if len(bars) == len(table) > 1:
        table_rows = bars.assign(median=total.rolling(7, min_periods=1).median())
        line = {"color": INK, "width": 2.5, "dash": "dash"}
        figure.add_scatter(x=bars.index, y=table_rows["median"], name=_("7-day median"), mode="lines", line=line)
    if other and other.value and len(bars) == len(table):
        figure.add_hline(y=other.value, line={"color": INK, "dash": "dot"}, annotation_text=other.name)
    dress(figure, height=420).update_layout(barmode="stack", bargap=0.15)
    figure.update_xaxes(tickformat="%m-%d" if len(table) <= WEEKLY else "%Y-%m")
    title = _("%(mean)s answers per day, %(most)s on the busiest day") % {
        "mean": f"{total.mean():,.0f}", "most": f"{total.max():,.0f}",
    }  # fmt: skip
    table = table_rows.reset_index().iloc[::-1]
    return FigureCard(title, subtitle, table, figure, ("submitted",), switches, wide=wide, links=tuple(links[::-1]))


def _bars(table: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.Timestamp], str]:
    """Return the table by day, week or month, the last day of each bar, and the unit of the bars."""
    if len(table) <= WEEKLY:
        return table, list(table.index), _("Answers per day")
    period, bar_unit = ("W", _("Answers per week")) if len(table) <= MONTHLY else ("M", _("Answers per month"))
    labels = pd.DatetimeIndex(table.index).to_period(period)
    bars = table.groupby(labels).sum()
    periods = pd.PeriodIndex(bars.index)
    ends = [bar.end_time.normalize() for bar in periods]
    bars.index = periods.start_time.rename("day")
    return bars, ends, bar_unit


def burn_down(history: pd.Series, forecast: Forecast, *, what: str) -> FigureCard:
    """Draw the remaining answers: past (`history`: answers per day) and forecast with 50 % and 90 % intervals."""
    subtitle = _(
        "Answers remaining: %(what)s; bands: 50 %% and 90 %% prediction intervals, simulated from the last 28 days"
    ) % {"what": what}
    if forecast.early:
        subtitle = _(
            "Answers remaining: %(what)s; forecast from the rate since the start, with a wide 90 %% interval: the rate "
            "may change by a factor of four"
        ) % {"what": what}
    if forecast.reason:
        title = {
            "done": _("All target answers received"),
            "no-answers": ngettext(
                "%(rest)s answer remaining; no recent answers",
                "%(rest)s answers remaining; no recent answers",
                forecast.rest,
            ),
        }[forecast.reason] % {"rest": f"{forecast.rest:,}"}
    elif forecast.finish:
        title = _("Expected finish %(day)s (90 %% interval: %(low)s to %(high)s)") % {
            "day": forecast.finish,
            "low": forecast.finish_low,
            "high": forecast.finish_high or _("more than two years"),
        }
    else:
        title = _("Not finished within two years at this rate")
    if forecast.reason == "done" and len(history) and history.any():
        history = history[
            : history[history > 0].index[-1] + pd.Timedelta(days=1)
        ]  # days after the last answer carry no information
    past = forecast.rest + history[::-1].cumsum().shift(1, fill_value=0)[::-1] if len(history) else history
    figure = go.Figure()
    if len(past):
        figure.add_scatter(x=past.index, y=past, mode="lines", name=_("so far"), line={"color": BLUE, "width": 2.5})
    days = [past.index[-1], *forecast.days] if len(past) else list(forecast.days)

    def joined(values: tuple[float, ...]) -> list[float]:
        return [float(past.iloc[-1]), *values] if len(past) else list(values)

    for name, low, high, colour in (
        ("90 %", forecast.low90, forecast.high90, "rgba(59, 125, 216, 0.18)"),
        ("50 %", forecast.low50, forecast.high50, "rgba(59, 125, 216, 0.38)"),
    ):
        if forecast.days:
            figure.add_scatter(
                x=days,
                y=joined(low),
                mode="lines",
                line={"width": 0},
                showlegend=False,
                hoverinfo="skip",
                legendgroup=name,
            )
            figure.add_scatter(
                x=days, y=joined(high), mode="lines", line={"width": 0}, fill="tonexty", fillcolor=colour, name=name,
                legendgroup=name, hoverinfo="skip",
            )  # fmt: skip
    if forecast.days:
        figure.add_scatter(x=days, y=joined(forecast.middle), mode="lines", name=_("median forecast"),
                           line={"color": ORANGE, "dash": "dash", "width": 2})  # fmt: skip
    if forecast.finish:
        figure.add_vline(x=forecast.finish.isoformat(), line={"color": INK, "dash": "dot"})
    dress(figure).update_yaxes(rangemode="tozero")
    figure.update_xaxes(tickformat="%m-%d")
    table = pd.DataFrame({
        "day": pd.to_datetime([*past.index, *forecast.days]), "left": [*past, *forecast.middle],
        "low90": [*past, *forecast.low90], "high90": [*past, *forecast.high90],
    })  # fmt: skip
    return FigureCard(title, subtitle, table, figure if figure.data else None, ("forecast",))


def hours(table: pd.DataFrame, *, zone: str, window: str) -> FigureCard:
    """Draw answers by hour of the week (gtcrowd.analytics.frames.hours)."""
    counts = table.drop(columns="weekday").to_numpy()
    day_names = get_day_names("abbreviated", locale=get_language() or "en")
    names = [day_names[day] for day in range(7)]
    subtitle = _("Answers by weekday and hour (%(zone)s); n = %(n)s; %(window)s") % {
        "zone": zone, "n": f"{int(counts.sum()):,}", "window": window,
    }  # fmt: skip
    table_rows = table.assign(weekday=names)
    if not counts.sum():
        return FigureCard(_("No answers in this period"), subtitle, table_rows.iloc[:0])
    weekday, hour = np.unravel_index(int(counts.argmax()), counts.shape)
    figure = go.Figure(go.Heatmap(
        z=counts, x=[f"{hour_of_day:02d}" for hour_of_day in range(24)], y=names, colorscale=SCALE, xgap=1, ygap=1,
        colorbar={"thickness": 10, "outlinewidth": 0}, hovertemplate="%{y} %{x}:00: %{z:,}<extra></extra>",
    ))  # fmt: skip
    dress(figure, height=300, legend=False).update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, type="category")
    values = {"day": names[int(weekday)], "hour": f"{int(hour):02d}:00"}
    return FigureCard(_("Busiest hour: %(day)s %(hour)s") % values, subtitle, table_rows, figure)


def times(
    counts: npt.NDArray[np.int64], active: npt.NDArray[np.int64], *, window: str,
    link: Callable[[float], str] | None = None,
) -> FigureCard:  # fmt: skip
    """Draw the cumulative share of answers by time, on the server clock and by active time.

    `counts`, `active`: answers per latency class, shape (CLASSES,); `link`: returns the address of the answers that
    took that many seconds or longer.
    """
    seconds = latency.LEAST_SECONDS * 2 ** ((np.arange(latency.CLASSES) + 1) / latency.PER_OCTAVE)
    n, n_active = int(counts.sum()), int(active.sum())
    subtitle = _(
        "Cumulative share of answers by time on the server clock and by active time on the page; n = %(n)s; %(window)s"
    ) % {
        "n": f"{n:,}",
        "window": window,
    }
    upto = counts.cumsum() / max(n, 1)
    table = pd.DataFrame(
        {"seconds": seconds, "upto": upto, "upto_active": active.cumsum() / n_active if n_active else np.nan}
    )
    inside = (upto > 0.001) & (np.roll(upto, 1) < 0.9995) & (np.arange(latency.CLASSES) > 0)
    if not n:
        return FigureCard(_("No answer times yet"), subtitle, table.iloc[:0], explain=("p50", "active_p50"))
    figure = go.Figure()
    links = [link(float(value)) for value in seconds] if link else []
    for name, values, colour, dash in (
        (_("from assignment to submission"), counts, BLUE, "solid"), (_("active time"), active, ORANGE, "dash"),
    ):  # fmt: skip
        if values.sum():
            figure.add_scatter(
                x=seconds, y=values.cumsum() / values.sum(), mode="lines", name=name,
                line={"color": colour, "dash": dash, "shape": "spline", "width": 2},
                customdata=[[value] for value in links] if values is counts else None,
                hovertemplate="%{y:.0%}: %{x:.1f} s<extra></extra>",
            )  # fmt: skip
    low, middle, high = (float(latency.percentile(counts, share)) for share in (0.05, 0.5, 0.95))
    figure.add_vline(x=low, line={"color": INK, "dash": "dot"}, annotation_text="5 %")
    dress(figure).update_yaxes(tickformat=".0%", range=[0, 1.02])
    wide = [max(low / 3, 0.2), max(high * 3, 2)]
    ticks = [
        value
        for value in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
        if wide[0] <= value <= wide[1]
    ]
    figure.update_xaxes(type="log", title={"text": _("Seconds")}, range=np.log10(wide).tolist(), tickvals=ticks)
    figure.update_layout(legend={"y": -0.24})
    quantiles = {"middle": f"{middle:,.1f}", "low": f"{low:,.1f}", "high": f"{high:,.1f}"}
    title = _("Median %(middle)s s; 90 %% between %(low)s s and %(high)s s") % quantiles
    rows = tuple(value for value, within in zip(links, inside, strict=True) if within) if link else ()
    return FigureCard(title, subtitle, table[inside], figure, ("p50", "active_p50"), links=rows)


def progress(
    jobs: pd.DataFrame, *, link: Callable[[int], str], objects: Callable[[AnswerFilter], str] | None = None
) -> FigureCard:
    """Draw shares of each job's objects labeled by people and by machine, failed and not labeled.

    `objects`: returns the address of a job's objects in a state.
    """
    top = jobs.iloc[:30]
    rest = (top["objects"] - top["labeled"] - top["failed"]).clip(lower=0)
    human = top["labeled"] - top["machine"]
    table = top[["job", "state", "objects"]].assign(
        human=human, machine=top["machine"], failed=top["failed"], rest=rest
    )
    title = _("%(labeled)s of %(objects)s objects labeled") % {
        "labeled": f"{int(jobs['labeled'].sum()):,}", "objects": f"{int(jobs['objects'].sum()):,}",
    }  # fmt: skip
    subtitle = _("Objects per job by state")
    if jobs.empty:
        return FigureCard(_("No jobs yet"), subtitle, table)
    figure = go.Figure()
    hrefs = [[link(int(pk))] for pk in top["job_id"]]
    for name, values, colour, shape, state in (
        (_("by people"), human, "#2e9e6b", "", "labeled"),
        (_("by machine"), table["machine"], "#5aa7c7", "/", "labeled"),
        (_("failed"), table["failed"], "#d0614a", "x", "failed"), (_("not yet labeled"), rest, GREY, "", "rest"),
    ):  # fmt: skip
        figure.add_bar(
            y=top["job"],
            x=values / top["objects"].clip(lower=1),
            text=[f"{int(value):,}" for value in values],
            textposition="none",
            orientation="h",
            name=name,
            marker={"color": colour, "pattern": pattern(shape)},
            customdata=[[objects(AnswerFilter(state=state))]] if objects else hrefs,
            hovertemplate="%{y}: %{text}<extra>" + name + "</extra>",
        )
    dress(figure, height=150 + 34 * max(len(top), 2)).update_layout(
        barmode="stack", legend={"y": -0.16 - 10 / (40 + 34 * max(len(top), 2))}
    )
    figure.update_xaxes(tickformat=".0%").update_yaxes(autorange="reversed")
    return FigureCard(title, subtitle, table, figure, links=tuple(value[0] for value in hrefs))
