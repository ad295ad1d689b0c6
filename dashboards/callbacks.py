"""Callbacks: from the address to a page, from the controls to the address, and actions on a page."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import address, components, grid, ids, layout, page_cache, pages
from dashboards.files import NoSuchRequester, parse_request, viewers
from dashboards.pages import links
from dashboards.pages import workers as all_workers
from dashboards.view_models import Content
from gtcrowd.analytics import cases, data_version, frames, saved
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.models import Case
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import NotAllowed

log = logging.getLogger(__name__)
LISTS = (ids.JOBS, ids.TEAMS, ids.WORKFORCES, ids.WORKERS, ids.KINDS)
CONTROLS = [
    *[(name, "value") for name in LISTS],
    (ids.DAYS, "start_date"),
    (ids.DAYS, "end_date"),
    (ids.AGAINST, "value"),
]
CHOICES = [(name, "options") for name in (*LISTS, ids.AGAINST)]
"""Choices of the controls, which belong to one requester."""


def register(app: Dash) -> None:
    """Register all callbacks."""
    where = [(ids.ADDRESS, "pathname"), (ids.ADDRESS, "search")]
    app.callback(
        Output(ids.CONTENT, "children"),
        Output(ids.NAV, "children"),
        Output(ids.PERIODS, "children"),
        Output(ids.AS_OF, "children"),
        Output(ids.VERSION, "data"),
        *[Output(*control) for control in CONTROLS],
        *[Output(*control) for control in CHOICES],
        *[Input(*control) for control in where],
        Input(ids.TICK, "data"),
        Input(ids.DECIDED, "data"),
        State(ids.VERSION, "data"),
    )(_draw)
    # Writes the address with set_props: as an output it would create a circular dependency, which Dash rejects.
    app.callback(
        *[Input(*control) for control in CONTROLS], *[State(*control) for control in where], prevent_initial_call=True
    )(_to_address)
    app.callback(
        Output(ids.GRID, "getRowsResponse"),
        Input(ids.GRID, "getRowsRequest"),
        *[State(*control) for control in where],
        prevent_initial_call=True,
    )(_rows)
    app.callback(
        Output(ids.DECIDED, "data"),
        Output(ids.CASE_MESSAGE, "children"),
        Input({"type": "verdict", "case": ALL, "decision": ALL}, "n_clicks"),
        State({"type": "note", "case": ALL}, "value"),
        State({"type": "note", "case": ALL}, "id"),
        *[State(*control) for control in where],
        prevent_initial_call=True,
    )(_decide)
    app.callback(
        Output(ids.VIEWS, "children"),
        Output(ids.VIEW_MESSAGE, "children"),
        Output(ids.VIEW_NAME, "value"),
        Input(ids.VIEW_SAVE, "n_clicks"),
        Input({"type": "view", "pk": ALL}, "n_clicks"),
        State(ids.VIEW_NAME, "value"),
        *[State(*control) for control in where],
        prevent_initial_call=True,
    )(_views)
    _register_in_the_browser(app)


def _register_in_the_browser(app: Dash) -> None:
    """Register the callbacks that run in the browser (assets/page.js)."""
    for name, parts in {
        "tick": (Output(ids.TICK, "data"), Input(ids.CLOCK, "n_intervals")),
        "pause": (Output(ids.CLOCK, "disabled"), Output(ids.PAUSE, "children"), Output(ids.PAUSE, "aria-pressed"),
                  Input(ids.PAUSE, "n_clicks"), State(ids.WORDS, "data")),
        "go": (Output(ids.AWAY, "data"), Input({"type": "graph", "name": ALL}, "clickData")),
        "row": (Output(ids.ROW, "data"), Input(ids.GRID, "cellClicked")),
        "settled": (Output(ids.SETTLED, "data"), Input(ids.CONTENT, "children")),
    }.items():  # fmt: skip
        app.clientside_callback(ClientsideFunction("gtcrowd", name), *parts, prevent_initial_call=True)


def _draw(
    pathname: str | None, search: str | None, _tick: Any, _decided: Any, version: dict[str, str] | None
) -> list[Any]:
    """Draw the page of an address, or only its "as of" line if nothing has changed."""
    if pathname is None:
        raise PreventUpdate
    try:
        viewer, filters, options = parse_request(pathname, search)
    except NoSuchRequester:
        return _unknown_requester()
    data, slug = data_version.look(viewer), viewer.requester.slug
    as_of, current = _as_of(data, viewer.requester.zone), layout.version(slug, data.version)
    ticked = bool(ctx.triggered_id == ids.TICK)
    if ticked and current == version:
        return [no_update, no_update, no_update, as_of, *[no_update] * (1 + len(CONTROLS) + len(CHOICES))]
    content = page_cache.page(viewer, filters, options, data.version, lambda: _render_page(viewer, filters, options))
    controls = [no_update] * len(CONTROLS) if ticked else _controls(filters, options)
    # Sent together with the selected values, because the lists drop values that are not among their choices.
    choices = [no_update] * len(CHOICES) if version and version["requester"] == slug else _choices(viewer)
    around = _navigation(filters, options, slug)
    return [content or _error_page(options), *around, as_of, current, *controls, *choices]


def _unknown_requester() -> list[Any]:
    """Return the same page for a requester the user is not a member of as for a page that does not exist."""
    options = address.Options(datetime.now(ZoneInfo(viewers()[0].requester.zone)).date(), page="")
    return [
        _error_page(options),
        *_navigation(Filters(), options, ""),
        "",
        None,
        *[no_update] * (len(CONTROLS) + len(CHOICES)),
    ]


def _navigation(filters: Filters, options: address.Options, slug: str) -> list[Any]:
    """Return navigation and switches; next to a missing page, those of the overview."""
    somewhere = replace(options, page=options.page or "overview")
    return [layout.navigation(filters, somewhere), layout.switches(filters, somewhere, viewers(), slug)]


def _choices(viewer: Viewer) -> list[Any]:
    """Return the choices of the filters for another requester.

    Its saved views, which belong to another callback, are set too.
    """
    options = frames.options(viewer)
    set_props(ids.VIEWS, {"children": layout.saved(saved.listed(viewer), viewer.requester.slug)})
    return [*[layout.choices(options[name]) for name in LISTS], layout.against_choices(options)]


def _render_page(viewer: Viewer, filters: Filters, options: address.Options) -> list[Any] | None:
    """Return the components of a page; None if the page does not exist or cannot be drawn, which is logged."""
    if not options.page:
        return None
    try:
        return components.show(pages.draw(viewer, filters, options), filters, options)
    except Exception:  # any error: the controls around the page must stay usable
        log.exception("The page %s could not be drawn.", options.page)
        return None


def _error_page(options: address.Options) -> list[Any]:
    """Return an explanation of why there is no page, never a traceback."""
    if options.page:
        title, text = (
            _("This page could not be drawn"),
            _("See the service log for the cause. Other pages may still work."),
        )
    else:
        title, text = _("This page does not exist"), _("Choose a page above.")
    return components.show(Content(title, text), Filters(), options)


def _controls(filters: Filters, options: address.Options) -> list[Any]:
    days = [day.isoformat() if day else None for day in (filters.first_day, filters.last_day)]
    return [*[list(getattr(filters, name)) for name in LISTS], *days, options.against]


def _as_of(data: data_version.Fresh, zone: str) -> str:
    text = _("as of %(time)s (%(zone)s)") % {"time": f"{data.now:%H:%M:%S}", "zone": zone}
    if not data.waiting:
        return text
    waiting = ngettext("%(n)s event not included yet", "%(n)s events not included yet", data.waiting)
    waiting %= {"n": f"{data.waiting:,}"}
    return f"{text}, {waiting}"


def _parse_request(pathname: str | None, search: str | None) -> tuple[Viewer, Filters, address.Options]:
    """Parse an address. Do nothing if its requester does not exist for this user."""
    try:
        return parse_request(pathname, search)
    except NoSuchRequester:
        raise PreventUpdate from None


def _to_address(*values: Any) -> None:
    """Write the state of the controls to the address."""
    _who, filters, options = _parse_request(*values[-2:])
    written = new_search(*values, filters, options)
    if written is not None:
        set_props(ids.ADDRESS, {"search": written})


def new_search(*values: Any) -> str | None:
    """Return the query string that the controls describe; None if the address already matches."""
    *chosen, first, last, against, _pathname, _search, filters, options = values
    days = (address.day(first) if first else None, address.day(last) if last else None)
    period = options.period
    if days != (filters.first_day, filters.last_day):
        period = "own" if any(days) else "all"
    new_filters = replace(
        filters,
        **{name: tuple(values_of_list or ()) for name, values_of_list in zip(LISTS, chosen, strict=True)},
        first_day=days[0],
        last_day=days[1],
    )
    new_options = replace(options, period=period, against=against or options.against)
    # `after` refers to a row of the old table.
    return (
        None
        if (new_filters, new_options) == (filters, options)
        else address.search(new_filters, replace(new_options, after=""))
    )


def _rows(request: dict[str, Any] | None, pathname: str | None, search: str | None) -> dict[str, Any]:
    """Return rows of the workers' table."""
    if not request:
        raise PreventUpdate
    viewer, filters, options = _parse_request(pathname, search)
    return grid.rows(all_workers.measured(viewer, filters), request, links.to("worker", filters, options))


