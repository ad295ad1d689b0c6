"""What the pages say alike: the window, changes to the period before, and where a click leads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.parts import Switch
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def window(viewer: Viewer, filters: Filters) -> str:
    facts = {"first": filters.first_day, "last": filters.last_day, "zone": viewer.requester.zone}
    if filters.first_day and filters.last_day:
        return _("%(first)s to %(last)s (%(zone)s)") % facts
    if filters.first_day:
        return _("from %(first)s on (%(zone)s)") % facts
    if filters.last_day:
        return _("until %(last)s (%(zone)s)") % facts
    return _("all days (%(zone)s)") % facts


def to(page: str, filters: Filters, options: Options) -> Callable[[int], str]:
    """The address of a worker's or job's own page, with the same filters."""
    return lambda pk: address.href(filters, options, page=page, item=pk)


def to_days(filters: Filters, options: Options) -> Callable[[date, date], str]:
    """The address of the same page about the days from one to another."""
    return lambda first, last: address.within(filters, options, first, last)


def by(filters: Filters, options: Options) -> tuple[Switch, ...]:
    """The same page with bars stacked by another group."""
    names = {"worker": _("by worker"), "team": _("by team"), "workforce": _("by workforce")}
    return tuple(
        Switch(text, address.href(filters, replace(options, by=name)), name == options.by)
        for name, text in names.items()
    )


def rates(filters: Filters, options: Options) -> tuple[Switch, ...]:
    """Counts or shares."""
    return tuple(
        Switch(text, address.href(filters, replace(options, rates=share)), share == options.rates)
        for share, text in ((False, _("counts")), (True, _("shares")))
    )


def change(now: float | None, before: float | None, *, points: bool = False) -> str:
    """By how much a number has changed since the period before: in percent, shares in points."""
    if now is None or before is None or (not points and not before):
        return ""
    size = 100 * (now - before) if points else 100 * (now / before - 1)
    arrow = "▲" if size > 0.05 else "▼" if size < -0.05 else "＝"
    text = _("%(size)s points") if points else "%(size)s %%"
    return f"{arrow} {text % {'size': f'{abs(size):,.1f}'}}"
