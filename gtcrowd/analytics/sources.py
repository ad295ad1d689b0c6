"""From which totals a frame is read: the coarsest that can tell what is asked.

- `Day`: of a job; where jobs, teams or kinds are asked for, or a worker's days;
- `Span`: of a worker over all jobs of the requester; a period is made of a few spans, however long it is;
- `RequesterDay`: of everybody on a day; where only days are told apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from gtcrowd.analytics.filters import Filters, conditions
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.measures.periods import cover
from gtcrowd.identity.access import Viewer

NAMES: Mapping[str, str] = MappingProxyType(
    {"worker": "worker_id", "job": "job_id", "team": "team_id", "workforce": "workforce_id", "kind": "kind",
     "day": "day"}
)  # fmt: skip
"""What totals can be grouped by, and what that is called in a frame."""
COLUMNS: Mapping[str, str] = MappingProxyType(
    {"worker": "total.worker_id", "job": "total.job_id", "team": "job.team_id", "workforce": "worker.workforce_id",
     "kind": "job.kind", "day": "total.day"}
)  # fmt: skip
JOB = "JOIN jobs_job job ON job.id = total.job_id"
WORKER = "JOIN workforce_worker worker ON worker.id = total.worker_id"
OWN = "total.workforce_id"
DISTINCT = "count(DISTINCT total.worker_id) FILTER (WHERE submitted > 0)"
OF_SPAN = (
    " AND (total.size, total.first) IN (SELECT size, first FROM unnest(%(sizes)s::int[], %(firsts)s::date[]) "
    "AS span(size, first))"
)


@dataclass(frozen=True)
class Source:
    """`text`: FROM and WHERE over rows called `total`, all of the viewer's own and within the filters; `facts`: of its
    parameters; `columns`: by group; `active`: number of workers with answers, of a group that is not of one worker;
    `seen`: days with answers and last day by worker, as a query; `part`: a column of which each value has a share of
    the rows; `counts`: how classes of time are kept."""

    text: str
    facts: dict[str, Any]
    columns: Mapping[str, str] = field(default_factory=lambda: COLUMNS)
    active: str = DISTINCT
    seen: str = ""
    part: str = "total.day"
    counts: np.dtype[Any] = latency.STORED


def totals_of(viewer: Viewer, filters: Filters, groups: Sequence[str]) -> Source:
    """Totals that can be grouped by these groups."""
    if filters.jobs or filters.teams or filters.kinds or {"job", "team", "kind"} & set(groups):
        return _of_jobs(viewer, filters, groups)
    if "day" not in groups:
        return _of_spans(viewer, filters)
    if filters.workers or "worker" in groups:
        return _of_jobs(viewer, filters, groups)
    return _of_crowd(viewer, filters)


def scored(viewer: Viewer, filters: Filters, groups: Sequence[str]) -> Source:
    """How answers compare with labels, as the last runs of the jobs have it."""
    where, facts = conditions(viewer, filters)
    return Source(f"FROM analytics_quality total {_joins(filters, groups)} WHERE {where}", facts)


def _of_jobs(viewer: Viewer, filters: Filters, groups: Sequence[str]) -> Source:
    where, facts = conditions(viewer, filters)
    text = f"FROM analytics_day total {_joins(filters, groups)} WHERE {where}{_kind_of_object(filters)}"
    seen = (
        "SELECT worker_id, count(*) FILTER (WHERE answers > 0) AS days, max(day) AS last_day "  # noqa: S608
        f"FROM (SELECT total.worker_id, total.day, sum(submitted) AS answers {text} GROUP BY 1, 2) AS days GROUP BY 1"
    )
    return Source(text, facts, seen=seen)


def _of_spans(viewer: Viewer, filters: Filters) -> Source:
    where, facts = conditions(viewer, filters, workforce=OWN, days=False)
    sizes, firsts = zip(*cover(filters.first_day, filters.last_day), strict=True)
    text = f"FROM analytics_periodtotal total WHERE {where}{_kind_of_object(filters)}{OF_SPAN}"
    days = "days_alone" if filters.source == "all" else "days"
    return Source(
        text,
        facts | {"sizes": list(sizes), "firsts": list(firsts)},
        columns={"worker": "total.worker_id", "workforce": OWN},
        seen=f"SELECT worker_id, sum({days})::bigint AS days, max(last_day) AS last_day {text} GROUP BY 1",
        part="total.first",
        counts=latency.SUMMED,
    )


def _of_crowd(viewer: Viewer, filters: Filters) -> Source:
    where, facts = conditions(viewer, filters, workforce=OWN)
    return Source(
        f"FROM analytics_requesterday total WHERE {where}{_kind_of_object(filters)}",
        facts,
        columns={"workforce": OWN, "day": "total.day"},
        active=f"sum(total.{'workers_alone' if filters.source == 'all' else 'workers'})",
        counts=latency.SUMMED,
    )


def _joins(filters: Filters, groups: Sequence[str]) -> str:
    """Only what filters or groups need."""
    joins = [JOB] if filters.teams or filters.kinds or {"team", "kind"} & set(groups) else []
    joins += [WORKER] if filters.workforces or "workforce" in groups else []
    return " ".join(joins)


def _kind_of_object(filters: Filters) -> str:
    return {"all": "", "gold": " AND total.gold", "real": " AND NOT total.gold"}[filters.source]
