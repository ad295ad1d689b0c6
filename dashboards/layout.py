"""Everything around the content of a page: navigation, filters, saved views and the age of the data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html
from django.utils.translation import gettext as _

from dashboards import address, ids, pages
from dashboards.address import Options
from dashboards.components import aria, link
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.models import SavedView
from gtcrowd.identity.access import Viewer

EVERY_SECONDS = 15
NAMED = ("overview", "workers", "quality", "job", "vendors", "money", "system")


Choices = Mapping[str, Sequence[tuple[Any, str]]]
"""Filter → pairs of value and name, from gtcrowd.analytics.frames.options."""


def page(options: Choices, views: Sequence[SavedView], *, requester: str) -> html.Div:
    """Return what every page has around its content. `requester`: slug of the owner of `options` and `views`."""
    return html.Div(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            *[dcc.Store(id=name) for name in (ids.TICK, ids.DECIDED, ids.AWAY, ids.SETTLED, ids.ROW)],
            dcc.Store(id=ids.VERSION, data=version(requester, "")),
            dcc.Store(id=ids.WORDS, data={"pause": _("Pause"), "go": _("Resume")}),
            dcc.Interval(id=ids.CLOCK, interval=1000 * EVERY_SECONDS),
            html.Nav(id=ids.NAV, className="pages", **aria({"aria-label": _("Pages")})),
            html.Main(
                [
                    _filters(options),
                    html.Div(
                        [
                            _views(views, requester),
                            html.Span(id=ids.AS_OF, className="muted", role="status"),
                            html.Button(
                                _("Pause"),
                                id=ids.PAUSE,
                                type="button",
                                className="button-quiet",
                                **aria({"aria-pressed": "false"}),
                            ),
                        ],
                        className="fresh",
                    ),
                    dcc.Loading(
                        html.Div(html.P(_("Loading …"), className="muted"), id=ids.CONTENT),
                        type="dot",
                        delay_show=600,
                        target_components={ids.CONTENT: "children"},  # type: ignore[arg-type]
                        overlay_style={"visibility": "visible", "opacity": 0.5},
                    ),
                ]
            ),
        ]
    )


def navigation(filters: Filters, options: Options) -> list[Any]:
    """Return links to the pages, which keep the filters."""
    current = "workers" if options.page == "worker" else options.page
    return [
        html.Span(
            dcc.Link(pages.PAGES[name].title(), href=address.href(filters, options, page=name)),
            **aria({"aria-current": "page"} if name == current else {}),
        )
        for name in NAMED
    ]


def version(requester: str, data: str) -> dict[str, str]:
    """Return what the browser's page shows: its requester and the version of its data."""
    return {"requester": requester, "seen": data}


def switches(filters: Filters, options: Options, viewers: Sequence[Viewer] = (), current: str = "") -> list[Any]:
    """Return links to named periods and kinds of objects, and to the requesters of `viewers` if there are several.

    `current`: slug of the requester shown.
    """
    periods = {"7": _("7 days"), "28": _("28 days"), "90": _("90 days"), "all": _("all days")}
    sources = {"all": _("all objects"), "real": _("regular objects"), "gold": _("gold questions")}
    period_links = []
    for name, text in periods.items():
        first, last = address.days(name, options.today)
        href = address.href(replace(filters, first_day=first, last_day=last), replace(options, period=name))
        period_links.append((text, href, name == options.period))
    objects = [
        (text, address.href(replace(filters, source=name), options), name == filters.source)
        for name, text in sources.items()
    ]
    groups = [_group(_("Days"), period_links), _group(_("Objects"), objects)]
    if len(viewers) > 1:
        requesters = [
            (membership.name, address.of_requester(filters, options, membership.slug), membership.slug == current)
            for membership in sorted(
                (viewer.requester for viewer in viewers), key=lambda membership: membership.name.casefold()
            )
        ]
        groups.insert(0, _group(_("Requester"), requesters))
    return groups


def _group(label: str, links: Sequence[tuple[str, str, bool]]) -> html.Nav:
    return html.Nav(
        [
            html.Span(dcc.Link(text, href=href), **aria({"aria-current": "true"} if current else {}))
            for text, href, current in links
        ],
        className="switches",
        **aria({"aria-label": label}),
    )


