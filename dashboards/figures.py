"""Frames into figures: one function a figure. The title says what is found, the line under it how."""

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

PALETTE = ("#3b7dd8", "#e08a1e", "#2e9e6b", "#c2549d", "#8a6fd1", "#b8a11b", "#5aa7c7", "#d0614a", "#7a8b3c",
           "#a5785a", "#4f6d9b", "#d791b6", "#8c8c8c")  # fmt: skip
"""Told apart by those who see red and green alike; the last one is for the others."""
INK, LINE = "#7c8794", "rgba(124, 135, 148, 0.25)"
"""Axes in a middle tone, legible on a light and on a dark ground."""


def accuracy(frame: pd.DataFrame) -> go.Figure:
    """Forest plot of gtcrowd.analytics.measures.accuracy: one line a worker, the interval drawn."""
    figure = go.Figure()
    for reference, symbol, colour in (("truth", "circle", PALETTE[0]), ("consensus", "diamond", PALETTE[1])):
        part = frame[frame["reference"] == reference]
        if part.empty:
            continue
        figure.add_scatter(
            x=part["accuracy"],
            y=part["worker"],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": part["high"] - part["accuracy"],
                "arrayminus": part["accuracy"] - part["low"],
                "color": colour,
                "thickness": 1.5,
            },
            mode="markers",
            name=_("against known truth") if reference == "truth" else _("against consensus"),
            marker={
                "color": colour,
                "size": 9,
                "symbol": [f"{symbol}-open" if few else symbol for few in part["few"]],
            },
            customdata=part[["n", "low", "high"]],
            hovertemplate="%{y}: %{x:.1%} (%{customdata[1]:.1%}–%{customdata[2]:.1%}), n = %{customdata[0]}"
            "<extra></extra>",
        )
    if len(frame):
        figure.add_vline(x=frame["right"].sum() / frame["n"].sum(), line={"color": INK, "dash": "dot"})
    # Workers of both kinds stand in the one order of the frame, the surest good one on top.
    figure.update_yaxes(categoryorder="array", categoryarray=frame["worker"].tolist())
    title = _("Nobody can be measured yet") if frame.empty else _finding(frame)
    under = _("Right answers, 95 %% intervals, n = %(n)s; hollow: under 20; dotted: all")
    dressed = _dress(figure, title, under % {"n": f"{int(frame['n'].sum()):,}"}, height=140 + 24 * max(len(frame), 4))
    return dressed.update_xaxes(tickformat=".0%", range=[0, 1.02])


def throughput(table: pd.DataFrame, *, zone: str) -> go.Figure:
    """Stacked bars of gtcrowd.analytics.measures.by_day, with the median of seven days."""
    figure = go.Figure()
    for place, name in enumerate(table.columns):
        label = _("others") if name == "others" else str(name)
        colour = PALETTE[min(place, len(PALETTE) - 1)]
        figure.add_bar(x=table.index, y=table[name], name=label, marker={"color": colour})
    total = table.sum(axis=1)
    if len(total) > 1:
        median = total.rolling(7, min_periods=1).median()
        line = {"color": INK, "width": 2, "dash": "dash"}
        figure.add_scatter(x=table.index, y=median, name=_("7-day median"), mode="lines", line=line)
    figure.update_layout(barmode="stack")
    title = _("No answers in these days")
    if len(total):
        title = _("%(mean)s answers a day, %(most)s on the busiest") % {
            "mean": f"{total.mean():,.0f}",
            "most": f"{total.max():,.0f}",
        }
    return _dress(figure, title, _("Answers by day (%(zone)s); days without any are zero") % {"zone": zone})


