"""Answers and objects behind a number: links, pages and tenancy."""

import csv
import io
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboards import address, pages
from dashboards.figures import quality as drawing
from gtcrowd import job_lifecycle, kinds
from gtcrowd.analytics import drilldown, quality
from gtcrowd.jobs.models import DataObject
from gtcrowd.labels.models import Truth
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from tests.dashboards.conftest import draw, visit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def content(viewer, where):
    parts = urlsplit(where)
    return pages.draw(viewer, *address.read(parts.path, parts.query, today=TODAY))


def part(viewer, where, name):
    return next(item.card for item in content(viewer, where).parts if item.name == name)


def rows(viewer, where):
    """What the page at an address shows: worker and position of each answer, or position of each object."""
    parts = urlsplit(where)
    filters, options = address.read(parts.path, parts.query, today=TODAY)
    if options.page == "objects":
        return drilldown.objects(viewer, filters, options.answer_filter)[0]["position"].tolist()
    frame, _after = drilldown.answers(viewer, filters, options.answer_filter)
    return sorted(zip(frame["worker"], frame["position"], strict=True))


def test_cell_links_to_answers(alice, job, crowd):
    card = part(alice, f"/dashboards/quality/?job={job.pk}", "confusion")
    (herons, ibises) = card.figure.data[0].customdata

    assert rows(alice, herons[1]) == [("Eve", 0), ("Eve", 1)]
    assert len(rows(alice, herons[0])) == 4
    assert list(ibises) == ["", ""]  # nothing stands behind none
    assert len(rows(alice, card.links[0])) == 6
    assert rows(alice, card.links[1]) == []


def test_worker_cell_links_to_own_answers(alice, job, crowd):
    card = part(alice, f"/dashboards/worker/{crowd['dan'].pk}/?days=all", f"confusion-{job.pk}")

    assert rows(alice, card.figure.data[0].customdata[0][0]) == [("Dan", 0), ("Dan", 1)]


def test_confusion_has_examples_and_link(alice, job):
    card = part(alice, f"/dashboards/quality/?job={job.pk}", "pairs")
    ((name, previews),) = card.examples

    assert name == "heron → ibis"
    assert [preview.text for preview in previews] == ["b", "a"]
    assert rows(alice, previews[0].href) == [("Cleo", 1), ("Dan", 1), ("Eve", 1)]
    assert rows(alice, card.links[0]) == rows(alice, card.figure.data[0].customdata[0][0])


@pytest.mark.parametrize("by", address.GROUPS)
def test_bar_links_to_answers_row_to_day(alice, job, by):
    card = part(alice, f"/dashboards/?days=all&by={by}", "throughput")

    second = [item for trace in card.figure.data if trace.type == "bar" for (item,) in trace.customdata[1:] if item]
    assert [rows(alice, item) for item in second] == [[("Eve", 0), ("Eve", 1)]]
    first = next(trace for trace in card.figure.data if trace.name in ("Dan", "birders", "heron")).customdata[0][0]
    assert len(rows(alice, first)) == (2 if by == "worker" else 4)
    assert card.links[0].startswith("/dashboards/?from=2026-11-03&to=2026-11-03")


def test_times_link_to_slow_answers(alice, job, crowd):
    card = part(alice, f"/dashboards/worker/{crowd['dan'].pk}/?days=all", "times")
    trace = card.figure.data[0]
    links = dict(zip(trace.x, (item for (item,) in trace.customdata), strict=True))

    assert rows(alice, links[min(links)]) == [("Dan", 0), ("Dan", 1)]
    assert rows(alice, links[max(links)]) == []
    assert len(card.links) == len(card.table)


