"""Figures of label quality: agreement, confusions, calibration, gold questions and redundancy."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import labels
from dashboards.figures import annotations
from dashboards.figures.style import BLUE, INK, ORANGE, SCALE, arms, dress, mark
from dashboards.labels import percent, reasons
from dashboards.labels import value as short_value
from dashboards.view_models import FigureCard, Switch, Thumbnail
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.measures import calibration, seriation
from gtcrowd.analytics.measures.calibration import Reliability
from gtcrowd.analytics.quality_report import Coefficient, DayCoefficient, GoldCount, KappaMatrix

LEAST_SHOWN = 5
"""Shares of fewer answers are hidden, because they are mostly chance."""
LONGEST = 16
"""Characters of a category's name on an axis; the table has the full name."""
MOST_WRITTEN = 15
"""With more categories, numbers in the cells would be illegible."""


def agreement(
    by_day: list[DayCoefficient], whole: dict[str, Coefficient], *, job: str, changes: pd.DataFrame | None = None
) -> FigureCard:
    """Draw Krippendorff's alpha of each day's answers with its band, and of all answers.

    `changes`: frame of gtcrowd.analytics.frames.changes.
    """
    changes = changes if changes is not None else pd.DataFrame(columns=["at", "field", "before", "after"])
    alpha = whole.get("alpha")
    subtitle = _("Krippendorff's alpha per day, 95 %% bootstrap band; %(job)s; n = %(n)s answers") % {
        "job": job, "n": f"{alpha['answers'] if alpha else 0:,}",
    }  # fmt: skip
    columns = ["day", "value", "low", "high", "tasks", "answers"]
    days = pd.DataFrame(by_day, columns=columns).rename(columns={"value": "alpha"})
    days["day"] = pd.to_datetime(days["day"])
    defined = days[days["alpha"].notna()]
    days = annotations.with_changes(days, changes)
    if alpha is None or alpha["value"] is None:
        return FigureCard(_("Agreement is not defined for this job"), subtitle, days, explain=("alpha",))
    title = _("Krippendorff's alpha %(value)s (%(low)s to %(high)s)") % {
        "value": f"{alpha['value']:.2f}", "low": f"{alpha['low']:.2f}", "high": f"{alpha['high']:.2f}",
    }  # fmt: skip
    if defined.empty:
        return FigureCard(title, subtitle, days, explain=("alpha",))
    figure = go.Figure()
    figure.add_scatter(
        x=[*defined["day"], *defined["day"][::-1]],
        y=[*defined["high"], *defined["low"][::-1]],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor="rgba(59, 125, 216, 0.2)",
        name=_("95 % band"),
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=defined["day"], y=defined["alpha"], mode="lines+markers", name=_("alpha per day"), line={"color": BLUE},
        text=defined["answers"], hovertemplate="%{x|%Y-%m-%d}: %{y:.2f}, n = %{text}<extra></extra>",
    )  # fmt: skip
    figure.add_hline(y=alpha["value"], line={"color": INK, "dash": "dot"})
    dress(figure).update_yaxes(range=[min(0.0, float(defined["low"].min()) - 0.05), 1.02])
    figure.update_xaxes(tickformat="%m-%d")
    annotations.draw(figure, changes, top=1.0)
    return FigureCard(title, subtitle, days.iloc[::-1], figure, ("alpha",))


