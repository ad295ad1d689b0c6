"""Figures of one worker: accuracy over time."""

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, INK, ORANGE, arms, dress
from dashboards.labels import percent
from dashboards.view_models import FigureCard


def accuracy(days: pd.DataFrame, *, weekly: bool, crowd: float | None, window: str) -> FigureCard:
    """Draw estimated accuracy per day or week with its interval, and ticks for gold questions.

    `days`: from gtcrowd.analytics.measures.workers.measured; `crowd`: mean of the period.
    """
    measured = days[days["accuracy"].notna()]
    period = _("per week") if weekly else _("per day")
    subtitle = _(
        "Estimated accuracy %(every)s, 95 %% intervals; ticks: gold questions answered; n = %(n)s; %(window)s"
    ) % {
        "every": period,
        "n": f"{int(measured['n'].sum()):,}",
        "window": window,
    }
    table = measured[["day", "accuracy", "low", "high", "n", "gold_accuracy", "gold_n"]].iloc[::-1]
    if measured.empty:
        return FigureCard(_("No accuracy estimate yet"), subtitle, table, explain=("accuracy",))
    figure = go.Figure()
    figure.add_scatter(
        x=measured["day"],
        y=measured["accuracy"],
        mode="lines+markers",
        name=_("Estimated accuracy"),
        text=measured["n"],
        error_y=arms(measured["accuracy"], measured["low"], measured["high"], color=BLUE),
        line={"color": BLUE, "width": 1.5},
        marker={"size": 8, "symbol": ["circle-open" if few else "circle" for few in measured["few"]]},
        hovertemplate="%{x|%Y-%m-%d}: %{y:.1%}, n = %{text}<extra></extra>",
    )
    least = max(0.0, float(measured["low"].min()) - 0.08)
    gold = measured[measured["gold_n"] > 0]
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
    first, last = float(measured["accuracy"].iloc[0]), float(measured["accuracy"].iloc[-1])
    significant = (
        measured["high"].iloc[-1] < measured["low"].iloc[0] or measured["low"].iloc[-1] > measured["high"].iloc[0]
    )
    if len(measured) < 2:
        title = _("Estimated accuracy %(share)s") % {"share": percent(last)}
    elif significant:
        title = _("Accuracy from %(first)s to %(last)s: significant change") % {
            "first": percent(first),
            "last": percent(last),
        }
    else:
        title = _("Accuracy from %(first)s to %(last)s: no significant change") % {
            "first": percent(first),
            "last": percent(last),
        }
    return FigureCard(title, subtitle, table, figure, ("accuracy", "gold_accuracy"), wide=True)


def weeks(days: pd.DataFrame) -> pd.DataFrame:
    """Sum daily totals by week, labeled with its Monday; only columns from which accuracy is estimated."""
    start = pd.to_datetime(days["day"])
    return (
        days.assign(day=start - pd.to_timedelta(start.dt.day_of_week, unit="D"))
        .groupby("day", as_index=False)
        .sum(numeric_only=True)
    )
