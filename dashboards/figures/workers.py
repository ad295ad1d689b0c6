"""Figures of workers and workforces: accuracy with its uncertainty, and cost."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.figures.style import BLUE, GREEN, INK, ORANGE, PINK, arms, dress
from dashboards.labels import percent
from dashboards.view_models import FigureCard, Level
from gtcrowd.analytics.measures import workers as measures

Link = Callable[[int], str]
MOST = 60
"""Maximum number of lines."""
COLUMNS = ["worker", "accuracy", "low", "high", "n", "accuracy_raw", "few"]


def forest(
    workers: pd.DataFrame, *, window: str, link: Link, key: str = "worker", other: Level | None = None
) -> FigureCard:
    """Draw workers or workforces by lower bound of their accuracy (gtcrowd.analytics.measures.workers.measured).

    `key`: "worker" or "workforce"; `other`: accuracy of the baseline.
    """
    measured = workers[workers["accuracy"].notna()].sort_values("low", ignore_index=True)
    measured = measured.assign(
        accuracy_raw=np.where(
            measured["scored"] > 0, measured["expected_correct"] / measured["scored"].clip(lower=1), np.nan
        ),
        **{key: _unique_names(measured, key)},
    )
    explain = ("accuracy",)
    columns = [key, *COLUMNS[1:]]
    summary = _("95 %% intervals, sorted by lower bound; n = %(n)s answers; %(window)s") % {
        "n": f"{int(measured['n'].sum()):,}", "window": window,
    }  # fmt: skip
    crowd = measures.crowd(measured)
    if crowd is None:
        return FigureCard(_("No accuracy estimate yet"), summary, measured[columns], explain=explain)
    drawn_rows, warning = measured, ""
    if len(measured) > MOST:
        drawn_rows = pd.concat([measured.head(MOST // 2), measured.tail(MOST // 2)])
        warning = _("Showing the 30 lowest and the 30 highest of %(all)s. The table lists all of them.") % {
            "all": len(measured)
        }
    below = measured["high"] < crowd
    title = _forest_title(crowd, int(below.sum()), key)
    figure = go.Figure()
    lower = drawn_rows["high"] < crowd
    flagged = (
        drawn_rows["open_cases"] > 0 if "open_cases" in drawn_rows else pd.Series(data=False, index=drawn_rows.index)
    )
    for name, chosen, colour, symbol in (
        (_("not below the crowd"), ~lower & ~flagged, BLUE, "circle"),
        (_("significantly below the crowd"), lower, ORANGE, "triangle-down"),
        (_("with an open case"), flagged & ~lower, PINK, "diamond"),
    ):
        rows = drawn_rows[chosen]
        if len(rows):
            figure.add_scatter(
                x=rows["accuracy"],
                y=rows[key],
                mode="markers",
                name=name,
                error_x=arms(rows["accuracy"], rows["low"], rows["high"], color=colour),
                marker={
                    "color": colour,
                    "size": 9,
                    "line": {"width": 1.5, "color": colour},
                    "symbol": [f"{symbol}-open" if few else symbol for few in rows["few"]],
                },
                customdata=_custom(rows, link, key, ["n", "low", "high"]),
                hovertemplate="%{y}: %{x:.1%} (%{customdata[2]:.1%}–%{customdata[3]:.1%}), "
                "n = %{customdata[1]}<extra></extra>",
            )
    figure.add_scatter(
        x=drawn_rows["accuracy_raw"],
        y=drawn_rows[key],
        mode="markers",
        name=_("without shrinkage"),
        marker={"symbol": "line-ns-open", "size": 9, "color": INK},
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    figure.add_vline(x=crowd, line={"color": INK, "dash": "dot"})
    subtitle = summary + "; " + _("hollow: fewer than 20 answers; dotted: the crowd")
    if other:
        figure.add_vline(x=other.value, line={"color": ORANGE, "dash": "dashdot"})
        baseline = {"group": other.name, "share": percent(other.value)}
        subtitle += "; " + _("dots and dashes: %(group)s, accuracy %(share)s") % baseline
    dress(figure, height=130 + 24 * max(len(drawn_rows), 3))
    figure.update_yaxes(categoryorder="array", categoryarray=drawn_rows[key].tolist(), dtick=1)
    least = max(0.0, min(float(drawn_rows["low"].min()), other.value if other else 1.0) - 0.05)
    figure.update_xaxes(tickformat=".0%", range=[least, 1.01])
    figure.update_layout(legend={"y": -60 / (70 + 24 * max(len(drawn_rows), 3))})
    return FigureCard(
        title,
        subtitle,
        measured[columns].iloc[::-1],
        figure,
        explain,
        warning=warning,
        links=_links(measured.iloc[::-1], link, key),
    )


def _forest_title(crowd: float, below: int, key: str) -> str:
    """Return the crowd's accuracy and how many workers or workforces are significantly below it."""
    if not below and key == "workforce":
        title = _("Crowd accuracy %(share)s; no workforce significantly below")
    elif not below:
        title = _("Crowd accuracy %(share)s; no worker significantly below")
    elif key == "workforce":
        title = ngettext(
            "Crowd accuracy %(share)s; %(below)s workforce significantly below",
            "Crowd accuracy %(share)s; %(below)s workforces significantly below",
            below,
        )
    else:
        title = ngettext(
            "Crowd accuracy %(share)s; %(below)s worker significantly below",
            "Crowd accuracy %(share)s; %(below)s workers significantly below",
            below,
        )
    return title % {"share": percent(crowd), "below": f"{below:,}"}