def seconds(workers: pd.DataFrame) -> go.Figure:
    """Median time a task of each worker, with quartiles, from gtcrowd.analytics.frames.by_worker."""
    ordered = workers.sort_values("median_seconds", ascending=False)
    figure = go.Figure()
    figure.add_scatter(
        x=ordered["median_seconds"],
        y=ordered["worker"],
        mode="markers",
        showlegend=False,
        marker={"color": PALETTE[2], "size": 9, "symbol": "square"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": ordered["high_seconds"] - ordered["median_seconds"],
            "arrayminus": ordered["median_seconds"] - ordered["low_seconds"],
            "thickness": 1.5,
        },
        customdata=ordered[["answers"]],
        hovertemplate="%{y}: %{x:.1f} s, n = %{customdata[0]}<extra></extra>",
    )
    title = _("No times yet")
    if len(ordered):
        facts = {"low": f"{ordered['median_seconds'].min():.0f}", "high": f"{ordered['median_seconds'].max():.0f}"}
        title = _("A task takes %(low)s to %(high)s seconds, by worker") % facts
    under = _("Median seconds from claim to submit, by the server's clock, with quartiles")
    return _dress(figure, title, under, height=140 + 24 * max(len(ordered), 4)).update_xaxes(rangemode="tozero")


def cost(paid: pd.Series, *, budget: float) -> go.Figure:
    """Cost to date of gtcrowd.analytics.measures.cost_by_day, with the budget of the jobs shown."""
    figure = go.Figure()
    figure.add_scatter(
        x=paid.index, y=paid, mode="lines", fill="tozeroy", name=_("paid"), line={"color": PALETTE[0], "shape": "hv"}
    )
    if budget:
        figure.add_hline(y=budget, line={"color": INK, "dash": "dot"}, annotation_text=_("budget"))
    title = _("Nothing paid yet")
    if len(paid):
        title = _("$%(paid)s paid to date") % {"paid": f"{paid.iloc[-1]:,.2f}"}
    return _dress(figure, title, _("Dollars paid for answers, up to the end of each day")).update_yaxes(
        rangemode="tozero", tickprefix="$"
    )


def progress(jobs: pd.DataFrame) -> go.Figure:
    """Shares of each job's objects that are labeled, failed and not yet labeled."""
    shown = jobs.iloc[:30][::-1]
    rest = shown["objects"] - shown["labeled"] - shown["failed"]
    figure = go.Figure()
    for name, values, colour, pattern in (
        (_("labeled"), shown["labeled"], PALETTE[2], ""),
        (_("failed"), shown["failed"], PALETTE[7], "x"),
        (_("not yet"), rest, "rgba(124, 135, 148, 0.45)", ""),
    ):
        marker = {"color": colour, "pattern": {"shape": pattern}}
        figure.add_bar(
            y=shown["job"],
            x=values / shown["objects"],
            customdata=values,
            orientation="h",
            name=name,
            marker=marker,
            hovertemplate="%{y}: %{customdata}<extra>" + name + "</extra>",
        )
    figure.update_layout(barmode="stack")
    title = _("%(labeled)s of %(objects)s objects labeled") % {
        "labeled": f"{int(jobs['labeled'].sum()):,}",
        "objects": f"{int(jobs['objects'].sum()):,}",
    }
    under = _("Objects by job, as counted by the runner")
    return _dress(figure, title, under, height=150 + 34 * max(len(shown), 2)).update_xaxes(tickformat=".0%")


def _finding(frame: pd.DataFrame) -> str:
    crowd = frame["right"].sum() / frame["n"].sum()
    below = int((frame["high"] < crowd).sum())
    if not below:
        return _("The crowd is right in %(share)s; nobody is surely below") % {"share": f"{crowd:.1%}"}
    facts = {"share": f"{crowd:.1%}", "below": below}
    return _("The crowd is right in %(share)s; %(below)s surely below it") % facts


def _dress(figure: go.Figure, title: str, under: str, *, height: int = 380) -> go.Figure:
    axis = {"gridcolor": LINE, "zerolinecolor": LINE, "linecolor": LINE, "automargin": True}
    return figure.update_layout(
        title={"text": f"<b>{title}</b><br><sup>{under}</sup>", "x": 0, "xanchor": "left", "xref": "paper"},
        height=height,
        margin={"l": 8, "r": 16, "t": 64, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": INK, "family": "system-ui, DejaVu Sans, sans-serif", "size": 13},
        xaxis=axis,
        yaxis=axis,
        legend={"orientation": "h", "y": -0.12, "x": 0},
        colorway=list(PALETTE),
    )
