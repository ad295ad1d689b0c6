"""Figures of boxes: offsets of position and size per worker, and IoU with the reference boxes."""

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
from gtcrowd.analytics.quality_report import BoxErrors

MOST_BESIDE = 4
"""Workers drawn next to the crowd."""


def bias(content: BoxErrors, names: dict[int, str], *, of: str, link: Callable[[int], str]) -> FigureCard:
    """Draw the mean offset of each worker's boxes as an arrow from the origin, with its interval."""
    table = _table([(entry, names.get(entry["worker"], str(entry["worker"]))) for entry in content["workers"]])
    subtitle = _(
        "Mean offset of box centers, as a share of the width and height of the reference box; 95 %% "
        "intervals; hollow: fewer than 20 boxes; %(of)s; n = %(n)s boxes"
    ) % {"of": of, "n": f"{content['crowd']['n']:,}"}
    measured = table[table["n"] > 0]
    if measured.empty:
        return FigureCard(_("No box can be compared with a label yet"), subtitle, table, explain=("box_offset", "iou"))
    off = _off(measured)
    figure = go.Figure()
    for _index, row in measured.iterrows():
        figure.add_annotation(
            x=row["dx"], y=row["dy"], ax=0, ay=0, xref="x", yref="y", axref="x", ayref="y", text="", showarrow=True,
            arrowhead=2, arrowwidth=1.2, arrowcolor=GREY, standoff=5,
        )  # fmt: skip
    for name, chosen, colour, symbol in (
        (_("not significant"), ~off, BLUE, "circle"), (_("significant offset"), off, ORANGE, "diamond"),
    ):  # fmt: skip
        group = measured[chosen]
        if len(group):
            ids = [content["workers"][index]["worker"] for index in group.index]
            figure.add_scatter(
                x=group["dx"], y=group["dy"], mode="markers", name=name,
                error_x=arms(group["dx"], group["dx_low"].fillna(group["dx"]), group["dx_high"].fillna(group["dx"]),
                             color=colour),
                error_y=arms(group["dy"], group["dy_low"].fillna(group["dy"]), group["dy_high"].fillna(group["dy"]),
                             color=colour),
                marker={"color": colour, "size": 9, "line": {"width": 1.5, "color": colour},
                        "symbol": [f"{symbol}-open" if n < FEW else symbol for n in group["n"]]},
                customdata=[
                    [link(pk), who, n] for pk, who, n in zip(ids, group["worker"], group["n"], strict=True)
                ],
                hovertemplate="%{customdata[1]}: %{x:+.1%}, %{y:+.1%}, n = %{customdata[2]}<extra></extra>",
            )  # fmt: skip
    figure.add_hline(y=0, line={"color": INK, "dash": "dot"}).add_vline(x=0, line={"color": INK, "dash": "dot"})
    ends = measured[["dx", "dx_low", "dx_high", "dy", "dy_low", "dy_high"]].abs().max().max()
    reach = max(float(ends) * 1.1, 0.05)
    # Same orientation as the image: boxes that are too low are below the origin.
    dress(figure, height=440).update_yaxes(range=[reach, -reach], tickformat="+.0%", title={"text": _("down")})
    figure.update_xaxes(range=[-reach, reach], tickformat="+.0%", title={"text": _("to the right")})
    figure.update_layout(legend={"y": -0.2})
    counts = {"n": int(off.sum()), "all": len(measured)}
    title = _("%(n)s of %(all)s workers place boxes with a significant offset") % counts
    return FigureCard(
        title if off.any() else _("No worker places boxes with a significant offset"), subtitle, table, figure,
        ("box_offset", "iou"), links=tuple(link(entry["worker"]) for entry in content["workers"]),
    )  # fmt: skip


