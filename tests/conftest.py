"""The cast: Alice asks for labels, Bob is another requester, Cleo works with care, Dan fast, Eve carelessly."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gtcrowd.identity.access import Role, Viewer
from gtcrowd.identity.models import Member, Requester, User
from gtcrowd.workforce.models import Kind, Team, Worker, Workforce

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


def _requester(slug: str, person: str) -> Viewer:
    requester = Requester.objects.create(slug=slug, name=slug.title(), credit=1000)
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
    workforce = Workforce.objects.create(kind=Kind.PRIVATE, name="heron", requester=alice.requester)
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
