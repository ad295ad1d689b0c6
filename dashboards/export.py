"""A page as one HTML file that needs no network: figures with plotly.js included once, tables and texts."""

import json
from html import escape
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
from django.contrib.staticfiles import finders
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from plotly import offline

from dashboards import components, labels
from dashboards.view_models import Content, FigureCard, Part
from gtcrowd.analytics.data_version import Fresh
from gtcrowd.identity.access import Viewer

ASSETS = Path(__file__).parent / "assets"
# The file may only draw. Even if a name contained markup, it could not send requests.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
DRAW = """for (const place of document.querySelectorAll("[data-plot]")) {
  const {data, layout} = JSON.parse(place.nextElementSibling.textContent);
  Plotly.newPlot(place, data, layout, {
    responsive: true, displaylogo: false, modeBarButtonsToRemove: ["sendChartToCloud"],
  });
}"""


def page(content: Content, viewer: Viewer, data: Fresh) -> str:
    """Return a page as an HTML document that needs no network."""
    as_of = _("as of %(time)s (%(zone)s)") % {"time": f"{data.now:%Y-%m-%d %H:%M:%S}", "zone": viewer.requester.zone}
    title = f"{content.title} · {viewer.requester.name} · gtcrowd"
    body = "".join(
        [
            f"<h1>{escape(content.title)}</h1><p class='lead'>{escape(content.lead)} {escape(as_of)}</p>",
            _numbers(content),
            _notices(content),
            "<div class='cards'>",
            *[_card(part) for part in content.parts],
            "</div>",
            _cases(content),
        ]
    )
    return (
        f"<!doctype html><html lang='{escape(get_language() or 'en')}'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<meta name='viewport' content='width=device-width, initial-scale=1'><title>{escape(title)}</title>"
        f"<style>{_styles()}</style></head><body><main>{body}</main>"
        f"<script>{offline.get_plotlyjs()}</script><script>{DRAW}</script></body></html>"
    )


def _styles() -> str:
    """Return the theme's tokens and all styles of the dashboards."""
    tokens = Path(finders.find("theme/tokens.css") or "")
    return "".join(file.read_text("utf-8") for file in (tokens, *sorted(ASSETS.glob("*.css"))))


def _numbers(content: Content) -> str:
    if not content.numbers:
        return ""
    rows = []
    for number in content.numbers:
        change = (
            _("%(change)s vs. %(group)s") % {"change": number.change, "group": number.against} if number.change else ""
        )
        spark = ""
        if number.spark:
            image = f"<span role='img' aria-label='{escape(number.spark.text)}'>{number.spark.svg}</span>"
            spark = f"<dd class='spark'>{image}</dd>"
        notes = "".join(f"<dd class='muted'>{escape(text)}</dd>" for text in (number.note, change) if text)
        rows.append(f"<div><dt>{escape(number.title)}</dt><dd>{escape(number.value)}</dd>{spark}{notes}</div>")
    return f"<dl class='numbers'>{''.join(rows)}</dl>"


def _notices(content: Content) -> str:
    if not content.notices:
        return ""
    rows = "".join(
        f"<li>{escape(notice.title)} <span class='muted'>{escape(notice.text)}</span></li>"
        for notice in content.notices
    )
    title = _("Needs attention")
    return f"<section class='card attention'><h2>{escape(title)}</h2><ul>{rows}</ul></section>"


def _cases(content: Content) -> str:
    rows = "".join(
        f"<article class='case'><h3>{escape(case.title)} · {escape(case.state)}</h3><p>{escape(case.meaning)}</p>"
        + "".join(f"<p>{escape(name)}: {escape(value)}</p>" for name, value in case.evidence)
        + f"<p>{escape(case.note)}</p></article>"
        for case in content.cases or ()
    )
    title = _("Cases")
    return f"<section class='card wide'><h2>{escape(title)}</h2>{rows}</section>" if rows else ""


def _card(part: Part) -> str:
    if part.card is None:
        failed = _("This chart could not be drawn.")
        return f"<section class='card'><p>{escape(failed)}</p></section>"
    card = part.card
    plot = ""
    if card.figure is not None:
        # "<" occurs only within JSON strings, where it can be escaped.
        # Background images are removed: they are served by the application, and the file may not request them.
        figure = go.Figure(card.figure)
        figure.layout.images = ()
        text = json.dumps(json.loads(figure.to_json())).replace("<", "\\u003c")
        container = f"<div data-plot style='height:{card.figure.layout.height or 360}px'></div>"
        plot = f"{container}<script type='application/json'>{text}</script>"
    warning = f"<p class='warning'>{escape(card.warning)}</p>" if card.warning else ""
    large = f"<blockquote class='large'>{escape(card.large.text)}</blockquote>" if card.large else ""
    definitions = "".join(
        f"<dl class='definition'><dt>{escape(title)}</dt><dd>{escape(meaning)}</dd>"
        f"<dd><code>{escape(formula)}</code></dd>"
        f"<dd>{escape(source)}</dd></dl>"
        for title, meaning, formula, source, _undefined in components.definitions(card.explain)
    )
    explain = _("Definitions")
    more = f"<details><summary>{escape(explain)}</summary>{definitions}</details>" if definitions else ""
    return (
        f"<section class='card{' wide' if card.wide else ''}'><h2>{escape(card.title)}</h2>"
        f"<p class='subtitle'>{escape(card.subtitle)}</p>"
        f"{warning}{plot}{large}{_table(part.name, card)}{more}</section>"
    )


def _table(name: str, card: FigureCard) -> str:
    frame: pd.DataFrame = card.table
    if card.large is not None and frame.empty:
        return ""
    if frame.empty or not len(frame.columns):
        nothing = labels.no_data(name)
        return f"<p>{escape(nothing)}</p>"
    heads = labels.column_titles()
    head = "".join(f"<th scope='col'>{escape(heads.get(str(name), str(name)))}</th>" for name in frame.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in labels.rows(frame.head(5000))
    )
    inner = f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    state = "" if card.figure is not None else " open"
    title = _("Show table")
    return f"<details{state}><summary>{escape(title)}</summary>{inner}</details>"
