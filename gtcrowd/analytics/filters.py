"""Which answers a figure is about."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gtcrowd.identity.access import Viewer


@dataclass(frozen=True)
class Filters:
    """Ids of jobs, teams and workers, and first and last day in the service's time zone; empty means all."""

    jobs: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    workers: tuple[int, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


def conditions(viewer: Viewer, filters: Filters, *, zone: str) -> tuple[str, dict[str, Any]]:
    """SQL over `answer` and `job` that keeps the viewer's own answers within the filters, and its facts.

    The tenant is part of every query: a filter that names a foreign job finds nothing.
    """
    parts = ["job.requester_id = %(requester)s"]
    facts: dict[str, Any] = {"requester": viewer.requester.pk, "zone": zone}
    for name, column, ids in (
        ("jobs", "job.id", filters.jobs),
        ("teams", "job.team_id", filters.teams),
        ("workers", "answer.worker_id", filters.workers),
    ):
        if ids:
            parts.append(f"{column} = ANY(%({name})s)")
            facts[name] = list(ids)
    if filters.first_day:
        parts.append("answer.submitted_at >= %(first_day)s::timestamp AT TIME ZONE %(zone)s")
        facts["first_day"] = filters.first_day
    if filters.last_day:
        parts.append("answer.submitted_at < (%(last_day)s::timestamp + interval '1 day') AT TIME ZONE %(zone)s")
        facts["last_day"] = filters.last_day
    return " AND ".join(parts), facts
