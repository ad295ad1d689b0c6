"""Leave a task unanswered: return it, or decline it for good."""

from datetime import datetime

from django.db import transaction

from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle import close_tasks
from gtcrowd.tasks.models import Assignment, AssignmentState, DirtyDay, Task, TaskState

FREE = """
UPDATE tasks_slot SET free_at = CASE WHEN withdrawn THEN NULL ELSE %(now)s::timestamptz END
WHERE id = %(slot)s AND fence = %(fence)s AND free_at IS NOT NULL RETURNING withdrawn
"""


def give_back(*, assignment: Assignment, reason: str = "", now: datetime) -> bool:
    """Return the task; somebody else gets it at once. False if the stay had ended before, which is no harm."""
    return _leave(assignment, AssignmentState.RETURNED, reason, now)


def decline(*, assignment: Assignment, reason: str = "", now: datetime) -> bool:
    """Decline the object: this worker never sees it again. After `target_answers` declines the task ends."""
    return _leave(assignment, AssignmentState.DECLINED, reason, now)


def _leave(assignment: Assignment, how: AssignmentState, reason: str, now: datetime) -> bool:
    with transaction.atomic():
        task = Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
        left = Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.LIVE).update(
            state=how, reason=reason[:200], ended_at=now
        )
        if not left:
            return False
        DirtyDay.objects.create(job_id=assignment.job_id, worker_id=assignment.worker_id, at=now)
        if task.state == TaskState.GOLD:
            return True
        freed = sql.rows(FREE, slot=assignment.slot_id, fence=assignment.fence, now=now)
        if freed == [(True,)]:
            close_tasks.finish([task.pk], now=now)
        if how == AssignmentState.DECLINED:
            task.decline_count += 1
            task.save(update_fields=["decline_count"])
            if task.decline_count >= task.target_answers:
                close_tasks.end([task.pk], reason_code=Reason.ALL_DECLINED, now=now)
    return True
