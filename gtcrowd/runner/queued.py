"""What the queue does: each task translates its facts and calls the room that knows."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality, rollup
from gtcrowd.hooks import calls
from gtcrowd.identity.models import Requester, User
from gtcrowd.jobs.models import ENDED, Job
from gtcrowd.labels import consolidate
from gtcrowd.labels.models import HOOK, Run, RunState
from gtcrowd.labels.post_annotation import batches
from gtcrowd.platform import queue
from gtcrowd.runner import rescue
from gtcrowd.tasks import messages
from gtcrowd.tasks.answers import drafts
from gtcrowd.tasks.lifecycle import expire
from gtcrowd.workforce import invite

RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


@app.task(name=queue.ADVANCE_JOB, retry=RETRY)
def advance_job(*, job: int) -> None:
    try:
        job_lifecycle.advance(job, now=timezone.now())
    except job_lifecycle.Busy:
        # Whoever moves it now may have looked before the change that asked for this.
        queue.advance(job, wait=2)


@app.task(name=queue.RUN_METHOD, retry=RETRY)
def run_method(*, run: int) -> None:
    run_ = Run.objects.select_related("job__requester").get(pk=run)
    if run_.method != HOOK:
        consolidate.perform(run_, now=timezone.now())
        return
    with calls.turn(wait=False) as mine:
        if mine:
            batches.perform(run_, now=timezone.now())
            return
    queue.enqueue(queue.RUN_METHOD, once=f"run-{run}", wait=2, run=run)


@app.task(name=queue.RELABEL_JOB, retry=RETRY)
def relabel_job(*, job: int) -> None:
    try:
        job_lifecycle.relabel(job, now=timezone.now())
    except job_lifecycle.Busy:
        queue.enqueue(queue.RELABEL_JOB, once=f"relabel-{job}", wait=2, job=job)


@app.task(name=queue.COMPARE_ANSWERS, retry=RETRY)
def compare_answers(*, job: int) -> None:
    quality.form(Job.objects.select_related("requester").get(pk=job), now=timezone.now())


@app.task(name=queue.REBUILD_TOTALS, retry=RETRY)
def rebuild_totals(*, requester: int) -> None:
    """After a change of what days are: the totals of days, and the comparisons of each job."""
    owner = Requester.objects.get(pk=requester)
    for job in rollup.rebuild(zone=settings.TIME_ZONE, requester=owner):
        queue.enqueue(queue.COMPARE_ANSWERS, once=f"compare-{job}", job=job)


@app.task(name=queue.SEND_INVITATION, retry=RETRY)
def send_invitation(*, user: int, by: str, language: str | None = None) -> None:
    invite.mail_link(User.objects.get(pk=user), by=by, in_language=language, now=timezone.now())


@app.task(name=queue.TELL_OF_MESSAGES, retry=RETRY)
def tell_of_messages(*, job: int) -> None:
    messages.tell(job, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="watch", queueing_lock="watch", pass_context=False)
def watch(timestamp: int) -> None:
    """Once a minute: tidy up expired leases, and look at every job that is not at its end."""
    del timestamp
    expire.tidy(now=timezone.now())
    drafts.tidy()
    for pk in Job.objects.exclude(state__in=ENDED).exclude(simulated=True).values_list("pk", flat=True):
        queue.advance(pk)
    for pk in quality.stale():
        queue.enqueue(queue.COMPARE_ANSWERS, once=f"compare-{pk}", job=pk)
    for pk in Run.objects.filter(state=RunState.WAITING).values_list("pk", flat=True):
        queue.enqueue(queue.RUN_METHOD, once=f"run-{pk}", run=pk)


@app.periodic(cron="* * * * * */10")
@app.task(name="roll_up", queueing_lock="roll_up", pass_context=False)
def roll_up(timestamp: int) -> None:
    """Every ten seconds: form the totals of days again in which something happened."""
    del timestamp
    rollup.roll(zone=settings.TIME_ZONE)


@app.periodic(cron="* * * * * */15")
@app.task(name="rescue", queueing_lock="rescue", pass_context=True)
async def rescue_tasks(context: Any, timestamp: int) -> None:
    """Four times a minute: put tasks of killed workers back into the queue."""
    del timestamp
    await rescue.requeue(context.app)
