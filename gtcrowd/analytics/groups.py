"""Look up the names of teams and workforces that work for a requester."""

from django.db import connection

from gtcrowd.identity.access import Viewer

QUERIES = {
    "team": "SELECT team.name FROM workforce_team team WHERE team.id = %(id)s "
    "AND EXISTS (SELECT FROM jobs_job job WHERE job.team_id = team.id AND job.requester_id = %(requester)s)",
    "workforce": "SELECT workforce.name FROM workforce_workforce workforce WHERE workforce.id = %(id)s "
    "AND EXISTS (SELECT FROM jobs_job job JOIN workforce_team team ON team.id = job.team_id "
    "WHERE team.workforce_id = workforce.id AND job.requester_id = %(requester)s)",
}


def name(viewer: Viewer, what: str, pk: int) -> str | None:
    """Return the name of a `team` or `workforce` of one of the viewer's jobs; None for any other."""
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[what], {"id": pk, "requester": viewer.requester.pk})
        row = cursor.fetchone()
    return str(row[0]) if row else None
