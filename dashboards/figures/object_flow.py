"""A Sankey diagram of a job's objects by stage and reason."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, GREEN, ORANGE, PALETTE, PINK, RED, dress
from dashboards.labels import percent, reasons
from dashboards.view_models import FigureCard
from gtcrowd.analytics.measures import object_flow as measures
from gtcrowd.analytics.reasons import Reason

COLOURS = {
    measures.IMPORTED: BLUE, measures.KNOWN: PALETTE[4], measures.HANDED_OUT: BLUE, measures.ANSWERED: BLUE,
    measures.LABELED: GREEN, measures.UNLABELED: PALETTE[5], measures.WAITING: "#8c8c8c", measures.FAILED: RED,
    measures.EXPIRED: ORANGE, measures.SPARED: PINK,
}  # fmt: skip
FAINT = 0.35


def stages() -> dict[str, str]:
    """Return the labels of stages and end states."""
    return {
        measures.IMPORTED: _("Imported"), measures.KNOWN: _("Gold questions"), measures.HANDED_OUT: _("Assigned"),
        measures.ANSWERED: _("Answered"), measures.LABELED: _("Labeled"), measures.UNLABELED: _("No label yet"),
        measures.WAITING: _("Waiting"), measures.FAILED: _("Failed"), measures.EXPIRED: _("Expired"),
        measures.SPARED: _("No worker needed"),
    }  # fmt: skip


def flow(objects: int, rows: list[list[Any]], *, as_of: datetime | None, zone: str, of: str) -> FigureCard:
    """Draw a Sankey diagram from import to end states, one band per reason (gtcrowd.analytics.object_flow)."""
    links = measures.links(objects, rows)
    names, reason_names = stages(), reason_labels()
    as_of_text = _("now") if as_of is None else f"{as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    subtitle = _("Objects by state and reason, gold questions shown separately; as of %(time)s; %(of)s; n = %(n)s") % {
        "time": as_of_text, "of": of, "n": f"{objects:,}",
    }  # fmt: skip
    table = links.assign(
        source=links["source"].map(names), target=links["target"].map(names),
        reason=[reason_names.get(stage, stage) for stage in links["reason"]],
        share=links["n"] / max(objects, 1),
    )  # fmt: skip
    if not rows:
        return FigureCard(_("No object has been assigned yet"), subtitle, table, explain=("object_flow",))
    nodes = [stage for stage in measures.NODES if stage in {*links["source"], *links["target"]}]
    node_index = {name: at for at, name in enumerate(nodes)}
    size = {stage: _passing(links, stage) for stage in nodes}
    on_the_way = [stage for stage in (measures.IMPORTED, measures.HANDED_OUT, measures.ANSWERED) if stage in node_index]
    figure = go.Figure(go.Sankey(
        arrangement="snap",
        node={
            "label": ["" if stage in on_the_way else f"{names[stage]} {size[stage]:,}" for stage in nodes],
            "color": [COLOURS[stage] for stage in nodes], "pad": 22, "thickness": 14, "line": {"width": 0},
            "customdata": [f"{names[stage]}: {size[stage]:,}" for stage in nodes],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": links["source"].map(node_index), "target": links["target"].map(node_index), "value": links["n"],
            "color": [_faint(COLOURS[stage]) for stage in links["target"]],
            "customdata": [f"{row.source} → {row.target}: {row.n:,}<br>{row.reason}" for row in table.itertuples()],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ))  # fmt: skip
    for step, stage in enumerate(on_the_way):
        # Above the columns: within them, the last two labels would overlap on a phone.
        figure.add_annotation(
            x=step / len(on_the_way), y=1, yanchor="bottom", xanchor="left", align="left", showarrow=False,
            xref="paper", yref="paper", text=f"{names[stage]}<br>{size[stage]:,}",
        )  # fmt: skip
    dress(figure, height=420, legend=False).update_layout(margin={"t": 48})
    return FigureCard(_title(links, objects), subtitle, table, figure, ("object_flow",), wide=True)


def reason_labels() -> dict[str, str]:
    """Return reason → label; objects that moved on have none."""
    return reasons() | {
        "": "–", measures.WANTED: _("waiting for answers"),
        measures.NOT_OPENED: _("not opened yet, or labeled before"),
        measures.NOT_TAKEN: _("not assigned to a worker yet"),
        Reason.NO_WORKERS_NEEDED: _("the hook decided that no worker is needed"),
        Reason.PRE_HOOK_FAILED: _("the pre-annotation hook failed"),
        Reason.POST_HOOK_FAILED: _("the post-annotation hook failed"),
    }  # fmt: skip


def _passing(links: pd.DataFrame, stage: str) -> int:
    """Return the number of objects that passed a stage or reached an end state."""
    entered, left = (int(links.loc[links[side] == stage, "n"].sum()) for side in ("target", "source"))
    return max(entered, left)


def _title(links: pd.DataFrame, objects: int) -> str:
    n = links.groupby("target")["n"].sum()
    labeled, waiting = int(n.get(measures.LABELED, 0)), int(n.get(measures.WAITING, 0))
    lost = int(n.get(measures.FAILED, 0)) + int(n.get(measures.EXPIRED, 0))
    return _("%(share)s of objects labeled, %(waiting)s waiting, %(lost)s failed or expired") % {
        "share": percent(labeled / max(objects, 1)), "waiting": f"{waiting:,}", "lost": f"{lost:,}",
    }  # fmt: skip


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {FAINT})"
