"""Figures of what a run keeps: drift, the way of the objects, boxes, categories, and marks of what was changed."""

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
from gtcrowd.tasks import change, claim, submit

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


def path(worker, *, told=None):
    """Three answers, one known object wrong before the last of them."""
    points = [[0, 0.0, AT], [1, 6.0, AT + 60], [2, 12.0 if told else 5.0, AT + 120]]
    return {
        "worker": worker, "n": 3, "highest": points[2][1] if told else 6.0, "began": 1, "began_at": AT + 60, "told": told,
        "told_at": AT + 120 if told else None, "points": points, "known_n": 1, "known_right": 0, "known": [[2, False]],
    }  # fmt: skip


WATCHED = {"threshold": 10.0, "watched": 57, "alarms": 1, "answers": 900, "workers": [path(1, told=2), path(2)]}


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_the_worst_have_a_panel_each_on_one_scale():
    drawn = drift.worst(WATCHED, NAMES, of="j", zone="Asia/Seoul", link=link)

    assert drawn.title == "Fallen off beyond chance: 1 of 57 workers"
    assert [one.text for one in drawn.figure.layout.annotations] == ["Cleo", "Dan"]
    assert drawn.figure.layout.yaxis2.matches == "y"
    fallen = traces(drawn.figure)["sum, with an alarm"]
    assert list(fallen.y) == [0, 6, 12]
    assert fallen.customdata[0] == ["/dashboards/worker/1/", "2026-11-02 18:00"]
    assert (list(traces(drawn.figure)["told"].x), list(traces(drawn.figure)["began"].x)) == ([3], [2])
    assert drawn.table["told_after"].tolist()[0] == 3
    assert drawn.links == ("/dashboards/worker/1/", "/dashboards/worker/2/")
    named = [trace.name for trace in drawn.figure.data if trace.showlegend]
    assert len(named) == len(set(named)) == 6


def test_a_path_of_ones_own():
    assert (
        drift.own(path(1, told=2), threshold=10.0, of="j", zone="UTC").title
        == "Fallen off after 1 answers, told after 3: j"
    )
    calm = drift.own(path(2), threshold=10.0, of="j", zone="UTC")
    assert calm.title == "No drift: the sum rose to 60% of the alarm at most: j"
    assert calm.table["sum"].tolist() == [0, 6, 5]
    wrong = traces(calm.figure)["known object wrong"]
    assert (wrong.marker.symbol, list(wrong.x)) == ("x-thin-open", [2])


def test_objects_on_their_way():
    rows = [["answered", "done", True, "sure-enough", 6], ["handed-out", "failed", False, "availability-ended", 2]]

    drawn = object_flow.flow(10, rows, as_of=datetime(2026, 11, 2, 9, tzinfo=UTC), zone="Asia/Seoul", of="j")

    assert drawn.title == "60.0% of the objects are labeled, 2 wait, 2 failed or ran out of time"
    assert "as of 2026-11-02 18:00" in drawn.under
    told = drawn.table.to_dict("records")
    assert {"source": "Answered", "target": "Labeled", "reason": "sure enough", "n": 6, "share": 0.6} in told
    sankey = drawn.figure.data[0]
    assert sum(value for value, source in zip(sankey.link.value, sankey.link.source, strict=True) if source == 0) == 10
    assert "as of now" in object_flow.flow(10, rows, as_of=None, zone="UTC", of="j").under


def off(worker, dx, n):
    """Somebody whose boxes lie off to the right, more or less."""
    width = np.resize([dx - 0.02, dx + 0.02], n)
    car = ("car", (100.0, 100.0, 200.0, 150.0))
    given = [(("car", (100 + 100 * one, 100.0, 200 + 100 * one, 150.0)),) for one in width]
    return {"worker": worker, **measures.summed(measures.compared(given, [(car,)] * n), np.ones(n, bool))}


