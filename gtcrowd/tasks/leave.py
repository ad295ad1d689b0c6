"""Leave a task unanswered: return it, or decline it for good."""

from datetime import datetime

from django.db import transaction

from gtcrowd.tasks import close
from gtcrowd.tasks.models import Assignment, AssignmentState, Seat, Task


def give_back(*, assignment: Assignment, reason: str = "", now: datetime) -> bool:
    """Return the task; somebody else gets it at once. False if the stay had ended before, which is no harm."""
    return _leave(assignment, AssignmentState.RETURNED, reason, now)


def decline(*, assignment: Assignment, reason: str = "", now: datetime) -> bool:
    """Decline the object: this worker never sees it again. When as many declined as were wanted, it ends."""
    return _leave(assignment, AssignmentState.DECLINED, reason, now)


def _leave(assignment: Assignment, how: AssignmentState, reason: str, now: datetime) -> bool:
    with transaction.atomic():
        task = Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
        left = Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.LIVE).update(
            state=how, reason=reason[:200], ended_at=now
        )
        if not left:
            return False
        Seat.objects.filter(pk=assignment.seat_id, fence=assignment.fence, free_at__isnull=False).update(free_at=now)
        if how == AssignmentState.DECLINED:
            task.declined += 1
            task.save(update_fields=["declined"])
            if task.declined >= task.wanted:
                close.end([task.pk], reason_code="all-declined", now=now)
    return True
