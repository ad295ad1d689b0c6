"""Figures of one worker: accuracy as it went on."""

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, INK, ORANGE, arms, dress
from dashboards.labels import percent
from dashboards.view_models import FigureCard


def accuracy(days: pd.DataFrame, *, weekly: bool, crowd: float | None, window: str) -> FigureCard:
    """Estimated accuracy of each day or week with its interval (of gtcrowd.analytics.measures.workers.measured); below,
    where known objects were answered."""
    known = days[days["accuracy"].notna()]
    every = _("per week") if weekly else _("per day")
    under = _(
        "Estimated accuracy %(every)s, 95 %% intervals; ticks: gold questions answered; n = %(n)s; %(window)s"
    ) % {
        "every": every,
        "n": f"{int(known['n'].sum()):,}",
        "window": window,
    }
    table = known[["day", "accuracy", "low", "high", "n", "gold_accuracy", "gold_n"]].iloc[::-1]
    if known.empty:
        return FigureCard(_("No accuracy estimate yet"), under, table, explain=("accuracy",))
    figure = go.Figure()
    figure.add_scatter(
        x=known["day"], y=known["accuracy"], mode="lines+markers", name=_("Estimated accuracy"), text=known["n"],
        error_y=arms(known["accuracy"], known["low"], known["high"], color=BLUE), line={"color": BLUE, "width": 1.5},
        marker={"size": 8, "symbol": ["circle-open" if few else "circle" for few in known["few"]]},
        hovertemplate="%{x|%Y-%m-%d}: %{y:.1%}, n = %{text}<extra></extra>",
    )  # fmt: skip
    least = max(0.0, float(known["low"].min()) - 0.08)
    gold = known[known["gold_n"] > 0]
    if len(gold):
        figure.add_scatter(
            x=gold["day"],
            y=[least + 0.02] * len(gold),
            mode="markers",
            name=_("gold questions answered"),
            text=gold["gold_n"],
            marker={"symbol": "line-ns-open", "size": 12, "color": ORANGE},
            hovertemplate="%{x|%Y-%m-%d}: n = %{text}<extra></extra>",
        )
    if crowd is not None:
        figure.add_hline(y=crowd, line={"color": INK, "dash": "dot"}, annotation_text=_("mean of the period"))
    dress(figure).update_yaxes(tickformat=".0%", range=[least, 1.02]).update_xaxes(tickformat="%m-%d")
    first, last = float(known["accuracy"].iloc[0]), float(known["accuracy"].iloc[-1])
    surely = known["high"].iloc[-1] < known["low"].iloc[0] or known["low"].iloc[-1] > known["high"].iloc[0]
    if len(known) < 2:
        title = _("Estimated accuracy %(share)s") % {"share": percent(last)}
    elif surely:
        title = _("Accuracy from %(first)s to %(last)s: significant change") % {
            "first": percent(first),
            "last": percent(last),
        }
    else:
        title = _("Accuracy from %(first)s to %(last)s: no significant change") % {
            "first": percent(first),
            "last": percent(last),
        }
    return FigureCard(title, under, table, figure, ("accuracy", "gold_accuracy"), wide=True)


def weeks(days: pd.DataFrame) -> pd.DataFrame:
    """Totals of days as totals of weeks, each called by its Monday; only what accuracy is measured from."""
    start = pd.to_datetime(days["day"])
    return (
        days.assign(day=start - pd.to_timedelta(start.dt.day_of_week, unit="D"))
        .groupby("day", as_index=False)
        .sum(numeric_only=True)
    )