def test_who_draws_boxes_off_is_marked():
    content = {"crowd": off(0, 0.05, 40), "workers": [off(1, 0.1, 30), off(2, 0.0, 4)]}

    drawn = box_errors.bias(content, NAMES, of="j", link=link)

    assert drawn.title == "1 of 2 workers draw their boxes surely off to one side"
    sure, calm = traces(drawn.figure)["surely off"], traces(drawn.figure)["within chance"]
    assert (list(sure.x), sure.marker.symbol) == ([0.1], ("diamond",))
    assert (calm.marker.symbol, calm.customdata[0][0]) == (("circle-open",), "/dashboards/worker/2/")
    assert len(drawn.figure.layout.annotations) == 2
    assert drawn.figure.layout.yaxis.range[0] > drawn.figure.layout.yaxis.range[1]  # down is down


def test_boxes_of_the_crowd_and_of_one():
    drawn = box_errors.likeness(off(0, 0.05, 40), [off(1, 0.5, 30)], NAMES, of="j")

    assert [trace.name for trace in drawn.figure.data] == ["the crowd", "Cleo"]
    assert drawn.title.startswith("Boxes of Cleo: mean IoU 0.33")
    assert sum(drawn.figure.data[1].y) == pytest.approx(1)
    assert box_errors.own(off(1, 0.5, 30), off(0, 0.05, 40), name="Cleo", of="j").title == (
        "Boxes are surely off: to the right +50.0%"
    )


def test_categories_by_how_surely_they_are_recognized():
    drawn = categories.of_job([[80, 20], [3, 9]], ["heron", "ibis"], of="j")

    assert drawn.title.startswith("ibis is recognized least surely: in 75.0%")
    found = traces(drawn.figure)["of its objects' answers, right"]
    assert list(found.marker.symbol) == ["circle", "circle-open"]
    assert found.error_x.array[0] > 0
    assert list(drawn.figure.layout.yaxis.ticktext) == ["heron", "ibis"]


def test_a_worker_beside_the_crowd():
    drawn = categories.of_worker([[10, 40], [2, 48]], [[900, 100], [100, 900]], ["heron", "ibis"], of="j")

    assert "surely below the crowd in 1 of 2 categories" in drawn.title
    assert "with the own objects 58.0%" in drawn.under
    assert list(traces(drawn.figure)["surely below the crowd"].marker.symbol) == ["triangle-down"]
    assert list(traces(drawn.figure)["the crowd"].x) == [0.9, 0.9]


def test_what_was_changed_is_marked_and_listed():
    day = {"day": "2026-11-03", "value": 0.5, "low": 0.4, "high": 0.6, "tasks": 3, "answers": 9, "reason": ""}

    drawn = quality.agreement([day], {"alpha": day}, job="j", changes=CHANGES)

    found = traces(drawn.figure)
    assert {"price", "workers asked", "known objects"} <= set(found)
    assert found["price"].text[0] == "price per task: $0.012 → $0.036"
    assert len({found[name].marker.symbol for name in ("price", "workers asked", "known objects")}) == 3
    listed = dict(zip(drawn.table["day"].dt.date.astype(str), drawn.table["changed"], strict=True))
    assert listed == {
        "2026-11-03": "price per task: $0.012 → $0.036; workers per object: 3 → 5",
        "2026-11-04": "2 known objects withdrawn",
    }
    assert "changed" not in quality.agreement([day], {"alpha": day}, job="j").table


def test_long_values_are_told_shortly():
    rows = pd.DataFrame(
        [[pd.Timestamp("2026-11-03"), "gold", {}, {"share": 0.1, "rules": [{"below": 0.5, "do": "pause"}]}],
         [pd.Timestamp("2026-11-03"), "template", None, 7]], columns=["at", "field", "before", "after"])  # fmt: skip

    told = annotations.told(rows)

    assert told[0].startswith("rules of known objects: – → {'share'")
    assert len(told[0]) < 80
    assert told[1] == "page of the task changed"


