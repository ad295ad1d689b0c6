"""Figures from quality reports: drift, object flow, boxes, categories and changes."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from dashboards import address, pages
from dashboards.figures import annotations, box_errors, categories, drift, object_flow, quality
from gtcrowd import job_lifecycle
from gtcrowd.analytics import frames, reports, rollup
from gtcrowd.analytics import quality as forming
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import boxes as measures
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import change

TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC).timestamp()
NAMES = {1: "Cleo", 2: "Dan"}
CHANGES = pd.DataFrame(
    [
        [pd.Timestamp(2026, 11, 4, 12), "gold-objects", None, {"withdrawn": 2}],
        [pd.Timestamp(2026, 11, 3, 15), "workers_per_object", 3, 5],
        [pd.Timestamp(2026, 11, 3, 9), "price", "0.012", "0.036"],
    ],
    columns=["at", "field", "before", "after"],
)


def link(pk):
    return f"/dashboards/worker/{pk}/"


def path(worker, *, detected=None):
    """Three answers, one known object wrong before the last of them."""
    points = [[0, 0.0, AT], [1, 6.0, AT + 60], [2, 12.0 if detected else 5.0, AT + 120]]
    return {
        "worker": worker, "n": 3, "highest": points[2][1] if detected else 6.0, "began": 1, "began_at": AT + 60, "told": detected,
        "told_at": AT + 120 if detected else None, "points": points, "known_n": 1, "known_right": 0, "known": [[2, False]],
    }  # fmt: skip


WATCHED = {"threshold": 10.0, "watched": 57, "alarms": 1, "answers": 900, "workers": [path(1, detected=2), path(2)]}


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_drift_panels_share_scale():
    card = drift.worst_workers(WATCHED, NAMES, of="j", zone="Asia/Seoul", link=link)

    assert card.title == "Significant drop in accuracy: 1 of 57 workers"
    assert [annotation.text for annotation in card.figure.layout.annotations] == ["Cleo", "Dan"]
    assert card.figure.layout.yaxis2.matches == "y"
    fallen = traces(card.figure)["CUSUM with alarm"]
    assert list(fallen.y) == [0, 6, 12]
    assert fallen.customdata[0] == ["/dashboards/worker/1/", "2026-11-02 18:00"]
    assert (list(traces(card.figure)["alarm"].x), list(traces(card.figure)["start of the drop"].x)) == ([3], [2])
    assert card.table["told_after"].tolist()[0] == 3
    assert card.links == ("/dashboards/worker/1/", "/dashboards/worker/2/")
    named = [trace.name for trace in card.figure.data if trace.showlegend]
    assert len(named) == len(set(named)) == 6


def test_drift_of_one_worker():
    assert (
        drift.own(path(1, detected=2), threshold=10.0, of="j", zone="UTC").title
        == "Significant drop in accuracy after 1 answer, detected after 3: j"
    )
    calm = drift.own(path(2), threshold=10.0, of="j", zone="UTC")
    assert calm.title == "No significant drop: CUSUM peaked at 60 % of the alarm threshold: j"
    assert calm.table["sum"].tolist() == [0, 6, 5]
    wrong = traces(calm.figure)["gold question wrong"]
    assert (wrong.marker.symbol, list(wrong.x)) == ("x-thin-open", [2])


def test_object_flow():
    rows = [["answered", "done", True, "sure-enough", 6], ["handed-out", "failed", False, "availability-ended", 2]]

    card = object_flow.flow(10, rows, as_of=datetime(2026, 11, 2, 9, tzinfo=UTC), zone="Asia/Seoul", of="j")

    assert card.title == "60.0 % of objects labeled, 2 waiting, 2 failed or expired"
    assert "as of 2026-11-02 18:00" in card.subtitle
    rows_shown = card.table.to_dict("records")
    assert {"source": "Answered", "target": "Labeled", "reason": "confident", "n": 6, "share": 0.6} in rows_shown
    sankey = card.figure.data[0]
    assert sum(value for value, source in zip(sankey.link.value, sankey.link.source, strict=True) if source == 0) == 10
    assert "as of now" in object_flow.flow(10, rows, as_of=None, zone="UTC", of="j").subtitle


def off(worker, dx, n):
    """Somebody whose boxes lie off to the right, more or less."""
    width = np.resize([dx - 0.02, dx + 0.02], n)
    car = ("car", (100.0, 100.0, 200.0, 150.0))
    drawn_boxes = [(("car", (100 + 100 * offset, 100.0, 200 + 100 * offset, 150.0)),) for offset in width]
    return {"worker": worker, **measures.summarize(measures.compare(drawn_boxes, [(car,)] * n), np.ones(n, bool))}


def test_marks_significant_box_offsets():
    content = {"crowd": off(0, 0.05, 40), "workers": [off(1, 0.1, 30), off(2, 0.0, 4)]}

    card = box_errors.bias(content, NAMES, of="j", link=link)

    assert card.title == "1 of 2 workers place boxes with a significant offset"
    sure, calm = traces(card.figure)["significant offset"], traces(card.figure)["not significant"]
    assert (list(sure.x), sure.marker.symbol) == ([0.1], ("diamond",))
    assert (calm.marker.symbol, calm.customdata[0][0]) == (("circle-open",), "/dashboards/worker/2/")
    assert len(card.figure.layout.annotations) == 2
    assert card.figure.layout.yaxis.range[0] > card.figure.layout.yaxis.range[1]  # down is down


def test_box_similarity_of_crowd_and_worker():
    card = box_errors.similarity(off(0, 0.05, 40), [off(1, 0.5, 30)], NAMES, of="j")

    assert [trace.name for trace in card.figure.data] == ["the crowd", "Cleo"]
    assert card.title.startswith("Boxes of Cleo: mean IoU 0.33")
    assert sum(card.figure.data[1].y) == pytest.approx(1)
    assert box_errors.own(off(1, 0.5, 30), off(0, 0.05, 40), name="Cleo", of="j").title == (
        "Significant offset: to the right +50.0%"
    )


def test_categories_sorted_by_recall():
    card = categories.of_job([[80, 20], [3, 9]], ["heron", "ibis"], of="j")

    assert card.title.startswith("Lowest recall: ibis, 75.0 %")
    lines = traces(card.figure)["recall"]
    assert list(lines.marker.symbol) == ["circle", "circle-open"]
    assert lines.error_x.array[0] > 0
    assert list(card.figure.layout.yaxis.ticktext) == ["heron", "ibis"]


def test_worker_recall_against_crowd():
    card = categories.of_worker([[10, 40], [2, 48]], [[900, 100], [100, 900]], ["heron", "ibis"], of="j")

    assert "significantly below the crowd in 1 of 2 categories" in card.title
    assert "at the worker's own mix 58.0 %" in card.subtitle
    assert list(traces(card.figure)["significantly below the crowd"].marker.symbol) == ["triangle-down"]
    assert list(traces(card.figure)["the crowd"].x) == [0.9, 0.9]


def test_changes_are_annotated_and_listed():
    day = {"day": "2026-11-03", "value": 0.5, "low": 0.4, "high": 0.6, "tasks": 3, "answers": 9, "reason": ""}

    card = quality.agreement([day], {"alpha": day}, job="j", changes=CHANGES)

    lines = traces(card.figure)
    assert {"price", "redundancy", "gold questions"} <= set(lines)
    assert lines["price"].text[0] == "Price per task: $0.012 → $0.036"
    assert len({lines[name].marker.symbol for name in ("price", "redundancy", "gold questions")}) == 3
    listed = dict(zip(card.table["day"].dt.date.astype(str), card.table["changed"], strict=True))
    assert listed == {
        "2026-11-03": "Price per task: $0.012 → $0.036; Workers per object: 3 → 5",
        "2026-11-04": "2 gold questions withdrawn",
    }
    assert "changed" not in quality.agreement([day], {"alpha": day}, job="j").table


def test_long_values_are_shortened():
    rows = pd.DataFrame(
        [[pd.Timestamp("2026-11-03"), "gold", {}, {"share": 0.1, "rules": [{"below": 0.5, "do": "pause"}]}],
         [pd.Timestamp("2026-11-03"), "template", None, 7]], columns=["at", "field", "before", "after"])  # fmt: skip

    texts = annotations.descriptions(rows)

    assert texts[0].startswith("Gold questions: – → {'share'")
    assert len(texts[0]) < 80
    assert texts[1] == "Task template (Liquid) changed"


def test_empty_figures_have_titles():
    nobody = {"n": 0, "missed": 0, "extra": 0, "iou": [0] * 10, "mean_iou": None,
              **dict.fromkeys(measures.OFFSETS, [None] * 3)}  # fmt: skip

    for card in (
        drift.worst_workers(None, {}, of="j", zone="UTC", link=link),
        drift.worst_workers({**WATCHED, "workers": []}, {}, of="j", zone="UTC", link=link),
        object_flow.flow(0, [], as_of=None, zone="UTC", of="j"), object_flow.flow(5, [], as_of=None, zone="UTC", of="j"),
        box_errors.bias({"crowd": nobody, "workers": []}, {}, of="j", link=link),
        box_errors.bias({"crowd": nobody, "workers": [nobody | {"worker": 1}]}, {}, of="j", link=link),
        box_errors.similarity(nobody, [], {}, of="j"), box_errors.own(nobody, nobody, name="Cleo", of="j"),
        categories.of_job(None, [], of="j"), categories.of_job([[0]], ["a"], of="j"),
        categories.of_worker([[0]], [[3]], ["a"], of="j"), quality.agreement([], {}, job="j", changes=CHANGES),
    ):  # fmt: skip
        assert card.figure is None
        assert card.title


@pytest.fixture
def cars(ask, put, crowd, now):
    """A job of boxes beside herons: Cleo and Dan agree, Eve is a third of the width off."""
    manifest = put(lines=[json.dumps({"source-ref": "s3://heron/1.png"})], key="one.manifest")
    job = ask("a", kind="boxes", medium="image", manifest=manifest, categories=["car"], name="cars")
    for name, left in (("cleo", 100), ("dan", 100), ("eve", 140)):
        box = {"label": "car", "left": left, "top": 100, "width": 120, "height": 60}
        content = {"boundingBox": {"boundingBoxes": [box], "inputImageProperties": {"height": 480, "width": 640}}}
        held = claim.next_assignment(worker=crowd[name], job=job, now=now)
        submit.submit(assignment=held, content=content, now=now)
    job = job_lifecycle.advance(job.pk, now=now)
    rollup.roll(zone="UTC")
    forming.form(job, now=now)
    return job


def content(viewer, where, search="?days=all"):
    return pages.draw(viewer, *address.read(where, search, today=TODAY))


@pytest.mark.django_db
def test_box_job_has_box_figures(alice, job, cars, crowd, django_assert_max_num_queries):
    with django_assert_max_num_queries(17):
        page = content(alice, "/dashboards/quality/", f"?days=all&job={cars.pk}&worker={crowd['eve'].pk}")

    parts = {part.name: part.card for part in page.parts}
    assert all(card is not None for card in parts.values())
    assert [trace.name for trace in parts["box-likeness"].figure.data] == ["the crowd", "Eve"]
    table = parts["box-offsets"].table.set_index("worker")
    assert table.loc["Eve", "dx"] > 0.2
    assert table.loc["Cleo", "dx"] < 0.1


@pytest.mark.django_db
def test_worker_page_has_figures_per_job(alice, bob, job, cars, crowd, django_assert_max_num_queries):
    where = f"/dashboards/worker/{crowd['eve'].pk}/"
    with django_assert_max_num_queries(17):
        parts = {part.name: part.card for part in content(alice, where).parts}

    assert all(card is not None for card in parts.values())
    assert {f"categories-{job.pk}", f"box-offsets-{cars.pk}", f"box-likeness-{cars.pk}"} <= set(parts)
    assert f"box-offsets-{job.pk}" not in parts
    assert frames.kept(bob, crowd["eve"].pk, Filters()).empty


@pytest.mark.django_db
def test_worker_page_draws_drift(alice, job, crowd):
    from gtcrowd.analytics.models import JobQuality

    report = JobQuality.objects.get(job=job)
    assert report.content["drift"]["answers"] == 6
    report.content["drift"]["workers"] = [path(crowd["eve"].pk, detected=2)]
    report.save()

    parts = {part.name: part.card for part in content(alice, f"/dashboards/worker/{crowd['eve'].pk}/").parts}
    assert parts[f"drift-{job.pk}"].title.startswith("Significant drop in accuracy after 1 answer")
    others = {part.name for part in content(alice, f"/dashboards/worker/{crowd['dan'].pk}/").parts}
    assert f"drift-{job.pk}" not in others


@pytest.mark.django_db
def test_quality_page_shows_own_changes(alice, bob, job, ask, now):
    other = ask("c", name="owls")
    change.change(viewer=alice, job=other, values={"price": "0.036"}, now=now + timedelta(days=1))
    assert frames.changes(alice, other.pk)["field"].tolist() == ["price"]

    (card,) = (part.card for part in content(alice, "/dashboards/quality/").parts if part.name == "agreement")

    assert "changed" not in card.table  # what is shown is herons, which nobody changed


@pytest.mark.django_db
def test_classes_report(alice, bob, job, cars, crowd):
    rows = reports.classes(alice, Filters())
    assert rows[["job", "category", "n", "right"]].values.tolist() == [
        ["herons", "heron", 6, 4],
        ["herons", "ibis", 0, 0],
    ]
    eve = reports.classes(alice, Filters(workers=(crowd["eve"].pk,)))
    assert eve[["category", "n", "right"]].values.tolist() == [["heron", 2, 0], ["ibis", 0, 0]]
    assert reports.classes(alice, Filters(jobs=(cars.pk,))).empty
    assert reports.classes(bob, Filters(jobs=(job.pk,))).empty
