"""What a worker has done of a task without handing it in, so that nothing is lost with a page or a machine.

A draft is nobody's answer: it is never read but to put it before the same worker again.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from gtcrowd.platform import sql
from gtcrowd.tasks.models import Assignment, AssignmentState, Draft

MOST_CHARACTERS = 500_000
TIDY = """
DELETE FROM tasks_draft draft USING tasks_assignment assignment
WHERE assignment.id = draft.assignment_id AND assignment.state <> 'live'
"""


class NotKept(ValueError):
    """The page has more to keep than is kept, or what the database cannot hold; it keeps it in the browser alone."""


def keep(assignment: Assignment, state: Any, *, now: datetime) -> bool:
    """Keep the state of the task's page; whether the task is still at hand. Raises NotKept."""
    if len(json.dumps(state)) > MOST_CHARACTERS or not sql.storable(state):
        raise NotKept
    if assignment.state != AssignmentState.LIVE:
        return False
    Draft.objects.update_or_create(assignment_id=assignment.pk, defaults={"state": state, "saved_at": now})
    return True


def find(assignment: Assignment) -> Any:
    """What was kept for the task, or None."""
    return Draft.objects.filter(assignment=assignment.pk).values_list("state", flat=True).first()


def tidy() -> int:
    """Take away the drafts of tasks that are over; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(TIDY)
        result: int = cursor.rowcount
        return result
