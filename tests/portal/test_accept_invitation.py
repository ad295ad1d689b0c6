"""Accepting an invitation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gtcrowd.identity import invitations
from gtcrowd.identity.models import User
from gtcrowd.workforce.models import Worker

GIVEN = {"name": "Fay", "password": "heron ibis stork", "again": "heron ibis stork"}


@pytest.fixture
def fay(team):
    user = User.objects.create_user("fay@example.org")
    worker = Worker.objects.create(workforce=team.workforce, user=user)
    team.workers.add(worker)
    return worker


@pytest.fixture
def link(fay):
    return f"/join/{invitations.create(fay.user, now=timezone.now())}/"


def test_invited_worker_sets_password(client, fay, link):
    assert "fay@example.org" in client.get(link).content.decode()

    response = client.post(link, GIVEN, follow=True)

    fay.refresh_from_db()
    assert (fay.state, fay.user.name) == ("active", "Fay")
    assert response.redirect_chain == [("/work/", 302)]
    assert "Welcome!" in response.content.decode()


def test_explains_used_link(client, link):
    client.post(link, GIVEN)

    response = client.get(link)

    assert response.status_code == 410
    assert "already been used" in response.content.decode()


def test_explains_expired_link(client, fay):
    token = invitations.create(fay.user, now=timezone.now() - timedelta(days=15))

    assert "has expired" in client.get(f"/join/{token}/").content.decode()


def test_explains_unknown_link(client, db):
    assert "not valid" in client.get("/join/nonsense/").content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "password", "again": "password"}, "too common"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_shows_errors_beside_fields(client, fay, link, change, message):
    response = client.post(link, GIVEN | change)

    assert message in response.content.decode()
    fay.refresh_from_db()
    assert fay.state == "invited"
