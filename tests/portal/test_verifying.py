"""Labels given before are looked at and judged, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from gtcrowd.tasks.models import Answer
from tests.accessibility import SIZES, assert_accessible
from tests.portal.conftest import put
from tests.portal.pictures import painted, scene

pytestmark = pytest.mark.browser
COMMENT = (
    '<worker-comment header="What is wrong?" link-text="Say why" placeholder="Only if it is bad"></worker-comment>'
)
BOXES = "{'boundingBox': {'labels': ['car', 'van'], 'value': [{'label': 'van', 'left': 64, 'top': 120, 'width': 160, 'height': 96}]}}"
LIST = '{"boundingBox": [{"label": "van", "left": 64, "top": 120, "width": 160, "height": 96}]}'
MASK = "{{ task.input.mask-ref | grant_read_access }}"
AREAS = f"{{'semanticSegmentation': {{'labels': ['van', 'car'], 'labelMappings': {{'van': {{'color': '#ff0000'}}}}, 'src': '{MASK}'}}}}"
THINGS = f"{{'instanceSegmentation': {{'labels': ['van'], 'instances': [{{'label': 'van', 'color': '#ff0000'}}], 'src': '{MASK}'}}}}"


@pytest.fixture
def judge(address, cleos_page: Page, give):
    """Opens the task of a job whose page has the given overlay."""

    def _judge(overlay: str, element: str = "crowd-image-classifier", kind: str = "choice"):
        put("s3://heron-data/scene.png", scene(640, 480))
        put("s3://heron-data/mask.png", painted())
        page = f"""<crowd-form><{element} name="check" src="{{{{ task.input.source-ref | grant_read_access }}}}" header="Judge"
            categories="['good', 'bad']" overlay='{overlay.replace("'", "&#39;")}'>{COMMENT}</{element}></crowd-form>"""
        line = {"source-ref": "s3://heron-data/scene.png", "mask-ref": "s3://heron-data/mask.png"}
        job = give([line], kind=kind, categories=["good", "bad"], template=page)
        cleos_page.goto(f"{address}/work/{job.pk}/")
        cleos_page.get_by_role("button", name="Start working").click()
        frame = cleos_page.frame_locator("#sandbox")
        expect(frame.get_by_label("good")).to_be_focused()
        return frame

    return _judge


def shares(frame, selector: str) -> list[float]:
    """Where something lies, as shares of the picture."""
    box, picture = frame.locator(selector).bounding_box(), frame.locator(".picture-sheet img").bounding_box()
    far = [(box["x"] - picture["x"]) / picture["width"], (box["y"] - picture["y"]) / picture["height"]]
    return [round(item, 2) for item in (*far, box["width"] / picture["width"], box["height"] / picture["height"])]


@pytest.mark.parametrize("overlay", [BOXES, LIST])
def test_boxes_follow_zoom(judge, cleos_page, overlay):
    frame = judge(overlay)
    expect(frame.locator(".overlay-name")).to_have_text("1. van")
    assert shares(frame, ".overlay-box") == [0.1, 0.25, 0.25, 0.2]

    for _ in range(4):
        cleos_page.keyboard.press("+")

    expect(frame.locator(".picture-percent")).not_to_have_text("100 %")
    assert shares(frame, ".overlay-box") == [0.1, 0.25, 0.25, 0.2]
    expect(frame.locator(".annotations")).to_contain_text("1. van 160 × 96")


@pytest.mark.parametrize("overlay", [AREAS, THINGS])
def test_mask_overlay_hides_background(judge, cleos_page, overlay):
    frame = judge(overlay)
    canvas = frame.locator(".overlay-mask")

    colours = canvas.evaluate(
        "one => [[110, 110], [10, 10]].map((at) => [...one.getContext('2d').getImageData(...at, 1, 1).data])"
    )

    assert colours == [[255, 0, 0, 255], [0, 0, 0, 0]]
    assert shares(frame, ".overlay-mask") == [0, 0, 1, 1]
    expect(frame.locator(".annotations")).to_have_text("van")
    assert cleos_page.complaints == []


def test_labels_are_hidden_and_faded(judge, cleos_page):
    frame = judge(AREAS)
    cleos_page.keyboard.press("h")
    expect(frame.locator(".overlay")).to_be_hidden()
    frame.get_by_role("button", name="Show the labels").click()
    expect(frame.locator(".overlay-mask")).to_have_css("opacity", "0.6")
    frame.get_by_label("Opacity of the labels").fill("20")
    expect(frame.locator(".overlay-mask")).to_have_css("opacity", "0.2")


@pytest.mark.parametrize(
    ("words", "more"), [("", {}), ("The van is cut off.", {"workerComment": "The van is cut off."})]
)
def test_comment_is_submitted_if_present(judge, cleos_page, words, more):
    frame = judge(BOXES)
    cleos_page.keyboard.press("2")
    frame.get_by_text("Say why").click()
    expect(frame.get_by_label("What is wrong?")).to_be_focused()
    cleos_page.keyboard.type(words)
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    answer = Answer.objects.get()
    assert (answer.value, answer.content) == ("bad", {"check": {"label": "bad", **more}})


def test_several_verdicts_with_a_comment(judge, cleos_page):
    frame = judge(BOXES, "crowd-image-classifier-multi-select", "choices")
    frame.get_by_label("bad").check()
    frame.get_by_text("Say why").click()
    with cleos_page.expect_response("**/draft/"):
        frame.get_by_label("What is wrong?").fill("Cut off.")
    cleos_page.reload()
    expect(frame.get_by_label("What is wrong?")).to_have_value("Cut off.")
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    assert Answer.objects.get().content == {"check": {"labels": ["bad"], "workerComment": "Cut off."}}


@pytest.mark.parametrize("overlay", [BOXES, AREAS])
def test_verdict_page_is_accessible(judge, cleos_page, overlay):
    frame = judge(overlay)
    frame.get_by_text("Say why").click()
    for size in SIZES.values():
        cleos_page.set_viewport_size(size)
        assert_accessible(cleos_page, heading="Which bird is it?")
        small = frame.locator(".tool, .comment-link, .picture-tools input").evaluate_all(
            "all => all.filter((one) => one.offsetHeight && one.offsetHeight < 44).length"
        )
        assert small == 0
