"""Cards for drill-down: answers and objects as tables, and one object with all shapes drawn on it."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import labels
from dashboards.figures.style import PALETTE, dress
from dashboards.view_models import FigureCard, Switch, Thumbnail
from gtcrowd.analytics.drawing import Drawing

Link = Callable[[int, int], str]
"""The address of an object, by job and position."""
LONGEST = 120
"""Characters of a text in a table or next to a figure."""
LONGEST_LARGE = 20_000
MARKER, MOST_MARKED = 5, 30
"""Size of the marker of a point, and the most points of a line with markers: an edge of a mask has too many."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def thumbnail(job: int, position: Any, picture: str, text: str, link: Link) -> Thumbnail:
    """Return the preview of an object. A deleted object has no position and no link."""
    if pd.isna(position):
        return Thumbnail("", "–", "–", "")
    alt = _("Object %(number)s") % {"number": labels.object_number(int(position))}
    return Thumbnail(picture, _cut(text, LONGEST), alt, link(job, int(position)))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def answers(
    rows: pd.DataFrame, *, window: str, link: Link, worker: Callable[[int], str], switches: tuple[Switch, ...] = (),
    back_to: str = "", of_one: bool = False,
) -> FigureCard:  # fmt: skip
    """Return a page of gtcrowd.analytics.drilldown.answers as a table.

    `back_to`: time back to which answers were searched, if there are older ones; `of_one`: all answers are to one
    object, which is shown next to the table.
    """
    n, wrong = len(rows), int((rows["right"] == False).sum())  # noqa: E712 - None is neither
    scored = int(rows["right"].notna().sum())
    values = {"n": f"{n:,}", "window": window, "time": back_to}
    subtitle = _("Newest first; n = %(n)s; %(window)s; searched back to %(time)s") if back_to else _(
        "Newest first; n = %(n)s; %(window)s; no older answers")  # fmt: skip
    table = _answer_rows(rows).drop(columns=["object", "job", "position"] if of_one else [])
    if not n:
        title = (
            _("No matching answers back to %(time)s. Continue with older answers.")
            if back_to
            else _("No matching answers")
        )
        return FigureCard(title % values, subtitle % values, table, switches=switches, wide=True)
    title = _("%(wrong)s of %(scored)s answers are wrong") % {"wrong": wrong, "scored": scored}
    if not scored:
        title = (
            ngettext(
                "%(n)s answer, not comparable with a label yet", "%(n)s answers, none comparable with a label yet", n
            )
            % values
        )
    thumbnails = tuple(
        thumbnail(int(job), position, picture, text, link)
        for job, position, picture, text in rows[["job_id", "position", "thumbnail", "text"]].itertuples(index=False)
    )
    worker_links = tuple(worker(int(pk)) for pk in rows["worker_id"])
    if of_one:
        return FigureCard(title, subtitle % values, table, switches=switches, wide=True, workers=worker_links)
    return FigureCard(
        title, subtitle % values, table, switches=switches, wide=True, thumbnails=thumbnails, workers=worker_links,
        links=tuple(preview.href for preview in thumbnails),
    )  # fmt: skip


