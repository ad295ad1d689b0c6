"""Annotations of a job's changes on a figure over time: price, redundancy, task page, gold and other settings."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.figures.style import GREEN, INK, ORANGE, PALETTE, PINK, RED
from dashboards.labels import dollars
from gtcrowd.analytics import job_fields

MONEY, PEOPLE, PAGE, GOLD, REST = "price", "people", "page", "known", "rest"
GROUPS = {
    "price": MONEY, "workers_per_object": PEOPLE, "min_workers": PEOPLE, "target_error": PEOPLE, "team": PEOPLE,
    "template": PAGE, "pre_hook": PAGE, "gold": GOLD, "gold-objects": GOLD,
}  # fmt: skip
MARKERS = {
    MONEY: ("diamond", GREEN), PEOPLE: ("square", ORANGE), PAGE: ("star", PINK), GOLD: ("triangle-down", PALETTE[4]),
    REST: ("cross", RED),
}  # fmt: skip
LONGEST = 40
"""Characters of a value in a description."""


def draw(figure: go.Figure, changes: pd.DataFrame, *, top: float) -> None:
    """Draw a line at each change (gtcrowd.analytics.frames.changes) and a marker of its group at height `top`."""
    if changes.empty:
        return
    names = {
        MONEY: _("price"),
        PEOPLE: _("redundancy"),
        PAGE: _("task page"),
        GOLD: _("gold questions"),
        REST: _("other settings"),
    }
    group = changes["field"].map(GROUPS).fillna(REST)
    texts = pd.Series(descriptions(changes), index=changes.index)
    for name, (symbol, colour) in MARKERS.items():
        rows = changes[group == name]
        if rows.empty:
            continue
        for at in rows["at"]:
            figure.add_vline(x=at, line={"color": INK, "width": 1, "dash": "dot"})
        figure.add_scatter(
            x=rows["at"], y=[top] * len(rows), mode="markers", name=names[name], text=texts[rows.index],
            marker={"symbol": symbol, "size": 11, "color": colour}, cliponaxis=False,
            hovertemplate="%{x|%Y-%m-%d %H:%M}: %{text}<extra></extra>",
        )  # fmt: skip


def with_changes(days: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the days with descriptions of their changes as the second column. Days with changes only are added."""
    if changes.empty:
        return days
    texts = pd.DataFrame({"day": changes["at"].dt.normalize(), "changed": descriptions(changes)})
    by_day = texts.iloc[::-1].groupby("day")["changed"].agg("; ".join).reset_index()
    by_day["day"] = by_day["day"].astype(days["day"].dtype)
    every = days.merge(by_day, on="day", how="outer").sort_values("day", ignore_index=True)
    return every[["day", "changed", *(name for name in days.columns if name != "day")]]


def descriptions(changes: pd.DataFrame) -> list[str]:
    """Return a description of each change."""
    return [
        _gold_change(row["after"])
        if row["field"] == "gold-objects"
        else _changed(row["field"], row["before"], row["after"])
        for row in changes.to_dict("records")
    ]


def _gold_change(after: dict[str, int]) -> str:
    texts = {
        "added": lambda n: ngettext("%(n)s gold question added", "%(n)s gold questions added", n),
        "corrected": lambda n: ngettext("%(n)s gold question corrected", "%(n)s gold questions corrected", n),
        "withdrawn": lambda n: ngettext("%(n)s gold question withdrawn", "%(n)s gold questions withdrawn", n),
    }
    return ", ".join(texts[name](n) % {"n": n} for name, n in after.items() if name in texts)


def _changed(field: str, before: Any, after: Any) -> str:
    name = job_fields.label(field)
    if field == "template":
        return _("%(what)s changed") % {"what": name}
    if field == "price":
        before, after = (dollars(float(amount), 3) for amount in (before, after))
    return f"{name}: {_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = "–" if value is None or value in ("", {}) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