def test_bars_and_bins_link_to_objects(alice, job, now):
    for item in DataObject.objects.filter(job=job):
        Truth.objects.create(data_object=item, job=job, value="heron", source="audit")
    quality.form(job, now=now)
    own = f"/dashboards/job/{job.pk}/"

    redundancy = part(alice, own, "redundancy")
    assert rows(alice, redundancy.figure.data[0].customdata[0][0]) == rows(alice, redundancy.links[0]) == [0, 1]
    states = {trace.name: trace.customdata[0][0] for trace in part(alice, own, "progress").figure.data}
    assert rows(alice, states["by people"]) == [0, 1]
    assert rows(alice, states["not yet labeled"]) == []
    reliability = part(alice, f"/dashboards/quality/?job={job.pk}", "reliability")
    assert rows(alice, reliability.figure.data[1].customdata[0][0]) == rows(alice, reliability.links[0]) == [0, 1]


def test_gold_question_links_to_its_answers():
    items = [{"position": 3, "value": "heron", "active": True, "n": 10, "right": 2}]
    card = drawing.gold(items, of="j", link=lambda index: f"/o/{index}/")

    assert card.figure.data[0].customdata[0][0] == card.links[0] == "/o/3/"


def test_page_describes_its_answer_filter(alice, job, crowd):
    eve = crowd["eve"].pk
    page = content(alice, f"/dashboards/answers/?job={job.pk}&worker={eve}&days=all&right=heron&answered=ibis")

    assert page.lead == "herons · Eve · heron answered as ibis"
    assert {switch.text: switch.href for switch in page.links} == {
        "Worker Eve": f"/dashboards/worker/{eve}/?job={job.pk}&days=all",
        "Job herons": f"/dashboards/job/{job.pk}/?job={job.pk}&worker={eve}&days=all",
        "Label quality": f"/dashboards/quality/?job={job.pk}&worker={eve}&days=all",
        "All answers for these filters": f"/dashboards/answers/?job={job.pk}&worker={eve}&days=all",
    }
    assert page.parts[0].card.title == "2 of 2 answers are wrong"


def test_next_rows_continue_the_table(alice, job, monkeypatch):
    monkeypatch.setattr(drilldown.answers, "__kwdefaults__", {"after": "", "size": 4})
    first = part(alice, f"/dashboards/answers/?job={job.pk}&days=all", "answers")
    (further,) = first.switches
    second = part(alice, further.href, "answers")

    ids = [*first.table["answer_id"], *second.table["answer_id"]]
    assert (len(first.table), len(second.table), len(set(ids))) == (4, 2, 6)
    assert [switch.text for switch in second.switches] == ["Back to the first row"]
    assert "searched back to 2026-11-02" in first.subtitle
    assert "no older answers" in second.subtitle


def test_empty_page_links_to_older_answers(alice, job, monkeypatch):
    monkeypatch.setattr(drilldown, "LOOK", 2)
    monkeypatch.setattr(drilldown.answers, "__kwdefaults__", {"after": "", "size": 1})
    card = part(alice, f"/dashboards/answers/?job={job.pk}&days=all&right=heron&answered=heron", "answers")

    assert card.title.startswith("No matching answers back to 2026-11-03")
    assert rows(alice, card.switches[0].href) == [] or card.switches[0].text == "Next 50"


def test_asks_for_one_job(alice, bob, job):
    for where in ("/dashboards/objects/", "/dashboards/answers/?wrong=1"):
        page = content(alice, where)
        assert page.lead == "This page shows one job at a time. Choose a job:"
        assert [switch.text for switch in page.links] == ["herons"]
        assert f"job={job.pk}" in page.links[0].href
        assert content(bob, where).links == ()


def test_object_page_draws_all_boxes(alice, cars):
    where = f"/dashboards/answers/?job={cars.pk}&position=0"
    card = part(alice, where, "object")

    assert {trace.name for trace in card.figure.data} == {"Label", "Cleo", "Dan", "Eve"}
    assert len({(trace.line.color, trace.line.dash) for trace in card.figure.data}) == 4
    eve = next(trace for trace in card.figure.data if trace.name == "Eve")
    assert list(eve.x) == [160, 260, 260, 160, 160, None]
    assert card.figure.layout.images[0].source.startswith("/work/")
    assert card.figure.layout.yaxis.range == (480, 0)
    assert card.table.set_index("part").loc["Eve"].tolist() == ["car", 160, 100, 100, 80]
    assert part(alice, where, "answers").table["answered"].tolist() == ["car 1"] * 3