def _answer_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns for display and for the CSV file."""
    return pd.DataFrame(
        {
            "object": [text[:LONGEST] for text in rows["text"]],
            "worker": rows["worker"],
            "answered": [labels.value(answer) for answer in rows["value"]],
            "right": rows["right"],
            "known": [labels.value(answer) for answer in rows["known"]],
            "label": [labels.value(answer) for answer in rows["label"]],
            "confidence": rows["confidence"].astype(float),
            "seconds": rows["seconds"].astype(float).round(1),
            "active_seconds": rows["active_seconds"].astype(float).round(1),
            "submitted_at": [f"{at:%Y-%m-%d %H:%M:%S}" for at in rows["submitted_at"]],
            "paid": rows["paid"].astype(float),
            "gold": rows["gold"],
            "late": rows["late"],
            "extra": rows["extra"],
            "job": rows["job"],
            "position": rows["position"],
            "code": rows["code"],
            "answer_id": rows["answer_id"],
        }
    )


def objects(
    rows: pd.DataFrame, *, job: int, of: str, link: Link, switches: tuple[Switch, ...] = (), more: bool
) -> FigureCard:
    """Return a page of gtcrowd.analytics.drilldown.objects as a table. `more`: whether more objects follow."""
    n = f"{len(rows):,}"
    subtitle = _("In manifest order; %(of)s; n = %(n)s; more objects follow") if more else _(
        "In manifest order; %(of)s; n = %(n)s; no more objects")  # fmt: skip
    table = pd.DataFrame({
        "object": [text[:LONGEST] for text in rows["text"]], "position": rows["position"].astype(int),
        "label": [labels.value(item) for item in rows["label"]], "confidence": rows["confidence"].astype(float),
        "known": [labels.value(item) for item in rows["known"]], "answers": rows["answers"], "state": rows["state"],
        "reason": rows["reason_code"],
    })  # fmt: skip
    values = {"n": n, "of": of}
    if rows.empty:
        title = _("No matching objects so far. Continue with the next objects.") if more else _("No matching objects")
        return FigureCard(title, subtitle % values, table, switches=switches, wide=True)
    confidence = rows["confidence"].astype(float)
    title = ngettext("%(n)s object, no label yet", "%(n)s objects, no labels yet", len(rows)) % values
    if confidence.notna().any():
        values["least"] = labels.percent(confidence.min())
        title = (
            ngettext("%(n)s object; confidence %(least)s", "%(n)s objects; lowest confidence %(least)s", len(rows))
            % values
        )
    thumbnails = tuple(
        thumbnail(job, position, picture, text, link)
        for position, picture, text in rows[["position", "thumbnail", "text"]].itertuples(index=False)
    )
    return FigureCard(
        title,
        subtitle % values,
        table,
        switches=switches,
        wide=True,
        thumbnails=thumbnails,
        links=tuple(item.href for item in thumbnails),
    )


def single_object(
    row: pd.Series, drawings: Sequence[tuple[str, Drawing]], *, of: str, switches: tuple[Switch, ...] = ()
) -> FigureCard:
    """Return a card of one object, with the shapes drawn on it if it is an image of known size.

    `drawings`: pairs of a name and what is drawn of its value, beginning with the label and the gold answer or truth.
    """
    values = {
        "number": labels.object_number(row["position"]),
        "of": of,
        "text": row["text"] if row["thumbnail"] else "",
    }
    title = _("Object %(number)s") % values
    if row["label"] is not None:
        details = values | {"label": labels.value(row["label"]), "confidence": labels.percent(row["confidence"], 0)}
        title = _("Object %(number)s: %(label)s (confidence %(confidence)s)") % details
    n = len(drawings) - sum(row[name] is not None for name in ("label", "known"))
    subtitle = (_("%(of)s; n = %(n)s answers; %(text)s") if values["text"] else _("%(of)s; n = %(n)s answers")) % (
        values | {"n": n}
    )
    size = next((drawing.size for _name, drawing in drawings if drawing.size), None)
    alt = _("Object %(number)s") % values
    lines = [(name, line) for name, drawing in drawings for line in drawing.outlines]
    if not row["thumbnail"] or not lines or size is None:
        large = Thumbnail(row["thumbnail"], _cut(row["text"], LONGEST_LARGE), alt)
        return FigureCard(title, subtitle, pd.DataFrame(), switches=switches, large=large, wide=True)
    table = pd.DataFrame(
        [[name, line.category, *line.box] for name, line in lines],
        columns=["part", "label", "left", "top", "width", "height"],
    )
    return FigureCard(title, subtitle, table, _overlay(row["thumbnail"], size, drawings), switches=switches, wide=True)


def _overlay(picture: str, size: tuple[int, int], drawings: Sequence[tuple[str, Drawing]]) -> go.Figure:
    """Draw everyone's shapes over the image, each in its own color and dash."""
    width, height = size
    figure = go.Figure()
    for index, (name, drawing) in enumerate(drawings):
        x: list[float | None] = []
        y: list[float | None] = []
        labels: list[str] = []
        sizes: list[int] = []
        for line in drawing.outlines:
            x, y = [*x, *line.xs, None], [*y, *line.ys, None]
            labels = [*labels, *[line.category] * (len(line.xs) + 1)]
            sizes += [MARKER if len(line.xs) <= MOST_MARKED else 0] * (len(line.xs) + 1)
        colour, dash = PALETTE[index % len(PALETTE)], DASHES[index % len(DASHES)]
        figure.add_scatter(
            x=x, y=y, text=labels, name=name, mode="lines+markers", marker={"color": colour, "size": sizes},
            line={"color": colour, "dash": dash, "width": 4 if not index else 2},
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.add_layout_image(
        source=picture, xref="x", yref="y", x=0, y=0, sizex=width, sizey=height, sizing="stretch", layer="below"
    )
    dress(figure, height=520)
    figure.update_xaxes(range=[0, width], visible=False, constrain="domain")
    return figure.update_yaxes(
        range=[height, 0], visible=False, scaleanchor="x", constrain="domain", constraintoward="top"
    )
