"""Saved views keep addresses of the dashboards and no others, each for its requester."""

import pytest

from gtcrowd.analytics import saved
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import User
from gtcrowd.identity.roles import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/dashboards/", "/dashboards/worker/12/?days=all&job=3", "/dashboards/?from=2026-11-01"]
)
def test_saves_dashboard_pages(alice, now, address):
    saved.save(viewer=alice, name="  a   view ", address=address, now=now)

    assert [(item.name, item.address) for item in saved.listed(alice)] == [("a view", address)]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "//evil.example/", "/jobs/", "javascript:alert(1)", "/dashboards/../jobs/", "/dashboards//evil.example",
        "/dashboards/\\evil", "/dashboards/?a=1#x", "/dashboards/file/page.html", "/dashboards/?x=<b>", "/dashboards/\n", "",
        "/dashboards/?" + "a" * 2000,
    ],
)  # fmt: skip
def test_refuses_other_addresses(alice, now, address):
    with pytest.raises(saved.ViewRefused):
        saved.save(viewer=alice, name="x", address=address, now=now)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_refuses_invalid_name(alice, now, name):
    with pytest.raises(saved.ViewRefused):
        saved.save(viewer=alice, name=name, address="/dashboards/", now=now)


def test_same_name_replaces_view(alice, bob, now):
    for viewer, address in ((alice, "/dashboards/"), (bob, "/dashboards/money/"), (alice, "/dashboards/workers/")):
        saved.save(viewer=viewer, name="x", address=address, now=now)

    assert [item.address for item in saved.listed(alice)] == ["/dashboards/workers/"]
    assert [item.address for item in saved.listed(bob)] == ["/dashboards/money/"]


def test_deletes_own_views_only(alice, bob, now):
    vera = Viewer(
        requester=alice.requester, role=Role.VIEWER, user=User.objects.create_user("vera@example.org", name="Vera")
    )
    of_alice = saved.save(viewer=alice, name="a", address="/dashboards/", now=now)
    of_vera = saved.save(viewer=vera, name="b", address="/dashboards/", now=now)

    assert not saved.delete(viewer=vera, view_id=of_alice.pk)
    assert not saved.delete(viewer=bob, view_id=of_vera.pk)
    assert saved.delete(viewer=alice, view_id=of_vera.pk)
    assert saved.delete(viewer=alice, view_id=of_alice.pk)
