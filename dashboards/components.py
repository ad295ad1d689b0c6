"""Turn the content of a page into Dash components: each figure is a card with its table, definitions and files."""

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
"""Rows of a table on a page; its CSV file has all rows."""


def aria(attributes: dict[str, str]) -> dict[str, Any]:
    """Return attributes whose names contain a hyphen, which cannot be keyword arguments."""
    return dict(attributes)


def show(content: Content, filters: Filters, options: Options) -> list[Any]:
    """Return the components of a page."""
    search = address.search(filters, options)
    path = address.path(options.page, options.item)
    sections: list[Any] = [
        html.Div(
            [
                html.H1(content.title, tabIndex="-1"),
                html.A(
                    _("Download page as HTML"),
                    href=file_address("page.html", path, search),
                    download=f"{options.page}.html",
                    className="button-quiet",
                ),
            ],
            className="head",
        ),
        html.P(content.lead, className="lead") if content.lead else None,
        _switches(content.links, _("Related pages")) if content.links else None,
        html.Dl([_number(item) for item in content.numbers], id=ids.NUMBERS, className="numbers")
        if content.numbers
        else None,
    ]
    if content.notices is not None:
        sections.append(_notices(content.notices))
    sections.append(html.Div([_card(item, path, search) for item in content.parts], className="cards"))
    if content.cases is not None:
        sections.append(_cases(content.cases))
    return [item for item in sections if item is not None]


def file_address(name: str, path: str, search: str) -> str:
    """Return the address of a file of a page."""
    return f"{address.PREFIX}file/{name}?path={quote(path)}{'&' + search[1:] if search else ''}"


def link(text: Any, href: str, **more: Any) -> Any:
    """Return a link; within the dashboards it loads no new document."""
    return dcc.Link(text, href=href, **more) if href.startswith(address.PREFIX) else html.A(text, href=href, **more)


def graph_config() -> Any:
    """Return Plotly's configuration, with its texts in the user's language."""
    dictionary = {
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
        "locales": {language: {"dictionary": dictionary, "format": dates}},
        # Buttons below each figure save images; unlike the mode bar, they can be used with the keyboard.
        "modeBarButtonsToRemove": ["sendChartToCloud", "toImage", "select2d", "lasso2d"],
    }


def definitions(names: tuple[str, ...]) -> list[tuple[str, str, str, str, str]]:
    """Return title, meaning, formula, source and undefined cases of the named definitions."""
    entries = [DEFINITIONS[name] for name in names]
    return [
        (str(entry.title), str(entry.meaning), entry.formula, entry.source, str(entry.undefined)) for entry in entries
    ]


def table(
    frame: pd.DataFrame,
    links: tuple[str, ...] = (),
    *,
    workers: tuple[str, ...] = (),
    thumbnails: tuple[Thumbnail, ...] = (),
    name: str = "",
) -> Any:
    """Return a frame as a table. The first column links to the item of the row and shows a preview of objects.

    `name`: of the region around the table, unlike those of others.
    """
    if frame.empty or not len(frame.columns):
        return html.P(_("This table has no rows."))
    heads = labels.column_titles()
    page = frame.head(MOST_ROWS)
    names = [str(name) for name in frame.columns if str(name) not in HIDDEN]
    right = ["number" if labels.is_number(frame, name) else "" for name in frame.columns if str(name) not in HIDDEN]
    head = html.Tr(
        [html.Th(heads.get(name, name), scope="col", className=side) for name, side in zip(names, right, strict=True)]
    )
    rows = []
    for index, cells in enumerate(labels.rows(page[[name for name in frame.columns if str(name) not in HIDDEN]])):
        values: list[Any] = [link(cells[0], links[index]) if index < len(links) else cells[0], *cells[1:]]
        if index < len(thumbnails):
            values[0] = _thumbnail(thumbnails[index])
        if index < len(workers) and workers[index]:
            worker_column = names.index("worker")
            values[worker_column] = link(cells[worker_column], workers[index])
        rows.append(html.Tr([html.Td(cell, className=side) for cell, side in zip(values, right, strict=True)]))
    children: list[Any] = [
        html.Div(
            html.Table([html.Thead(head), html.Tbody(rows)]),
            className="scroll",
            tabIndex="0",
            role="region",
            **aria({"aria-label": name or _("Table")}),
        )
    ]
    if len(frame) > MOST_ROWS:
        children.append(
            html.P(
                _("First %(some)s of %(all)s rows. Download the CSV for all rows.")
                % {"some": MOST_ROWS, "all": f"{len(frame):,}"}
            )
        )
    return html.Div(children)


