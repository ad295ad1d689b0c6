"""The page: filters, numbers, and a card for each figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from django.utils.translation import gettext as _

from dashboards import ids


def _aria(attributes: dict[str, str]) -> dict[str, Any]:
    """Attributes with a hyphen, which cannot be written as keywords."""
    return dict(attributes)


def names() -> dict[str, str]:
    """What each figure is called for those who hear or save it."""
    return {
        "accuracy": _("Accuracy by worker"),
        "seconds": _("Seconds a task by worker"),
        "throughput": _("Answers by day"),
        "cost": _("Cost to date"),
        "progress": _("Progress by job"),
    }


def page(options: Mapping[str, Sequence[tuple[int, str]]]) -> html.Div:
    return html.Div(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            html.Header(
                [
                    html.A("gtcrowd", href="/", className="brand"),
                    html.Nav(
                        [
                            html.A(_("Work"), href="/work/"),
                            html.A(_("Jobs"), href="/jobs/"),
                            html.A(_("Dashboards"), href="/dashboards/", **_aria({"aria-current": "page"})),
                        ]
                    ),
                ],
                className="top",
            ),
            html.Main(
                [
                    html.H1(_("Operations")),
                    _filters(options),
                    dcc.Loading(html.Dl(id=ids.NUMBERS, className="numbers"), type="dot"),
                    html.Div([_card(name, title) for name, title in names().items()], className="cards"),
                ]
            ),
        ]
    )


def _filters(options: Mapping[str, Sequence[tuple[int, str]]]) -> html.Div:
    choices = (
        (ids.JOBS, _("Job"), options["jobs"]),
        (ids.TEAMS, _("Team"), options["teams"]),
        (ids.WORKERS, _("Worker"), options["workers"]),
    )
    return html.Div(
        [
            *(_choice(name, label, values) for name, label, values in choices),
            html.Div(
                [
                    html.Label(_("Days"), htmlFor=ids.DAYS),
                    dcc.DatePickerRange(id=ids.DAYS, display_format="YYYY-MM-DD", clearable=True),
                ]
            ),
            html.Div([html.Button(_("Refresh"), id=ids.REFRESH), html.Span(id=ids.AS_OF, className="soft")]),
        ],
        className="filters",
        role="search",
    )


def _choice(name: str, label: str, values: Sequence[tuple[int, str]]) -> html.Div:
    shown = [{"label": text, "value": pk} for pk, text in values]
    return html.Div(
        [html.Label(label, htmlFor=name), dcc.Dropdown(id=name, options=shown, multi=True, placeholder=_("all"))]
    )


def _card(name: str, title: str) -> html.Section:
    extra: list[Any] = []
    if name == "throughput":
        groups = [{"label": _("by worker"), "value": "worker"}, {"label": _("by team"), "value": "team"}]
        extra = [dcc.RadioItems(groups, "worker", id=ids.GROUP, inline=True)]
    return html.Section(
        [
            *extra,
            dcc.Loading(dcc.Graph(id=ids.graph(name), config={"displaylogo": False, "responsive": True})),
            html.Div(
                [
                    html.Details([html.Summary(_("As a table")), html.Div(id=ids.table(name), className="scroll")]),
                    html.Button(
                        "CSV", id=ids.save(name), **_aria({"aria-label": _("%(title)s as CSV") % {"title": title}})
                    ),
                    dcc.Download(id=ids.download(name)),
                    dcc.Store(id=ids.data(name)),
                ],
                className="foot",
            ),
        ],
        className="card",
        **_aria({"aria-label": title}),
    )
