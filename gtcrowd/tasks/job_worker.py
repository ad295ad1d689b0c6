"""What a person decides about a worker in one job."""

from datetime import datetime

from gtcrowd import language
from gtcrowd.identity.access import Right, Viewer
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import Standing, StandingState
from gtcrowd.workforce.models import Worker

BY_PERSON = "by-requester"


def pause(*, viewer: Viewer, job: Job, worker: Worker, reason: str = "", now: datetime) -> Standing:
    """Hand out nothing more of the job to the worker; what is at hand may be finished. Raises NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    standing, _made = Standing.objects.get_or_create(job=job, worker=worker, defaults={"since": now, "lap_at": now})
    standing.state, standing.reason_code = StandingState.PAUSED, BY_PERSON
    standing.reason = reason.strip()[:200] or language.later("Paused by the requester.")
    standing.save(update_fields=["state", "reason_code", "reason"])
    return standing


def resume(*, viewer: Viewer, standing: Standing) -> Standing:
    """Let the worker go on, whatever had paused them; the next known object is judged by the rules again."""
    viewer.must(Right.MANAGE_WORKERS)
    standing.state, standing.reason_code, standing.reason = StandingState.WORKING, "", ""
    standing.save(update_fields=["state", "reason_code", "reason"])
    return standing
