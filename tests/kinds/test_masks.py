import base64
import io
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from gtcrowd import kinds
from gtcrowd.kinds import AnswerRefused, segmentation

MADE = datetime(2031, 4, 5, 10, 0, 3, 918_770, tzinfo=UTC)
MASKS, INSTANCES = kinds.KINDS["masks"], kinds.KINDS["instances"]
THINGS = ["road", "car"]
GREEN, BLUE = (0x2C, 0xA0, 0x2C), (0x1F, 0x77, 0xB4)


def png(picture) -> str:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode()


def picture(*patches, shape=(4, 5), channels=3):
    """White, or nothing, with rectangles (rows, columns, colour)."""
    pixels = np.full((*shape, channels), 255 if channels == 3 else 0, dtype=np.uint8)
    for rows, columns, colour in patches:
        pixels[rows, columns] = (*colour, 255)[:channels]
    return pixels


ROAD = (slice(2, 4), slice(0, 5), GREEN)
CAR = (slice(2, 3), slice(1, 3), BLUE)


def semantic(pixels, **colours):
    mappings = {
        label: {"color": colour} for label, colour in (colours or {"road": "#2ca02c", "car": "#1f77b4"}).items()
    }
    return {"crowd-semantic-segmentation": {"labelMappings": mappings, "labeledImage": {"pngImageData": png(pixels)}}}


@pytest.mark.parametrize("channels", [3, 4])
def test_reads_image_as_layers(channels):
    value = MASKS.read_answer(semantic(picture(ROAD, CAR, channels=channels)), THINGS)

    assert value == {
        "size": {"height": 4, "width": 5},
        "layers": [{"label": "road", "runs": [10, 1, 2, 7]}, {"label": "car", "runs": [11, 2, 7]}],
    }
    assert MASKS.read_value(json.loads(json.dumps(value)), THINGS) == value


COLORS = ["#2ca02c", "#1f77b4", "#ff7f0e"]


def instances(made, labels):
    objects = [{"label": label, "color": color} for label, color in zip(labels, COLORS, strict=False)]
    return {"crowd-instance-segmentation": {"instances": objects, "labeledImage": {"pngImageData": png(made)}}}


@pytest.mark.parametrize("kind", [MASKS, INSTANCES], ids=lambda kind: kind.name)
@given(codes=arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 3)))
def test_compact_content_has_same_pixels(kind, codes):
    palette = np.array([[255] * 3, *([int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in COLORS)], np.uint8)
    made, labels = palette[codes], ["road", "car", "sky"]
    content = (
        semantic(made, **dict(zip(labels, COLORS, strict=True))) if kind is MASKS else instances(made, labels)
    ) | {"comment": "kept"}
    value = kind.read_answer(content, labels)

    compact = kinds.compact(kind, content, value)
    expanded = kinds.expand(kind, json.loads(json.dumps(compact)), value)

    assert kind.read_answer(expanded, labels) == value
    assert expanded["comment"] == "kept"
    every_instance_drawn = set(np.unique(codes)) >= {1, 2, 3}
    assert ("pngImageData" in json.dumps(compact)) == (kind is INSTANCES and not every_instance_drawn)


def test_whole_content_is_returned_as_it_is():
    content = semantic(picture(ROAD, CAR))
    content["crowd-semantic-segmentation"]["labeledImage"]["layerColors"] = ["by the page"]
    value = MASKS.read_answer(content, THINGS)

    assert kinds.expand(MASKS, content, value) is content
    assert kinds.compact(kinds.KINDS["choice"], content, value) is content


def test_empty_image_has_no_layers():
    assert MASKS.read_answer(semantic(picture()), THINGS)["layers"] == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (semantic(picture(), lake="#2ca02c"), "must be among: road, car."),
        (semantic(picture(), road="green"), "must be a color"),
        (semantic(picture(), road="#2ca02c", car="#2CA02C"), "must have each color once"),
        (
            {"crowd-semantic-segmentation": {"labelMappings": {}, "labeledImage": {"pngImageData": "AAAA"}}},
            "must be a PNG",
        ),
        ({"crowd-semantic-segmentation": {"labelMappings": {}, "labeledImage": {}}}, "must be a PNG"),
        ({"crowd-semantic-segmentation": {"labelMappings": [], "labeledImage": {}}}, "must be an object from label"),
    ],
)
def test_refuses_other_answers(content, expected):
    with pytest.raises(AnswerRefused, match=expected):
        MASKS.read_answer(content, THINGS)


