from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gtcrowd.identity import address, invitations, keys, roles
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import AccessKey, Member, User
from gtcrowd.identity.roles import NotAllowed, Right, Role


@given(st.sampled_from(Role.values), st.sampled_from(list(Right)))
def test_role_has_its_rights_only(role, right):
    viewer = Viewer(requester=None, role=role)

    if right in roles.RIGHTS[role]:
        viewer.must(right)
    else:
        with pytest.raises(NotAllowed):
            viewer.must(right)


def test_hides_foreign_rows(alice, bob, ask):
    from gtcrowd.jobs.models import DataObject, Job

    ask()

    for model in (Job, DataObject, Member):
        assert model.objects.visible_to(alice).exists()
    assert not Job.objects.visible_to(bob).exists()
    assert not DataObject.objects.visible_to(bob).exists()


def test_key_calls_for_its_requester(alice, now):
    key, secret = keys.create(requester=alice.requester, name="k", role=Role.VIEWER)

    viewer = keys.authenticate(f"{key.key_id}.{secret}", now=now)

    assert (viewer.requester, viewer.role) == (alice.requester, "viewer")
    assert secret.encode() not in bytes(AccessKey.objects.get().secret)


def test_refuses_wrong_or_revoked_key(alice, now):
    key, secret = keys.create(requester=alice.requester, name="k", role=Role.VIEWER)

    for token in ("", "x.y", f"{key.key_id}.x", key.key_id):
        with pytest.raises(keys.KeyRefused):
            keys.authenticate(token, now=now)
    keys.revoke(key, now=now)
    with pytest.raises(keys.KeyRefused):
        keys.authenticate(f"{key.key_id}.{secret}", now=now)


def test_access_keys_survive_secret_key_rotation(alice, now, settings):
    key, secret = keys.create(requester=alice.requester, name="k", role=Role.VIEWER)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10

    assert keys.secret_of(key) == secret


def test_invitation_works_once(db, now):
    user = User.objects.create_user("fay@example.org")
    token = invitations.create(user, now=now)

    invitations.accept(token, password="a long enough one", name="Fay", now=now)

    assert User.objects.get().check_password("a long enough one")
    with pytest.raises(invitations.InvitationRefused, match="already been used"):
        invitations.find(token, now=now)


def test_refuses_expired_or_unknown_invitation(db, now):
    token = invitations.create(User.objects.create_user("fay@example.org"), now=now)

    with pytest.raises(invitations.InvitationRefused, match="expired"):
        invitations.find(token, now=now + timedelta(days=15))
    with pytest.raises(invitations.InvitationRefused, match="not valid"):
        invitations.find("nonsense", now=now)


def test_new_invitation_replaces_earlier(db, now):
    user = User.objects.create_user("fay@example.org")
    first, _second = invitations.create(user, now=now), invitations.create(user, now=now)

    with pytest.raises(invitations.InvitationRefused, match="expired"):
        invitations.find(first, now=now)


def test_weak_password_keeps_invitation_valid(db, now):
    token = invitations.create(User.objects.create_user("fay@example.org"), now=now)

    with pytest.raises(ValidationError):
        invitations.accept(token, password="123", name="", now=now)
    assert invitations.find(token, now=now)


@pytest.mark.parametrize(
    ("behind_proxy", "headers", "result"),
    [
        (False, {"HTTP_X_FORWARDED_FOR": "6.6.6.6"}, "10.0.0.1"),
        (True, {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"}, "203.0.113.9"),
        (True, {}, "10.0.0.1"),
    ],
)
def test_client_cannot_forge_address(settings, rf, behind_proxy, headers, result):
    settings.BEHIND_PROXY = behind_proxy

    assert address.of(rf.get("/", REMOTE_ADDR="10.0.0.1", **headers)) == result
