"""Replay recorded answers through the service with the claim and submit of the portal, then run every method.

An interrupted replay can be started again; stored answers are skipped.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
from django.db import connection
from django.utils import timezone

from gtcrowd import consolidation, job_lifecycle
from gtcrowd.consolidation.categorical import measures
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import create, store
from gtcrowd.jobs.models import ENDED, Job
from gtcrowd.labels import consolidate
from gtcrowd.labels.models import Label, Run, Truth
from gtcrowd.offline.recordings import Recorded, Recording
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.models import Answer, Task
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Team, Worker

REQUESTER = "replay"
SECONDS = 10.0
"""Answer time if the recording has none."""
Progress = Callable[[str, int, int], None]
"""Called with the name of the step, the amount done and the total."""


@dataclass(frozen=True)
class Score:
    """The measures of a method on the objects with truth; ties count fractionally in the accuracy."""

    method: str
    accuracy: float
    macro_f1: float
    log_loss: float
    seconds: float
    steps: int
    converged: bool


def prepare(recording: Recording, *, name: str, now: datetime) -> Job:
    """Return the job of this name with all objects open; create it for the recording if needed."""
    viewer = _viewer()
    job = Job.objects.visible_to(viewer).filter(name__iexact=name).first()
    if job is None:
        team = _team(viewer, name)
        job = create.create(viewer=viewer, values=_request(recording, name, team), now=now, simulated=recording.timed)
    while job.state == "Initializing":
        job = _advance(job, now)
    _remember_truth(job, recording)
    return job


def play(recording: Recording, job: Job, progress: Progress) -> int:
    """Submit every answer that is not stored yet; return their number."""
    with connection.cursor() as cursor:
        # Answers lost in a crash of the database are submitted again by the next start.
        cursor.execute("SET synchronous_commit TO off")
    workers = _workers(job, {answer.worker for answer in recording.answers})
    tasks = _tasks(job)
    done = set(Answer.objects.filter(job=job).values_list("task_id", "worker_id"))
    played = 0
    for count, recorded in enumerate(recording.answers, 1):
        task, worker = tasks[recorded.task], workers[recorded.worker]
        if (task, worker.pk) not in done:
            _submit(job, worker, task, recorded)
            played += 1
        if count % 250 == 0:  # often enough to be visible, rarely enough to be cheap
            progress("answers", count, len(recording.answers))
    progress("answers", len(recording.answers), len(recording.answers))
    return played


def finish(job: Job, recording: Recording) -> Job:
    """Advance the job to its end, as if the lifetime of its tasks were over."""
    last = max((answer.at for answer in recording.answers if answer.at), default=timezone.now())
    later = max(last, timezone.now()) + timedelta(seconds=job.task_lifetime + job.time_limit)
    while job.state not in ENDED:
        job = _advance(job, later)
    return job


def compare(job: Job, recording: Recording, progress: Progress) -> list[Score]:
    """Run every method and return its measures; the official run of the job is reused."""
    methods = list(consolidation.METHODS)
    scores = []
    for count, method in enumerate(methods):
        progress(method, count, len(methods))
        run = Run.objects.filter(job=job, method=method, state="done").order_by("-labels", "-pk").first()
        if run is None:
            run = Run.objects.create(job=job, method=method, created_at=timezone.now())
            consolidate.perform(run, now=timezone.now())
        scores.append(_score(run, recording))
    progress("methods", len(methods), len(methods))
    return scores


def _viewer() -> Viewer:
    requester = Requester.objects.filter(slug=REQUESTER).first()
    if requester is None:
        requester = setup.requester(slug=REQUESTER, name="Replay")
        # Recorded crowds may exceed the limits of jobs.
        requester.max_workers_per_object, requester.max_concurrent_objects = 1000, 2_000_000_000
        requester.save()
    return Viewer(requester=requester, role=Role.OWNER)


def _team(viewer: Viewer, name: str) -> Team:
    workforce = setup.private(viewer.requester)
    team, _created = Team.objects.get_or_create(
        workforce=workforce, name=name, defaults={"description": f"The recorded crowd of {name}"}
    )
    return team


def _request(recording: Recording, name: str, team: Team) -> dict[str, object]:
    uri = f"s3://replay/{name}/input.manifest"
    with store.store().write(uri) as file:
        for task in recording.tasks:
            file.write(json.dumps({"source": task, "task": task}, ensure_ascii=False).encode() + b"\n")
    return {
        "name": name,
        "medium": "text",
        "manifest": uri,
        "output": "s3://replay/output",
        "categories": recording.labels if len(recording.labels) > 1 else [*recording.labels, "other"],
        "team": team.name,
        "title": f"Replay of {recording.name}",
        "description": "Recorded answers, replayed through the same functions as the portal.",
        "price": Decimal("0.000"),
        "workers_per_object": recording.most_per_task,
        "time_limit": 28_800,
        "max_concurrent": len(recording.tasks),
        "method": "hierarchical",
    }


def _advance(job: Job, now: datetime) -> Job:
    try:
        return job_lifecycle.advance(job.pk, now=now)
    except job_lifecycle.Busy:  # a queue worker is advancing it
        connection.cursor().execute("SELECT pg_sleep(0.1)")
        result: Job = Job.objects.select_related("requester", "team__workforce", "counters").get(pk=job.pk)
        return result


def _remember_truth(job: Job, recording: Recording) -> None:
    truths = [
        Truth(data_object_id=pk, job=job, value=recording.truth[task], source="truth.csv")
        for task, pk in _tasks(job).items()
        if task in recording.truth
    ]
    Truth.objects.bulk_create(truths, ignore_conflicts=True, batch_size=5000)


def _tasks(job: Job) -> dict[str, int]:
    """Return the id of the task of each name."""
    lines = Task.objects.filter(job=job).values_list("data_object__line", "pk")
    return {json.loads(text)["task"]: pk for text, pk in lines}


def _workers(job: Job, names: Iterable[str]) -> dict[str, Worker]:
    workers = {}
    for name in sorted(names):
        local = re.sub(r"[^a-z0-9.-]", "-", name.lower())[:40]
        email = f"{local}@{job.name.lower()}.replay.invalid"
        user = User.objects.filter(email=email).first() or User(email=email, name=name[:120])
        if user.pk is None:
            user.set_unusable_password()
            user.save()
        workers[name] = setup.add_worker(workforce=job.team.workforce, user=user, now=job.created_at, teams=(job.team,))
    return workers


def _submit(job: Job, worker: Worker, task: int, recorded: Recorded) -> None:
    seconds = timedelta(seconds=SECONDS if recorded.seconds is None else recorded.seconds)
    at = recorded.at or timezone.now()
    began = max(at - seconds, job.started_at or at)
    assignment = claim.next_assignment(worker=worker, job=job, now=began, task=task)
    submit.submit(assignment=assignment, content={"crowd-classifier": {"label": recorded.label}}, now=max(at, began))


def _score(run: Run, recording: Recording) -> Score:
    categories = run.job.categories
    rows = Label.objects.filter(run=run).order_by("position").values_list("data_object__line", "posterior", "value")
    names = [json.loads(text)["task"] for text, _posterior, _value in rows]
    posterior = np.array([posterior for _text, posterior, _value in rows])
    truth = pd.Index(categories).get_indexer(pd.Index([recording.truth.get(name, "\0") for name in names]))
    label = pd.Index(categories).get_indexer(pd.Index([value for _text, _posterior, value in rows]))
    return Score(
        method=run.method,
        accuracy=measures.shared_accuracy(posterior, truth),
        macro_f1=measures.macro_f1(label, truth),
        log_loss=measures.log_loss(posterior, truth),
        seconds=run.seconds,
        steps=run.steps,
        converged=run.converged,
    )
