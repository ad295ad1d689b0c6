"""Numbers compared with the previous period, all workers, or a team or workforce of the same requester."""

from datetime import date

import pytest

from dashboards import address, components, pages
from gtcrowd.analytics import rollup
from gtcrowd.workforce.models import Team
from tests.dashboards.test_pages import TODAY, _part, content

pytestmark = pytest.mark.django_db
DAYS = "from=2026-11-02&to=2026-11-03"


def changes(card):
    return {number.title: (number.change, number.against) for number in card.numbers if number.change}


@pytest.fixture
def two_teams(job, ask, crowd, answer):
    """Cleo alone, in a job of another team of the same workforce."""
    everyone = Team.objects.get(name="everyone")
    everyone.workers.add(crowd["cleo"])
    owls = ask("c", "d", "e", name="owls", team="everyone", workers_per_object=1)
    for _object in range(3):
        answer(crowd["cleo"], owls, seconds=40)
    rollup.roll(zone="UTC")
    return everyone


def test_compares_with_other_team(alice, job, two_teams):
    page = content(alice, "/dashboards/", f"?{DAYS}&team={job.team_id}&against=team-{two_teams.pk}")

    assert changes(page)["Answers"] == ("▲ 100.0 %", "team everyone")
    assert changes(page)["Workers"] == ("▲ 200.0 %", "team everyone")
    assert "relative to team everyone" in page.lead
    notes = [annotation.text for annotation in _part(page, "throughput").figure.layout.annotations]
    assert notes == ["team everyone"]
    assert _part(page, "throughput").figure.layout.shapes[0].y0 == 1.5  # three answers on two days


def test_compares_with_all_workers(alice, job, crowd, two_teams):
    page = content(alice, "/dashboards/", f"?{DAYS}&worker={crowd['eve'].pk}&against=crowd")

    assert changes(page)["Answers"] == ("▼ 77.8 %", "all workers")
    with_force = content(alice, "/dashboards/", f"?{DAYS}&against=workforce-{job.team.workforce_id}")
    assert changes(with_force)["Answers"] == ("＝ 0.0 %", "workforce heron")


def test_worker_page_compares_no_sums(alice, job, crowd):
    path = f"/dashboards/worker/{crowd['eve'].pk}/"

    page = content(alice, path, f"?{DAYS}&against=crowd")

    result = changes(page)
    assert result["Median seconds"][1] == "all workers"
    assert result["Median seconds"][0].startswith("▼")
    assert result["Agreement with others"][0].startswith("▼")
    assert "Answers" not in result
    before = changes(content(alice, path, "?from=2026-11-03&to=2026-11-03"))
    assert not before  # she did not work on the day before


def test_forest_draws_baseline(alice, job, crowd, two_teams):
    alone, beside = (
        _part(content(alice, "/dashboards/workers/", f"?{DAYS}&worker={crowd['eve'].pk}&against={what}"), "accuracy")
        for what in ("none", "crowd")
    )

    assert len(beside.figure.layout.shapes) == len(alone.figure.layout.shapes) + 1
    assert "all workers, accuracy" in beside.subtitle
    force = job.team.workforce_id
    everybody = _part(content(alice, "/dashboards/workers/", f"?{DAYS}&against=workforce-{force}"), "accuracy")
    crowd_line, other_line = everybody.figure.layout.shapes
    assert crowd_line.x0 == other_line.x0
    assert crowd_line.line.dash != other_line.line.dash


def test_no_comparison_with_itself(alice, job, two_teams):
    for search in ("against=crowd", f"team={job.team_id}&against=team-{job.team_id}"):
        page = content(alice, "/dashboards/", f"?{DAYS}&{search}")
        assert "already shows" in page.lead
        assert not changes(page)


def test_explains_missing_baseline(alice, job, bob):
    assert "no answers for the previous period" in content(alice, "/dashboards/", "?from=2026-11-02&to=2026-11-02").lead
    assert "relative to" not in content(alice, "/dashboards/", f"?{DAYS}&against=none").lead
    for viewer, pk in ((alice, 999_999), (bob, job.team_id)):
        page = content(viewer, "/dashboards/", f"?{DAYS}&against=team-{pk}")
        assert "The team or workforce to compare with does not exist." in page.lead
        assert not changes(page)
        response = components.show(page, *address.read("/dashboards/", "", today=TODAY))
        assert "birders" not in str([component.to_plotly_json() for component in response])


def test_query_count_with_baseline(alice, job, two_teams, crowd, django_assert_max_num_queries):
    for name in pages.PAGES:
        item = crowd["eve"].pk if name == "worker" else job.pk if name == "job" else None
        with django_assert_max_num_queries(17):
            content(alice, address.path(name, item), f"?{DAYS}&against=team-{two_teams.pk}")


def test_numbers_have_links_and_sparklines(alice, job, crowd, answer, ask, now):
    page = content(alice, "/dashboards/", f"?from={date(2026, 11, 1)}&to={date(2026, 11, 5)}")

    numbers = {number.title: number for number in page.numbers}
    assert numbers["Answers"].spark.text == "Daily: first 0, last 0, minimum 0, maximum 4"
    assert numbers["Answers"].spark.svg.count("L") == 5
    assert numbers["Gold accuracy"].spark is None
    assert numbers["Answers"].href == "#throughput-graph"
    assert numbers["Paid"].href == "/dashboards/money/?from=2026-11-01&to=2026-11-05"
    image = next(
        part for part in str(components.show(page, *address.read("/dashboards/", "", today=TODAY))).split("Img(")[1:]
    )
    assert "data:image/svg+xml,%3Csvg" in image
    assert "Daily: first 0, last 0" in image
    few = content(alice, "/dashboards/", f"?{DAYS}")
    assert not any(number.spark for number in few.numbers)
    empty = content(alice, "/dashboards/", "?from=2026-10-01&to=2026-10-05")
    assert {number.title: number.href for number in empty.numbers}["Answers"] == ""
