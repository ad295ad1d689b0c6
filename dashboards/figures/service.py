"""Figures of the service: its queue and request times."""

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.figures.style import BLUE, GREEN, ORANGE, dress, pattern
from dashboards.labels import value_labels
from dashboards.view_models import FigureCard


def latency(counts: pd.DataFrame) -> FigureCard:
    """Draw the cumulative share of requests by duration (gtcrowd.analytics.service.latency)."""
    subtitle = _("Requests to this web process since it started; n = %(n)s") % {
        "n": f"{int(counts.groupby('what')['n'].max().sum()) if len(counts) else 0:,}",
    }  # fmt: skip
    if counts.empty:
        return FigureCard(_("No assignments or submissions in this process yet"), subtitle, counts)
    names = value_labels()["what"]
    figure = go.Figure()
    worst = {}
    for index, (request, rows) in enumerate(counts.groupby("what")):
        share = rows["within"] / rows["n"]
        finite = rows["seconds"] != float("inf")
        figure.add_scatter(
            x=1000 * rows["seconds"][finite],
            y=share[finite],
            mode="lines+markers",
            name=names.get(str(request), str(request)),
            line={"color": (BLUE, ORANGE)[index % 2], "shape": "hv", "dash": ("solid", "dash")[index % 2]},
            marker={"symbol": ("circle", "square")[index % 2]},
            hovertemplate="%{y:.1%}: ≤ %{x:,} ms<extra></extra>",
        )
        worst[request] = float(rows["seconds"][share >= 0.99].min())
    figure.add_hline(y=0.99, line={"dash": "dot", "color": "#7c8794"}, annotation_text="99 %")
    dress(figure).update_xaxes(
        type="log", title={"text": _("Milliseconds")}, tickvals=[5, 10, 20, 50, 100, 200, 500, 1000, 5000]
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.05]).update_layout(legend={"y": -0.24})
    slowest = max(worst.values())
    title = _("99th percentile of request time: over 5 seconds") if slowest == float("inf") else (
        _("99 %% of requests within %(ms)s ms") % {"ms": f"{1000 * slowest:,.0f}"})  # fmt: skip
    return FigureCard(title, subtitle, counts, figure)


def queue(tasks: pd.DataFrame) -> FigureCard:
    """Draw queue tasks by name (gtcrowd.analytics.service.queue_by_task)."""
    subtitle = _("Waiting and running queue tasks of the whole service; n = %(n)s") % {
        "n": f"{int(tasks[['todo', 'doing']].sum().sum()) if len(tasks) else 0:,}",
    }  # fmt: skip
    if tasks.empty:
        return FigureCard(_("The queue is empty"), subtitle, tasks)
    figure = go.Figure()
    for name, column, colour, shape in ((_("waiting"), "todo", ORANGE, "/"), (_("running"), "doing", GREEN, "")):
        figure.add_bar(y=tasks["task"], x=tasks[column], orientation="h", name=name,
                       marker={"color": colour, "pattern": pattern(shape)})  # fmt: skip
    dress(figure, height=130 + 30 * len(tasks)).update_layout(barmode="stack")
    n = int(tasks["todo"].sum())
    title = ngettext("%(n)s task waiting", "%(n)s tasks waiting", n) % {"n": f"{n:,}"}
    return FigureCard(title, subtitle, tasks, figure)
