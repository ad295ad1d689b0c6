"""Two requesters with everything that a requester can have, built alike, so that either can be the foreign one."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality, rollup, saved
from gtcrowd.analytics.models import Case, SavedView
from gtcrowd.identity import invitations, keys
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import AccessKey, Bucket, Member, Requester, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import create, signed, store
from gtcrowd.jobs.models import DataObject, Hook, Job, ObjectError, PreAnnotation, ScriptError, Template
from gtcrowd.labels import consolidate
from gtcrowd.labels.models import PostAnnotationBatch, Run, Truth
from gtcrowd.tasks import messages
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import drafts, gold, submit
from gtcrowd.tasks.lifecycle import change, job_worker
from gtcrowd.tasks.models import Assignment, DirtyDay, Sequence, WorkerModel
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Subscription, Team, Worker

GOLD_POSITION = 0


@dataclass
class Tenant:
    """One requester with its people, a running job, and everything that came of it.

    `marker` is part of every free text of the tenant and of nothing else.
    """

    requester: Requester
    marker: str
    owner: User
    viewer: Viewer
    key: AccessKey
    token: str
    team: Team
    worker: Worker
    job: Job
    assignment: Assignment
    run: Run
    case: Case
    view: SavedView
    manifest: str
    object_token: str
    join_token: str

    @property
    def users(self) -> list[User]:
        return [self.owner, self.worker.user]


def build(slug: str, *, marker: str = "") -> Tenant:
    """Create a requester `slug` with a row in every table that can belong to one, and `marker` in every free text."""
    now = timezone.now() - timedelta(hours=1)
    marker = marker or f"secret-of-{slug}"
    requester = Requester.objects.create(slug=slug, name=f"Name {marker}", credit=1000)
    Bucket.objects.create(name=slug, requester=requester)
    owner = User.objects.create_user(f"owner@{slug}.example", "correct horse battery", name=f"Owner {marker}")
    Member.objects.create(requester=requester, user=owner, role=Role.OWNER)
    viewer = Viewer(requester=requester, role=Role.OWNER, user=owner)
    key, secret = keys.create(requester=requester, name=f"Key {marker}", role=Role.OWNER, created_by=owner)
    workforce = setup.private(requester)
    team = setup.team(viewer=viewer, name=f"team-{slug}", description=f"Team {marker}")
    worker, colleague = (
        setup.add_worker(workforce=workforce, user=_person(name, slug, marker), now=now, teams=(team,))
        for name in ("wim", "wes")
    )
    manifest = _manifest(slug, marker)
    job = _job(viewer, team, manifest, marker, now)
    run = _work(viewer, job, [worker, colleague], marker, now)
    assignment = claim.next_assignment(worker=worker, job=job, now=timezone.now())
    drafts.keep(assignment, {"text": marker}, now=now)
    messages.write(worker=worker, job=job, text=f"Message {marker}", now=now)
    messages.answer(viewer=viewer, job=job, worker=worker, text=f"Reply {marker}", now=now)
    _rare_rows(job, worker, marker, now)
    case = Case.objects.create(
        requester=requester, worker=worker, job=job, category="speed", key="x", evidence={"seen": 0.9, "answers": 2},
        ratio=7.5, note=f"Note {marker}", opened_at=now,
    )  # fmt: skip
    view = saved.save(viewer=viewer, name=f"View {marker}", address="/dashboards/", now=now)
    return Tenant(
        requester=requester, marker=marker, owner=owner, viewer=viewer, key=key, token=f"{key.key_id}.{secret}",
        team=team, worker=worker, job=job, assignment=assignment, run=run, case=case, view=view, manifest=manifest,
        object_token=signed.address(f"s3://{slug}/picture.png", job_id=job.pk).rstrip("/").rpartition("/")[2],
        join_token=invitations.create(_person("new", slug, marker), now=now),
    )  # fmt: skip


def _rare_rows(job: Job, worker: Worker, marker: str, now: datetime) -> None:
    """Rows that only jobs with hooks, sequences, truth or a vendor have."""
    vendor = setup.vendor(name=f"vendor-{job.requester.slug}", managers=[])
    Subscription.objects.create(requester=job.requester, workforce=vendor)
    Template.objects.create(
        requester=job.requester, text=f"Template {marker}", digest=job.requester.slug, created_at=now
    )
    hook = Hook.objects.create(
        job=job, stage="post", number=1, target=f"https://{job.requester.slug}.example/", set_at=now
    )
    *_, before_last, last = DataObject.objects.filter(job=job).order_by("position")
    PreAnnotation.objects.create(
        data_object=last, job=job, hook=hook, outcome="ready", task_input={"text": marker}, made_at=now
    )
    ObjectError.objects.create(
        data_object=before_last, job=job, reason_code="hook-fault", reason_params={"text": f"ObjectError {marker}"}
    )
    ScriptError.objects.create(job=job, message=f"ScriptError {marker}", first_at=now, last_at=now)
    Truth.objects.create(data_object=last, job=job, value="heron", source=f"Truth {marker}")
    Sequence.objects.create(job=job, name=f"Sequence {marker}", number=1, worker=worker, held_until=now)
    WorkerModel.objects.create(job=job, shared={"text": marker}, learned_at=now)
    DirtyDay.objects.create(job=job, worker=worker, at=now)
    PostAnnotationBatch.objects.create(
        job=job, hook=hook, iteration=1, positions=[0], request=f"s3://{job.requester.slug}/request", next_at=now, made_at=now,
        outcome="done",
    )  # fmt: skip


def _person(name: str, slug: str, marker: str) -> User:
    return User.objects.create_user(f"{name}@{slug}.example", "correct horse battery", name=f"{name} {marker}")


def _manifest(slug: str, marker: str) -> str:
    uri = f"s3://{slug}/in.manifest"
    with store.store().write(uri) as file:
        file.write("".join(json.dumps({"source": f"Text {n} {marker}"}) + "\n" for n in range(6)).encode())
    with store.store().write(f"s3://{slug}/picture.png") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + marker.encode())
    return uri


def _job(viewer: Viewer, team: Team, manifest: str, marker: str, now: datetime) -> Job:
    values = {
        "name": f"job-{viewer.requester.slug}", "medium": "text", "categories": ["heron", "ibis"],
        "manifest": manifest, "team": team.name, "title": f"Title {marker}", "description": f"Description {marker}",
        "instructions": {"short": f"Short {marker}"}, "price": "0.012", "workers_per_object": 2,
        "method": "majority",
    }  # fmt: skip
    job = create.create(viewer=viewer, values=values, now=now)
    return job_lifecycle.advance(job.pk, now=now)


def _work(viewer: Viewer, job: Job, workers: list[Worker], marker: str, now: datetime) -> Run:
    gold.declare(
        viewer=viewer, job=job, now=now,
        items=[{"object": GOLD_POSITION, "value": "heron", "explanation": f"Gold {marker}"}],
    )  # fmt: skip
    for worker in workers:
        for label in ("heron", "ibis"):
            held = claim.next_assignment(worker=worker, job=job, now=now)
            submit.submit(
                assignment=held, content={"crowd-classifier": {"label": label}}, now=now + timedelta(seconds=9)
            )
    change.change(viewer=viewer, job=job, values={"price": "0.024"}, now=now)
    job_worker.pause(viewer=viewer, job=job, worker=workers[1], reason=f"Reason {marker}", now=now)
    run = consolidate.run_batch(Job.objects.select_related("counters").get(pk=job.pk), now=now)
    assert run is not None
    rollup.roll(zone="UTC")
    quality.form(job, now=now)
    return run