def saved(views: Sequence[SavedView], requester: str) -> list[Any]:
    """Return a requester's saved views, each with a delete button."""
    return [
        html.Li([
            link(view.name, address.with_requester(view.address, requester)),
            html.Button(
                "×", id=ids.view(view.pk), type="button", className="button-quiet",
                **aria({"aria-label": _("Delete view %(name)s") % {"name": view.name}}),
            ),
        ])
        for view in views
    ] or [html.Li(_("No saved views yet."), className="muted")]  # fmt: skip


def _views(views: Sequence[SavedView], requester: str) -> html.Details:
    return html.Details(
        [
            html.Summary(_("Saved views")),
            html.Ul(saved(views, requester), id=ids.VIEWS),
            html.Label(_("Name of this view"), htmlFor=ids.VIEW_NAME),
            html.Div(
                [
                    dcc.Input(id=ids.VIEW_NAME, type="text", maxLength=60, autoComplete="off"),
                    html.Button(_("Save"), id=ids.VIEW_SAVE, type="button"),
                ],
                className="files",
            ),
            html.P(id=ids.VIEW_MESSAGE, role="status", className="muted"),
        ],
        className="views",
    )


def _filters(options: Choices) -> html.Section:
    choices = (
        (ids.JOBS, _("Job"), options["jobs"]), (ids.TEAMS, _("Team"), options["teams"]),
        (ids.WORKFORCES, _("Workforce"), options["workforces"]), (ids.WORKERS, _("Worker"), options["workers"]),
        (ids.KINDS, _("Kind"), options["kinds"]),
    )  # fmt: skip
    days = html.Div(
        [
            html.Label(_("Days"), htmlFor=ids.DAYS),
            dcc.DatePickerRange(
                id=ids.DAYS,
                display_format="YYYY-MM-DD",
                month_format="YYYY-MM",
                updatemode="bothdates",
                start_date_placeholder_text=_("start date"),
                end_date_placeholder_text=_("end date"),
                clearable=True,
            ),
        ],
        className="days",
    )
    against = html.Div(
        [
            html.Label(_("Compare with"), htmlFor=ids.AGAINST),
            dcc.Dropdown(id=ids.AGAINST, options=against_choices(options), clearable=False, labels=_dropdown()),
        ]
    )
    controls = [*(_choice(name, label, values) for name, label, values in choices), days, against]
    choose = html.Details(
        [html.Summary(_("Filters")), html.Div(controls, className="filters")], id="filters", open=True
    )
    return html.Section([html.Div(id=ids.PERIODS), choose], className="bar", role="search")


def choices(values: Sequence[tuple[Any, str]]) -> list[dict[str, Any]]:
    """Return options for a dropdown."""
    return [{"label": text, "value": pk} for pk, text in values]


def against_choices(options: Choices) -> list[dict[str, Any]]:
    """Return the baselines to compare numbers with."""
    baselines: list[tuple[str, str]] = [
        ("before", _("previous period")), ("none", _("nothing")), ("crowd", _("all workers")),
    ]  # fmt: skip
    baselines += [(f"team-{pk}", _("team %(name)s") % {"name": name}) for pk, name in options["teams"]]
    baselines += [(f"workforce-{pk}", _("workforce %(name)s") % {"name": name}) for pk, name in options["workforces"]]
    return choices(baselines)


def _choice(name: str, label: str, values: Sequence[tuple[Any, str]]) -> html.Div:
    return html.Div(
        [
            html.Label(label, htmlFor=name),
            dcc.Dropdown(id=name, options=choices(values), multi=True, placeholder=_("all"), labels=_dropdown()),
        ]
    )


def _dropdown() -> Any:
    """Return the texts of a dropdown; Dash's own are in English only."""
    return {
        "select_all": _("Select all"),
        "deselect_all": _("Deselect all"),
        "selected_count": _("{num_selected} selected"),
        "search": _("Search"),
        "clear_search": _("Clear search"),
        "clear_selection": _("Clear selection"),
        "no_options_found": _("No matches"),
    }
