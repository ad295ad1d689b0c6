"""Load the demo: real pictures, three weeks of a simulated crowd, and one open job to try.

All actions go through the functions of the portal and the runner, with simulated time.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality, rollup
from gtcrowd.commands import accounts, crowd, digits
from gtcrowd.identity import keys
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import create, stop
from gtcrowd.jobs.models import ENDED, DataObject, Job
from gtcrowd.labels.models import Truth
from gtcrowd.ledger import hold
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import release
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Team, Worker

SLUG = "digits-lab"
DAYS = 21
SEED = 1998
CATEGORIES = [str(digit) for digit in range(10)]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Planned:
    """A job of the demo: its pictures, the day of its creation, and its settings (`asks`)."""

    name: str
    title: str
    pictures: range
    day: int
    asks: dict[str, Any]


JOBS = (
    Planned("postcodes-pilot", "Which digit is it?", range(300), 0,
            {"workers_per_object": 5, "price": "0.024", "method": "hierarchical", "team": "readers"}),
    Planned("postcodes-main", "Which digit is it?", range(300, 900), 5,
            {"workers_per_object": 3, "price": "0.012", "method": "hierarchical", "team": "readers"}),
    Planned("meters-audit", "Read the digit of the meter", range(900, 1050), 11,
            {"workers_per_object": 3, "price": "0.036", "method": "gt-compat", "team": "auditors"}),
)  # fmt: skip
OPEN = Planned("postcodes-today", "Which digit is it?", range(1050, 1250), DAYS,
               {"workers_per_object": 3, "price": "0.036", "method": "hierarchical", "team": "readers"})  # fmt: skip


def loaded() -> bool:
    """Return whether the demo is loaded completely; the open job is created last."""
    return Job.objects.filter(requester__slug=SLUG, name=OPEN.name).exists()


def load(*, now: datetime, progress: Progress) -> dict[str, dict[str, str]]:
    """Load the demo, or the missing part of it; return its accounts."""
    rng = np.random.default_rng(SEED)
    first = (now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # after a crash the demo is loaded again
    viewer, credentials = _members(now)
    images, truth = digits.pictures()
    digits.write(SLUG, range(OPEN.pictures.stop), images)
    team_of = _teams(viewer)
    workers = _crowd(viewer, team_of, first, rng)
    hold.deposit(requester_id=viewer.requester.pk, amount=Decimal("500.000"), reference="demo", now=first)
    for planned in JOBS:
        _run(planned, viewer, workers=workers, truth=truth, first=first, rng=rng, progress=progress)
    job = _create(OPEN, viewer, now=now, simulated=False)
    while job.state == "Initializing":
        job = job_lifecycle.advance(job.pk, now=now)
    _remember_truth(job, truth)
    rollup.roll(zone=settings.TIME_ZONE)
    for pk in quality.stale():
        quality.form(Job.objects.select_related("requester").get(pk=pk), now=now)
    accounts.remember(credentials)
    return credentials


def _members(now: datetime) -> tuple[Viewer, dict[str, dict[str, str]]]:
    requester = Requester.objects.filter(slug=SLUG).first() or setup.requester(slug=SLUG, name="Digits Lab")
    credentials = {}
    for role, name, right in (("requester", "Rita", Role.OWNER), ("operations", "Otto", Role.OPERATIONS)):
        user, password = _user(f"{role}@example.org", name)
        setup.member(requester=requester, user=user, role=right)
        credentials[role] = {"email": user.email, "password": password}
    for name in crowd.FIRST[:3]:
        user, password = _user(f"{name.lower()}@example.org", name)
        credentials[f"worker {name}"] = {"email": user.email, "password": password}
    viewer = Viewer(requester=requester, role=Role.OWNER, user=User.objects.get(email="requester@example.org"))
    for key in requester.access_keys.filter(name="demo", revoked_at=None):
        keys.revoke(key, now=now)
    key, secret = keys.create(requester=requester, name="demo", role=Role.REQUESTER, created_by=viewer.user)
    credentials["access key"] = {"token": f"{key.key_id}.{secret}"}
    return viewer, credentials


def _user(email: str, name: str) -> tuple[User, str]:
    password = accounts.password()
    user = User.objects.filter(email=email).first() or User(email=email, name=name)
    user.set_password(password)
    user.save()
    return user, password


def _teams(viewer: Viewer) -> dict[str, Team]:
    workforce = setup.private(viewer.requester)
    texts = {"readers": "Readers of handwriting", "auditors": "The most careful readers"}
    return {
        name: Team.objects.get_or_create(workforce=workforce, name=name, defaults={"description": text})[0]
        for name, text in texts.items()
    }


def _crowd(
    viewer: Viewer, team_of: dict[str, Team], now: datetime, rng: np.random.Generator
) -> list[tuple[crowd.Person, Worker]]:
    workforce, workers = setup.private(viewer.requester), []
    for index, person in enumerate(crowd.people(rng)):
        email = f"{person.name.lower()}@example.org"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=person.name)
        teams = (team_of["readers"], team_of["auditors"]) if index % 3 == 0 else (team_of["readers"],)
        everyone = workforce.teams.get(name=setup.EVERYONE)
        workers.append((person, setup.add_worker(workforce=workforce, user=user, now=now, teams=(*teams, everyone))))
    return workers


def _run(
    planned: Planned,
    viewer: Viewer,
    *,
    workers: list[tuple[crowd.Person, Worker]],
    truth: np.ndarray,
    first: datetime,
    rng: np.random.Generator,
    progress: Progress,
) -> None:
    """Simulate a job from creation to its end, with the workers' sessions in time order."""
    began = first + timedelta(days=planned.day, hours=8)
    job = Job.objects.filter(requester=viewer.requester, name=planned.name).first()
    job = job or _create(planned, viewer, now=began, simulated=True)
    if job.state in ENDED:
        return
    job = job_lifecycle.advance(job.pk, now=began)
    truth_of = _remember_truth(job, truth)
    members = set(job.team.workers.values_list("pk", flat=True))
    # A heap of (time, tie-breaker, person, worker, end of the session).
    agenda: list[tuple[datetime, int, crowd.Person, Worker, datetime]] = []
    for index, (person, worker) in enumerate(workers):
        if worker.pk in members:
            for start, end in person.sessions(began, DAYS - planned.day, rng):
                heapq.heappush(agenda, (max(start, began), index, person, worker, end))
    later = began
    total, done, looked = len(planned.pictures) * planned.asks["workers_per_object"], 0, 0
    while agenda:
        now, index, person, worker, end = heapq.heappop(agenda)
        try:
            assignment = claim.next_assignment(worker=worker, job=job, now=now)
        except claim.NothingToDo:
            continue
        took = person.takes(rng)
        later = now + timedelta(seconds=took)
        if rng.random() < 0.01:
            release.give_back(assignment=assignment, reason="The digit is illegible.", now=later)
        else:
            answer = person.answer(truth_of[assignment.task_id], rng, day=(now - first).days)
            content = {"crowd-image-classifier": {"label": str(answer)}}
            submit.submit(assignment=assignment, content=content, active_seconds=took * 0.9, now=later)
            done += 1
        if later < end:
            heapq.heappush(agenda, (later + timedelta(seconds=1), index, person, worker, end))
        if done - looked >= 150:
            looked, job = done, job_lifecycle.advance(job.pk, now=later)
            progress(planned.name, done, total)
    now = max(later, first + timedelta(days=DAYS - 1))
    job = job_lifecycle.advance(job.pk, now=now)
    if job.state not in ENDED:
        stop.begin(job, code=Reason.DEMO_OVER, now=now)
        job_lifecycle.advance(job.pk, now=now + timedelta(seconds=job.time_limit + 1))
    progress(planned.name, total, total)


