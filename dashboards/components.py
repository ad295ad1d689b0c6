"""The content of a page into components of Dash: each figure a card with its numbers, its explanation and its files."""

import json
from typing import Any
from urllib.parse import quote

import pandas as pd
from babel.dates import get_day_names, get_month_names
from dash import dcc, html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboards import address, grid, ids, labels
from dashboards.address import Options
from dashboards.grid import HIDDEN
from dashboards.view_models import CaseCard, Content, FigureCard, Notice, Number, Part, Switch, Thumbnail
from gtcrowd.analytics.definitions import DEFINITIONS
from gtcrowd.analytics.filters import Filters

SUNDAY_FIRST = (6, 0, 1, 2, 3, 4, 5)
MOST_ROWS = 100
"""Of a table in the page; its file has all of them."""


def aria(attributes: dict[str, str]) -> dict[str, Any]:
    """Attributes with a hyphen, which cannot be written as keywords."""
    return dict(attributes)


def show(content: Content, filters: Filters, options: Options) -> list[Any]:
    """A page's components."""
    asked = address.search(filters, options)
    here = address.path(options.page, options.item)
    found: list[Any] = [
        html.Div(
            [
                html.H1(content.title, tabIndex="-1"),
                html.A(
                    _("Download page as HTML"),
                    href=file_address("page.html", here, asked),
                    download=f"{options.page}.html",
                    className="button-quiet",
                ),
            ],
            className="head",
        ),
        html.P(content.lead, className="lead") if content.lead else None,
        _switches(content.links, _("Related pages")) if content.links else None,
        html.Dl([_number(one) for one in content.numbers], id=ids.NUMBERS, className="numbers")
        if content.numbers
        else None,
    ]
    if content.notices is not None:
        found.append(_notices(content.notices))
    found.append(html.Div([_card(one, here, asked) for one in content.parts], className="cards"))
    if content.cases is not None:
        found.append(_cases(content.cases))
    return [one for one in found if one is not None]


def file_address(name: str, path: str, search: str) -> str:
    """Where a file of a page is fetched."""
    return f"{address.PREFIX}file/{name}?path={quote(path)}{'&' + search[1:] if search else ''}"


def link(text: Any, href: str, **more: Any) -> Any:
    """Within the dashboards without loading the page anew."""
    return dcc.Link(text, href=href, **more) if href.startswith(address.PREFIX) else html.A(text, href=href, **more)


def graph_config() -> Any:
    """How a figure behaves, and the words for what can be done with it."""
    said = {
        "Autoscale": _("Autoscale"),
        "Double-click to zoom back out": _("Double-click to zoom back out"), "Pan": _("Pan"),
        "Reset axes": _("Reset axes"), "Zoom": _("Zoom"), "Zoom in": _("Zoom in"), "Zoom out": _("Zoom out"),
    }  # fmt: skip
    language = get_language() or "en"
    dates = {
        "months": list(get_month_names("wide", locale=language).values()),
        "shortMonths": list(get_month_names("abbreviated", locale=language).values()),
        "days": [get_day_names("wide", locale=language)[day] for day in SUNDAY_FIRST],
        "shortDays": [get_day_names("abbreviated", locale=language)[day] for day in SUNDAY_FIRST],
        "date": "%Y-%m-%d",
    }
    return {
        "displaylogo": False,
        "responsive": True,
        "locale": language,
        "locales": {language: {"dictionary": said, "format": dates}},
        # Saving is done by buttons under each figure, which the keyboard reaches.
        "modeBarButtonsToRemove": ["sendChartToCloud", "toImage", "select2d", "lasso2d"],
    }


def definitions(names: tuple[str, ...]) -> list[tuple[str, str, str, str, str]]:
    """Title, meaning, formula, source, and when undefined, of each definition named."""
    found = [DEFINITIONS[name] for name in names]
    return [(str(one.title), str(one.meaning), one.formula, one.source, str(one.undefined)) for one in found]