def _decide(
    _clicks: list[int | None],
    notes: list[str | None],
    note_ids: list[dict[str, Any]],
    pathname: str | None,
    search: str | None,
) -> tuple[Any, Any]:
    """Confirm or dismiss a case."""
    chosen = ctx.triggered_id
    if not chosen or not any(trigger["value"] for trigger in ctx.triggered):
        raise PreventUpdate  # triggered by the layout of the buttons, not by a click
    note = next((text for text, note_id in zip(notes, note_ids, strict=True) if note_id["case"] == chosen["case"]), "")
    viewer, _filters, _options = _parse_request(pathname, search)
    case = Case.objects.visible_to(viewer).filter(pk=chosen["case"]).first()
    if case is None:
        return no_update, _("This case does not exist.")
    now = datetime.now(UTC)
    try:
        cases.decide(viewer=viewer, case=case, confirmed=chosen["decision"] == "confirm", note=note or "", now=now)
    except NotAllowed as refusal:
        return no_update, str(refusal)
    return now.isoformat(), _("Decision saved.")


def _views(
    _save: int | None, _forget: list[int | None], name: str | None, pathname: str | None, search: str | None
) -> tuple[Any, Any, Any]:
    """Save or delete a view."""
    chosen = ctx.triggered_id
    if not chosen or not any(trigger["value"] for trigger in ctx.triggered):
        raise PreventUpdate
    viewer, _filters, _options = _parse_request(pathname, search)
    if chosen != ids.VIEW_SAVE:
        deleted = saved.delete(viewer=viewer, view_id=int(chosen["pk"]))
        message = (
            _("Deleted.")
            if deleted
            else _("Only the person who saved a view, or someone who manages members, can delete it.")
        )
        return layout.saved(saved.listed(viewer), viewer.requester.slug), message, no_update
    try:
        saved.save(viewer=viewer, name=name or "", address=f"{pathname}{search or ''}", now=datetime.now(UTC))
    except saved.ViewRefused as refusal:
        return no_update, str(refusal), no_update
    return layout.saved(saved.listed(viewer), viewer.requester.slug), _("Saved."), ""
