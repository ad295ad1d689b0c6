"""Tell with one small query whether any data of a page has changed since it was rendered."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from gtcrowd.identity.access import Viewer

WAITING = """(
    SELECT count(*) FROM (
        SELECT FROM tasks_dirtyday dirty JOIN jobs_job job ON job.id = dirty.job_id
        WHERE job.requester_id = %(requester)s LIMIT 10000
    ) AS waiting
)"""
"""Number of the requester's events that are not in the totals yet, at most 10,000."""
# Rows of RequesterDay are written last, and again whenever any total of any day changes.
QUERY = f"""
SELECT now() AT TIME ZONE %(zone)s, {WAITING},
       (SELECT max(id) FROM analytics_requesterday WHERE requester_id = %(requester)s),
       (SELECT max(quality.made_at) FROM analytics_jobquality quality JOIN jobs_job job ON job.id = quality.job_id
        WHERE job.requester_id = %(requester)s),
       (SELECT max(greatest(job.changed_at, counters.counted_at)) FROM jobs_job job
        JOIN jobs_counters counters ON counters.job_id = job.id WHERE job.requester_id = %(requester)s),
       (SELECT max(change.id) FROM jobs_jobchange change JOIN jobs_job job ON job.id = change.job_id
        WHERE job.requester_id = %(requester)s),
       (SELECT max(greatest(opened_at, decided_at)) FROM analytics_case
        WHERE requester_id = %(requester)s)
"""  # noqa: S608


@dataclass(frozen=True)
class Fresh:
    """How fresh the data of a requester is.

    now      the database's clock in the requester's time zone
    waiting  events that are not in the totals yet, at most 10,000
    version  a hash that changes whenever the data changes
    """

    now: datetime
    waiting: int
    version: str


def look(viewer: Viewer) -> Fresh:
    """Return the version of the data of the viewer's requester."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"zone": viewer.requester.zone, "requester": viewer.requester.pk})
        ((now, waiting, *changes),) = cursor.fetchall()
    return Fresh(now, int(waiting), hashlib.sha256(repr(changes).encode()).hexdigest()[:16])
