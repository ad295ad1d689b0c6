"""Figures of drift: the sum of the evidence that a worker has stopped looking, answer by answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from plotly.subplots import make_subplots

from dashboards.figures.style import BLUE, GREEN, INK, LINE, ORANGE, PINK, dress
from dashboards.labels import percent
from dashboards.view_models import FigureCard

ACROSS = 3
ROW = 150
"""Pixels of a row of panels."""
COLUMNS = ["worker", "n", "highest", "threshold", "began_after", "told_after", "told_at", "gold_n", "gold_right"]


def worst_workers(
    content: dict[str, Any] | None, names: dict[int, str], *, of: str, zone: str, link: Callable[[int], str]
) -> FigureCard:
    """A panel each for the workers of a job whose sum rose highest (of gtcrowd.analytics.cusum), on one scale."""
    kept = content["workers"] if content else []
    limit = content["threshold"] if content else 0.0
    under = _(
        "CUSUM per worker over their answers in order: evidence that the worker started guessing; alarm "
        "at %(limit)s; the %(most)s highest; ticks: gold questions; %(of)s; n = %(n)s answers"
    ) % {"limit": f"{limit:.1f}", "most": len(kept), "of": of, "n": f"{content['answers'] if content else 0:,}"}
    rows = [_row(one, names.get(one["worker"], str(one["worker"])), limit, zone) for one in kept]
    table = pd.DataFrame(rows, columns=COLUMNS)
    if content is None:
        return FigureCard(_("Drift is not monitored in this job"), under, table, explain=("drift",))
    if not kept:
        return FigureCard(_("No worker has enough answers to monitor"), under, table, explain=("drift",))
    across = min(ACROSS, len(kept))
    down = -(-len(kept) // across)
    figure = make_subplots(
        rows=down, cols=across, shared_yaxes=True, subplot_titles=[_short(row["worker"]) for row in rows],
        horizontal_spacing=0.03, vertical_spacing=min(0.4 / down, 0.16),
    )  # fmt: skip
    top = max(limit, *(one["highest"] for one in kept)) * 1.08
    named: set[str] = set()
    for place, one in enumerate(kept):
        for trace in _traces(one, limit, top, zone=zone, href=link(one["worker"])):
            # The legend has each mark once, wherever it comes first.
            trace.update(showlegend=trace.legendgroup not in named)
            named.add(trace.legendgroup)
            figure.add_trace(trace, row=place // across + 1, col=place % across + 1)
    dress(figure, height=90 + ROW * down)
    axis = {"gridcolor": LINE, "zerolinecolor": LINE, "linecolor": LINE, "automargin": True}
    figure.update_yaxes(range=[-top * (0.22 if any(one["known"] for one in kept) else 0.05), top], nticks=4, **axis)
    figure.update_xaxes(tickangle=0, **axis)
    for place, one in enumerate(kept):
        # One number a panel, as more do not fit on a telephone: how many answers there are.
        figure.update_xaxes(
            range=[0, one["n"]], tickvals=[one["n"]], ticktext=[f"{one['n']:,}"], row=place // across + 1,
            col=place % across + 1,
        )  # fmt: skip
    figure.update_annotations(font={"size": 12}).update_layout(
        margin={"t": 28}, legend={"y": -34 / (50 + ROW * down)}, hovermode="closest"
    )
    facts = {"alarms": content["alarms"], "watched": f"{content['watched']:,}"}
    title = (
        _("Significant drop in accuracy: %(alarms)s of %(watched)s workers") % facts
        if content["alarms"]
        else ngettext(
            "No significant drop in accuracy: %(watched)s worker monitored",
            "No significant drop in accuracy: %(watched)s workers monitored",
            content["watched"],
        )
        % facts
    )
    return FigureCard(
        title, under, table, figure, ("drift",), wide=True, links=tuple(link(one["worker"]) for one in kept)
    )


def own(one: dict[str, Any], *, threshold: float, of: str, zone: str) -> FigureCard:
    """The path of one worker in a job in which they are among those kept; `threshold` is never 0."""
    under = _(
        "CUSUM over the worker's answers in order: evidence that the worker started guessing; alarm at "
        "%(limit)s; ticks: gold questions; %(of)s; n = %(n)s"
    ) % {"limit": f"{threshold:.1f}", "of": of, "n": f"{one['n']:,}"}
    table = pd.DataFrame(
        [[place + 1, _time(at, zone), total] for place, total, at in one["points"]], columns=["answer", "at", "sum"]
    )
    top = max(threshold, one["highest"]) * 1.08
    figure = go.Figure(_traces(one, threshold, top, zone=zone, href=""))
    dress(figure, height=360).update_yaxes(range=[-top * 0.18, top], title={"text": _("CUSUM")})
    figure.update_xaxes(range=[0, one["n"] * 1.01], title={"text": _("Answers in order")}).update_layout(
        legend={"y": -0.24}
    )
    if one["told"] is not None:
        facts = {"of": of, "began": f"{one['began']:,}", "told": f"{one['told'] + 1:,}"}
        title = (
            ngettext(
                "Significant drop in accuracy after %(began)s answer, detected after %(told)s: %(of)s",
                "Significant drop in accuracy after %(began)s answers, detected after %(told)s: %(of)s",
                one["began"],
            )
            % facts
        )
    else:
        share = percent(one["highest"] / threshold, 0)
        title = _("No significant drop: CUSUM peaked at %(share)s of the alarm threshold: %(of)s") % {
            "share": share,
            "of": of,
        }
    return FigureCard(title, under, table, figure, ("drift",))


def _traces(one: dict[str, Any], limit: float, top: float, *, zone: str, href: str) -> list[go.Scatter]:
    """The path, the line of the alarm, where it began and where it was told, and the known objects below."""
    told = one["told"] is not None
    name, colour = (_("CUSUM with alarm"), ORANGE) if told else (_("CUSUM"), BLUE)
    x = [place + 1 for place, _sum, _at in one["points"]]
    sums = {place: total for place, total, _at in one["points"]}
    hover = "%{x}: %{y:.1f}, %{customdata[1]}<extra></extra>"
    found = [
        go.Scatter(
            x=[1, one["n"]], y=[limit, limit], mode="lines", line={"color": INK, "dash": "dash", "width": 1.2},
            name=_("alarm threshold"), legendgroup="limit", hoverinfo="skip",
        ),
        go.Scatter(
            x=x, y=[total for _place, total, _at in one["points"]], mode="lines", name=name,
            line={"color": colour, "width": 1.8}, legendgroup=colour,
            customdata=[[href, _time(at, zone)] for _place, _sum, at in one["points"]], hovertemplate=hover,
        ),
    ]  # fmt: skip
    if told:
        for place, at, name, symbol in (
            (one["began"], one["began_at"], _("start of the drop"), "circle-open"),
            (one["told"], one["told_at"], _("alarm"), "x"),
        ):
            found.append(go.Scatter(
                x=[place + 1], y=[sums.get(place, 0.0)], mode="markers", name=name, legendgroup=symbol,
                marker={"color": PINK, "symbol": symbol, "size": 10, "line": {"width": 2, "color": PINK}},
                customdata=[[href, _time(at, zone)]], hovertemplate=hover,
            ))  # fmt: skip
    for right, name, symbol, mark in (
        (True, _("gold question correct"), "line-ns-open", GREEN),
        (False, _("gold question wrong"), "x-thin-open", ORANGE),
    ):  # fmt: skip
        places = [place for place, hit in one["known"] if hit == right]
        if places:
            found.append(go.Scatter(
                x=places, y=[-top * (0.08 if right else 0.14)] * len(places), mode="markers", name=name,
                legendgroup=symbol,
                marker={"symbol": symbol, "size": 8, "color": mark, "line": {"width": 1.5, "color": mark}},
                customdata=[[href, name]] * len(places),
                hovertemplate="%{x}: %{customdata[1]}<extra></extra>",
            ))  # fmt: skip
    return found


def _row(one: dict[str, Any], name: str, limit: float, zone: str) -> dict[str, Any]:
    told = one["told"]
    return {
        "worker": name, "n": one["n"], "highest": one["highest"], "threshold": limit, "began_after": one["began"],
        "told_after": None if told is None else told + 1, "told_at": _time(one["told_at"], zone),
        "gold_n": one["known_n"], "gold_right": one["known_right"],
    }  # fmt: skip


def _time(at: float | None, zone: str) -> str:
    return "–" if at is None else f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"