def _table_name(card: FigureCard) -> str:
    return _("Table: %(title)s") % {"title": card.title}


def _number(number: Number) -> html.Div:
    parts: list[Any] = [html.Dt(_more(number)), html.Dd(number.value)]
    if number.spark:
        picture = f"data:image/svg+xml,{quote(number.spark.svg)}"
        parts.append(html.Dd(html.Img(src=picture, alt=number.spark.text, title=number.spark.text), className="spark"))
    if number.note:
        parts.append(html.Dd(number.note, className="muted"))
    if number.change:
        change = _("%(change)s vs. %(group)s") % {"change": number.change, "group": number.against}
        parts.append(html.Dd(change, className="muted"))
    return html.Div(parts, title=str(DEFINITIONS[number.name].meaning) if number.name in DEFINITIONS else None)


def _more(number: Number) -> Any:
    """Return the title as a link to details, if there are any."""
    return link(number.title, number.href) if number.href else number.title


def _notices(notices: tuple[Notice, ...]) -> html.Section:
    rows = [
        html.Li(
            [
                link(notice.title, notice.href) if notice.href else notice.title,
                html.Span(f" {notice.text}", className="muted"),
            ]
        )
        for notice in notices
    ]
    inner = html.Ul(rows) if rows else html.P(_("Nothing needs your attention."), className="muted")
    return html.Section([html.H2(_("Needs attention")), inner], className="card attention")


def _switches(switches: tuple[Switch, ...], label: str) -> html.Nav:
    return html.Nav(
        [
            link(switch.text, switch.href, **aria({"aria-current": "true"} if switch.current else {}))
            if not _internal(switch)
            else _switch(switch)
            for switch in switches
        ],
        className="switches",
        **aria({"aria-label": label}),
    )


def _internal(switch: Switch) -> bool:
    return switch.href.startswith(address.PREFIX)


def _switch(switch: Switch) -> html.Span:
    # dcc.Link takes no other attributes; its parent carries aria-current.
    return html.Span(
        dcc.Link(switch.text, href=switch.href), **aria({"aria-current": "true"} if switch.current else {})
    )


def _card(part: Part, path: str, search: str) -> html.Section:
    card = part.card
    if card is None:
        message = html.P(
            _("This chart could not be drawn. Other charts are not affected. See the service log for the cause."),
            role="alert",
        )
        return html.Section(
            [html.H2(_("Chart not available")), message], className="card failed", id=ids.container(part.name)
        )
    inner: list[Any] = [html.H2(card.title), html.P(card.subtitle, className="subtitle")]
    if card.switches:
        inner.append(_switches(card.switches, _("Chart options")))
    if card.warning:
        inner.append(html.P(card.warning, className="warning", role="note"))
    if card.figure is not None:
        inner.append(_graph(part.name, card))
    elif card.large is not None:
        inner.append(_large(card.large))
    elif card.grid:
        inner.append(grid.table(card.table))
    elif card.table.empty:
        inner.append(html.P(labels.no_data(part.name), className="empty"))
    else:
        inner.append(
            table(card.table, card.links, workers=card.workers, thumbnails=card.thumbnails, name=_table_name(card))
        )
    if card.examples:
        inner.append(_examples(card.examples))
    inner.append(_foot(part.name, card, path, search))
    return html.Section(inner, className="card wide" if card.wide else "card", **aria({"aria-label": card.title}))


def _graph(name: str, card: FigureCard) -> html.Div:
    assert card.figure is not None  # noqa: S101 - checked by the caller
    height = f"{card.figure.layout.height or 360}px"
    graph = dcc.Graph(id=ids.graph(name), figure=card.figure, config=graph_config(), style={"height": height})
    return html.Div(graph, id=ids.container(name), className="graph", role="group", **aria({"aria-label": card.title}))


def _thumbnail(thumbnail: Thumbnail) -> Any:
    """Return a small image, or else the text, as a link to the object."""
    inner = html.Img(src=thumbnail.picture, alt=thumbnail.alt) if thumbnail.picture else thumbnail.text or thumbnail.alt
    return link(inner, thumbnail.href, className="thumbnail", title=thumbnail.text or thumbnail.alt)


