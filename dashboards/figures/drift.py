"""Figures of drift: CUSUM charts of the evidence that a worker's accuracy has dropped."""

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
from gtcrowd.analytics.quality_report import Drift, DriftChart

ACROSS = 3
ROW = 150
"""Height of a row of panels in pixels."""
COLUMNS = ["worker", "n", "highest", "threshold", "began_after", "told_after", "told_at", "gold_n", "gold_right"]


def worst_workers(
    content: Drift | None, names: dict[int, str], *, of: str, zone: str, link: Callable[[int], str]
) -> FigureCard:
    """Draw a panel per worker with the highest CUSUM of a job (gtcrowd.analytics.cusum), on a common scale."""
    workers = content["workers"] if content else []
    limit = content["threshold"] if content else 0.0
    subtitle = _(
        "CUSUM per worker over their answers in order: evidence that the worker started guessing; alarm "
        "at %(limit)s; the %(most)s highest; ticks: gold questions; %(of)s; n = %(n)s answers"
    ) % {"limit": f"{limit:.1f}", "most": len(workers), "of": of, "n": f"{content['answers'] if content else 0:,}"}
    rows = [_row(worker, names.get(worker["worker"], str(worker["worker"])), limit, zone) for worker in workers]
    table = pd.DataFrame(rows, columns=COLUMNS)
    if content is None:
        return FigureCard(_("Drift is not monitored in this job"), subtitle, table, explain=("drift",))
    if not workers:
        return FigureCard(_("No worker has enough answers to monitor"), subtitle, table, explain=("drift",))
    columns = min(ACROSS, len(workers))
    row_count = -(-len(workers) // columns)
    figure = make_subplots(
        rows=row_count, cols=columns, shared_yaxes=True, subplot_titles=[_short(row["worker"]) for row in rows],
        horizontal_spacing=0.03, vertical_spacing=min(0.4 / row_count, 0.16),
    )  # fmt: skip
    top = max(limit, *(worker["highest"] for worker in workers)) * 1.08
    legend_names: set[str] = set()
    for index, worker in enumerate(workers):
        for trace in _traces(worker, limit, top, zone=zone, href=link(worker["worker"])):
            # Each entry appears in the legend once, for its first trace.
            trace.update(showlegend=trace.legendgroup not in legend_names)
            legend_names.add(trace.legendgroup)
            figure.add_trace(trace, row=index // columns + 1, col=index % columns + 1)
    dress(figure, height=90 + ROW * row_count)
    axis = {"gridcolor": LINE, "zerolinecolor": LINE, "linecolor": LINE, "automargin": True}
    figure.update_yaxes(
        range=[-top * (0.22 if any(worker["known"] for worker in workers) else 0.05), top], nticks=4, **axis
    )
    figure.update_xaxes(tickangle=0, **axis)
    for index, worker in enumerate(workers):
        # Only the number of answers as a tick: more do not fit on a phone.
        figure.update_xaxes(
            range=[0, worker["n"]], tickvals=[worker["n"]], ticktext=[f"{worker['n']:,}"], row=index // columns + 1,
            col=index % columns + 1,
        )  # fmt: skip
    figure.update_annotations(font={"size": 12}).update_layout(
        margin={"t": 28}, legend={"y": -34 / (50 + ROW * row_count)}, hovermode="closest"
    )
    counts = {"alarms": content["alarms"], "watched": f"{content['watched']:,}"}
    title = (
        _("Significant drop in accuracy: %(alarms)s of %(watched)s workers") % counts
        if content["alarms"]
        else ngettext(
            "No significant drop in accuracy: %(watched)s worker monitored",
            "No significant drop in accuracy: %(watched)s workers monitored",
            content["watched"],
        )
        % counts
    )
    return FigureCard(
        title, subtitle, table, figure, ("drift",), wide=True, links=tuple(link(worker["worker"]) for worker in workers)
    )


def own(worker: DriftChart, *, threshold: float, of: str, zone: str) -> FigureCard:
    """Draw one worker's CUSUM path in a job; `threshold` is never 0."""
    subtitle = _(
        "CUSUM over the worker's answers in order: evidence that the worker started guessing; alarm at "
        "%(limit)s; ticks: gold questions; %(of)s; n = %(n)s"
    ) % {"limit": f"{threshold:.1f}", "of": of, "n": f"{worker['n']:,}"}
    table = pd.DataFrame(
        [[index + 1, _time(at, zone), total] for index, total, at in worker["points"]], columns=["answer", "at", "sum"]
    )
    top = max(threshold, worker["highest"]) * 1.08
    figure = go.Figure(_traces(worker, threshold, top, zone=zone, href=""))
    dress(figure, height=360).update_yaxes(range=[-top * 0.18, top], title={"text": _("CUSUM")})
    figure.update_xaxes(range=[0, worker["n"] * 1.01], title={"text": _("Answers in order")}).update_layout(
        legend={"y": -0.24}
    )
    if worker["told"] is not None:
        values = {"of": of, "began": f"{worker['began']:,}", "detected": f"{worker['told'] + 1:,}"}
        title = (
            ngettext(
                "Significant drop in accuracy after %(began)s answer, detected after %(detected)s: %(of)s",
                "Significant drop in accuracy after %(began)s answers, detected after %(detected)s: %(of)s",
                worker["began"],
            )
            % values
        )
    else:
        share = percent(worker["highest"] / threshold, 0)
        title = _("No significant drop: CUSUM peaked at %(share)s of the alarm threshold: %(of)s") % {
            "share": share,
            "of": of,
        }
    return FigureCard(title, subtitle, table, figure, ("drift",))


def _traces(worker: DriftChart, limit: float, top: float, *, zone: str, href: str) -> list[go.Scatter]:
    """Return the path, the alarm threshold, the start of the drop and the alarm, and ticks for gold questions."""
    alarmed = worker["told"] is not None
    name, colour = (_("CUSUM with alarm"), ORANGE) if alarmed else (_("CUSUM"), BLUE)
    x = [index + 1 for index, _sum, _at in worker["points"]]
    sums = {index: total for index, total, _at in worker["points"]}
    hover = "%{x}: %{y:.1f}, %{customdata[1]}<extra></extra>"
    traces = [
        go.Scatter(
            x=[1, worker["n"]], y=[limit, limit], mode="lines", line={"color": INK, "dash": "dash", "width": 1.2},
            name=_("alarm threshold"), legendgroup="limit", hoverinfo="skip",
        ),
        go.Scatter(
            x=x, y=[total for _index, total, _at in worker["points"]], mode="lines", name=name,
            line={"color": colour, "width": 1.8}, legendgroup=colour,
            customdata=[[href, _time(at, zone)] for _index, _sum, at in worker["points"]], hovertemplate=hover,
        ),
    ]  # fmt: skip
    if (alarm := worker["told"]) is not None:
        for index, at, name, symbol in (
            (worker["began"], worker["began_at"], _("start of the drop"), "circle-open"),
            (alarm, worker["told_at"], _("alarm"), "x"),
        ):
            traces.append(go.Scatter(
                x=[index + 1], y=[sums.get(index, 0.0)], mode="markers", name=name, legendgroup=symbol,
                marker={"color": PINK, "symbol": symbol, "size": 10, "line": {"width": 2, "color": PINK}},
                customdata=[[href, _time(at, zone)]], hovertemplate=hover,
            ))  # fmt: skip
    for right, name, symbol, mark in (
        (True, _("gold question correct"), "line-ns-open", GREEN),
        (False, _("gold question wrong"), "x-thin-open", ORANGE),
    ):  # fmt: skip
        answers = [index for index, hit in worker["known"] if hit == right]
        if answers:
            traces.append(go.Scatter(
                x=answers, y=[-top * (0.08 if right else 0.14)] * len(answers), mode="markers", name=name,
                legendgroup=symbol,
                marker={"symbol": symbol, "size": 8, "color": mark, "line": {"width": 1.5, "color": mark}},
                customdata=[[href, name]] * len(answers),
                hovertemplate="%{x}: %{customdata[1]}<extra></extra>",
            ))  # fmt: skip
    return traces


def _row(worker: DriftChart, name: str, limit: float, zone: str) -> dict[str, Any]:
    detected = worker["told"]
    return {
        "worker": name,
        "n": worker["n"],
        "highest": worker["highest"],
        "threshold": limit,
        "began_after": worker["began"],
        "told_after": None if detected is None else detected + 1,
        "told_at": _time(worker["told_at"], zone),
        "gold_n": worker["known_n"],
        "gold_right": worker["known_right"],
    }


def _time(at: float | None, zone: str) -> str:
    return "–" if at is None else f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"
