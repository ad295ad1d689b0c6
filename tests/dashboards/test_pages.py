"""Every page: query counts, empty states and tenancy."""

from datetime import date

import plotly.graph_objects as go
import pytest

from dashboards import address, components, pages, view_models
from dashboards.pages import overview
from gtcrowd.analytics import cases, rollup
from gtcrowd.analytics.models import Case
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import pause
from gtcrowd.labels import progress
from gtcrowd.tasks import messages
from gtcrowd.tasks.models import Task

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


def test_every_page_is_tested():
    assert set(PATHS) == set(address.PAGES) == set(pages.PAGES)


@pytest.mark.parametrize("name", PATHS)
def test_query_count_of_page(alice, ids, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_STATEMENTS):
        page = content(alice, PATHS[name].format(**ids))

    assert page.title
    assert all(part.card is not None for part in page.parts)
    assert components.show(page, *address.read(PATHS[name].format(**ids), "?days=all", today=TODAY))


@pytest.mark.parametrize("name", PATHS)
def test_empty_page(bob, ids, name):
    page = content(bob, PATHS[name].format(**ids))

    assert all(part.card is not None for part in page.parts)
    assert (
        all(part.card.figure is None for part in page.parts) or name == "system"
    )  # the service is not one requester's


@pytest.mark.parametrize("name", PATHS)
def test_page_hides_foreign_data(bob, ids, name):
    search = f"?days=all&job={ids['job']}&worker={ids['worker']}"

    page = str([component.to_plotly_json() for component in components.show(
        content(bob, PATHS[name].format(**ids), search), *address.read(PATHS[name].format(**ids), search, today=TODAY))])  # fmt: skip

    for word in ("Cleo", "Eve", "herons", "heron", "ibis"):
        assert word not in page


@pytest.mark.parametrize("by", address.GROUPS)
def test_bars_are_stacked_by_name(alice, job, by):
    figure = _part(content(alice, "/dashboards/", f"?days=all&by={by}"), "throughput").figure

    names = {trace.name for trace in figure.data} - {"7-day median"}
    assert names == {"worker": {"Cleo", "Dan", "Eve"}, "team": {"birders"}, "workforce": {"heron"}}[by]


def test_numbers_have_interval_and_change(alice, job):
    numbers = {
        number.title: number for number in content(alice, "/dashboards/", "?from=2026-11-03&to=2026-11-03").numbers
    }

    assert numbers["Answers"].value == "2"
    assert numbers["Answers"].change == "▼ 50.0 %"
    assert "n = 2" in numbers["Estimated accuracy"].note
    assert "–" in numbers["Estimated accuracy"].note
    unchanged = content(alice, "/dashboards/", "?from=2026-11-03&to=2026-11-03&compare=0").numbers
    assert not any(number.change for number in unchanged)


def test_needs_attention(alice, job, ask, now):
    open_job = ask("c", name="owls")
    pause.pause(viewer=alice, job=open_job, now=now)

    needs = {number.title: number for number in content(alice, "/dashboards/").notices}

    assert needs["owls is paused"].text.startswith("Paused by the requester")
    assert needs["owls is paused"].href == f"/dashboards/job/{open_job.pk}/?days=all"
    assert "evidence about 2,000 : 1" in needs["Eve: Unusually fast answers"].text


def test_nothing_needs_attention(bob):
    assert content(bob, "/dashboards/").notices == ()


def test_case_has_evidence_and_explanations(alice, ids):
    (case,) = content(alice, PATHS["worker"].format(**ids)).cases

    assert ("Observed for this worker", "0.9") in case.evidence
    assert ("Since", "2026-11-02 09:00") in case.evidence
    assert ("Evidence", "about 2,000 : 1 against an innocent explanation") in case.evidence
    assert case.explanations
    assert case.may_decide


def test_viewer_gets_no_case_buttons(alice, ids):
    viewer = Viewer(requester=alice.requester, role=Role.VIEWER)
    path = PATHS["worker"].format(**ids)

    page = components.show(content(viewer, path), *address.read(path, "", today=TODAY))

    assert "verdict" not in str([component.to_plotly_json() for component in page])
    assert Case.objects.get().state == "open"


