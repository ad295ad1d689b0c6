"""From the address to a page, from the controls to the address, and what people do on a page."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate
from django.utils.translation import gettext as _

from dashboards import address, cards, grid, ids, kept, layout, pages
from dashboards.files import asked, viewer
from dashboards.pages import shown
from dashboards.pages import workers as all_workers
from dashboards.parts import Content
from gtcrowd.analytics import cases, fresh, saved
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.models import Case
from gtcrowd.identity.access import NotAllowed

log = logging.getLogger(__name__)
LISTS = (ids.JOBS, ids.TEAMS, ids.WORKFORCES, ids.WORKERS, ids.KINDS)
CONTROLS = [
    *[(name, "value") for name in LISTS],
    (ids.DAYS, "start_date"),
    (ids.DAYS, "end_date"),
]


def register(app: Dash) -> None:
    where = [(ids.ADDRESS, "pathname"), (ids.ADDRESS, "search")]
    app.callback(
        Output(ids.CONTENT, "children"),
        Output(ids.NAV, "children"),
        Output(ids.PERIODS, "children"),
        Output(ids.AS_OF, "children"),
        Output(ids.VERSION, "data"),
        *[Output(*one) for one in CONTROLS],
        *[Input(*one) for one in where],
        Input(ids.TICK, "data"),
        Input(ids.DECIDED, "data"),
        State(ids.VERSION, "data"),
    )(_draw)
    # It writes the address by set_props: as an output it would close a circle, which Dash refuses.
    app.callback(*[Input(*one) for one in CONTROLS], *[State(*one) for one in where], prevent_initial_call=True)(
        _to_address
    )
    app.callback(
        Output(ids.GRID, "getRowsResponse"),
        Input(ids.GRID, "getRowsRequest"),
        *[State(*one) for one in where],
        prevent_initial_call=True,
    )(_rows)
    app.callback(
        Output(ids.DECIDED, "data"),
        Output(ids.CASE_TOLD, "children"),
        Input({"type": "verdict", "case": ALL, "said": ALL}, "n_clicks"),
        State({"type": "note", "case": ALL}, "value"),
        State({"type": "note", "case": ALL}, "id"),
        prevent_initial_call=True,
    )(_decide)
    app.callback(
        Output(ids.VIEWS, "children"),
        Output(ids.VIEW_TOLD, "children"),
        Output(ids.VIEW_NAME, "value"),
        Input(ids.VIEW_SAVE, "n_clicks"),
        Input({"type": "view", "pk": ALL}, "n_clicks"),
        State(ids.VIEW_NAME, "value"),
        *[State(*one) for one in where],
        prevent_initial_call=True,
    )(_views)
    _register_in_the_browser(app)


def _register_in_the_browser(app: Dash) -> None:
    """What needs no server (assets/page.js)."""
    for name, parts in {
        "tick": (Output(ids.TICK, "data"), Input(ids.CLOCK, "n_intervals")),
        "pause": (Output(ids.CLOCK, "disabled"), Output(ids.PAUSE, "children"), Output(ids.PAUSE, "aria-pressed"),
                  Input(ids.PAUSE, "n_clicks"), State(ids.WORDS, "data")),
        "go": (Output(ids.AWAY, "data"), Input({"type": "graph", "name": ALL}, "clickData")),
        "row": (Output(ids.ROW, "data"), Input(ids.GRID, "cellClicked")),
        "settled": (Output(ids.SETTLED, "data"), Input(ids.CONTENT, "children")),
    }.items():  # fmt: skip
        app.clientside_callback(ClientsideFunction("gtcrowd", name), *parts, prevent_initial_call=True)


def _draw(pathname: str | None, search: str | None, _tick: Any, _decided: Any, version: str | None) -> list[Any]:
    if pathname is None:
        raise PreventUpdate
    who, (filters, options) = viewer(), asked(pathname, search)
    seen = fresh.look(who)
    as_of = _as_of(seen, who.requester.zone)
    ticked = bool(ctx.triggered_id == ids.TICK)
    if ticked and seen.version == version:
        return [no_update, no_update, no_update, as_of, *[no_update] * (1 + len(CONTROLS))]
    content = kept.page(who, filters, options, seen.version, lambda: _shown(filters, options)) or _not_drawn(options)
    around = [layout.navigation(filters, options), layout.switches(filters, options)]
    controls = [no_update] * len(CONTROLS) if ticked else _controls(filters)
    return [content, *around, as_of, seen.version, *controls]


def _shown(filters: Any, options: address.Options) -> list[Any] | None:
    """The page; None where it cannot be drawn, which the log tells."""
    if not options.page:
        return None
    try:
        return cards.show(pages.draw(viewer(), filters, options), filters, options)
    except Exception:  # whatever it is, the frame around the page stays usable
        log.exception("The page %s could not be drawn.", options.page)
        return None


def _not_drawn(options: address.Options) -> list[Any]:
    """Why there is no page; never a traceback."""
    if options.page:
        title, text = _("This page could not be drawn"), _("The service's log says why. Other pages may work.")
    else:
        title, text = _("There is no such page"), _("Choose one of the pages above.")
    return cards.show(Content(title, text), address.Filters(), options)


def _controls(filters: Filters) -> list[Any]:
    days = [day.isoformat() if day else None for day in (filters.first_day, filters.last_day)]
    return [*[list(getattr(filters, name)) for name in LISTS], *days]


def _as_of(seen: fresh.Fresh, zone: str) -> str:
    text = _("as of %(time)s (%(zone)s)") % {"time": f"{seen.now:%H:%M:%S}", "zone": zone}
    if not seen.waiting:
        return text
    waiting = _("%(n)s events not in it yet") % {"n": f"{seen.waiting:,}"}
    return f"{text}, {waiting}"


def _to_address(*values: Any) -> None:
    written = changed(*values, *asked(*values[-2:]))
    if written is not None:
        set_props(ids.ADDRESS, {"search": written})


def changed(*values: Any) -> str | None:
    """The search part that the controls ask for; None where they say what the address already says."""
    *chosen, first, last, _pathname, _search, filters, options = values
    days = (address.day(first) if first else None, address.day(last) if last else None)
    period = options.period
    if days != (filters.first_day, filters.last_day):
        period = "own" if any(days) else "all"
    asks = replace(
        filters,
        **{name: tuple(found or ()) for name, found in zip(LISTS, chosen, strict=True)},
        first_day=days[0],
        last_day=days[1],
    )
    now = replace(options, period=period)
    # What comes after a row of the old table has no place in another one.
    return None if (asks, now) == (filters, options) else address.search(asks, replace(now, after=""))


def _rows(wanted: dict[str, Any] | None, pathname: str | None, search: str | None) -> dict[str, Any]:
    if not wanted:
        raise PreventUpdate
    filters, options = asked(pathname, search)
    return grid.rows(all_workers.measured(viewer(), filters), wanted, shown.to("worker", filters, options))


def _decide(_clicks: list[int | None], notes: list[str | None], places: list[dict[str, Any]]) -> tuple[Any, Any]:
    chosen = ctx.triggered_id
    if not chosen or not any(one["value"] for one in ctx.triggered):
        raise PreventUpdate  # the buttons have only just been laid out
    note = next((text for text, place in zip(notes, places, strict=True) if place["case"] == chosen["case"]), "")
    case = Case.objects.visible_to(viewer()).filter(pk=chosen["case"]).first()
    if case is None:
        return no_update, _("There is no such case.")
    now = datetime.now(UTC)
    try:
        cases.decide(viewer=viewer(), case=case, confirmed=chosen["said"] == "confirm", note=note or "", now=now)
    except NotAllowed as refusal:
        return no_update, str(refusal)
    return now.isoformat(), _("Decided.")


def _views(
    _save: int | None, _forget: list[int | None], name: str | None, pathname: str | None, search: str | None
) -> tuple[Any, Any, Any]:
    chosen = ctx.triggered_id
    if not chosen or not any(one["value"] for one in ctx.triggered):
        raise PreventUpdate
    who = viewer()
    if chosen != ids.VIEW_SAVE:
        gone = saved.delete(viewer=who, view_id=int(chosen["pk"]))
        told = _("Deleted.") if gone else _("Only who saved a view, and who manages members, may delete it.")
        return layout.saved(saved.listed(who)), told, no_update
    try:
        saved.save(viewer=who, name=name or "", address=f"{pathname}{search or ''}", now=datetime.now(UTC))
    except saved.ViewRefused as refusal:
        return no_update, str(refusal), no_update
    return layout.saved(saved.listed(who)), _("Saved."), ""