def test_figures_of_nothing_say_so():
    nobody = {"n": 0, "missed": 0, "extra": 0, "iou": [0] * 10, "mean_iou": None,
              **dict.fromkeys(measures.OFFSETS, [None] * 3)}  # fmt: skip

    for drawn in (
        drift.worst(None, {}, of="j", zone="UTC", link=link),
        drift.worst({**WATCHED, "workers": []}, {}, of="j", zone="UTC", link=link),
        object_flow.flow(0, [], as_of=None, zone="UTC", of="j"), object_flow.flow(5, [], as_of=None, zone="UTC", of="j"),
        box_errors.bias({"crowd": nobody, "workers": []}, {}, of="j", link=link),
        box_errors.bias({"crowd": nobody, "workers": [nobody | {"worker": 1}]}, {}, of="j", link=link),
        box_errors.likeness(nobody, [], {}, of="j"), box_errors.own(nobody, nobody, name="Cleo", of="j"),
        categories.of_job(None, [], of="j"), categories.of_job([[0]], ["a"], of="j"),
        categories.of_worker([[0]], [[3]], ["a"], of="j"), quality.agreement([], {}, job="j", changes=CHANGES),
    ):  # fmt: skip
        assert drawn.figure is None
        assert drawn.title


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
def test_a_job_of_boxes_has_their_figures(alice, job, cars, crowd, django_assert_max_num_queries):
    with django_assert_max_num_queries(17):
        drawn = content(alice, "/dashboards/quality/", f"?days=all&job={cars.pk}&worker={crowd['eve'].pk}")

    parts = {part.name: part.drawn for part in drawn.parts}
    assert all(one is not None for one in parts.values())
    assert [trace.name for trace in parts["box-likeness"].figure.data] == ["the crowd", "Eve"]
    table = parts["box-offsets"].table.set_index("worker")
    assert table.loc["Eve", "dx"] > 0.2
    assert table.loc["Cleo", "dx"] < 0.1


@pytest.mark.django_db
def test_a_dossier_has_every_jobs_own_figures(alice, bob, job, cars, crowd, django_assert_max_num_queries):
    where = f"/dashboards/worker/{crowd['eve'].pk}/"
    with django_assert_max_num_queries(17):
        parts = {part.name: part.drawn for part in content(alice, where).parts}

    assert all(one is not None for one in parts.values())
    assert {f"categories-{job.pk}", f"box-offsets-{cars.pk}", f"box-likeness-{cars.pk}"} <= set(parts)
    assert f"box-offsets-{job.pk}" not in parts
    assert frames.kept(bob, crowd["eve"].pk, Filters()).empty


@pytest.mark.django_db
def test_drift_is_kept_and_drawn_in_the_dossier(alice, job, crowd):
    from gtcrowd.analytics.models import JobQuality

    seen = JobQuality.objects.get(job=job)
    assert seen.content["drift"]["answers"] == 6
    seen.content["drift"]["workers"] = [path(crowd["eve"].pk, told=2)]
    seen.save()

    parts = {part.name: part.drawn for part in content(alice, f"/dashboards/worker/{crowd['eve'].pk}/").parts}
    assert parts[f"drift-{job.pk}"].title.startswith("Fallen off after 1 answers")
    others = {part.name for part in content(alice, f"/dashboards/worker/{crowd['dan'].pk}/").parts}
    assert f"drift-{job.pk}" not in others


@pytest.mark.django_db
def test_changes_stand_on_the_quality_page(alice, bob, job, ask, now):
    other = ask("c", name="owls")
    change.change(viewer=alice, job=other, values={"price": "0.036"}, now=now + timedelta(days=1))
    assert frames.changes(alice, other.pk)["field"].tolist() == ["price"]

    (drawn,) = (part.drawn for part in content(alice, "/dashboards/quality/").parts if part.name == "agreement")

    assert "changed" not in drawn.table  # what is shown is herons, which nobody changed


@pytest.mark.django_db
def test_the_report_of_classes(alice, bob, job, cars, crowd):
    rows = reports.classes(alice, Filters())
    assert rows[["job", "category", "n", "right"]].values.tolist() == [
        ["herons", "heron", 6, 4],
        ["herons", "ibis", 0, 0],
    ]
    eve = reports.classes(alice, Filters(workers=(crowd["eve"].pk,)))
    assert eve[["category", "n", "right"]].values.tolist() == [["heron", 2, 0], ["ibis", 0, 0]]
    assert reports.classes(alice, Filters(jobs=(cars.pk,))).empty
    assert reports.classes(bob, Filters(jobs=(job.pk,))).empty