def funnel(workers: pd.DataFrame, *, window: str, link: Link) -> FigureCard:
    """Draw accuracy by number of answers, with control limits around the crowd."""
    gold, truth = workers["gold_n"].sum(), workers["truth_n"].sum()
    if gold or truth:
        source, method = ("gold", _("on gold questions")) if gold >= truth else ("truth", _("against the truth"))
        rows = workers[workers[f"{source}_n"] > 0]
        n, share = rows[f"{source}_n"], rows[f"{source}_right"] / rows[f"{source}_n"].clip(lower=1)
        crowd = float(rows[f"{source}_right"].sum() / max(n.sum(), 1))
    else:
        method = _("estimated (no gold questions)")
        rows = workers[workers["accuracy"].notna()]
        n, share = rows["n"], rows["accuracy"]
        crowd = float((share * n).sum() / max(n.sum(), 1)) if len(rows) else 0.0
    table = pd.DataFrame({"worker": rows["worker"], "n": n, "accuracy": share}).sort_values("n", ascending=False)
    subtitle = _("Accuracy %(method)s by number of answers, with 95 %% and 99.8 %% control limits around the "
"crowd; n = %(n)s; %(window)s") % {
        "method": method, "n": f"{int(n.sum()):,}", "window": window,
    }  # fmt: skip
    if rows.empty:
        return FigureCard(_("No accuracy estimate yet"), subtitle, table, explain=("gold_accuracy", "accuracy"))
    most = int(n.max()) + 1
    figure = go.Figure()
    for level, dash in ((0.95, "dash"), (0.998, "solid")):
        limits = measures.funnel(crowd, most, level=level)
        for index, side in enumerate(("low", "high")):
            figure.add_scatter(
                x=limits["n"], y=limits[side], mode="lines", line={"color": INK, "dash": dash, "width": 1.2},
                name=f"{100 * level:g} %", showlegend=not index, legendgroup=str(level), hoverinfo="skip",
            )  # fmt: skip
    figure.add_hline(y=crowd, line={"color": INK, "dash": "dot"})
    reach = 2.878 * np.sqrt(crowd * (1 - crowd) / n.clip(lower=1))  # z of the 99.8 % limits; 1.96 for 95 %
    near = 1.96 * np.sqrt(crowd * (1 - crowd) / n.clip(lower=1))
    below = share < crowd - near
    for name, chosen, colour, symbol in (
        (_("within or above the limits"), ~below, BLUE, "circle"),
        (_("below the 95 % limit"), below, ORANGE, "triangle-down"),
    ):  # fmt: skip
        group = rows[chosen]
        if len(group):
            labels = np.where(share[chosen] < crowd - reach[chosen], group["worker"], "").astype(object)
            figure.add_scatter(
                x=n[chosen], y=share[chosen], mode="markers+text", text=labels, textposition="top left", name=name,
                marker={"color": colour, "size": 9, "symbol": symbol},
                customdata=_custom(group, link, "worker", ["worker"]),
                hovertemplate="%{customdata[1]}: %{y:.1%}, n = %{x}<extra></extra>",
            )  # fmt: skip
    dress(figure, height=400).update_xaxes(type="log", title={"text": _("Answers")}, dtick=1)
    figure.update_yaxes(tickformat=".0%", range=[max(0.0, float(share.min()) - 0.08), 1.02])
    figure.update_layout(legend={"y": -0.24})
    count = int((share < crowd - reach).sum())
    title = ngettext(
        "%(count)s worker below the 99.8 %% control limit", "%(count)s workers below the 99.8 %% control limit", count
    ) % {"count": f"{count:,}"}
    return FigureCard(
        title if count else _("All workers within the 99.8 % control limits"),
        subtitle,
        table,
        figure,
        ("gold_accuracy", "truth_accuracy", "accuracy"),
    )


