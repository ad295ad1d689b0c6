"""Callbacks through the gate: nothing of another requester is shown, changed or deleted."""

import json

import pytest

from dashboards import callbacks
from gtcrowd.analytics import saved
from gtcrowd.analytics.models import Case, SavedView
from gtcrowd.identity.models import Member, User
from gtcrowd.identity.roles import Role
from tests.dashboards.conftest import UPDATE, draw, replay, visit
from tests.dashboards.test_pages import PATHS

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "?days=all"
ROWS = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}


def ask(user, output, inputs, state, triggered):
    """A callback of parts by pattern, as the browser would send it."""
    outputs = [
        dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in output.strip(".").split("...")
    ]
    sent = {"output": output, "outputs": outputs, "inputs": inputs, "state": state, "changedPropIds": [triggered]}
    return visit(UPDATE, user, "POST", body=json.dumps(sent).encode())


def decide(user, case, decision="confirm", note="Reviewed.", search=ALL):
    button = {"case": case, "decision": decision, "type": "verdict"}
    written = {"case": case, "type": "note"}
    return ask(
        user, "..decided.data...case-message.children..",
        [[{"id": button, "property": "n_clicks", "value": 1}]],
        [[{"id": written, "property": "value", "value": note}], [{"id": written, "property": "id", "value": written}],
         {"id": "address", "property": "pathname", "value": "/dashboards/worker/1/"},
         {"id": "address", "property": "search", "value": search}],
        json.dumps(button, separators=(",", ":")) + ".n_clicks",
    )  # fmt: skip


def view(user, triggered, *, forget=(), name="mine", path="/dashboards/", search=ALL):
    buttons = [{"id": {"pk": pk, "type": "view"}, "property": "n_clicks", "value": 1} for pk in forget]
    return ask(
        user, "..views.children...view-message.children...view-name.value..",
        [{"id": "view-save", "property": "n_clicks", "value": 1}, buttons],
        [{"id": "view-name", "property": "value", "value": name}, {"id": "address", "property": "pathname", "value": path},
         {"id": "address", "property": "search", "value": search}], triggered,
    )  # fmt: skip


@pytest.mark.parametrize("name", PATHS)
def test_page_shows_own_requester_only(alice, bob, job, crowd, name):
    path = PATHS[name].format(job=job.pk, worker=crowd["eve"].pk)
    search = f"{ALL}&job={job.pk}&worker={crowd['eve'].pk}"

    own, foreign = draw(alice.user, path, ALL), draw(bob.user, path, search)

    assert "could not be drawn" not in own + foreign
    for word in ("Cleo", "Eve", "herons"):
        assert word not in foreign
    if name not in ("system", "vendors"):
        assert "Eve" in own or "herons" in own


def test_table_rows_are_sorted_and_own(alice, bob, job):
    request = ROWS | {"sortModel": [{"colId": "p50", "sort": "desc"}]}
    _status, _headers, body = replay(alice.user, "getRowsResponse", [request], ["/dashboards/workers/", ALL])
    response = json.loads(body)["response"]["workers-grid"]["getRowsResponse"]

    assert [row["worker"] for row in response["rowData"]] == ["Dan", "Cleo", "Eve"]
    assert response["rowCount"] == 3
    _status, _headers, body = replay(
        bob.user, "getRowsResponse", [request], ["/dashboards/workers/", f"{ALL}&job={job.pk}"]
    )
    assert json.loads(body)["response"]["workers-grid"]["getRowsResponse"] == {"rowData": [], "rowCount": 0}


def test_manager_decides_case(alice, job):
    case = Case.objects.get()

    _status, _headers, body = decide(alice.user, case.pk)

    case.refresh_from_db()
    assert "Decision saved." in body
    assert (case.state, case.note, case.decided_by) == ("confirmed", "Reviewed.", alice.user)


def test_refuses_foreign_case(alice, bob, job):
    case = Case.objects.get()

    _status, _headers, body = decide(bob.user, case.pk)

    case.refresh_from_db()
    assert "case does not exist" in body
    assert case.state == "open"