def _large(thumbnail: Thumbnail) -> Any:
    if thumbnail.picture:
        return html.Img(src=thumbnail.picture, alt=thumbnail.alt, className="large")
    return html.Blockquote(thumbnail.text or thumbnail.alt, className="large")


def _examples(examples: tuple[tuple[str, tuple[Thumbnail, ...]], ...]) -> html.Section:
    rows = [html.Li([html.Span(name), *map(_thumbnail, thumbnails)]) for name, thumbnails in examples]
    return html.Section([html.H3(_("Examples")), html.Ul(rows)], className="examples")


def _foot(name: str, card: FigureCard, path: str, search: str) -> html.Div:
    parts: list[Any] = []
    if card.figure is not None:
        parts.append(
            html.Details([html.Summary(_("Show table")), table(card.table, card.links, name=_table_name(card))])
        )
    if card.explain:
        parts.append(
            html.Details(
                [html.Summary(_("Definitions")), *[_definition(definition) for definition in definitions(card.explain)]]
            )
        )
    files: list[Any] = []
    label_format = _("%(title)s as %(format)s")
    if len(card.table.columns):
        label = label_format % {"title": card.title, "format": "CSV"}
        files.append(
            html.A(
                "CSV",
                href=file_address(f"{name}.csv", path, search),
                download=f"{name}.csv",
                **aria({"aria-label": label}),
            )
        )
    if card.figure is not None:
        for kind in ("PNG", "SVG"):
            label = label_format % {"title": card.title, "format": kind}
            marks = {"data-save": kind.lower(), "data-figure": name, "aria-label": label}
            files.append(html.Button(kind, type="button", className="button-quiet", **aria(marks)))
    parts.append(html.Div(files, className="files"))
    return html.Div(parts, className="foot")


def _definition(entry: tuple[str, str, str, str, str]) -> html.Dl:
    title, meaning, formula, source, undefined = entry
    rows = ((_("Formula"), html.Code(formula)), (_("Source"), source), (_("Not defined when"), undefined))
    details = [part for name, text in rows if text for part in (html.Dt(name), html.Dd(text))]
    return html.Dl([html.Dt(title), html.Dd(meaning), *details], className="definition")


def _cases(cases: tuple[CaseCard, ...]) -> html.Section:
    inner: list[Any] = [_case(case) for case in cases] or [html.P(_("No cases for this worker."), className="muted")]
    return html.Section(
        [html.H2(_("Cases")), html.P(id=ids.CASE_MESSAGE, role="status"), *inner], className="card wide"
    )


def _case(case: CaseCard) -> html.Article:
    evidence = [element for name, value in case.evidence for element in (html.Dt(name), html.Dd(value))]
    inner: list[Any] = [
        html.H3(f"{case.title} · {case.state}"), html.P(case.meaning), html.Dl(evidence, className="facts"),
        html.P(_("Other possible explanations:")), html.Ul([html.Li(text) for text in case.explanations]),
    ]  # fmt: skip
    if case.note:
        inner.append(html.P(_("Note: %(note)s") % {"note": case.note}))
    if case.may_decide:
        label = f"note-{case.case_id}"
        inner += [
            html.Label(_("Reason for the decision"), id=label, htmlFor=_dom(ids.note(case.case_id))),
            dcc.Textarea(id=ids.note(case.case_id), maxLength=1000, value="", rows=2),
            html.Div([
                html.Button(_("Confirm"), id=ids.verdict(case.case_id, "confirm"), type="button"),
                html.Button(_("Dismiss"), id=ids.verdict(case.case_id, "clear"), type="button"),
            ], className="files"),
        ]  # fmt: skip
    elif case.open:
        inner.append(html.P(_("Your role does not allow you to decide cases."), className="muted"))
    if case.next_steps:
        inner += [html.P(_("Next step:")), _switches(case.next_steps, _("Next step"))]
    return html.Article(inner, className="case", id=ids.case(case.case_id), tabIndex="-1")


def _dom(name: dict[str, str | int]) -> str:
    """Return a pattern-matching ID as Dash writes it to the document: sorted keys, no spaces."""
    return json.dumps(name, sort_keys=True, separators=(",", ":"))
