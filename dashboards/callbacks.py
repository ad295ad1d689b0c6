"""From the controls to frames, and from frames to figures."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np
import pandas as pd
from dash import Dash, Input, Output, State, ctx, html, no_update
from django.conf import settings
from django.utils.translation import gettext as _
from flask import request

from dashboards import figures, ids
from gtcrowd.analytics import frames, measures
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer

CONTROLS = (ids.JOBS, ids.TEAMS, ids.WORKERS)


def register(app: Dash) -> None:
    """Wire the page: address to controls once, controls to address, and to every figure."""
    app.callback(
        *[Output(name, "value") for name in CONTROLS],
        Output(ids.DAYS, "start_date"),
        Output(ids.DAYS, "end_date"),
        Input(ids.ADDRESS, "search"),
    )(_from_address)
    controls = [
        *[Input(name, "value") for name in CONTROLS],
        Input(ids.DAYS, "start_date"),
        Input(ids.DAYS, "end_date"),
    ]
    app.callback(Output(ids.ADDRESS, "search"), *controls, State(ids.ADDRESS, "search"), prevent_initial_call=True)(
        _to_address
    )
    drawn = [Output(ids.graph(name), "figure") for name in ids.FIGURES]
    shown = [Output(ids.table(name), "children") for name in ids.FIGURES]
    kept = [Output(ids.data(name), "data") for name in ids.FIGURES]
    app.callback(
        Output(ids.NUMBERS, "children"),
        Output(ids.AS_OF, "children"),
        *drawn,
        *shown,
        *kept,
        *controls,
        Input(ids.GROUP, "value"),
        Input(ids.REFRESH, "n_clicks"),
    )(_draw)
    for name in ids.FIGURES:
        app.callback(
            Output(ids.download(name), "data"),
            Input(ids.save(name), "n_clicks"),
            State(ids.data(name), "data"),
            prevent_initial_call=True,
        )(_saver(name))


def viewer() -> Viewer:
    """Who asks, as the gate has found out."""
    found: Viewer = request.environ["gtcrowd.viewer"]
    return found


def _from_address(search: str | None) -> tuple[Any, ...]:
    asked = parse_qs((search or "").lstrip("?"))
    chosen = [[int(pk) for pk in asked.get(name[:-1], []) if pk.isdecimal()] for name in CONTROLS]
    return (*chosen, asked.get("from", [None])[0], asked.get("to", [None])[0])


def _to_address(*values: Any) -> Any:
    *chosen, first, last, present = values
    pairs = [(name[:-1], str(pk)) for name, pks in zip(CONTROLS, chosen, strict=True) for pk in pks or ()]
    pairs += [(name, day[:10]) for name, day in (("from", first), ("to", last)) if day]
    search = f"?{urlencode(pairs)}" if pairs else ""
    return no_update if search == (present or "") else search


def _draw(*values: Any) -> list[Any]:
    jobs, teams, workers, first, last, group, _clicks = values
    filters = Filters(tuple(jobs or ()), tuple(teams or ()), tuple(workers or ()), _day(first), _day(last))
    who, by_worker = viewer(), frames.by_worker(viewer(), filters)
    daily, progress = frames.daily(who, filters), frames.progress(who, filters)
    accuracy, table = measures.accuracy(by_worker), measures.by_day(daily, group=group or "worker")
    paid = measures.cost_by_day(daily)
    drawn = [
        figures.accuracy(accuracy),
        figures.seconds(by_worker),
        figures.throughput(table, zone=settings.TIME_ZONE),
        figures.cost(paid, budget=float(progress["budget"].sum())),
        figures.progress(progress),
    ]
    data = [
        accuracy.iloc[::-1],
        by_worker,
        _dated(table.reset_index()),
        _dated(paid.rename("paid").rename_axis("day").reset_index()),
        progress,
    ]
    numbers = _numbers(measures.numbers(by_worker, progress))
    as_of = _("as of %(time)s") % {"time": f"{frames.as_of():%H:%M:%S}"}
    return [numbers, as_of, *drawn, *[_table(one) for one in data], *[one.to_csv(index=False) for one in data]]


def _saver(name: str) -> Any:
    def save(_clicks: int, text: str | None) -> Any:
        return {"content": text, "filename": f"{name}.csv", "type": "text/csv"} if ctx.triggered and text else no_update

    return save


def _numbers(found: measures.Numbers) -> list[Any]:
    accuracy, interval = "–", ""
    if found.accuracy is not None:
        accuracy = f"{found.accuracy:.1%}"
        interval = f"{found.low:.1%}–{found.high:.1%}, "
    shown = (
        (_("Objects labeled"), f"{found.labeled:,} / {found.objects:,}", ""),
        (_("Answers"), f"{found.answers:,}", ""),
        (_("Workers"), f"{found.workers:,}", ""),
        (_("Accuracy"), accuracy, f"{interval}n = {found.measured:,}"),
        (_("Median seconds"), "–" if found.median_seconds is None else f"{found.median_seconds:.1f}", ""),
        (_("Cost to date"), f"${found.paid:,.3f}", ""),
        (_("Pay per hour"), "–" if found.per_hour is None else f"${found.per_hour:,.2f}", _("by time on tasks")),
    )
    return [html.Div([html.Dt(name), html.Dd(value), html.Dd(note, className="soft")]) for name, value, note in shown]


def _table(frame: pd.DataFrame) -> Any:
    if frame.empty:
        return html.P(_("There is nothing to show for these filters."))
    if "reason" in frame:
        frame = frame.assign(reason=frame["reason"].map(_))
    heads = _heads()
    head = html.Thead(html.Tr([html.Th(heads.get(str(name), str(name)), scope="col") for name in frame.columns]))
    words = [_words().get(str(name), {}) for name in frame.columns]
    rows = [
        html.Tr([html.Td(_cell(value, known)) for value, known in zip(row, words, strict=True)])
        for row in frame.head(500).itertuples(index=False)
    ]
    return html.Table([head, html.Tbody(rows)])


def _heads() -> dict[str, str]:
    """What people call the columns of the frames; their files keep the names that programs know."""
    return {
        "worker_id": _("Worker's number"),
        "worker": _("Worker"),
        "answers": _("Answers"),
        "truth_n": _("With known truth"),
        "truth_right": _("of which right"),
        "consensus_n": _("With a label"),
        "consensus_right": _("of which the same"),
        "low_seconds": _("Seconds, lower quartile"),
        "median_seconds": _("Median seconds"),
        "high_seconds": _("Seconds, upper quartile"),
        "seconds_total": _("Seconds in all"),
        "paid": _("Paid"),
        "n": "n",
        "right": _("Right"),
        "accuracy": _("Accuracy"),
        "low": _("Interval, from"),
        "high": _("Interval, to"),
        "reference": _("Measured by"),
        "few": _("Few answers"),
        "day": _("Day"),
        "others": _("others"),
        "job_id": _("Job's number"),
        "job": _("Job"),
        "state": _("State"),
        "reason": _("Reason"),
        "objects": _("Objects"),
        "labeled": _("Labeled"),
        "failed": _("Failed"),
        "wanted": _("Answers wanted"),
        "counted_at": _("As of"),
        "budget": _("Budget"),
    }


def _words() -> dict[str, dict[str, str]]:
    """What people call the values of some columns."""
    return {
        "reference": {"truth": _("known truth"), "consensus": _("consensus")},
        "state": {
            "Initializing": _("Initializing"),
            "InProgress": _("In progress"),
            "Completed": _("Completed"),
            "Failed": _("Failed"),
            "Stopping": _("Stopping"),
            "Stopped": _("Stopped"),
        },
    }


def _cell(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return words.get(value, value)
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Days as 2026-11-02, without a time."""
    return frame.assign(day=frame["day"].dt.strftime("%Y-%m-%d")) if "day" in frame and len(frame) else frame


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
