"""Teams and workforces by their name, for those who gave them work."""

from django.db import connection

from gtcrowd.identity.access import Viewer

GIVEN = {
    "team": "SELECT team.name FROM workforce_team team WHERE team.id = %(id)s "
    "AND EXISTS (SELECT FROM jobs_job job WHERE job.team_id = team.id AND job.requester_id = %(requester)s)",
    "workforce": "SELECT workforce.name FROM workforce_workforce workforce WHERE workforce.id = %(id)s "
    "AND EXISTS (SELECT FROM jobs_job job JOIN workforce_team team ON team.id = job.team_id "
    "WHERE team.workforce_id = workforce.id AND job.requester_id = %(requester)s)",
}


def name(viewer: Viewer, what: str, pk: int) -> str | None:
    """The name of a `team` or `workforce` that one of the viewer's jobs was given to; None for any other."""
    with connection.cursor() as cursor:
        cursor.execute(GIVEN[what], {"id": pk, "requester": viewer.requester.pk})
        found = cursor.fetchone()
    return str(found[0]) if found else None
