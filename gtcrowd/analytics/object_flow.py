"""Count the objects of a job by stage: now for small jobs, else as of the last official run."""

from datetime import datetime
from typing import Any

from gtcrowd.analytics.columns import rows
from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.analytics.quality_report import StoredReport
from gtcrowd.identity.access import Viewer

MOST_COUNTED = 20_000
"""Maximum number of objects that are counted for a page; more would take too long."""
COUNT = """
SELECT CASE WHEN task.answer_count > 0 THEN 'answered'
            WHEN EXISTS (SELECT FROM tasks_slot slot WHERE slot.task_id = task.data_object_id AND slot.fence > 0)
            THEN 'handed-out' ELSE 'opened' END,
       task.state, label.id IS NOT NULL, task.reason_code, count(*)
FROM tasks_task task
LEFT JOIN labels_label label ON label.job_id = task.job_id AND label.position = task.position AND label.current
WHERE task.job_id = %(job)s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
"""A slot's fence grows with each hand-out, so tasks that were returned still count as handed out."""
OBJECTS = "SELECT job.objects_total FROM jobs_job job WHERE {where}"


def counted(job_id: int) -> list[list[Any]]:
    """Return the tasks of a job by stage, state, whether labeled and reason (measures.object_flow.links)."""
    return [list(row) for row in rows(COUNT, {"job": job_id})]


def of_job(viewer: Viewer, job_id: int, stored: StoredReport | None) -> tuple[int, list[Any], datetime | None]:
    """Return the number of objects of one of the viewer's jobs, its tasks as `counted`, and as of when (None: now).

    stored  the quality report of the job (frames.job_quality), if it has one

    0 objects for a job of another requester; no tasks for a large job without a report.
    """
    where, params = of_jobs(viewer, Filters(jobs=(job_id,)))
    totals = rows(OBJECTS.format(where=where), params)
    objects = int(totals[0][0]) if totals else 0
    if objects <= MOST_COUNTED:
        return objects, counted(job_id) if totals else [], None
    if stored is None or stored.report.flow is None:
        return objects, [], None
    flow = stored.report.flow
    return int(flow["objects"]), list(flow["tasks"]), stored.made_at
