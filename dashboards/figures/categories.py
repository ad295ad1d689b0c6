"""Figures of categories: recall and precision, of the crowd and of one worker."""

import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, GREEN, INK, ORANGE, arms, dress
from dashboards.labels import percent
from dashboards.view_models import FigureCard
from gtcrowd.analytics.measures import categories as measures
from gtcrowd.analytics.measures.workers import FEW

LONGEST = 16
"""Characters of a category's name on an axis; the table has the full name."""
APART = 0.17
"""Vertical offset between the two markers of a category."""


def of_job(counts: npt.ArrayLike | None, categories: list[str], *, of: str) -> FigureCard:
    """Draw recall and precision of each category of a job."""
    table = measures.by_category(counts, categories) if counts is not None else pd.DataFrame(columns=["category", "n"])
    subtitle = _(
        "Recall and precision per category, against gold or truth, else the label; 95 %% intervals; "
        "hollow: fewer than 20 answers; %(of)s; n = %(n)s answers"
    ) % {"of": of, "n": f"{int(table['n'].sum()):,}"}
    explain = ("recall", "precision")
    if counts is None or not table["n"].sum():
        title = (
            _("This task type has no categories") if counts is None else _("No answer can be compared with a label yet")
        )
        return FigureCard(title, subtitle, table, explain=explain)
    rows = table.sort_values("low", ascending=False, na_position="last", ignore_index=True)
    figure = go.Figure()
    figure.add_trace(_marks(rows, _("recall"), symbol="circle", colour=BLUE, step=-APART))
    precision_rows = rows.assign(
        recall=rows["precision"], low=rows["precision_low"], high=rows["precision_high"], n=rows["answered"]
    )
    figure.add_trace(_marks(precision_rows, _("precision"), symbol="diamond", colour=ORANGE, step=APART))
    _lines(figure, rows)
    worst = rows[rows["low"].notna()].iloc[-1]
    title = _("Lowest recall: %(category)s, %(share)s (%(low)s to %(high)s)") % {
        "category": worst["category"], "share": percent(worst["recall"]), "low": percent(worst["low"]),
        "high": percent(worst["high"]),
    }  # fmt: skip
    return FigureCard(title, subtitle, rows, figure, explain)


def of_worker(own: npt.ArrayLike, crowd: npt.ArrayLike, categories: list[str], *, of: str) -> FigureCard:
    """Draw a worker's recall per category next to the crowd's."""
    table, mixed = measures.of_worker(own, crowd, categories)
    subtitle = _(
        "Recall per category, shrunk towards the crowd by 2 answers; 95 %% intervals; hollow: fewer than "
        "20 answers; %(of)s; n = %(n)s answers"
    ) % {"of": of, "n": f"{mixed.n:,}"}
    explain = ("recall", "at_crowds_mix")
    if mixed.share is None:
        return FigureCard(_("No answer can be compared with a label yet"), subtitle, table, explain=explain)
    rows = table[table["recall"].notna()].sort_values("low", ascending=False, ignore_index=True)
    figure = go.Figure()
    below = rows["high"] < rows["crowd"]
    for name, chosen, colour, symbol in (
        (_("not below the crowd"), ~below, BLUE, "circle"),
        (_("significantly below the crowd"), below, ORANGE, "triangle-down"),
    ):
        group = rows[chosen]
        if len(group):
            figure.add_trace(_marks(group, name, symbol=symbol, colour=colour))
    figure.add_scatter(
        x=rows["crowd"], y=rows.index, mode="markers", name=_("the crowd"), text=rows["category"],
        marker={"symbol": "line-ns-open", "size": 14, "color": GREEN, "line": {"width": 2}},
        hovertemplate="%{text}: %{x:.1%}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=mixed.share, line={"color": INK, "dash": "dot"})
    _lines(figure, rows)
    title = _("Accuracy %(share)s (%(low)s to %(high)s) at the crowd's category mix") % {
        "share": percent(mixed.share), "low": percent(mixed.low), "high": percent(mixed.high),
    }  # fmt: skip
    if below.any():
        title = _("%(title)s; significantly below the crowd in %(n)s of %(all)s categories") % {
            "title": title, "n": int(below.sum()), "all": len(rows),
        }  # fmt: skip
    subtitle_with_mix = (
        subtitle
        + "; "
        + _("dotted: at the crowd's category mix; at the worker's own mix %(share)s")
        % {"share": percent(mixed.as_given)}
    )
    return FigureCard(title, subtitle_with_mix, rows, figure, explain)


def _marks(rows: pd.DataFrame, name: str, *, symbol: str, colour: str, step: float = 0.0) -> go.Scatter:
    """Return markers with intervals on the line of each category with a known share, shifted down by `step`."""
    rows = rows[rows["recall"].notna()]
    return go.Scatter(
        x=rows["recall"], y=rows.index + step, mode="markers", name=name,
        error_x=arms(rows["recall"], rows["low"], rows["high"], color=colour),
        marker={"color": colour, "size": 9, "line": {"width": 1.5, "color": colour},
                "symbol": [f"{symbol}-open" if n < FEW else symbol for n in rows["n"]]},
        customdata=rows[["category", "n", "low", "high"]].to_numpy().tolist(),
        hovertemplate="%{customdata[0]}: %{x:.1%} (%{customdata[2]:.1%}–%{customdata[3]:.1%}), "
        "n = %{customdata[1]}<extra></extra>",
    )  # fmt: skip


def _lines(figure: go.Figure, rows: pd.DataFrame) -> None:
    names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in rows["category"]]
    dress(figure, height=150 + 26 * max(len(rows), 4))
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=names, range=[len(rows) - 0.4, -0.6])
    lows = [rows[name].min() for name in ("low", "precision_low") if name in rows]
    figure.update_xaxes(tickformat=".0%", range=[max(0.0, min(lows) - 0.05), 1.02])
    figure.update_layout(legend={"y": -50 / (90 + 26 * max(len(rows), 4))})
