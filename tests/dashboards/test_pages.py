"""Every page draws from few statements, whatever is there, and for its viewer only."""

from datetime import date

import plotly.graph_objects as go
import pytest

from dashboards import address, components, pages, view_models
from dashboards.pages import overview
from gtcrowd.analytics.models import Case
from gtcrowd.identity.access import Role, Viewer
from gtcrowd.jobs import pause

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
PATHS = {
    "overview": "/dashboards/", "workers": "/dashboards/workers/", "worker": "/dashboards/worker/{worker}/",
    "quality": "/dashboards/quality/", "job": "/dashboards/job/{job}/", "vendors": "/dashboards/vendors/",
    "money": "/dashboards/money/", "system": "/dashboards/system/", "answers": "/dashboards/answers/",
    "objects": "/dashboards/objects/",
}  # fmt: skip
MOST_STATEMENTS = 17
"""The gate asks three more: session, person, membership."""


@pytest.fixture
def ids(job, crowd):
    return {"job": job.pk, "worker": crowd["eve"].pk}


def content(viewer, path, search="?days=all"):
    return pages.draw(viewer, *address.read(path, search, today=TODAY))


def test_every_page_is_here():
    assert set(PATHS) == set(address.PAGES) == set(pages.PAGES)


@pytest.mark.parametrize("name", PATHS)
def test_a_page_draws_all_its_figures_from_few_statements(alice, ids, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_STATEMENTS):
        drawn = content(alice, PATHS[name].format(**ids))

    assert drawn.title
    assert all(part.drawn is not None for part in drawn.parts)
    assert components.show(drawn, *address.read(PATHS[name].format(**ids), "?days=all", today=TODAY))


@pytest.mark.parametrize("name", PATHS)
def test_a_page_without_anything_says_so(bob, ids, name):
    drawn = content(bob, PATHS[name].format(**ids))

    assert all(part.drawn is not None for part in drawn.parts)
    assert (
        all(part.drawn.figure is None for part in drawn.parts) or name == "system"
    )  # the service is not one requester's


@pytest.mark.parametrize("name", PATHS)
def test_nothing_of_anothers_is_on_a_page(bob, ids, name):
    search = f"?days=all&job={ids['job']}&worker={ids['worker']}"

    drawn = str([one.to_plotly_json() for one in components.show(
        content(bob, PATHS[name].format(**ids), search), *address.read(PATHS[name].format(**ids), search, today=TODAY))])  # fmt: skip

    for word in ("Cleo", "Eve", "herons", "heron", "ibis"):
        assert word not in drawn


@pytest.mark.parametrize("by", address.GROUPS)
def test_bars_are_stacked_by_name(alice, job, by):
    figure = _part(content(alice, "/dashboards/", f"?days=all&by={by}"), "throughput").figure

    names = {trace.name for trace in figure.data} - {"7-day median"}
    assert names == {"worker": {"Cleo", "Dan", "Eve"}, "team": {"birders"}, "workforce": {"heron"}}[by]


def test_numbers_have_n_interval_and_change(alice, job):
    numbers = {one.title: one for one in content(alice, "/dashboards/", "?from=2026-11-03&to=2026-11-03").numbers}

    assert numbers["Answers"].value == "2"
    assert numbers["Answers"].change == "▼ 50.0 %"
    assert "n = 2" in numbers["Estimated accuracy"].note
    assert "–" in numbers["Estimated accuracy"].note
    unchanged = content(alice, "/dashboards/", "?from=2026-11-03&to=2026-11-03&compare=0").numbers
    assert not any(one.change for one in unchanged)


def test_what_needs_me(alice, job, ask, now):
    open_job = ask("c", name="owls")
    pause.pause(viewer=alice, job=open_job, now=now)

    needs = {one.title: one for one in content(alice, "/dashboards/").needs}

    assert needs["owls is paused"].text.startswith("Paused by the requester")
    assert needs["owls is paused"].href == f"/dashboards/job/{open_job.pk}/?days=all"
    assert "about 2,000 times likelier than chance" in needs["Eve: Unusually fast answers"].text


def test_nothing_needs_me(bob):
    assert content(bob, "/dashboards/").needs == ()


def test_a_case_is_told_with_its_evidence_and_what_may_explain_it(alice, ids):
    (case,) = content(alice, PATHS["worker"].format(**ids)).cases

    assert ("Seen with this worker", "0.9") in case.facts
    assert ("Began", "2026-11-02 09:00") in case.facts
    assert ("Likelihood ratio", "about 2,000 times likelier than the innocent story") in case.facts
    assert case.innocent
    assert case.may_decide


def test_who_may_not_decide_gets_no_buttons(alice, ids):
    looks = Viewer(requester=alice.requester, role=Role.VIEWER)
    path = PATHS["worker"].format(**ids)

    drawn = components.show(content(looks, path), *address.read(path, "", today=TODAY))

    assert "verdict" not in str([one.to_plotly_json() for one in drawn])
    assert Case.objects.get().state == "open"


def test_doubtful_labels_lead_to_their_objects(alice, ids):
    drawn = _part(content(alice, PATHS["job"].format(**ids)), "doubtful")

    assert drawn.links[0] == f"/dashboards/answers/?job={ids['job']}&days=all&position=0"


def test_a_figure_that_fails_leaves_the_others(alice, job, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr(overview.throughput, "hours", broken)
    drawn = content(alice, "/dashboards/")
    shown = str(
        [one.to_plotly_json() for one in components.show(drawn, *address.read("/dashboards/", "", today=TODAY))]
    )

    assert [part.name for part in drawn.parts if part.drawn is None] == ["hours"]
    assert "could not be drawn" in shown
    assert "secret" not in shown


@pytest.mark.parametrize("name", [name for name in PATHS if name != "system"])
def test_every_figure_says_n_and_window_and_has_its_numbers(alice, ids, name):
    for part in content(alice, PATHS[name].format(**ids)).parts:
        assert part.drawn.title
        assert part.drawn.under
        if part.drawn.figure is not None:
            assert isinstance(part.drawn.figure, go.Figure)
            assert not part.drawn.table.empty, part.name
            assert part.drawn.figure.layout.title.text is None


def _part(drawn: view_models.Content, name: str) -> view_models.Drawn:
    return next(part.drawn for part in drawn.parts if part.name == name)
