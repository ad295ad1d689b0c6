"""The cast: Alice asks for labels, Bob is another requester, Cleo works with care, Dan fast, Eve carelessly."""

import gc
import json
import math
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect

from gtcrowd import job_lifecycle
from gtcrowd.hooks import retries
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Bucket, Member, Requester, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import create, store
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.workforce.models import Team, Worker, Workforce, WorkforceType
from tests import embedded, hooking, tables
from tests.portal import browsing

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
# A busy machine is no fault of what is tested.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever asks for a browser, and give each process its share of the long tests, to begin with.

    With `--dist worksteal` each process gets a stretch of the tests; no process is left alone with a long one at the end.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    files = list(dict.fromkeys(item.path for item in long))  # tests of a file may share what takes long to start
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    size = math.ceil(len(items) / processes)
    items.clear()
    for number in range(processes):
        share = [item for item in long if files.index(item.path) % processes == number]
        rest = max(size - len(share), 0)
        items += share + others[:rest]
        del others[:rest]
    items += others


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """No more browsers than cores: the time that a test waits for its turn is none of its own."""
    with browsing.turn() if item.get_closest_marker("browser") else nullcontext():
        return (yield)


def pytest_collection_finish() -> None:
    """Leave alone, from here on, the million objects of modules and tests, which every full collection would visit."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test databases are copies of one with all migrations applied (tests.embedded)."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = embedded.template()


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """Tests that commit are many; only the superuser of the tests' own server can do without the truncating."""
    with pytest.MonkeyPatch.context() as patch:
        if embedded.EMBEDDED:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: tables.empty())
        yield


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Passwords are hashed slowly on purpose; the cast's need not be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request leaves its language behind in the thread, for the next one to replace; tests begin in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def hook(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[hooking.Hooked]:
    """A hook on loopback, where the operator allows such; it is not waited for long."""
    settings.GTCROWD_HOOK_NETWORKS, settings.GTCROWD_HOOK_HTTP = ["127.0.0.0/8"], True
    monkeypatch.setattr(retries, "AT_ONCE", (0, 0))
    with hooking.serving() as hooked:
        yield hooked


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's event loop runs in this thread until the session ends; Django must not take it for its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=browsing.PATIENCE)
    with browsing.chromium() as started:
        yield started


@pytest.fixture
def now() -> datetime:
    return NOW


def _requester(slug: str, person: str) -> Viewer:
    requester = Requester.objects.create(slug=slug, name=slug.title(), credit=1000)
    Bucket.objects.create(name=slug, requester=requester)
    user = User.objects.create_user(f"{person}@example.org", "correct horse battery", name=person.title())
    Member.objects.create(requester=requester, user=user, role=Role.OWNER)
    return Viewer(requester=requester, role=Role.OWNER, user=user)


@pytest.fixture
def alice(db: None) -> Viewer:
    """Owner of the requester `heron`."""
    return _requester("heron", "alice")


@pytest.fixture
def bob(db: None) -> Viewer:
    """Owner of another requester, `ibis`, who has no business with heron."""
    return _requester("ibis", "bob")


@pytest.fixture
def team(alice: Viewer) -> Team:
    """A team of Alice's private workforce, still without workers."""
    workforce = Workforce.objects.create(type=WorkforceType.PRIVATE, name="heron", requester=alice.requester)
    Team.objects.create(workforce=workforce, name="everyone", description="Everybody")
    return Team.objects.create(workforce=workforce, name="birders", description="People who know birds")


@pytest.fixture
def hire(team: Team) -> Callable[[str], Worker]:
    """Makes an active worker of the team, who can sign in with the password `correct horse battery`."""

    def _hire(name: str) -> Worker:
        user = User.objects.create_user(f"{name}@example.org", "correct horse battery", name=name.title())
        worker = Worker.objects.create(workforce=team.workforce, user=user, state="active", joined_at=NOW)
        team.workers.add(worker)
        return worker

    return _hire


@pytest.fixture
def put() -> Callable[..., str]:
    """Writes a manifest of texts, or of the lines given, into heron's bucket and returns its address."""

    def _put(*texts: str, lines: list[str] | None = None, key: str = "in.manifest") -> str:
        uri = f"s3://heron/{key}"
        written = lines if lines is not None else [json.dumps({"source": text}) for text in texts]
        with store.store().write(uri) as file:
            file.write("".join(f"{line}\n" for line in written).encode())
        return uri

    return _put


@pytest.fixture
def job_values(team: Team, put: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Returns the fields of a job over texts: two categories, three workers an object."""

    def _job_values(*texts: str, **asks: Any) -> dict[str, Any]:
        return {
            "name": "birds",
            "medium": "text",
            "categories": ["heron", "ibis"],
            "manifest": put(*(texts or ("a", "b")), key=f"{asks.get('name', 'birds')}.manifest"),
            "team": team.name,
            "title": "Which bird?",
            "description": "Say which bird the text is about.",
            "price": "0.012",
            "workers_per_object": 3,
            **asks,
        }

    return _job_values


@pytest.fixture
def ask(alice: Viewer, job_values: Callable[..., dict[str, Any]]) -> Callable[..., Job]:
    """Creates a job of Alice's over texts, with its tasks open: two categories, three workers an object."""

    def _ask(*texts: str, now: datetime = NOW, opened: bool = True, **asks: Any) -> Job:
        values = job_values(*texts, **asks)
        job = create.create(viewer=alice, values=values, now=now)
        return job_lifecycle.advance(job.pk, now=now) if opened else job

    return _ask


@pytest.fixture
def answer() -> Callable[..., Any]:
    """A worker claims the next task of a job and answers it; returns the receipt."""

    def _answer(
        worker: Worker, job: Job, label: str | list[str] = "heron", *, now: datetime = NOW, seconds: int = 10
    ) -> Any:
        assignment = claim.next_assignment(worker=worker, job=job, now=now)
        item = isinstance(label, str)
        content = (
            {"crowd-classifier": {"label": label}} if item else {"crowd-classifier-multi-select": {"labels": label}}
        )
        return submit.submit(assignment=assignment, content=content, now=now + timedelta(seconds=seconds))

    return _answer
