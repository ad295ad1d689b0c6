"""Figures of boxes: to which side and by how much workers draw them off, and how well they lie."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, GREY, INK, ORANGE, PINK, arms, dress, mark
from dashboards.labels import percent
from dashboards.view_models import FigureCard
from gtcrowd.analytics.measures.boxes import BINS, OFFSETS
from gtcrowd.analytics.measures.workers import FEW

MOST_BESIDE = 4
"""Workers whose boxes are drawn beside the crowd's."""


def bias(content: dict[str, Any], names: dict[int, str], *, of: str, link: Callable[[int], str]) -> FigureCard:
    """Mean offset of each worker's boxes, as an arrow from where they should be, with its interval."""
    table = _table([(one, names.get(one["worker"], str(one["worker"]))) for one in content["workers"]])
    under = _(
        "Mean offset of box centers, as a share of the width and height of the reference box; 95 %% "
        "intervals; hollow: fewer than 20 boxes; %(of)s; n = %(n)s boxes"
    ) % {"of": of, "n": f"{content['crowd']['n']:,}"}
    known = table[table["n"] > 0]
    if known.empty:
        return FigureCard(_("No box can be compared with a label yet"), under, table, explain=("box_offset", "iou"))
    off = _off(known)
    figure = go.Figure()
    for _place, row in known.iterrows():
        figure.add_annotation(
            x=row["dx"], y=row["dy"], ax=0, ay=0, xref="x", yref="y", axref="x", ayref="y", text="", showarrow=True,
            arrowhead=2, arrowwidth=1.2, arrowcolor=GREY, standoff=5,
        )  # fmt: skip
    for name, chosen, colour, symbol in (
        (_("not significant"), ~off, BLUE, "circle"), (_("significant offset"), off, ORANGE, "diamond"),
    ):  # fmt: skip
        some = known[chosen]
        if len(some):
            ids = [content["workers"][place]["worker"] for place in some.index]
            figure.add_scatter(
                x=some["dx"], y=some["dy"], mode="markers", name=name,
                error_x=arms(some["dx"], some["dx_low"].fillna(some["dx"]), some["dx_high"].fillna(some["dx"]),
                             color=colour),
                error_y=arms(some["dy"], some["dy_low"].fillna(some["dy"]), some["dy_high"].fillna(some["dy"]),
                             color=colour),
                marker={"color": colour, "size": 9, "line": {"width": 1.5, "color": colour},
                        "symbol": [f"{symbol}-open" if n < FEW else symbol for n in some["n"]]},
                customdata=[
                    [link(pk), who, n] for pk, who, n in zip(ids, some["worker"], some["n"], strict=True)
                ],
                hovertemplate="%{customdata[1]}: %{x:+.1%}, %{y:+.1%}, n = %{customdata[2]}<extra></extra>",
            )  # fmt: skip
    figure.add_hline(y=0, line={"color": INK, "dash": "dot"}).add_vline(x=0, line={"color": INK, "dash": "dot"})
    ends = known[["dx", "dx_low", "dx_high", "dy", "dy_low", "dy_high"]].abs().max().max()
    reach = max(float(ends) * 1.1, 0.05)
    # As on the picture: what is drawn too low lies below.
    dress(figure, height=440).update_yaxes(range=[reach, -reach], tickformat="+.0%", title={"text": _("down")})
    figure.update_xaxes(range=[-reach, reach], tickformat="+.0%", title={"text": _("to the right")})
    figure.update_layout(legend={"y": -0.2})
    facts = {"n": int(off.sum()), "all": len(known)}
    title = _("%(n)s of %(all)s workers place boxes with a significant offset") % facts
    return FigureCard(
        title if off.any() else _("No worker places boxes with a significant offset"), under, table, figure,
        ("box_offset", "iou"), links=tuple(link(one["worker"]) for one in content["workers"]),
    )  # fmt: skip


