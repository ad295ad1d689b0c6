"""The address names the requester; foreign requesters are like missing pages."""

import json

import pytest

from gtcrowd.analytics import saved
from gtcrowd.analytics.models import Case
from gtcrowd.identity.models import Member
from gtcrowd.identity.roles import Role
from tests.dashboards.conftest import draw, replay, visit
from tests.dashboards.test_callbacks import ROWS, decide, view
from tests.dashboards.test_pages import PATHS

pytestmark = pytest.mark.django_db(transaction=True)
HERON, IBIS = "?requester=heron&days=all", "?requester=ibis&days=all"
WORDS = ("Heron", "herons", "Cleo", "Eve", "birders")


@pytest.fixture
def both(alice, bob, job):
    """Bob, who joined ibis first, as a viewer of heron's."""
    Member.objects.create(requester=alice.requester, user=bob.user, role=Role.VIEWER)
    return bob.user


def answered(user, search, path="/dashboards/", version=None):
    _status, _headers, body = replay(user, "content.children", [path, search, None, None], [version])
    return json.loads(body)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("slug", ["heron", "nobody", "%00", "heron%27"])
def test_foreign_requester_is_unknown_page(bob, job, crowd, name, slug):
    path = PATHS[name].format(job=job.pk, worker=crowd["eve"].pk)

    body = draw(bob.user, path, f"?requester={slug}&days=all&job={job.pk}")

    assert "This page does not exist" in body
    for word in WORDS:
        assert word not in body
    assert f"requester={slug}" not in body  # the links lead home


def test_address_overrides_session(both):
    own, chosen = draw(both, search="?days=all"), draw(both, search=HERON)

    assert "herons" not in own
    assert "Eve" in chosen
    assert "requester=heron&days=7" in chosen
    assert draw(both, search=IBIS).count("Eve") == 0


def test_choices_belong_to_requester_shown(both):
    other = answered(both, HERON, version={"requester": "ibis", "seen": ""})
    same = answered(both, HERON, version={"requester": "heron", "seen": ""})
    session = json.loads(visit("/dashboards/_dash-layout", both)[2])

    assert [option["label"] for option in other["response"]["jobs"]["options"]] == ["herons"]
    assert {option["label"] for option in other["response"]["against"]["options"]} >= {"team birders", "nothing"}
    assert "options" not in same["response"]["jobs"]
    assert "herons" not in json.dumps(session)


def test_requester_switch_only_with_several(both, alice):
    assert "?requester=heron&days=all" in json.dumps(answered(both, IBIS)["response"]["periods"])
    alone = json.dumps(answered(alice.user, "?days=all")["response"]["periods"])
    assert "requester" not in alone.casefold()


def test_rows_cases_views_follow_address(both, bob, alice, now):
    path = "/dashboards/workers/"
    response = json.loads(replay(both, "getRowsResponse", [ROWS], [path, HERON])[2])
    assert [row["worker"] for row in response["response"]["workers-grid"]["getRowsResponse"]["rowData"]] == [
        "Cleo", "Dan", "Eve",
    ]  # fmt: skip
    assert '"rowCount":0' in replay(both, "getRowsResponse", [ROWS], [path, IBIS])[2]

    case = Case.objects.get()
    assert "case does not exist" in decide(both, case.pk, search=IBIS)[2]
    assert "does not allow you" in decide(both, case.pk, search=HERON)[2]

    view(both, "view-save.n_clicks", name="theirs", search=HERON)
    assert [saved_view.name for saved_view in saved.listed(alice)] == ["theirs"]
    assert saved.listed(bob) == []


def test_refuses_actions_for_foreign_requester(bob, alice, job):
    case = Case.objects.get()

    assert replay(bob.user, "getRowsResponse", [ROWS], ["/dashboards/workers/", HERON])[0] == "204"
    assert decide(bob.user, case.pk, search=HERON)[0] == "204"
    assert view(bob.user, "view-save.n_clicks", search=HERON)[0] == "204"
    case.refresh_from_db()
    assert (case.state, saved.listed(alice), saved.listed(bob)) == ("open", [], [])


def test_saved_view_links_to_requester(both, alice, now):
    saved.save(viewer=alice, name="ours", address="/dashboards/money/?days=7", now=now)

    response = answered(both, HERON, version={"requester": "ibis", "seen": ""})

    assert "/dashboards/money/?requester=heron&days=7" in json.dumps(response["sideUpdate"])


@pytest.mark.parametrize("name", ["page.html", "table.csv"])
def test_files_follow_address(both, bob, alice, name):
    query = "path=/dashboards/workers/&days=all&requester="
    status, _headers, body = visit(f"/dashboards/file/{name}", both, query=f"{query}heron")

    assert status == "200"
    assert "Cleo" in body
    assert "Cleo" not in visit(f"/dashboards/file/{name}", both, query=f"{query}ibis")[2]
    assert visit(f"/dashboards/file/{name}", alice.user, query=f"{query}ibis")[0] == "404"


def test_ambiguous_address_gets_requester(both, alice):
    status, headers, _body = visit("/dashboards/money/", both, query="job=4&job=5&days=7")

    assert (status, headers["Location"]) == ("302", "/dashboards/money/?job=4&job=5&days=7&requester=ibis")
    assert visit("/dashboards/money/", both, query="requester=heron")[0] == "200"
    assert visit("/dashboards/_dash-layout", both)[0] == "200"
    assert visit("/dashboards/", alice.user)[1]["Location"] == "/dashboards/?requester=heron"


def test_sign_in_returns_to_address(db):
    _status, headers, _body = visit("/dashboards/", None, query="requester=heron&days=7")

    assert headers["Location"] == "/account/login/?next=/dashboards/%3Frequester%3Dheron%26days%3D7"


def test_console_linked_for_session_requester_only(both, alice, job):
    path = f"/dashboards/job/{job.pk}/"

    own, chosen = (text.replace("\\u002f", "/") for text in (draw(alice.user, path), draw(both, path, HERON)))
    assert "/jobs/herons/" in own
    assert "herons" in chosen
    assert "/jobs/herons/" not in chosen
