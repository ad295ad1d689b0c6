"""How far a job's objects came: counted as it is asked for where that is quick, else as the last official run did."""

from datetime import datetime
from typing import Any

from gtcrowd.analytics.columns import rows
from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.identity.access import Viewer

MOST_COUNTED = 20_000
"""Objects of a job that a page may count; more take longer than a page may."""
COUNT = """
SELECT CASE WHEN task.answer_count > 0 THEN 'answered'
            WHEN EXISTS (SELECT FROM tasks_slot slot WHERE slot.task_id = task.data_object_id AND slot.fence > 0)
            THEN 'handed-out' ELSE 'opened' END,
       task.state, label.id IS NOT NULL, task.reason_code, count(*)
FROM tasks_task task
LEFT JOIN labels_label label ON label.job_id = task.job_id AND label.position = task.position AND label.current
WHERE task.job_id = %(job)s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
"""A slot's fence rises with each hand-out, so that what was handed out shows even when it was given back."""
OBJECTS = "SELECT job.objects_total FROM jobs_job job WHERE {where}"


def counted(job_id: int) -> list[list[Any]]:
    """Tasks of a job by how far they came, state, whether labeled, and reason (see measures.flow.links)."""
    return [list(row) for row in rows(COUNT, {"job": job_id})]


def of_job(viewer: Viewer, job_id: int, kept: dict[str, Any]) -> tuple[int, list[Any], datetime | None]:
    """The objects of one of the viewer's jobs, its tasks as `counted`, and as of when if not now.

    `kept`: what the last official run says (frames.job_quality). Nothing (0 objects) of a foreign job; of a large job
    without such a run nothing but its objects.
    """
    where, facts = of_jobs(viewer, Filters(jobs=(job_id,)))
    found = rows(OBJECTS.format(where=where), facts)
    objects = int(found[0][0]) if found else 0
    if objects <= MOST_COUNTED:
        return objects, counted(job_id) if found else [], None
    seen = kept.get("flow")
    if not seen:
        return objects, [], None
    return int(seen["objects"]), list(seen["tasks"]), datetime.fromisoformat(kept["made_at"])