def similarity(crowd: dict[str, Any], workers: list[dict[str, Any]], names: dict[int, str], *, of: str) -> FigureCard:
    """Draw shares of matched boxes in ten bins of IoU, for the crowd and selected workers."""
    groups = [(_("the crowd"), crowd), *(
        (names.get(entry["worker"], str(entry["worker"])), entry) for entry in workers[:MOST_BESIDE] if entry["n"]
    )]  # fmt: skip
    subtitle = _(
        "Matched boxes by intersection over union (IoU) with the reference box; missed and extra boxes "
        "counted separately; %(of)s; n = %(n)s boxes"
    ) % {"of": of, "n": ", ".join(f"{entry['n']:,}" for _name, entry in groups)}
    edges = [f"{index / BINS:.1f}–{(index + 1) / BINS:.1f}" for index in range(BINS)]
    table = pd.DataFrame({
        "iou_range": edges,
        **{name: [n / max(entry["n"], 1) for n in entry["iou"]] for name, entry in groups},
    })  # fmt: skip
    counts = _table([(entry, name) for name, entry in groups])
    if not crowd["n"]:
        return FigureCard(_("No box can be compared with a label yet"), subtitle, counts, explain=("iou",))
    figure = go.Figure()
    middles = [(index + 0.5) / BINS for index in range(BINS)]
    for index, (name, entry) in enumerate(groups):
        figure.add_bar(
            x=middles, y=table[name], name=name, marker=mark(index),
            customdata=list(zip(edges, entry["iou"], strict=True)),
            hovertemplate="%{customdata[0]}: %{y:.1%}, n = %{customdata[1]}<extra></extra>",
        )  # fmt: skip
    dress(figure).update_layout(barmode="group", bargap=0.25, legend={"y": -0.24})
    figure.update_yaxes(tickformat=".0%").update_xaxes(range=[0, 1], title={"text": _("Intersection over union")})
    last_name, last = groups[-1]
    values = {
        "who": last_name, "iou": f"{last['mean_iou']:.2f}", "missed": percent(_ratio(last["missed"], last["n"])),
        "extra": percent(_ratio(last["extra"], last["n"])),
    }  # fmt: skip
    title = _("Boxes of %(who)s: mean IoU %(iou)s, %(missed)s missed, %(extra)s extra") % values
    numbers = table.melt("iou_range", var_name="worker", value_name="share")
    numbers["n"] = [n for _name, entry in groups for n in entry["iou"]]
    return FigureCard(title, subtitle, numbers[["worker", "iou_range", "share", "n"]], figure, ("iou",))


def own(entry: dict[str, Any], crowd: dict[str, Any], *, name: str, of: str) -> FigureCard:
    """Draw one worker's mean offsets of position and size next to the crowd's."""
    table = _table([(entry, name), (crowd, _("the crowd"))])
    subtitle = _(
        "Mean offset in position and size, as a share of the reference box; 95 %% intervals; %(of)s; n = %(n)s boxes"
    ) % {"of": of, "n": f"{entry['n']:,}"}
    if not entry["n"]:
        return FigureCard(_("No box can be compared with a label yet"), subtitle, table, explain=("box_offset",))
    directions = [_("to the right"), _("down"), _("wider"), _("taller")]
    figure = go.Figure()
    for index, (row, colour, symbol, step) in enumerate(
        ((table.iloc[0], ORANGE, "diamond", -0.12), (table.iloc[1], PINK, "line-ns", 0.12))
    ):
        x = pd.Series([row[part] for part in OFFSETS], dtype=float)
        low, high = (pd.Series([row[f"{part}_{end}"] for part in OFFSETS], dtype=float) for end in ("low", "high"))
        hollow = row["n"] < FEW or index == 1
        figure.add_scatter(
            x=x, y=[at + step for at in range(len(OFFSETS))], mode="markers", name=row["worker"],
            error_x=arms(x, low.fillna(x), high.fillna(x), color=colour),
            marker={"color": colour, "size": 10, "symbol": f"{symbol}-open" if hollow else symbol,
                    "line": {"width": 1.5, "color": colour}},
            customdata=directions, hovertemplate="%{customdata}: %{x:+.1%}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": INK, "dash": "dot"})
    dress(figure, height=300).update_yaxes(tickvals=list(range(4)), ticktext=directions, range=[3.5, -0.5])
    figure.update_xaxes(tickformat="+.0%").update_layout(legend={"y": -0.2})
    offsets = [
        f"{direction} {table.iloc[0][part]:+.1%}" for part, direction in zip(OFFSETS, directions, strict=True)
        if table.iloc[0][f"{part}_low"] > 0 or table.iloc[0][f"{part}_high"] < 0
    ]  # fmt: skip
    title = _("Significant offset: %(sides)s") % {"sides": ", ".join(offsets)}
    return FigureCard(title if offsets else _("No significant offset"), subtitle, table, figure, ("box_offset",))


def _table(entries: list[tuple[dict[str, Any], str]]) -> pd.DataFrame:
    """Return a row for each sum of gtcrowd.analytics.measures.boxes, with its name."""
    offsets = [f"{part}{end}" for part in OFFSETS for end in ("", "_low", "_high")]
    columns = ["worker", "n", "boxes_missed", "boxes_extra", *offsets, "iou"]
    rows = [
        [
            name,
            entry["n"],
            entry["missed"],
            entry["extra"],
            *(end for part in OFFSETS for end in entry[part]),
            entry["mean_iou"],
        ]
        for entry, name in entries
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys([*offsets, "iou"], float))


def _off(rows: pd.DataFrame) -> pd.Series:
    """Return whether the interval of an offset excludes zero, per row."""
    return (rows["dx_low"] > 0) | (rows["dx_high"] < 0) | (rows["dy_low"] > 0) | (rows["dy_high"] < 0)


def _ratio(n: int, pairs: int) -> float:
    return n / max(n + pairs, 1)