def test_viewer_cannot_decide_case(alice, job):
    viewer = User.objects.create_user("vera@example.org", "x", name="Vera")
    Member.objects.create(requester=alice.requester, user=viewer, role=Role.VIEWER)

    _status, _headers, body = decide(viewer, Case.objects.get().pk)

    assert "does not allow you" in body
    assert Case.objects.get().state == "open"


def test_view_is_saved_listed_deleted(alice, db):
    _status, _headers, body = view(alice.user, "view-save.n_clicks")
    saved_view = SavedView.objects.get()

    assert "Saved." in body
    assert (saved_view.name, saved_view.address, saved_view.requester) == (
        "mine",
        "/dashboards/?days=all",
        alice.requester,
    )
    assert "mine" in visit("/dashboards/_dash-layout", alice.user)[2]
    assert "Deleted." in view(alice.user, f'{{"pk":{saved_view.pk},"type":"view"}}.n_clicks', forget=[saved_view.pk])[2]
    assert not SavedView.objects.exists()


def test_refuses_foreign_view(alice, bob, now):
    saved_view = saved.save(viewer=alice, name="mine", address="/dashboards/", now=now)

    body = view(bob.user, f'{{"pk":{saved_view.pk},"type":"view"}}.n_clicks', forget=[saved_view.pk])[2]

    assert "Only the person who saved" in body
    assert "mine" not in visit("/dashboards/_dash-layout", bob.user)[2]
    assert SavedView.objects.count() == 1


def test_tick_without_new_data_draws_nothing(alice, job):
    whole = json.loads(draw(alice.user))["response"]
    _status, _headers, body = replay(
        alice.user, "content.children", ["/dashboards/", ALL, 1, None], [whole["version"]["data"]], "tick.data"
    )
    again = json.loads(body)["response"]

    assert "content" not in again
    assert again["as-of"]["children"].startswith("as of ")
    Case.objects.all().update(decided_at=job.created_at.replace(year=2030))
    _status, _headers, body = replay(
        alice.user, "content.children", ["/dashboards/", ALL, 2, None], [whole["version"]["data"]], "tick.data"
    )
    changed = json.loads(body)["response"]
    assert "content" in changed
    assert "jobs" not in changed  # what somebody is choosing stays


def test_controls_write_address(alice, job):
    values = [[job.pk], [], [], [], [], None, None, "before"]

    every = json.loads(visit("/dashboards/_dash-dependencies", alice.user)[2])
    (callback,) = [dependency for dependency in every if dependency["inputs"][0]["id"] == "jobs"]
    sent = {
        "output": callback["output"], "outputs": [], "changedPropIds": ["jobs.value"],
        "inputs": [{**target, "value": value} for target, value in zip(callback["inputs"], values, strict=True)],
        "state": [{**target, "value": value} for target, value in zip(callback["state"], ["/dashboards/", ALL], strict=True)],
    }  # fmt: skip
    body = visit(UPDATE, alice.user, "POST", body=json.dumps(sent).encode())[2]

    assert json.loads(body)["sideUpdate"] == {"address": {"search": f"?job={job.pk}&days=all"}}


def test_failed_page_hides_traceback(alice, job, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr(callbacks.pages, "draw", broken)
    body = draw(alice.user)

    assert "This page could not be drawn" in body
    assert "secret" not in body
    assert "Traceback" not in body


def test_unknown_page(alice):
    assert "This page does not exist" in draw(alice.user, "/dashboards/nowhere/")


def test_filters_accept_names(alice, job, crowd):
    code = crowd["cleo"].code

    for search in ("?days=all&job=HERONS", f"?days=all&job={job.pk}", f"?days=all&job=herons&worker={code}"):
        assert "Estimated accuracy" in draw(alice.user, "/dashboards/", search)
    assert "Cleo" in draw(alice.user, "/dashboards/quality", "?job=herons")


def test_unknown_name_is_said(alice, bob, job):
    page = draw(alice.user, "/dashboards/quality/", "?job=storks")
    assert "There is no job “storks”" in page
    assert "Confusion" not in page
    assert "There is no job" in draw(bob.user, "/dashboards/quality/", "?job=herons")
