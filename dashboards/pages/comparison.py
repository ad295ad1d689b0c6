"""Baselines of the numbers on a page: the previous period, all workers, or a team or workforce."""

from dataclasses import dataclass, replace

import pandas as pd
from django.utils.translation import gettext as _

from dashboards.address import Options
from dashboards.view_models import Level, Number
from gtcrowd.analytics import frames, groups
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import latency, workers
from gtcrowd.identity.access import Viewer

NO_JOBS = pd.DataFrame(columns=["objects", "labeled", "budget"])


@dataclass(frozen=True)
class Other:
    """A baseline: its name and filters.

    `same`: the same workers at another time, so that sums can be compared; `itself`: identical to what the page
    shows.
    """

    name: str
    filters: Filters
    same: bool = False
    itself: bool = False


def other(viewer: Viewer, filters: Filters, options: Options) -> Other | None:
    """Return the baseline; None if there is none: not requested, no previous period, or no such team or workforce."""
    if options.against == "before":
        earlier = filters.before()
        return Other(_("the previous period"), earlier, same=True) if earlier else None
    if options.against == "crowd":
        return _of(_("all workers"), filters, filters.of())
    if options.group is None:
        return None
    what, pk = options.group
    name = groups.name(viewer, what, pk)
    if name is None:
        return None
    if what == "team":
        return _of(_("team %(name)s") % {"name": name}, filters, filters.of(teams=(pk,)))
    return _of(_("workforce %(name)s") % {"name": name}, filters, filters.of(workforces=(pk,)))


def _of(name: str, current: Filters, others: Filters) -> Other:
    return Other(name, others, itself=others == current)


def numbers(viewer: Viewer, baseline: Other | None) -> workers.Numbers | None:
    """Return the metrics of the baseline; those about jobs are zero."""
    if baseline is None or baseline.itself:
        return None
    totals = frames.totals(viewer, baseline.filters, by=None)
    median = float(latency.percentile(frames.latencies(viewer, baseline.filters), 0.5))
    return workers.numbers(totals, NO_JOBS, median_seconds=median)


def accuracy(viewer: Viewer, baseline: Other | None) -> Level | None:
    """Return the accuracy of the baseline, if known."""
    if baseline is None or baseline.itself:
        return None
    crowd_accuracy = workers.crowd(workers.rated(frames.compared(viewer, baseline.filters, "worker")))
    return None if crowd_accuracy is None else Level(baseline.name, crowd_accuracy)


def note(options: Options, baseline: Other | None, answers: int | None) -> str:
    """Return a sentence about the baseline, which has `answers` answers; empty if there is none."""
    if baseline is None:
        return _("The team or workforce to compare with does not exist.") if options.group else ""
    values = {"group": baseline.name}
    if baseline.itself:
        return _("This page already shows %(group)s. Filter by team, workforce or worker to compare.") % values
    if answers == 0:
        return _("Nothing to compare with: no answers for %(group)s.") % values
    return _("Changes are relative to %(group)s.") % values


def with_baseline(numbers: tuple[Number, ...], baseline: Other | None) -> tuple[Number, ...]:
    """Return the numbers, with the name of the baseline added to those that changed."""
    if baseline is None:
        return numbers
    return tuple(replace(number, against=baseline.name) if number.change else number for number in numbers)