def confusion(
    counts: npt.ArrayLike | None,
    categories: list[str],
    *,
    of: str,
    rates: bool,
    switches: tuple[Switch, ...] = (),
    link: Callable[[str, str], str] | None = None,
) -> FigureCard:
    """Draw a confusion matrix: rows are the reference (gold, truth or label), columns the answers.

    `rates`: shares of the row instead of counts; `link`: returns the address of the answers of a cell, given
    reference and answer, or of a row if the answer is empty.
    """
    table = np.asarray(counts if counts is not None else [], dtype=float)
    subtitle = _("Rows: gold, truth or label; columns: answers; %(of)s; n = %(n)s") % {
        "of": of,
        "n": f"{table.sum():,.0f}",
    }
    if counts is None or not table.sum():
        title = (
            _("This task type has no categories") if counts is None else _("No answer can be compared with a label yet")
        )
        return FigureCard(title, subtitle, pd.DataFrame())
    rows = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, rows, out=np.full(table.shape, np.nan), where=rows >= LEAST_SHOWN)
    z = shares if rates else table
    texts = [[("" if np.isnan(cell) else f"{cell:.0%}") if rates else f"{cell:.0f}" for cell in row] for row in z]
    names, indices = [str(name) for name in categories], list(range(len(categories)))
    cells = [[link(right, answered) if link and n else "" for answered, n in zip(names, row, strict=True)]
             for right, row in zip(names, table, strict=True)]  # fmt: skip
    figure = go.Figure(
        go.Heatmap(
            z=z,
            x=indices,
            y=indices,
            colorscale=SCALE,
            xgap=1,
            ygap=1,
            text=texts,
            customdata=cells,
            texttemplate="%{text}" if len(names) <= MOST_WRITTEN else None,
            colorbar={"thickness": 10, "outlinewidth": 0},
            hovertext=[
                [f"{right} → {answered}: {table_rows}" for answered, table_rows in zip(names, row, strict=True)]
                for right, row in zip(names, texts, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, height=140 + 30 * max(len(names), 5), legend=False)
    ticks = {"tickvals": indices, "ticktext": [_short(name) for name in names], "showgrid": False}
    figure.update_yaxes(autorange="reversed", **ticks).update_xaxes(title={"text": _("Answered")}, **ticks)
    wrong = 1 - np.trace(table) / table.sum()
    table_rows = pd.DataFrame(table.astype(int), columns=[f"→ {name}" for name in names])
    table_rows.insert(0, "right", names)
    warning = _("Rows with fewer than 5 answers are hidden.") if rates and (rows < LEAST_SHOWN).any() else ""
    title = _("%(share)s of answers disagree with the label") % {"share": percent(float(wrong))}
    links = tuple(link(name, "") for name in names) if link else ()
    return FigureCard(title, subtitle, table_rows, figure, switches=switches, warning=warning, links=links)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def pairs(
    confusions: pd.DataFrame,
    *,
    of: str,
    link: Callable[[str, str], str] | None = None,
    examples: Sequence[tuple[Thumbnail, ...]] = (),
) -> FigureCard:
    """Draw the most frequent confusions (gtcrowd.analytics.measures.workers.top_pairs), with example objects."""
    subtitle = _("Most frequent confusions, as a share of the correct category's answers; %(of)s") % {"of": of}
    if confusions.empty:
        return FigureCard(_("No confusions"), subtitle, confusions)
    pairs_of_names = list(zip(confusions["right"], confusions["answered"], strict=True))
    names = [f"{_short(right)} → {_short(answered)}" for right, answered in pairs_of_names]
    links = tuple(link(*pair) for pair in pairs_of_names) if link else ()
    figure = go.Figure(
        go.Bar(
            x=confusions["n"],
            y=names,
            orientation="h",
            marker={"color": ORANGE},
            text=[percent(value) for value in confusions["share"]],
            customdata=[[value] for value in links],
            hovertemplate="%{y}: %{x} (%{text})<extra></extra>",
        )
    )
    dress(figure, height=90 + 28 * len(confusions), legend=False).update_yaxes(autorange="reversed", type="category")
    first = confusions.iloc[0]
    values = {"right": first["right"], "answered": first["answered"], "share": percent(first["share"])}
    title = _("%(right)s is confused with %(answered)s in %(share)s of answers") % values
    groups = tuple((name, thumbnails) for name, thumbnails in zip(names, examples, strict=False) if thumbnails)
    return FigureCard(title, subtitle, confusions, figure, links=links, examples=groups)


def matrix(content: KappaMatrix | None, names: dict[int, str], *, of: str, link: Callable[[int], str]) -> FigureCard:
    """Draw Cohen's kappa of each pair of workers, ordered by similarity."""
    content = content or {"workers": [], "kappa": [], "shared": []}
    ids, shared = content["workers"], np.asarray(content["shared"], dtype=int)
    kappa = np.array([[np.nan if cell is None else cell for cell in row] for row in content["kappa"]], dtype=float)
    subtitle = _(
        "Cohen's kappa of each pair of workers on shared objects; blank: fewer than 5 objects; similar "
        "workers side by side; %(of)s"
    ) % {"of": of}
    columns = ["one", "other", "kappa", "shared"]
    if len(ids) < 2:
        return FigureCard(
            _("Fewer than two workers have answered"), subtitle, pd.DataFrame(columns=columns), explain=("kappa",)
        )
    order = seriation.alike(kappa)
    ordered_names = [names.get(ids[index], str(ids[index])) for index in order]
    kappa, shared = kappa[np.ix_(order, order)], shared[np.ix_(order, order)]
    np.fill_diagonal(kappa, np.nan)
    kappa[shared < LEAST_SHOWN] = np.nan
    first, second = np.triu_indices(len(ids), 1)
    table = pd.DataFrame(
        {
            "one": [ordered_names[index] for index in first],
            "other": [ordered_names[index] for index in second],
            "kappa": kappa[first, second],
            "shared": shared[first, second],
        }
    )
    table = table[table["shared"] > 0].sort_values("kappa", ignore_index=True)
    defined = table[table["kappa"].notna()]
    figure = go.Figure(
        go.Heatmap(
            z=kappa,
            x=list(range(len(ids))),
            y=list(range(len(ids))),
            text=shared,
            colorscale=SCALE,
            zmin=min(0.0, float(np.nanmin(kappa))) if len(defined) else 0.0,
            zmax=1,
            xgap=1,
            ygap=1,
            customdata=[[link(ids[index])] * len(ids) for index in order],
            colorbar={"thickness": 10, "outlinewidth": 0},
            hovertemplate="%{y}, %{x}: %{z:.2f}, n = %{text}<extra></extra>",
        )
    )
    dress(figure, height=200 + 15 * max(len(ids), 8), legend=False)
    ticks = {"tickvals": list(range(len(ids))), "ticktext": ordered_names, "showgrid": False}
    figure.update_yaxes(autorange="reversed", **ticks).update_xaxes(tickangle=-60, **ticks)
    if defined.empty:
        return FigureCard(_("No two workers share enough objects"), subtitle, table, explain=("kappa",))
    values = {"low": f"{defined['kappa'].min():.2f}", "high": f"{defined['kappa'].max():.2f}"}
    title = _("Cohen's kappa between %(low)s and %(high)s") % values
    return FigureCard(title, subtitle, table, figure, ("kappa",))


def reliability(report: Reliability, *, of: str, link: Callable[[AnswerFilter], str] | None = None) -> FigureCard:
    """Draw accuracy against confidence. `link`: returns the address of a bin's objects."""
    bins = pd.DataFrame(report["bins"], columns=["confidence", "accuracy", "least", "most", "n"])
    subtitle = _("Labels with known truth in ten confidence bins, 95 %% intervals; %(of)s; n = %(n)s") % {
        "of": of, "n": f"{report['n']:,}",
    }  # fmt: skip
    if bins.empty:
        return FigureCard(_("No label has a known truth to compare with"), subtitle, bins, explain=("ece",))
    links = (
        tuple(link(AnswerFilter(sure=(item["low"], item["high"]), truth=True)) for item in report["bins"])
        if link
        else ()
    )
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": INK, "dash": "dot"},
        name=_("perfect calibration"),
        hoverinfo="skip",
    )
    size = 8 + 12 * np.sqrt(bins["n"] / bins["n"].max())
    figure.add_scatter(
        x=bins["confidence"],
        y=bins["accuracy"],
        mode="markers",
        name=_("labels"),
        text=bins["n"],
        customdata=[[item] for item in links],
        marker={"color": BLUE, "size": size, "opacity": 1},
        cliponaxis=False,
        error_y=arms(bins["accuracy"], bins["least"], bins["most"], color=BLUE),
        hovertemplate="%{x:.1%}: %{y:.1%}, n = %{text}<extra></extra>",
    )
    dress(figure, height=380).update_xaxes(tickformat=".0%", range=[0, 1.03], title={"text": _("Confidence")})
    figure.update_yaxes(tickformat=".0%", range=[0, 1.03], title={"text": _("Accuracy")}).update_layout(
        legend={"y": -0.24}
    )
    warning = ""
    if report["few"]:
        warning = _("Fewer than %(few)s labels have a known truth; the differences may be due to chance.") % {
            "few": calibration.FEW
        }
    return FigureCard(
        _("Confidence differs from accuracy by %(ece)s on average") % {"ece": percent(report["ece"])},
        subtitle,
        bins,
        figure,
        ("ece",),
        warning=warning,
        links=links,
    )


def gold(items: list[GoldCount], *, of: str, link: Callable[[int], str] | None = None) -> FigureCard:
    """Draw gold questions by error rate and times shown: those missed by most may be wrong.

    `link`: returns the address of an object, given its position.
    """
    columns = ["position", "value", "exposures", "missed", "active"]
    table = pd.DataFrame([
        {"position": item["position"], "value": str(item["value"]), "exposures": item["n"],
         "missed": 1 - item["right"] / item["n"] if item["n"] else np.nan, "active": item["active"]}
        for item in items
    ], columns=columns)  # fmt: skip
    subtitle = _("Gold questions: error rate by times shown; above the line most answers are wrong; %(of)s; n = "
"%(n)s") % {
        "of": of, "n": f"{len(table):,}",
    }  # fmt: skip
    exposed = table[table["exposures"] > 0]
    if exposed.empty:
        title = _("This job has no gold questions") if table.empty else _("No gold question has been answered yet")
        return FigureCard(title, subtitle, table, explain=("gold_accuracy",))
    suspect = (exposed["missed"] > 0.5) & (exposed["exposures"] >= LEAST_SHOWN)
    figure = go.Figure()
    for name, chosen, colour, symbol in (
        (_("plausible"), ~suspect, BLUE, "circle"), (_("review"), suspect, ORANGE, "triangle-up"),
    ):  # fmt: skip
        if chosen.any():
            figure.add_scatter(
                x=exposed["exposures"][chosen],
                y=exposed["missed"][chosen],
                mode="markers",
                name=name,
                text=[labels.object_number(position) for position in exposed["position"][chosen]],
                customdata=[[link(int(position))] for position in exposed["position"][chosen]] if link else None,
                marker={"color": colour, "size": 9, "symbol": symbol, "opacity": 0.8},
                hovertemplate=_("Object") + " %{text}: %{y:.0%}, n = %{x}<extra></extra>",
            )
    figure.add_hline(y=0.5, line={"color": INK, "dash": "dot"})
    dress(figure).update_yaxes(tickformat=".0%", range=[-0.04, 1.04]).update_xaxes(
        rangemode="tozero", title={"text": _("Times shown")}
    )
    figure.update_layout(legend={"y": -0.24})
    title = ngettext(
        "%(n)s gold question is missed by most workers and may be wrong",
        "%(n)s gold questions are missed by most workers and may be wrong",
        int(suspect.sum()),
    ) % {"n": int(suspect.sum())}
    table = table.sort_values("missed", ascending=False)
    return FigureCard(
        title if suspect.any() else _("No gold question is missed by most workers"),
        subtitle,
        table,
        figure,
        ("gold_accuracy",),
        links=tuple(link(int(position)) for position in table["position"]) if link else (),
    )


def redundancy(
    rows: list[list[Any]], *, saved: int | None, price: float, link: Callable[[AnswerFilter], str] | None = None
) -> FigureCard:
    """Draw objects by number of answers, stacked by the reason they received no more.

    `link`: returns the address of the objects of a bar.
    """
    reason_names = reasons()
    table = pd.DataFrame(rows, columns=["answers", "state", "reason", "count"])
    subtitle = _("Objects by number of answers and by the reason they received no more; n = %(n)s") % {
        "n": f"{int(table['count'].sum()):,}"
    }
    if table.empty:
        return FigureCard(_("No object has been assigned yet"), subtitle, table)
    figure = go.Figure()
    for index, (reason, group) in enumerate(table.groupby("reason", sort=True)):
        counts = group.groupby("answers")["count"].sum()
        hrefs = [[link(AnswerFilter(answers=int(n), reason=str(reason)))] for n in counts.index] if link else None
        figure.add_bar(x=counts.index, y=counts, name=reason_names.get(str(reason), str(reason)), marker=mark(index),
                       customdata=hrefs, hovertemplate="%{x}: %{y:,}<extra></extra>")  # fmt: skip
    dress(figure).update_layout(barmode="stack", bargap=0.5, legend={"y": -0.24})
    figure.update_xaxes(dtick=1, title={"text": _("Answers per object")})
    mean = float((table["answers"] * table["count"]).sum() / max(table["count"].sum(), 1))
    title = _("%(mean)s answers per object") % {"mean": f"{mean:.2f}"}
    if saved:
        values = {"mean": title, "saved": f"{saved:,}", "money": f"{saved * price:,.2f}"}
        title = (
            ngettext(
                "%(mean)s; %(saved)s answer and $%(money)s saved",
                "%(mean)s; %(saved)s answers and $%(money)s saved",
                saved,
            )
            % values
        )
    links = tuple(
        link(AnswerFilter(answers=int(n), reason=str(reason))) if link else ""
        for n, reason in zip(table["answers"], table["reason"], strict=True)
    )
    return FigureCard(title, subtitle, table, figure, links=links if link else ())


def least_confident(rows: list[list[Any]], *, of: str, link: Callable[[int], str] | None) -> FigureCard:
    """Return the labels with the lowest confidence as a table."""
    table = pd.DataFrame(
        [[position, short_value(value), confidence] for position, value, confidence in rows],
        columns=["position", "value", "confidence"],
    )
    subtitle = _(
        "Labels with the lowest confidence, at most 200; each row links to the object and all its answers; %(of)s"
    ) % {"of": of}
    if table.empty:
        return FigureCard(_("No labels yet"), subtitle, table)
    below = int((table["confidence"] < 0.8).sum())
    title = ngettext(
        "%(n)s label has a confidence below 80 %%", "%(n)s labels have a confidence below 80 %%", below
    ) % {"n": f"{below:,}" if below < len(table) else f"≥ {below:,}"}
    return FigureCard(
        title, subtitle, table, links=tuple(link(int(position)) for position in table["position"]) if link else ()
    )
