"""The figure of a job's objects on their way: where they went, and why."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, GREEN, ORANGE, PALETTE, PINK, RED, dress
from dashboards.labels import percent, reasons
from dashboards.view_models import Drawn
from gtcrowd.analytics.measures import object_flow as measures
from gtcrowd.analytics.reasons import Reason

COLOURS = {
    measures.IMPORTED: BLUE, measures.KNOWN: PALETTE[4], measures.HANDED_OUT: BLUE, measures.ANSWERED: BLUE,
    measures.LABELED: GREEN, measures.UNLABELED: PALETTE[5], measures.WAITING: "#8c8c8c", measures.FAILED: RED,
    measures.EXPIRED: ORANGE, measures.SPARED: PINK,
}  # fmt: skip
FAINT = 0.35


def stages() -> dict[str, str]:
    """What people call the stages and ends."""
    return {
        measures.IMPORTED: _("Imported"), measures.KNOWN: _("Known objects"), measures.HANDED_OUT: _("Handed out"),
        measures.ANSWERED: _("Answered"), measures.LABELED: _("Labeled"), measures.UNLABELED: _("No label yet"),
        measures.WAITING: _("Waiting"), measures.FAILED: _("Failed"), measures.EXPIRED: _("Time ran out"),
        measures.SPARED: _("No worker needed"),
    }  # fmt: skip


def flow(objects: int, rows: list[list[Any]], *, as_of: datetime | None, zone: str, of: str) -> Drawn:
    """From import to the ends, a band for each reason (gtcrowd.analytics.object_flow) sized by its objects."""
    found = measures.links(objects, rows)
    names, why = stages(), why_so()
    when = _("now") if as_of is None else f"{as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    under = _("Objects by where they are and why, known objects apart; as of %(time)s; %(of)s; n = %(n)s") % {
        "time": when, "of": of, "n": f"{objects:,}",
    }  # fmt: skip
    table = found.assign(
        source=found["source"].map(names), target=found["target"].map(names),
        reason=[why.get(one, one) for one in found["reason"]],
        share=found["n"] / max(objects, 1),
    )  # fmt: skip
    if not rows:
        return Drawn(_("No object has been handed out yet"), under, table, explain=("object_flow",))
    used = [one for one in measures.NODES if one in {*found["source"], *found["target"]}]
    place = {name: at for at, name in enumerate(used)}
    size = {one: _passing(found, one) for one in used}
    on_the_way = [one for one in (measures.IMPORTED, measures.HANDED_OUT, measures.ANSWERED) if one in place]
    figure = go.Figure(go.Sankey(
        arrangement="snap",
        node={
            "label": ["" if one in on_the_way else f"{names[one]} {size[one]:,}" for one in used],
            "color": [COLOURS[one] for one in used], "pad": 22, "thickness": 14, "line": {"width": 0},
            "customdata": [f"{names[one]}: {size[one]:,}" for one in used],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": found["source"].map(place), "target": found["target"].map(place), "value": found["n"],
            "color": [_faint(COLOURS[one]) for one in found["target"]],
            "customdata": [f"{row.source} → {row.target}: {row.n:,}<br>{row.reason}" for row in table.itertuples()],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ))  # fmt: skip
    for step, one in enumerate(on_the_way):
        # Above their columns: within them, those of the last two would run into each other on a telephone.
        figure.add_annotation(
            x=step / len(on_the_way), y=1, yanchor="bottom", xanchor="left", align="left", showarrow=False,
            xref="paper", yref="paper", text=f"{names[one]}<br>{size[one]:,}",
        )  # fmt: skip
    dress(figure, height=420, legend=False).update_layout(margin={"t": 48})
    return Drawn(_title(found, objects), under, table, figure, ("object_flow",), wide=True)


def why_so() -> dict[str, str]:
    """Why objects went a way; nothing is to be said of those that went on."""
    return reasons() | {
        "": "–", measures.WANTED: _("waiting for answers"),
        measures.NOT_OPENED: _("not opened yet, or labeled before"), measures.NOT_TAKEN: _("nobody has taken it"),
        Reason.NO_WORKERS_NEEDED: _("a hook spares the workers"),
        Reason.PRE_HOOK_FAILED: _("the hook before it failed"),
        Reason.POST_HOOK_FAILED: _("the hook after it failed"),
    }  # fmt: skip


def _passing(found: pd.DataFrame, one: str) -> int:
    """Objects that came through a stage or are at an end."""
    came, left = (int(found.loc[found[side] == one, "n"].sum()) for side in ("target", "source"))
    return max(came, left)


def _title(found: pd.DataFrame, objects: int) -> str:
    n = found.groupby("target")["n"].sum()
    labeled, waiting = int(n.get(measures.LABELED, 0)), int(n.get(measures.WAITING, 0))
    lost = int(n.get(measures.FAILED, 0)) + int(n.get(measures.EXPIRED, 0))
    return _("%(share)s of the objects are labeled, %(waiting)s wait, %(lost)s failed or ran out of time") % {
        "share": percent(labeled / max(objects, 1)), "waiting": f"{waiting:,}", "lost": f"{lost:,}",
    }  # fmt: skip


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {FAINT})"