def similarity(crowd: dict[str, Any], beside: list[dict[str, Any]], names: dict[int, str], *, of: str) -> FigureCard:
    """How well boxes lie: shares of the matched ones in ten bins, of the crowd and of the workers beside it."""
    shown = [(_("the crowd"), crowd), *(
        (names.get(one["worker"], str(one["worker"])), one) for one in beside[:MOST_BESIDE] if one["n"]
    )]  # fmt: skip
    under = _(
        "Matched boxes by intersection over union (IoU) with the reference box; missed and extra boxes "
        "counted separately; %(of)s; n = %(n)s boxes"
    ) % {"of": of, "n": ", ".join(f"{one['n']:,}" for _name, one in shown)}
    edges = [f"{place / BINS:.1f}–{(place + 1) / BINS:.1f}" for place in range(BINS)]
    table = pd.DataFrame({
        "iou_range": edges,
        **{name: [n / max(one["n"], 1) for n in one["iou"]] for name, one in shown},
    })  # fmt: skip
    counts = _table([(one, name) for name, one in shown])
    if not crowd["n"]:
        return FigureCard(_("No box can be compared with a label yet"), under, counts, explain=("iou",))
    figure = go.Figure()
    middles = [(place + 0.5) / BINS for place in range(BINS)]
    for place, (name, one) in enumerate(shown):
        figure.add_bar(
            x=middles, y=table[name], name=name, marker=mark(place),
            customdata=list(zip(edges, one["iou"], strict=True)),
            hovertemplate="%{customdata[0]}: %{y:.1%}, n = %{customdata[1]}<extra></extra>",
        )  # fmt: skip
    dress(figure).update_layout(barmode="group", bargap=0.25, legend={"y": -0.24})
    figure.update_yaxes(tickformat=".0%").update_xaxes(range=[0, 1], title={"text": _("Intersection over union")})
    who, last = shown[-1]
    facts = {
        "who": who, "iou": f"{last['mean_iou']:.2f}", "missed": percent(_ratio(last["missed"], last["n"])),
        "extra": percent(_ratio(last["extra"], last["n"])),
    }  # fmt: skip
    title = _("Boxes of %(who)s: mean IoU %(iou)s, %(missed)s missed, %(extra)s extra") % facts
    numbers = table.melt("iou_range", var_name="worker", value_name="share")
    numbers["n"] = [n for _name, one in shown for n in one["iou"]]
    return FigureCard(title, under, numbers[["worker", "iou_range", "share", "n"]], figure, ("iou",))


def own(one: dict[str, Any], crowd: dict[str, Any], *, name: str, of: str) -> FigureCard:
    """One worker's offsets of place and size beside the crowd's."""
    table = _table([(one, name), (crowd, _("the crowd"))])
    under = _(
        "Mean offset in position and size, as a share of the reference box; 95 %% intervals; %(of)s; n = %(n)s boxes"
    ) % {"of": of, "n": f"{one['n']:,}"}
    if not one["n"]:
        return FigureCard(_("No box can be compared with a label yet"), under, table, explain=("box_offset",))
    called = [_("to the right"), _("down"), _("wider"), _("taller")]
    figure = go.Figure()
    for place, (row, colour, symbol, step) in enumerate(
        ((table.iloc[0], ORANGE, "diamond", -0.12), (table.iloc[1], PINK, "line-ns", 0.12))
    ):
        x = pd.Series([row[part] for part in OFFSETS], dtype=float)
        low, high = (pd.Series([row[f"{part}_{end}"] for part in OFFSETS], dtype=float) for end in ("low", "high"))
        hollow = row["n"] < FEW or place == 1
        figure.add_scatter(
            x=x, y=[at + step for at in range(len(OFFSETS))], mode="markers", name=row["worker"],
            error_x=arms(x, low.fillna(x), high.fillna(x), color=colour),
            marker={"color": colour, "size": 10, "symbol": f"{symbol}-open" if hollow else symbol,
                    "line": {"width": 1.5, "color": colour}},
            customdata=called, hovertemplate="%{customdata}: %{x:+.1%}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": INK, "dash": "dot"})
    dress(figure, height=300).update_yaxes(tickvals=list(range(4)), ticktext=called, range=[3.5, -0.5])
    figure.update_xaxes(tickformat="+.0%").update_layout(legend={"y": -0.2})
    sure = [
        f"{what} {table.iloc[0][part]:+.1%}" for part, what in zip(OFFSETS, called, strict=True)
        if table.iloc[0][f"{part}_low"] > 0 or table.iloc[0][f"{part}_high"] < 0
    ]  # fmt: skip
    title = _("Significant offset: %(sides)s") % {"sides": ", ".join(sure)}
    return FigureCard(title if sure else _("No significant offset"), under, table, figure, ("box_offset",))


def _table(found: list[tuple[dict[str, Any], str]]) -> pd.DataFrame:
    """A row for each sum of gtcrowd.analytics.measures.boxes, called by its name."""
    offsets = [f"{part}{end}" for part in OFFSETS for end in ("", "_low", "_high")]
    columns = ["worker", "n", "boxes_missed", "boxes_extra", *offsets, "iou"]
    rows = [
        [name, one["n"], one["missed"], one["extra"], *(end for part in OFFSETS for end in one[part]), one["mean_iou"]]
        for one, name in found
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys([*offsets, "iou"], float))


def _off(rows: pd.DataFrame) -> pd.Series:
    """Whether an interval of place leaves out zero."""
    return (rows["dx_low"] > 0) | (rows["dx_high"] < 0) | (rows["dy_low"] > 0) | (rows["dy_high"] < 0)


def _ratio(n: int, pairs: int) -> float:
    return n / max(n + pairs, 1)
