"""What the numbers of a page are compared with: the period before, everybody, or a team or workforce."""

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
    """The other side of a comparison: what it is called, and the filters that leave it. `same`: the same people at
    another time, so that sums can be compared as well, however few they are. `itself`: it is what the page shows."""

    name: str
    filters: Filters
    same: bool = False
    itself: bool = False


def other(viewer: Viewer, filters: Filters, options: Options) -> Other | None:
    """What is compared with; None for nothing: not asked for, no period before, or no such team or workforce."""
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


def _of(name: str, shown: Filters, others: Filters) -> Other:
    return Other(name, others, itself=others == shown)


def numbers(viewer: Viewer, beside: Other | None) -> workers.Numbers | None:
    """The numbers of the other side; those about jobs are zero."""
    if beside is None or beside.itself:
        return None
    totals = frames.totals(viewer, beside.filters, by=None)
    median = float(latency.percentile(frames.latencies(viewer, beside.filters), 0.5))
    return workers.numbers(totals, NO_JOBS, median_seconds=median)


def accuracy(viewer: Viewer, beside: Other | None) -> Level | None:
    """How often the other side is right, where that is known."""
    if beside is None or beside.itself:
        return None
    right = workers.crowd(workers.rated(frames.compared(viewer, beside.filters, "worker")))
    return None if right is None else Level(beside.name, right)


def note(options: Options, beside: Other | None, answers: int | None) -> str:
    """A sentence on what is compared with, of which there are so many `answers`; empty where nothing is."""
    if beside is None:
        return _("The team or workforce to compare with does not exist.") if options.group else ""
    facts = {"group": beside.name}
    if beside.itself:
        return _("This page already shows %(group)s. Filter by team, workforce or worker to compare.") % facts
    if answers == 0:
        return _("Nothing to compare with: no answers for %(group)s.") % facts
    return _("Changes are relative to %(group)s.") % facts


def with_baseline(numbers: tuple[Number, ...], beside: Other | None) -> tuple[Number, ...]:
    """Each number that has changed says against what."""
    if beside is None:
        return numbers
    return tuple(replace(one, against=beside.name) if one.change else one for one in numbers)