def vendors(forces: pd.DataFrame, *, window: str) -> FigureCard:
    """Draw answers and cost per answer of each workforce."""
    columns = [
        "workforce",
        "submitted",
        "workers",
        "accuracy",
        "low",
        "high",
        "n",
        "p50",
        "decline_rate",
        "return_rate",
        "expire_rate",
        "paid",
        "per_hour",
    ]
    subtitle = _("Answers and cost per answer; %(window)s") % {"window": window}
    if forces.empty:
        return FigureCard(_("No answers in this period"), subtitle, forces.reindex(columns=columns))
    cost_per_answer = forces["paid"] / forces["submitted"].where(forces["submitted"] > 0)
    figure = go.Figure()
    figure.add_bar(
        x=forces["workforce"], y=forces["submitted"], marker={"color": BLUE}, name=_("Answers"),
        hovertemplate="%{x}: %{y:,}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=forces["workforce"], y=cost_per_answer, yaxis="y2", mode="markers", name=_("dollars per answer"),
        marker={"color": GREEN, "symbol": "diamond", "size": 11}, hovertemplate="%{x}: $%{y:.3f}<extra></extra>",
    )  # fmt: skip
    dress(figure, height=340).update_layout(
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "tickprefix": "$",
            "tickformat": ".3f",
            "showgrid": False,
            "automargin": True,
        },
        bargap=0.6 if len(forces) < 4 else 0.2,
    )
    first = forces.sort_values("submitted", ascending=False).iloc[0]
    title = _("Most answers: %(name)s (%(n)s)") % {
        "name": first["workforce"],
        "n": f"{int(first['submitted']):,}",
    }
    return FigureCard(title, subtitle, forces[columns], figure, ("submitted", "paid", "decline_rate"))


def _custom(rows: pd.DataFrame, link: Link, key: str, names: list[str]) -> npt.NDArray[np.object_]:
    """Return the target of a click and the hover values of each point.

    An array, because Plotly checks lists value by value.
    """
    values = np.empty((len(rows), 1 + len(names)), dtype=object)
    values[:, 0] = _links(rows, link, key)
    values[:, 1:] = rows[names].to_numpy(dtype=object)
    return values


def _links(rows: pd.DataFrame, link: Link, key: str) -> tuple[str, ...]:
    return tuple(link(int(pk)) for pk in rows[f"{key}_id"])


def _unique_names(rows: pd.DataFrame, key: str) -> list[str]:
    """Return names, with the ID added to duplicates."""
    duplicated = rows[key].duplicated(keep=False)
    return [
        f"{name} ({pk})" if is_duplicate else str(name)
        for name, pk, is_duplicate in zip(rows[key], rows[f"{key}_id"], duplicated, strict=True)
    ]
