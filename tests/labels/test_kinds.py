"""Every kind from three workers' answers to the line of the output manifest."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from gtcrowd import job_lifecycle, kinds
from gtcrowd.jobs import store
from gtcrowd.labels.models import Run
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.models import Answer

pytestmark = pytest.mark.django_db
SIZE = {"height": 480, "width": 640}
GREEN = (0x2C, 0xA0, 0x2C)


def mask(columns: int) -> str:
    """Green from the left up to so many columns, over white."""
    created = np.full((4, 8, 3), 255, dtype=np.uint8)
    created[:, :columns] = GREEN
    file = io.BytesIO()
    Image.fromarray(created).save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode()


def boxes(left: int) -> dict:
    box = {"label": "van", "left": left, "top": 100, "width": 120, "height": 60}
    return {"boundingBox": {"boundingBoxes": [box], "inputImageProperties": SIZE}}


def painted(columns: int) -> dict:
    mappings = {"car": {"color": "#2ca02c"}}
    return {"crowd-semantic-segmentation": {"labelMappings": mappings, "labeledImage": {"pngImageData": mask(columns)}}}


def spans(end: int) -> dict:
    return {"crowd-entity-annotation": {"entities": [{"label": "car", "startOffset": 0, "endOffset": end}]}}


@pytest.fixture
def labeled(ask, put, hire, now):
    """The manifest line of a job of one object after these answers, and the job."""

    def _labeled(kind, answers, **asks):
        medium = asks.pop("medium", "image")
        values = None if medium == "text" else [json.dumps({"source-ref": "s3://heron/1.png"})]
        details = {"manifest": put(lines=values, key="one.manifest")} if values else {}
        requested = {"categories": ["car", "van"], **details, **asks}
        job = ask("a car", kind=kind, medium=medium, name="cars", **requested)
        for name, content in zip(("cleo", "dan", "eve"), answers, strict=True):
            held = claim.next_assignment(worker=hire(name), job=job, now=now)
            submit.submit(assignment=held, content=content, now=now)
        job = job_lifecycle.advance(job.pk, now=now)
        assert job.state == "Completed"
        with store.store().open(job.output) as file:
            return json.loads(file.read().splitlines()[0]), job

    return _labeled


def test_boxes(labeled):
    result, _job = labeled("boxes", [boxes(30), boxes(33), boxes(36)])

    (box,) = result["cars"]["annotations"]
    assert result["cars"]["image_size"] == [{**SIZE, "depth": 3}]
    assert list(box) == ["class_id", "top", "left", "height", "width"]
    assert (box["class_id"], box["top"], box["height"], box["width"]) == (1, 100, 60, 120)
    assert 32 <= box["left"] <= 34
    assert result["cars-metadata"]["class-map"] == {"1": "van"}
    assert 0.5 < result["cars-metadata"]["objects"][0]["confidence"] <= 1


def test_masks_and_their_file(labeled):
    result, job = labeled("masks", [painted(3), painted(4), painted(4)])

    created = Run.objects.get(official=True).ended_at
    address = f"s3://heron/output/cars/annotations/consolidated-annotation/output/0_{created:%Y-%m-%dT%H:%M:%S.%f}.png"
    assert job.label_attribute == "cars-ref"
    assert result["cars-ref"] == address
    assert result["cars-ref-metadata"]["internal-color-map"]["1"]["class-name"] == "car"
    with store.store().open(address) as file:
        picture = np.asarray(Image.open(file))
    assert (picture == np.asarray(Image.open(io.BytesIO(base64.b64decode(mask(4)))))).all()


def test_pixels_of_answer_are_stored_once(labeled):
    labeled("masks", [painted(3), painted(4), painted(4)])

    for answer, columns in zip(Answer.objects.order_by("pk"), (3, 4, 4), strict=True):
        assert "pngImageData" not in json.dumps(answer.content)
        content = kinds.expand(kinds.kind("masks"), answer.content, answer.value)
        data = content["crowd-semantic-segmentation"]["labeledImage"]["pngImageData"]
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
        assert (picture == np.asarray(Image.open(io.BytesIO(base64.b64decode(mask(columns)))))).all()


def test_repeated_submission_of_compact_answer(ask, put, hire, now):
    job = ask("a", kind="masks", medium="image", name="cars", categories=["car"], workers_per_object=1,
              manifest=put(lines=[json.dumps({"source-ref": "s3://heron/1.png"})]))  # fmt: skip
    assignment = claim.next_assignment(worker=hire("cleo"), job=job, now=now)

    first = submit.submit(assignment=assignment, content=painted(3), now=now)
    second = submit.submit(assignment=assignment, content=painted(3), now=now)

    assert (first.repeated, second.repeated) == (False, True)
    assert Answer.objects.get().content == first.answer.content


def test_spans(labeled):
    result, _job = labeled("spans", [spans(3), spans(3), spans(5)], medium="text")

    assert result["cars"]["annotations"]["entities"] == [{"label": "car", "startOffset": 0, "endOffset": 3}]
    assert len(result["cars-metadata"]["entities"]) == 1


@pytest.mark.parametrize(
    ("kind", "answers", "label"),
    [
        ("text", [{"text": "one cat"}, {"text": "one cat"}, {"text": "a dog"}], "one cat"),
        ("number", [{"number": 4}, {"number": "4"}, {"number": 4.0}], 4),
        ("custom", [{"x": 1}, {"x": 2}, {"x": 1}], {"x": 1}),
    ],
)
def test_writes_each_kind(labeled, kind, answers, label):
    result, _job = labeled(kind, answers, medium="text", categories=[])

    assert result["cars"] == label
    assert result["cars-metadata"]["type"] == "groundtruth/custom"
