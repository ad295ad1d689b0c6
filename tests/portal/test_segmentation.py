"""Outlines from four points: what the server gives, and to whom."""

import io
import json

import numpy as np
import pytest
from django.core.cache import cache
from PIL import Image

from gtcrowd.consolidation.shapes.rle import decode
from gtcrowd.jobs import signed
from gtcrowd.portal import segmentation
from gtcrowd.tasks.lifecycle import release
from gtcrowd.workpage import segment
from tests.portal.conftest import put
from tests.portal.pictures import ends, overlap, thing

THING = "s3://heron-data/thing.png"
ENDS = [[300, 90], [330, 390], [140, 240], [520, 220]]


def painted(result: dict, shape: tuple[int, int]) -> np.ndarray:
    """The pixels of the reply, in the whole picture."""
    inside = decode(result["runs"], result["width"] * result["height"]).reshape(result["height"], result["width"])
    whole = np.zeros(shape, dtype=bool)
    whole[result["top"] : result["top"] + result["height"], result["left"] : result["left"] + result["width"]] = inside
    return whole


@pytest.fixture
def task(give, take):
    put(THING, thing()[0])
    cache.clear()
    return take(give([{"source-ref": THING}], kind="masks", categories=["bird"]))


@pytest.fixture
def ask(cleos):
    def _ask(task, client=cleos, uri=THING, **changed):
        body = {
            "assignment": task.pk,
            "address": signed.address(uri, job_id=task.job_id),
            "points": ends(thing()[1]).tolist(),
            "width": 640,
            "height": 480,
            **changed,
        }
        return client.post(f"/work/{task.job_id}/outline/", json.dumps(body), content_type="application/json")

    return _ask


def test_outlines_object(ask, task):
    reply = ask(task)

    assert reply.status_code == 200
    assert overlap(painted(reply.json(), (480, 640)), thing()[1]) > 0.95


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": [[1, 1]] * 3}, "request is invalid"),
        ({"points": [[1, 1]] * 3 + [["x", 1]]}, "request is invalid"),
        ({"points": [[1, 1]] * 3 + [[1e999, 1]]}, "request is invalid"),
        ({"width": True}, "request is invalid"),
        ({"address": "x" * 20_000}, "request is invalid"),
        ({"points": [[1, 1], [2, 2], [1, 2], [2, 1]]}, "too close together"),
        ({"points": [[1, 1], [2, 2], [1, 2], [900, 1]]}, "must be inside the picture"),
        ({"width": 641}, "changed since it was shown"),
        ({"address": "https://elsewhere.example/x.png"}, "not part of your task"),
        ({"address": "/work/object/forged/"}, "not part of your task"),
    ],
)
def test_refuses_invalid_outline_request(ask, task, changed, message):
    reply = ask(task, **changed)

    assert reply.status_code in (400, 422)
    assert message in reply.json()["problem"]


def test_refuses_tampered_address(ask, task):
    address = signed.address(THING, job_id=task.job_id)

    reply = ask(task, address=address[:-4] + "xxx/")

    assert (reply.status_code, reply.json()["problem"]) == (422, "This picture is not part of your task.")


def test_refuses_picture_of_another_task(ask, task):
    put("s3://heron-data/other.png", thing()[0])

    assert ask(task, uri="s3://heron-data/other.png").status_code == 422


def test_refuses_file_that_is_no_picture(ask, task):
    put(THING, b"\x89PNG\r\n\x1a\n nothing")

    assert ask(task).json()["problem"] == "The picture cannot be read."


def test_refuses_foreign_worker(ask, task, hire, signed_in):
    assert ask(task, client=signed_in(hire("dana").user)).status_code == 404


def test_refuses_returned_task(ask, task):
    from django.utils import timezone

    release.give_back(assignment=task, reason="", now=timezone.now())

    assert ask(task).status_code == 409


def test_needs_csrf_token(task, cleo):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cleo.user, backend="gtcrowd.identity.sessions.Backend")

    assert strict.post(f"/work/{task.job_id}/outline/", "{}", content_type="application/json").status_code == 403


def test_limits_requests_per_worker(ask, task, monkeypatch):
    monkeypatch.setattr(segmentation, "MOST_A_MINUTE", 2)
    monkeypatch.setattr(segment, "segmenter", Square)

    assert [ask(task).status_code for _ in range(3)] == [200, 200, 429]


class Square:
    """Answers segment.Segmenter with everything there is."""

    shape = None

    def segment(self, picture, points):
        Square.shape = picture.shape
        return np.ones(picture.shape[:2], dtype=bool)


def test_crop_is_at_most_one_megapixel(monkeypatch):
    monkeypatch.setattr(segment, "segmenter", Square)
    file, _mask = thing(2400, 1800, "JPEG")

    result = segment.outline(io.BytesIO(file), points=np.array(ENDS) * 3.75, width=2400, height=1800)

    assert 900_000 < Square.shape[0] * Square.shape[1] < 1_010_000
    assert result.width > 1425
    box = np.argwhere(painted(vars(result), (1800, 2400)))
    slack = 2 + 0.02 * 1425
    assert np.abs(box.min(axis=0) - (90 * 3.75, 140 * 3.75)).max() <= slack
    assert np.abs(box.max(axis=0) - (390 * 3.75, 520 * 3.75)).max() <= slack


def test_rotated_picture_matches_browser():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    file, mask = thing(640, 480, "JPEG", exif=exif, quality=95)
    turned = np.rot90(mask, -1)

    result = segment.outline(io.BytesIO(file), points=ends(turned), width=480, height=640)

    assert overlap(painted(vars(result), (640, 480)), turned) > 0.95
