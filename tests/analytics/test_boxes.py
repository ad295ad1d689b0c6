"""Offsets of boxes, worked by hand."""

import json
import math

import numpy as np
import pytest

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality
from gtcrowd.analytics.measures import boxes
from gtcrowd.analytics.models import JobQuality
from gtcrowd.labels.models import Label, Truth
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import gold, submit

CAR = ("car", (100.0, 100.0, 200.0, 150.0))
"""100 wide, 50 high."""


def summed(answers, references):
    return boxes.summarize(boxes.compare(answers, references), np.ones(len(answers), bool))


def test_box_offsets():
    result = summed([(("car", (110.0, 90.0, 230.0, 140.0)),)], [(CAR,)])

    assert result["n"] == 1
    assert result["dx"] == [0.2, None, None]  # center at 170 instead of 150, of 100
    assert result["dy"] == [-0.2, None, None]  # center at 115 instead of 125, of 50
    assert result["width"][0] == pytest.approx(math.log(1.2), abs=1e-6)
    assert result["height"][0] == 0
    iou = 90 * 40 / (100 * 50 + 120 * 50 - 90 * 40)
    assert result["mean_iou"] == pytest.approx(iou, abs=1e-6)
    assert result["iou"] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_counts_missed_and_extra_boxes():
    """A bus is no car, wherever it lies; an object without a label says nothing."""
    bus = ("bus", CAR[1])

    result = summed([(bus,), (CAR, CAR), (CAR,), ()], [(CAR,), (CAR,), None, (CAR, bus)])

    assert (result["n"], result["missed"], result["extra"]) == (1, 3, 2)
    assert result["iou"][9] == 1


def test_offset_interval_is_students():
    values = [(("car", (100.0 + step, 100.0, 200.0 + step, 150.0)),) for step in (8, 10, 12)]

    result = summed(values, [(CAR,)] * 3)

    reach = 4.302653 * 0.02 / 3**0.5  # of three, with two degrees of freedom
    assert result["dx"] == pytest.approx([0.1, 0.1 - reach, 0.1 + reach], abs=1e-5)


def test_summarizes_chosen_answers_only():
    result = boxes.compare([(CAR,), (CAR,)], [(CAR,), (CAR, CAR)])

    message = boxes.summarize(result, np.array([True, False]))

    assert (message["n"], message["missed"]) == (1, 0)


def test_no_offset_without_matched_boxes():
    result = summed([()], [(CAR,)])

    assert (result["n"], result["missed"], result["dx"], result["mean_iou"]) == (0, 1, [None] * 3, None)


@pytest.mark.django_db
def test_box_reference_precedence(ask, put, hire, alice, now):
    """Cleo draws the same box everywhere. The known one and the truth lie elsewhere, the label is hers."""

    def value(left):
        box = {"label": "car", "left": left, "top": 100, "width": 100, "height": 50}
        return {"boundingBoxes": [box], "inputImageProperties": {"height": 480, "width": 640}}

    manifest = put(lines=[json.dumps({"source-ref": f"s3://heron/{n}.png"}) for n in range(3)], key="three.manifest")
    job = ask(
        kind="boxes", medium="image", manifest=manifest, categories=["car"], workers_per_object=1, gold={"quiz": 1}
    )
    gold.declare(viewer=alice, job=job, items=[{"object": 2, "value": value(150)}], now=now)
    cleo = hire("cleo")
    for _object in range(3):
        held = claim.next_assignment(worker=cleo, job=job, now=now)
        submit.submit(assignment=held, content={"boundingBox": value(100)}, now=now)
    job = job_lifecycle.advance(job.pk, now=now)
    label = Label.objects.get(job=job, current=True, position=0)
    Truth.objects.create(data_object=label.data_object, job=job, value=value(80), source="audit")

    quality.form(job, now=now)

    stored = JobQuality.objects.get(job=job).content["boxes"]
    assert stored["crowd"]["n"] == 3
    assert stored["crowd"]["dx"][0] == pytest.approx((-0.5 + 0.2 + 0) / 3)
    assert [worker["worker"] for worker in stored["workers"]] == [cleo.pk]
