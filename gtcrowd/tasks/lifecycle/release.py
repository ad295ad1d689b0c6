"""Leave a task unanswered: return it, or decline it for good.

A decline takes the object from one worker only. It ends when the job's limit of declines is reached, or when nobody who
may work is left. A worker to whom the object could not be shown never gets it again either; it ends once it could not
be shown to close_tasks.UNSEEN of them.
"""

from datetime import datetime

from django.db import transaction

from gtcrowd.jobs.models import Job
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.lifecycle import close_tasks
from gtcrowd.tasks.models import Assignment, AssignmentState, DirtyDay, Task, TaskState

FREE = """
UPDATE tasks_slot SET free_at = CASE WHEN withdrawn THEN NULL ELSE %(now)s::timestamptz END
WHERE id = %(slot)s AND fence = %(fence)s AND free_at IS NOT NULL RETURNING withdrawn
"""


def give_back(*, assignment: Assignment, reason: str = "", unseen: bool = False, now: datetime) -> bool:
    """Return the task; somebody else gets it at once. False if the assignment had ended before, which is no harm.

    unseen   the object could not be shown to the worker, who therefore does not get it again
    """
    if unseen:
        return _leave(assignment, AssignmentState.DECLINED, reason, now, unseen=True)
    return _leave(assignment, AssignmentState.RETURNED, reason, now)


def decline(*, assignment: Assignment, reason: str = "", now: datetime) -> bool:
    """Decline the object: this worker never sees it again. False if the assignment had ended before."""
    return _leave(assignment, AssignmentState.DECLINED, reason, now)


def _leave(assignment: Assignment, how: AssignmentState, reason: str, now: datetime, *, unseen: bool = False) -> bool:
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
            _count(task, assignment.job, unseen=unseen, now=now)
    return True


def _count(task: Task, job: Job, *, unseen: bool, now: datetime) -> None:
    """Count a decline of the locked task; end it if it was the last one that the job allows."""
    task.unseen_count += unseen
    task.decline_count += not unseen
    task.save(update_fields=["decline_count", "unseen_count"])
    if task.unseen_count >= close_tasks.UNSEEN:
        close_tasks.end([task.pk], reason_code=Reason.OBJECT_NOT_SHOWN, now=now)
    elif job.max_declines is not None and task.decline_count >= job.max_declines:
        close_tasks.end([task.pk], reason_code=Reason.ALL_DECLINED, now=now)
    else:
        close_tasks.end_refused(job, tasks=[task.pk], now=now)
