"""Find what an address names: jobs, teams, workforces and workers of a requester."""

from collections.abc import Sequence

from gtcrowd.analytics.columns import rows
from gtcrowd.identity.access import Viewer

NAMED = {
    "job": "SELECT id, lower(name) FROM jobs_job WHERE requester_id = %(requester)s AND lower(name) = ANY(%(names)s)",
    "team": "SELECT DISTINCT team.id, lower(team.name) FROM jobs_job job "
    "JOIN workforce_team team ON team.id = job.team_id "
    "WHERE job.requester_id = %(requester)s AND lower(team.name) = ANY(%(names)s)",
    "workforce": "SELECT DISTINCT workforce.id, lower(workforce.name) FROM jobs_job job "
    "JOIN workforce_team team ON team.id = job.team_id "
    "JOIN workforce_workforce workforce ON workforce.id = team.workforce_id "
    "WHERE job.requester_id = %(requester)s AND lower(workforce.name) = ANY(%(names)s)",
    "worker": "SELECT worker.id, lower(worker.code) FROM workforce_worker worker "
    "WHERE lower(worker.code) = ANY(%(names)s) AND EXISTS (SELECT FROM analytics_day total "
    "WHERE total.worker_id = worker.id AND total.requester_id = %(requester)s)",
}
"""Query of the IDs of the names in an address, of one requester."""


def ids_of(viewer: Viewer, what: str, texts: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the IDs of names, and the names that do not exist for the viewer's requester.

    what    "job", "team", "workforce" (by name, case-insensitive) or "worker" (by code); several teams may share a name
    texts   names
    """
    records = rows(NAMED[what], {"requester": viewer.requester.pk, "names": [text.lower() for text in texts]})
    present = {name for _pk, name in records}
    return [pk for pk, _name in records], [text for text in texts if text.lower() not in present]