def table(
    frame: pd.DataFrame,
    links: tuple[str, ...] = (),
    *,
    workers: tuple[str, ...] = (),
    thumbnails: tuple[Thumbnail, ...] = (),
) -> Any:
    """A frame as people read it; the first column leads to what a row is about, and shows it if it is an object."""
    if frame.empty or not len(frame.columns):
        return html.P(_("No data for these filters."))
    heads = labels.column_titles()
    shown = frame.head(MOST_ROWS)
    names = [str(name) for name in frame.columns if str(name) not in HIDDEN]
    right = ["number" if labels.is_number(frame, name) else "" for name in frame.columns if str(name) not in HIDDEN]
    head = html.Tr(
        [html.Th(heads.get(name, name), scope="col", className=side) for name, side in zip(names, right, strict=True)]
    )
    rows = []
    for place, cells in enumerate(labels.rows(shown[[name for name in frame.columns if str(name) not in HIDDEN]])):
        told: list[Any] = [link(cells[0], links[place]) if place < len(links) else cells[0], *cells[1:]]
        if place < len(thumbnails):
            told[0] = _thumbnail(thumbnails[place])
        if place < len(workers) and workers[place]:
            who = names.index("worker")
            told[who] = link(cells[who], workers[place])
        rows.append(html.Tr([html.Td(cell, className=side) for cell, side in zip(told, right, strict=True)]))
    found: list[Any] = [
        html.Div(
            html.Table([html.Thead(head), html.Tbody(rows)]),
            className="scroll",
            tabIndex="0",
            role="region",
            **aria({"aria-label": _("Table")}),
        )
    ]
    if len(frame) > MOST_ROWS:
        found.append(
            html.P(
                _("First %(some)s of %(all)s rows. Download the CSV for all rows.")
                % {"some": MOST_ROWS, "all": f"{len(frame):,}"}
            )
        )
    return html.Div(found)


def _number(one: Number) -> html.Div:
    parts: list[Any] = [html.Dt(_more(one)), html.Dd(one.value)]
    if one.spark:
        picture = f"data:image/svg+xml,{quote(one.spark.svg)}"
        parts.append(html.Dd(html.Img(src=picture, alt=one.spark.text, title=one.spark.text), className="spark"))
    if one.note:
        parts.append(html.Dd(one.note, className="muted"))
    if one.change:
        said = _("%(change)s vs. %(group)s") % {"change": one.change, "group": one.against}
        parts.append(html.Dd(said, className="muted"))
    return html.Div(parts, title=str(DEFINITIONS[one.name].meaning) if one.name in DEFINITIONS else None)


def _more(one: Number) -> Any:
    """The title, which leads to where more is told: a figure of the page, or another page."""
    return link(one.title, one.href) if one.href else one.title


def _notices(notices: tuple[Notice, ...]) -> html.Section:
    rows = [
        html.Li([link(one.title, one.href) if one.href else one.title, html.Span(f" {one.text}", className="muted")])
        for one in notices
    ]
    inner = html.Ul(rows) if rows else html.P(_("Nothing needs your attention."), className="muted")
    return html.Section([html.H2(_("Needs attention")), inner], className="card attention")


def _switches(switches: tuple[Switch, ...], label: str) -> html.Nav:
    return html.Nav(
        [
            link(one.text, one.href, **aria({"aria-current": "true"} if one.current else {}))
            if not _internal(one)
            else _switch(one)
            for one in switches
        ],
        className="switches",
        **aria({"aria-label": label}),
    )


def _internal(one: Switch) -> bool:
    return one.href.startswith(address.PREFIX)


def _switch(one: Switch) -> html.Span:
    # dcc.Link takes no attributes of its own; what is current is told by its surroundings.
    return html.Span(dcc.Link(one.text, href=one.href), **aria({"aria-current": "true"} if one.current else {}))


def _card(one: Part, here: str, asked: str) -> html.Section:
    drawn = one.card
    if drawn is None:
        said = html.P(
            _("This chart could not be drawn. Other charts are not affected. See the service log for the cause."),
            role="alert",
        )
        return html.Section(
            [html.H2(_("Chart not available")), said], className="card failed", id=ids.container(one.name)
        )
    inner: list[Any] = [html.H2(drawn.title), html.P(drawn.subtitle, className="subtitle")]
    if drawn.switches:
        inner.append(_switches(drawn.switches, _("Chart options")))
    if drawn.warning:
        inner.append(html.P(drawn.warning, className="warning", role="note"))
    if drawn.figure is not None:
        inner.append(_graph(one.name, drawn))
    elif drawn.large is not None:
        inner.append(_large(drawn.large))
    elif drawn.grid:
        inner.append(grid.table(drawn.table))
    elif drawn.table.empty:
        inner.append(html.P(_("No data for these filters."), className="empty"))
    else:
        inner.append(table(drawn.table, drawn.links, workers=drawn.workers, thumbnails=drawn.thumbnails))
    if drawn.examples:
        inner.append(_examples(drawn.examples))
    inner.append(_foot(one.name, drawn, here, asked))
    return html.Section(inner, className="card wide" if drawn.wide else "card", **aria({"aria-label": drawn.title}))