def _create(planned: Planned, viewer: Viewer, *, now: datetime, simulated: bool) -> Job:
    asks = {
        "name": planned.name,
        "medium": "image",
        "categories": CATEGORIES,
        "manifest": digits.manifest(SLUG, planned.name, planned.pictures),
        "title": planned.title,
        "description": "Identify one handwritten digit.",
        "instructions": {
            "short": "Choose the digit in the picture. If you are unsure, choose the most likely one.",
            "full": "Each picture shows one handwritten digit from 0 to 9. Choose the digit that the writer meant. "
            "If two digits are possible, choose the more likely one.",
            "good_example": digits.address(SLUG, 0),
            "bad_example": "A 1 with a long upstroke is not a 7: look for the horizontal bar.",
        },
        "time_limit": 300,
        "max_concurrent": 200,
        **planned.asks,
    }
    return create.create(viewer=viewer, values=asks, now=now, simulated=simulated)


def _remember_truth(job: Job, truth: np.ndarray) -> dict[int, int]:
    """Store the digit of each object as its truth; return it by object id."""
    numbers = {
        pk: int(line_.rsplit(":", 1)[1].rstrip(" }"))
        for pk, line_ in DataObject.objects.filter(job=job).values_list("pk", "line")
    }
    Truth.objects.bulk_create(
        [
            Truth(data_object_id=pk, job=job, value=str(truth[number]), source="scikit-learn")
            for pk, number in numbers.items()
        ],
        ignore_conflicts=True,
    )
    return {pk: int(truth[number]) for pk, number in numbers.items()}