def test_refuses_decompression_bomb():
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, format="PNG")
    content = semantic(picture())
    content["crowd-semantic-segmentation"]["labeledImage"]["pngImageData"] = base64.b64encode(bomb.getvalue()).decode()

    with pytest.raises(AnswerRefused, match="must have at most 120,000,000 pixels"):
        MASKS.read_answer(content, THINGS)


def concluded(kind, values):
    many = len(values)
    data = kinds.AnswerColumns([0] * many, range(many), range(many), values, n_objects=1, n_workers=many)
    return kind.consolidate(data, categories=THINGS, method=kind.default_method, parameters={})


def test_asset_shows_consolidated_mask():
    values = [MASKS.read_answer(semantic(picture(ROAD, CAR)), THINGS) for _ in range(3)]
    values[2] = MASKS.read_answer(semantic(picture(ROAD)), THINGS)
    result = concluded(MASKS, values)

    (value,) = result.labels
    pixels = np.asarray(Image.open(io.BytesIO(MASKS.asset(value, THINGS))))
    assert (pixels == picture(ROAD, CAR)).all()
    assert MASKS.matches(value, values[0])


def test_manifest_fields_equal_ground_truth():
    value = MASKS.read_answer(semantic(picture(ROAD)), THINGS)
    context = kinds.ManifestContext(
        attribute="roads-ref", categories=THINGS, medium="image", job_name="roads", created_at=MADE,
        asset_uri="s3://b/out/3.png",
    )  # fmt: skip
    block = MASKS.manifest_fields(kinds.Label(value, 0.82, [0.9]), context)

    assert json.dumps(block, separators=(",", ":")) == (
        '{"roads-ref":"s3://b/out/3.png","roads-ref-metadata":{"internal-color-map":{"0":{"class-name":"BACKGROUND",'
        '"hex-color":"#ffffff","confidence":0.82},"1":{"class-name":"road","hex-color":"#2ca02c","confidence":0.82}},'
        '"job-name":"labeling-job/roads","type":"groundtruth/semantic-segmentation","human-annotated":"yes",'
        '"creation-date":"2031-04-05T10:00:03.918770"}}'
    )
    assert [fault.problem for fault in MASKS.check_attribute_name("roads")] == ["must end in -ref for this task type."]


def test_instances_of_one_label_stay_separate():
    second = (slice(0, 1), slice(0, 2), GREEN)
    sent = {
        "crowd-instance-segmentation": {
            "instances": [{"label": "car", "color": "#1f77b4"}, {"label": "car", "color": "#2ca02c"}],
            "labeledImage": {"pngImageData": png(picture(CAR, second))},
        }
    }
    values = [INSTANCES.read_answer(sent, THINGS) for _ in range(3)]
    result = concluded(INSTANCES, values)
    context = kinds.ManifestContext(
        attribute="inst", categories=THINGS, medium="image", job_name="inst", created_at=MADE, asset_uri="s3://b/5.png"
    )
    block = INSTANCES.manifest_fields(kinds.Label(result.labels[0], 0.8, result.part_confidence[0].tolist()), context)

    assert [layer["label"] for layer in result.labels[0]["layers"]] == ["car", "car"]
    assert block["inst"]["instances"] == [{"label": "car", "color": "#2ca02c"}, {"label": "car", "color": "#1f77b4"}]
    assert block["inst"]["mask-uri"] == "s3://b/5.png"


def test_colors_are_distinct():
    assert len({segmentation.nth_color(index) for index in range(1000)} | {segmentation.BACKGROUND}) == 1001


def test_reads_image_with_palette():
    listed = io.BytesIO()
    Image.fromarray(picture(ROAD, CAR)).quantize(8).save(listed, format="PNG")
    content = semantic(picture(ROAD, CAR))
    plain = MASKS.read_answer(content, THINGS)
    content["crowd-semantic-segmentation"]["labeledImage"]["pngImageData"] = base64.b64encode(
        listed.getvalue()
    ).decode()

    assert MASKS.read_answer(content, THINGS) == plain