def _graph(name: str, drawn: FigureCard) -> html.Div:
    assert drawn.figure is not None  # noqa: S101 - the caller has looked
    height = f"{drawn.figure.layout.height or 360}px"
    graph = dcc.Graph(id=ids.graph(name), figure=drawn.figure, config=graph_config(), style={"height": height})
    return html.Div(graph, id=ids.container(name), className="graph", role="group", **aria({"aria-label": drawn.title}))


def _thumbnail(one: Thumbnail) -> Any:
    """A small picture, else the text, that leads to the object."""
    inner = html.Img(src=one.picture, alt=one.alt) if one.picture else one.text or one.alt
    return link(inner, one.href, className="thumbnail", title=one.text or one.alt)


def _large(one: Thumbnail) -> Any:
    if one.picture:
        return html.Img(src=one.picture, alt=one.alt, className="large")
    return html.Blockquote(one.text or one.alt, className="large")


def _examples(examples: tuple[tuple[str, tuple[Thumbnail, ...]], ...]) -> html.Section:
    rows = [html.Li([html.Span(name), *map(_thumbnail, some)]) for name, some in examples]
    return html.Section([html.H3(_("Examples")), html.Ul(rows)], className="examples")


def _foot(name: str, drawn: FigureCard, here: str, asked: str) -> html.Div:
    parts: list[Any] = []
    if drawn.figure is not None:
        parts.append(html.Details([html.Summary(_("Show table")), table(drawn.table, drawn.links)]))
    if drawn.explain:
        parts.append(
            html.Details([html.Summary(_("Definitions")), *[_definition(one) for one in definitions(drawn.explain)]])
        )
    files: list[Any] = []
    said = _("%(title)s as %(format)s")
    if len(drawn.table.columns):
        label = said % {"title": drawn.title, "format": "CSV"}
        files.append(
            html.A(
                "CSV",
                href=file_address(f"{name}.csv", here, asked),
                download=f"{name}.csv",
                **aria({"aria-label": label}),
            )
        )
    if drawn.figure is not None:
        for kind in ("PNG", "SVG"):
            label = said % {"title": drawn.title, "format": kind}
            marks = {"data-save": kind.lower(), "data-figure": name, "aria-label": label}
            files.append(html.Button(kind, type="button", className="button-quiet", **aria(marks)))
    parts.append(html.Div(files, className="files"))
    return html.Div(parts, className="foot")


def _definition(one: tuple[str, str, str, str, str]) -> html.Dl:
    title, meaning, formula, source, undefined = one
    rows = ((_("Formula"), html.Code(formula)), (_("Source"), source), (_("Not defined when"), undefined))
    told = [part for name, text in rows if text for part in (html.Dt(name), html.Dd(text))]
    return html.Dl([html.Dt(title), html.Dd(meaning), *told], className="definition")


def _cases(cases: tuple[CaseCard, ...]) -> html.Section:
    inner: list[Any] = [_case(one) for one in cases] or [html.P(_("No cases for this worker."), className="muted")]
    return html.Section(
        [html.H2(_("Cases")), html.P(id=ids.CASE_MESSAGE, role="status"), *inner], className="card wide"
    )


def _case(one: CaseCard) -> html.Article:
    facts = [part for name, value in one.evidence for part in (html.Dt(name), html.Dd(value))]
    inner: list[Any] = [
        html.H3(f"{one.title} · {one.state}"), html.P(one.meaning), html.Dl(facts, className="facts"),
        html.P(_("Other possible explanations:")), html.Ul([html.Li(text) for text in one.explanations]),
    ]  # fmt: skip
    if one.note:
        inner.append(html.P(_("Note: %(note)s") % {"note": one.note}))
    if one.may_decide:
        label = f"note-{one.case_id}"
        inner += [
            html.Label(_("Reason for the decision"), id=label, htmlFor=_dom(ids.note(one.case_id))),
            dcc.Textarea(id=ids.note(one.case_id), maxLength=1000, value="", rows=2),
            html.Div([
                html.Button(_("Confirm"), id=ids.verdict(one.case_id, "confirm"), type="button"),
                html.Button(_("Dismiss"), id=ids.verdict(one.case_id, "clear"), type="button"),
            ], className="files"),
        ]  # fmt: skip
    elif one.open:
        inner.append(html.P(_("Your role does not allow you to decide cases."), className="muted"))
    return html.Article(inner, className="case")


def _dom(name: dict[str, str | int]) -> str:
    """The id as it stands in the document: keys in order, without spaces."""
    return json.dumps(name, sort_keys=True, separators=(",", ":"))
