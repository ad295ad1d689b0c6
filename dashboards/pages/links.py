"""Shared parts of the pages: the period, changes, and targets of links."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import address
from dashboards.address import Options
from dashboards.labels import percent, reasons
from dashboards.view_models import Content, Switch
from gtcrowd.analytics import forecast_inputs, frames
from gtcrowd.analytics.drilldown import SIZE, AnswerFilter
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import forecast
from gtcrowd.identity.access import Viewer

MOST_LINKS = 12


def window(viewer: Viewer, filters: Filters) -> str:
    values = {"first": filters.first_day, "last": filters.last_day, "zone": viewer.requester.zone}
    if filters.first_day and filters.last_day:
        return _("%(first)s to %(last)s (%(zone)s)") % values
    if filters.first_day:
        return _("since %(first)s (%(zone)s)") % values
    if filters.last_day:
        return _("until %(last)s (%(zone)s)") % values
    return _("all days (%(zone)s)") % values


def to(page: str, filters: Filters, options: Options) -> Callable[[int], str]:
    """Return a function from an ID to the address of the worker's or job's page, with the same filters."""
    search = address.search(filters, options)  # once: a page may have thousands of links
    return lambda pk: address.path(page, pk) + search


def to_days(filters: Filters, options: Options) -> Callable[[date, date], str]:
    """Return a function to the address of the same page for a range of days."""
    return lambda first, last: address.for_days(filters, options, first, last)


def to_answers(
    filters: Filters, options: Options, members: Mapping[str, Iterable[int]]
) -> Callable[[date, date, str], str]:
    """Return a function to the address of the answers of some days by a worker, team or workforce, given its name; of
    all for another name.
    """
    kind = address.LISTS[options.by]

    def link(first: date, last: date, group: str) -> str:
        only: dict[str, Any] = {kind: tuple(int(pk) for pk in members[group])} if group in members else {}
        return address.drilldown(replace(filters, first_day=first, last_day=last, **only), options)

    return link


def to_cell(options: Options, job: int, worker: int | None = None) -> Callable[[str, str], str]:
    """Return a function to the address of the answers of a cell of the confusion matrix, for all days; either category
    may be empty.
    """
    only = Filters(jobs=(job,), workers=(worker,) if worker else ())
    return lambda right, answered: address.drilldown(only, options, AnswerFilter(right=right, answered=answered))


def to_object(options: Options) -> Callable[[int, int], str]:
    """Return a function to the address of an object, given job and position."""
    return lambda job, position: address.drilldown(Filters(jobs=(job,)), options, AnswerFilter(position=position))


def to_objects(options: Options, job: int) -> Callable[[AnswerFilter], str]:
    """Return a function to the address of a job's objects, given a filter."""
    return lambda answer_filter: address.drilldown(Filters(jobs=(job,)), options, answer_filter, page="objects")


def pagination(filters: Filters, options: Options, after: str) -> tuple[Switch, ...]:
    """Return links to the first and the next rows of a table."""
    switches = []
    if options.after:
        switches.append(Switch(_("Back to the first row"), address.href(filters, options), current=False))
    if after:
        text = _("Next %(n)s") % {"n": SIZE}
        switches.append(Switch(text, address.next_rows(filters, options, after), current=False))
    return tuple(switches)


def of_job(filters: Filters, options: Options, job: Mapping[str, Any]) -> list[Switch]:
    """Return links to other pages of a job."""
    pk = int(job["job_id"])
    only = replace(filters, jobs=(pk,))
    return [
        Switch(_("Job %(name)s") % {"name": job["job"]}, address.href(filters, options, page="job", item=pk), False),
        Switch(_("Label quality"), address.href(only, options, page="quality"), current=False),
    ]


def choose_job(viewer: Viewer, filters: Filters, options: Options, title: str) -> Content:
    """Return a page that lets the viewer choose one of the newest jobs within the filters."""
    jobs = frames.jobs(viewer, filters).head(MOST_LINKS)
    links = tuple(
        Switch(str(name), address.href(replace(filters, jobs=(int(pk),)), options), current=False)
        for pk, name in zip(jobs["job_id"], jobs["job"], strict=True)
    )
    text = _("This page shows one job at a time. Choose a job:") if links else _("No jobs match these filters.")
    return Content(title, text, links=links)


def filter_summary(answer_filter: AnswerFilter, names: Sequence[str]) -> str:
    """Return a description of the filters: names and answer filter."""
    parts = list(names)
    if answer_filter.right and answer_filter.answered:
        parts.append(
            _("%(right)s answered as %(answered)s") % {"right": answer_filter.right, "answered": answer_filter.answered}
        )
    elif answer_filter.right:
        parts.append(_("correct label %(right)s") % {"right": answer_filter.right})
    elif answer_filter.answered:
        parts.append(_("answered as %(answered)s") % {"answered": answer_filter.answered})
    if answer_filter.wrong:
        parts.append(_("wrong answers"))
    if answer_filter.slower is not None:
        parts.append(_("%(seconds)s seconds or longer") % {"seconds": f"{answer_filter.slower:.4g}"})
    if answer_filter.state:
        states = {"labeled": _("labeled"), "failed": _("failed"), "rest": _("not yet labeled")}
        parts.append(states[answer_filter.state])
    if answer_filter.answers is not None:
        per_object = ngettext("%(n)s answer per object", "%(n)s answers per object", answer_filter.answers)
        parts.append(per_object % {"n": answer_filter.answers})
    if answer_filter.reason is not None:
        parts.append(reasons().get(answer_filter.reason, answer_filter.reason))
    if answer_filter.sure:
        low, high = (percent(share, 0) for share in answer_filter.sure)
        parts.append(_("confidence %(low)s to %(high)s") % {"low": low, "high": high})
    if answer_filter.truth:
        parts.append(_("known truth"))
    return " · ".join(parts)


def group_switches(filters: Filters, options: Options) -> tuple[Switch, ...]:
    """Return links to the same page with bars stacked by another group."""
    names = {"worker": _("by worker"), "team": _("by team"), "workforce": _("by workforce")}
    return tuple(
        Switch(text, address.href(filters, replace(options, by=name)), name == options.by)
        for name, text in names.items()
    )


def rate_switches(filters: Filters, options: Options) -> tuple[Switch, ...]:
    """Return links to counts and shares."""
    return tuple(
        Switch(text, address.href(filters, replace(options, rates=share)), share == options.rates)
        for share, text in ((False, _("counts")), (True, _("shares")))
    )


def expected_finish(viewer: Viewer, jobs: pd.DataFrame, history: pd.Series, options: Options) -> forecast.Forecast:
    """Return the forecast of the running `jobs` (frames.jobs), given their answers by day until yesterday."""
    now = datetime.now(ZoneInfo(viewer.requester.zone))
    so_far, elapsed = forecast_inputs.since_midnight(jobs, history, today=options.today, now=now)
    rest = int(forecast_inputs.left(jobs).sum())
    return forecast.finish(history.to_numpy(), rest=rest, today=options.today, so_far=so_far, elapsed=elapsed)


def change(now: float | None, before: float | None, *, points: bool = False) -> str:
    """Return the change of a number from the baseline: in percent, or in percentage points for shares."""
    if now is None or before is None or (not points and not before):
        return ""
    size = 100 * (now - before) if points else 100 * (now / before - 1)
    arrow = "▲" if size > 0.05 else "▼" if size < -0.05 else "＝"
    text = _("%(size)s points") if points else "%(size)s %%"
    return f"{arrow} {text % {'size': f'{abs(size):,.1f}'}}"
