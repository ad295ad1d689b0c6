"""Give a worker more time for the task at hand."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd.platform import sql
from gtcrowd.tasks.models import Assignment, AssignmentState

MOST = 3
"""So often may a worker ask for more time on one task."""

EXTEND = """
WITH kept AS (
    UPDATE tasks_slot SET free_at = %(until)s
    WHERE id = %(slot)s AND fence = %(fence)s AND free_at IS NOT NULL RETURNING id
)
UPDATE tasks_assignment SET expires_at = %(until)s, extended = extended + 1
WHERE id = %(assignment)s AND state IN ('live', 'expired') AND extended < %(most)s
  AND (slot_id IS NULL OR EXISTS (SELECT FROM kept))
"""


class NotExtended(Exception):
    """The task cannot be kept for longer; the text says why."""


def extend(*, assignment: Assignment, now: datetime) -> datetime:
    """Let the time limit begin anew; returns until when the task is kept. Raises NotExtended.

    A lease that has run out can be extended too, as long as nobody else took the slot.
    """
    until = now + timedelta(seconds=assignment.job.time_limit)
    if assignment.extended >= MOST:
        raise NotExtended(
            _("The time of this task cannot be extended again (maximum: %(most)s). Submit or return the task.")
            % {"most": MOST}
        )
    with transaction.atomic():
        held = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        if held.state == AssignmentState.EXPIRED:
            # Another stay of the worker may be live by now; then the old one stays as it is.
            others = Assignment.objects.filter(job=held.job_id, worker=held.worker_id, state=AssignmentState.LIVE)
            if others.exists():
                raise NotExtended(_("The time for this task ended, and you have started another task since."))
        extended = sql.run(EXTEND, assignment=held.pk, slot=held.slot_id, fence=held.fence, until=until, most=MOST)
        if not extended:
            raise NotExtended(_("The time for this task ended, and another worker has taken it."))
        if held.state == AssignmentState.EXPIRED:
            Assignment.objects.filter(pk=held.pk).update(state=AssignmentState.LIVE, ended_at=None)
    assignment.expires_at, assignment.state = until, AssignmentState.LIVE
    assignment.extended += 1
    return until