def test_uncertain_labels_link_to_objects(alice, ids):
    card = _part(content(alice, PATHS["job"].format(**ids)), "doubtful")

    assert card.links[0] == f"/dashboards/answers/?job={ids['job']}&days=all&position=0"


def test_failed_figure_leaves_others(alice, job, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr(overview.throughput, "hours", broken)
    page = content(alice, "/dashboards/")
    html = str(
        [
            component.to_plotly_json()
            for component in components.show(page, *address.read("/dashboards/", "", today=TODAY))
        ]
    )

    assert [part.name for part in page.parts if part.card is None] == ["hours"]
    assert "could not be drawn" in html
    assert "secret" not in html


@pytest.mark.parametrize("name", [name for name in PATHS if name != "system"])
def test_figure_has_title_and_table(alice, ids, name):
    for part in content(alice, PATHS[name].format(**ids)).parts:
        assert part.card.title
        assert part.card.subtitle
        if part.card.figure is not None:
            assert isinstance(part.card.figure, go.Figure)
            assert not part.card.table.empty, part.name
            assert part.card.figure.layout.title.text is None


def _part(page: view_models.Content, name: str) -> view_models.FigureCard:
    return next(part.card for part in page.parts if part.name == name)


def test_opens_newest_job_with_something_to_show(alice, job, ask):
    for number in range(6):
        ask("a", name=f"empty-{number}")

    assert content(alice, "/dashboards/quality/").lead.startswith("herons, ")
    assert content(alice, "/dashboards/job/").title == "herons"


def test_names_messages_and_unseen_objects(alice, job, ask, crowd, now):
    running = ask("a", "b", name="running")
    messages.write(worker=crowd["cleo"], job=job, about="unclear", text="Which bird?", now=now)
    Task.objects.filter(job=running, position=0).update(unseen_count=3, reason_code="object-not-shown", state="failed")

    notices = {notice.title: notice for notice in content(alice, "/dashboards/").notices}

    assert notices["1 worker waits for a reply"].href == "/jobs/herons/#messages"
    assert "reason=object-not-shown" in notices["1 object could not be shown to workers"].href


def test_case_notice_leads_to_case(alice, job):
    case = Case.objects.get()

    hrefs = [notice.href for notice in content(alice, "/dashboards/").notices]

    assert any(href.endswith(f"#case-{case.pk}") for href in hrefs)


def test_confirmed_case_offers_next_steps(alice, job, crowd, now):
    cases.decide(viewer=alice, case=Case.objects.get(), confirmed=True, note="", now=now)
    path = f"/dashboards/worker/{crowd['eve'].pk}/"

    (card,) = content(alice, path).cases

    code = crowd["eve"].code
    assert [step.href for step in card.next_steps] == [
        f"/jobs/herons/#worker-{code}", f"/jobs/herons/?write={code}#write", f"/people/?q={code}#worker-{code}",
    ]  # fmt: skip
    viewer = Viewer(requester=alice.requester, role=Role.VIEWER)
    assert content(viewer, path).cases[0].next_steps == ()


def test_forecasts_on_first_day(alice, ask, answer, crowd, now):
    running = ask(*"abcdefgh", name="running")
    answer(crowd["cleo"], running)
    progress.count(running, now=now)
    rollup.roll(zone="UTC")

    where = address.read(f"/dashboards/job/{running.pk}/", "?days=all", today=now.date())
    card = _part(pages.draw(alice, *where), "burn-down")

    assert card.title.startswith("Expected finish")


@pytest.mark.parametrize("path", ["/dashboards/", "/dashboards/quality", "/dashboards/workers/"])
def test_empty_figures_say_why(bob, path):
    for part in content(bob, path).parts:
        shown = str(components._card(part, path, "").to_plotly_json())
        assert "No data for these filters" not in shown