def test_object_page_shows_text(alice, job):
    page = content(alice, f"/dashboards/answers/?job={job.pk}&position=1")

    assert page.title == "Object 2 of herons"
    assert page.parts[0].card.large.text == "b"
    assert {number.title: number.value for number in page.numbers} == {
        "Label": "heron", "Gold or truth": "–", "State": "Done", "Answers": "3",
    }  # fmt: skip
    assert content(alice, f"/dashboards/answers/?job={job.pk}&position=2").lead == "This object does not exist."


@pytest.fixture
def dots(monkeypatch):
    """A toy kind of points on images, found by adding its folder to the package."""
    folder = str(Path(__file__).parents[1] / "kinds/toy_image")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, folder])
    monkeypatch.setitem(kinds.KINDS, "dots", kinds.discover()["dots"])
    yield
    for name in [name for name in sys.modules if name.startswith("gtcrowd.kinds.dots")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(kinds, "dots", raising=False)


def test_object_page_draws_further_kind(dots, alice, ask, hire, put, now):
    manifest = put(lines=[json.dumps({"source-ref": "s3://heron/1.png"})], key="points.manifest")
    job = ask(name="sky", kind="dots", medium="image", categories=[], manifest=manifest, workers_per_object=2)
    for name, x in (("cleo", 30), ("dan", 50)):
        assignment = claim.next_assignment(worker=hire(name), job=job, now=now)
        submit.submit(assignment=assignment, content={"dot": f"{x},20 of 90x60"}, now=now)
    job_lifecycle.advance(job.pk, now=now)

    card = part(alice, f"/dashboards/answers/?job={job.pk}&position=0", "object")

    assert {trace.name: list(trace.x) for trace in card.figure.data} == {
        "Label": [30, None], "Cleo": [30, None], "Dan": [50, None],
    }  # fmt: skip
    assert card.figure.layout.yaxis.range == (60, 0)


@pytest.mark.django_db(transaction=True)
def test_refuses_foreign_answers_and_objects(alice, bob, job, crowd, cars):
    for path in ("/dashboards/answers/", "/dashboards/objects/"):
        for more in ("", "&position=0", "&right=heron", "&after=9999999999999999-1"):
            for item in (job, cars):
                search = f"?days=all&job={item.pk}&worker={crowd['eve'].pk}{more}"
                foreign = draw(bob.user, path, search)
                assert "could not be drawn" not in foreign + draw(alice.user, path, search)
                for word in ("Cleo", "Eve", "herons", "street", "/work/object"):
                    assert word not in foreign


@pytest.mark.django_db(transaction=True)
def test_answers_are_not_cached(alice, job, crowd, ask, answer, now):
    assert "owls" not in str(json.loads(draw(alice.user, "/dashboards/answers/"))["response"]["content"])

    answer(crowd["cleo"], ask("c", name="owls"), now=now + timedelta(days=1))

    assert "owls" in str(json.loads(draw(alice.user, "/dashboards/answers/"))["response"]["content"])


@pytest.mark.django_db(transaction=True)
def test_answers_as_files(alice, job, cars):
    query = f"path=/dashboards/answers/&job={job.pk}&days=all&right=heron&answered=ibis"
    body = visit("/dashboards/file/answers.csv", alice.user, query=query)[2]
    result = list(csv.DictReader(io.StringIO(body)))
    assert [(row["worker"], row["answered"], row["right"]) for row in result] == [("Eve", "ibis", "False")] * 2

    query = f"path=/dashboards/answers/&job={cars.pk}&days=all&position=0"
    body = visit("/dashboards/file/page.html", alice.user, query=query)[2].split("<script>")[0]
    assert "street.png" in body
    assert "/work/" not in body  # an address that opens a picture stays here
