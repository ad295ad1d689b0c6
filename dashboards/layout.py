"""The page: filters, numbers, and a card for each figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import get_day_names, get_month_names
from dash import dcc, html
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboards import ids

SUNDAY_FIRST = (6, 0, 1, 2, 3, 4, 5)


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


def page(options: Mapping[str, Sequence[tuple[int, str]]], *, csrf_token: str) -> html.Div:
    """The page in the language of who asks. `csrf_token` goes with the form that changes the language."""
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
            html.Footer(_languages(csrf_token)),
        ]
    )


def _languages(csrf_token: str) -> html.Form:
    """As on the other pages; where to return to is told by the browser."""
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrfmiddlewaretoken", value=csrf_token),
            *(
                html.Button(
                    called, type="submit", name="language", value=code, lang=code,
                    **_aria({"aria-current": "true"} if code == get_language() else {}),
                )
                for code, called in settings.LANGUAGES
            ),
        ],
        action="/language/", method="post", className="languages", **_aria({"aria-label": _("Language")}),
    )  # fmt: skip


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
                    dcc.DatePickerRange(
                        id=ids.DAYS,
                        display_format="YYYY-MM-DD",
                        month_format="YYYY-MM",
                        start_date_placeholder_text=_("first day"),
                        end_date_placeholder_text=_("last day"),
                        clearable=True,
                    ),
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
        [
            html.Label(label, htmlFor=name),
            dcc.Dropdown(id=name, options=shown, multi=True, placeholder=_("all"), labels=_dropdown()),
        ]
    )


def _dropdown() -> Any:
    """What a list to choose from says; Dash itself knows English only, as do the figures."""
    return {
        "select_all": _("Choose all"),
        "deselect_all": _("Choose none"),
        "selected_count": _("{num_selected} chosen"),
        "search": _("Search"),
        "clear_search": _("Clear the search"),
        "clear_selection": _("Clear the choice"),
        "no_options_found": _("Nothing found"),
    }


def _graph() -> Any:
    """How a figure behaves, and the words for what can be done with it."""
    words = {
        "Autoscale": _("Fit in"),
        "Box Select": _("Select a box"),
        "Double-click to zoom back out": _("Double-click to zoom back out"),
        "Download plot as a PNG": _("Save as a picture"),
        "Lasso Select": _("Select freely"),
        "Pan": _("Move"),
        "Reset axes": _("As at first"),
        "Zoom": _("Zoom"),
        "Zoom in": _("Zoom in"),
        "Zoom out": _("Zoom out"),
    }
    language = get_language() or "en"
    dates = {
        "months": list(get_month_names("wide", locale=language).values()),
        "shortMonths": list(get_month_names("abbreviated", locale=language).values()),
        "days": [get_day_names("wide", locale=language)[day] for day in SUNDAY_FIRST],
        "shortDays": [get_day_names("abbreviated", locale=language)[day] for day in SUNDAY_FIRST],
        "date": "%Y-%m-%d",
    }
    locales = {language: {"dictionary": words, "format": dates}}
    sends_away = ["sendChartToCloud"]
    return {
        "displaylogo": False,
        "responsive": True,
        "locale": language,
        "locales": locales,
        "modeBarButtonsToRemove": sends_away,
    }


def _card(name: str, title: str) -> html.Section:
    extra: list[Any] = []
    if name == "throughput":
        groups = [{"label": _("by worker"), "value": "worker"}, {"label": _("by team"), "value": "team"}]
        extra = [dcc.RadioItems(groups, "worker", id=ids.GROUP, inline=True)]
    return html.Section(
        [
            *extra,
            dcc.Loading(dcc.Graph(id=ids.graph(name), config=_graph())),
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
