"""Errors of the scripts in a job's own template, as the browsers of workers report them.

Reports come from pages that nobody has read: each message is stored once per job, as plain text, with the number of
reports, and a job stores only so many messages.
"""

from datetime import datetime
from typing import Any

from django.db.models import F

from gtcrowd.jobs.models import Job, ScriptError

MOST_MESSAGES = 50
"""Different messages that are stored per job."""
MOST_CHARACTERS = 300


def record(*, job: Job, message: Any, line: Any, now: datetime) -> bool:
    """Count an error of the job's template. Return whether it was stored; what is no message is not."""
    if not isinstance(message, str) or not message.strip() or not job.template_id:
        return False
    words = "".join(character if character.isprintable() else " " for character in message.strip())[:MOST_CHARACTERS]
    number = line if isinstance(line, int) and not isinstance(line, bool) and 0 < line < 2**31 else 0
    own = ScriptError.objects.filter(job=job, message=words)
    if own.update(count=F("count") + 1, line=number, last_at=now):
        return True
    if ScriptError.objects.filter(job=job).count() >= MOST_MESSAGES:
        return False
    row = ScriptError(job=job, message=words, line=number, count=1, first_at=now, last_at=now)
    ScriptError.objects.bulk_create([row], ignore_conflicts=True)
    return True


def of(job: Job) -> list[ScriptError]:
    """Return the errors of a job's template, the latest first."""
    return list(ScriptError.objects.filter(job=job).order_by("-last_at"))
