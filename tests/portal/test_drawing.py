"""Drawing on pictures in a real browser."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from gtcrowd.consolidation.shapes.rle import decode
from gtcrowd.tasks.models import Answer
from tests.portal import browsing
from tests.portal.conftest import put
from tests.portal.pictures import ends, overlap, painted, plain, scene, thing

pytestmark = pytest.mark.browser
SIZE = {"height": 480, "width": 640}


class Easel:
    """The picture inside the frame, pointed at in pixels of the picture itself."""

    def __init__(self, page: Page, ready: bool = True) -> None:
        self.page, self.frame = page, page.frame_locator("#sandbox")
        self.room = self.frame.locator(".canvas")
        expect(self.room).to_be_focused()
        if ready:
            expect(self.frame.locator(".canvas-overlay[viewBox]")).to_be_attached()

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.frame.locator(".canvas-content img").bounding_box()
        return box["x"] + x * box["width"] / 640, box["y"] + y * box["height"] / 480

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.at(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for index in (middle, end):
            self.page.mouse.move(*self.at(*index))
        self.page.mouse.up()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def easel(address, cleos_page, give):
    """Opens the task of a job of one picture."""

    def _easel(kind: str, picture: bytes = scene(640, 480), ready: bool = True, **asks) -> Easel:
        put("s3://heron-data/scene.png", picture)
        job = give([{"source-ref": "s3://heron-data/scene.png"}], kind=kind, categories=["car", "van"], **asks)
        cleos_page.goto(f"{address}/work/{job.pk}/")
        cleos_page.get_by_role("button", name="Start working").click()
        return Easel(cleos_page, ready)

    return _easel


def answer(page: Page):
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()
    assert page.complaints == []
    return Answer.objects.get().content


def near(box, **expected) -> bool:
    return all(abs(box[name] - value) <= 2 for name, value in expected.items())


def test_draws_changes_undoes_and_submits_boxes(easel, cleos_page):
    board = easel("boxes")
    board.drag((100, 100), (200, 180))  # a car
    board.press("2")
    board.drag((300, 200), (420, 330))  # a van
    board.drag((420, 330), (460, 380))  # pulled at its corner
    board.drag((350, 250), (370, 260))  # carried
    board.drag((500, 400), (560, 440))
    board.press("Control+z")
    expect(board.frame.locator(".annotation-name")).to_have_text(["1. car 100 × 80", "2. van 160 × 180"])

    sent = answer(cleos_page)["boundingBox"]

    first, second = sent["boundingBoxes"]
    assert sent["inputImageProperties"] == SIZE
    assert (first["label"], second["label"]) == ("car", "van")
    assert near(first, left=100, top=100, width=100, height=80)
    assert near(second, left=320, top=210, width=160, height=180)


def test_relabels_only_selected_box(easel, cleos_page):
    board = easel("boxes")
    board.drag((100, 100), (200, 180))
    board.press("2")
    board.drag((300, 200), (420, 330))
    board.click(150, 140)
    board.press("2")
    board.click(360, 260)
    board.press("1", "Control+z", "Control+z", "Control+y")

    assert [box["label"] for box in answer(cleos_page)["boundingBox"]["boundingBoxes"]] == ["van", "van"]


def test_draws_box_by_keyboard(easel, cleos_page):
    board = easel("boxes")
    board.press("2", "Enter", *["ArrowRight"] * 6, *["ArrowDown"] * 4, *["Shift+ArrowDown"] * 3, "Enter")
    board.press("c", *["Shift+ArrowLeft"] * 2)
    board.press("n", "Enter", *["ArrowLeft"] * 3, *["ArrowUp"] * 3, "Escape")

    (box,) = answer(cleos_page)["boundingBox"]["boundingBoxes"]
    step = (box["height"] - 3) / 4
    assert box == {"label": "van", "left": 318, "top": 240, "width": 6 * step + 2, "height": 4 * step + 3}


def test_polygon_closes_and_takes_vertices(easel, cleos_page):
    board = easel("polygons")
    for index in ((100, 100), (300, 100), (300, 300), (101, 101)):
        board.click(*index)
    board.drag((300, 200), (400, 200))  # from the middle of a side
    board.drag((300, 300), (310, 320))
    board.press("Escape")
    for index in ((450, 100), (550, 100), (550, 200)):
        board.click(*index)
    board.press("Enter")

    sent = answer(cleos_page)["crowd-polygon"]["polygons"]

    assert [len(item["vertices"]) for item in sent] == [4, 3]
    expected = [(100, 100), (300, 100), (400, 200), (310, 320)]
    for vertex, (x, y) in zip(sent[0]["vertices"], expected, strict=True):
        assert abs(vertex["x"] - x) <= 2
        assert abs(vertex["y"] - y) <= 2


@pytest.mark.parametrize(
    ("kind", "places", "key"),
    [
        ("lines", [(10, 10), (200, 90)], "lines"),
        ("polylines", [(10, 10), (200, 90), (300, 20), (300, 20)], "polylines"),
    ],
)
def test_finishes_lines(easel, cleos_page, kind, places, key):
    board = easel(kind)
    for index in places:
        board.click(*index)

    (line,) = answer(cleos_page)[f"crowd-{key[:-1]}"][key]
    assert len(line["vertices"]) == len(set(places))


def test_places_and_moves_points(easel, cleos_page):
    board = easel("keypoints")
    board.click(155, 275)
    board.press("2")
    board.click(400, 100)
    board.drag((400, 100), (420, 130))

    points = answer(cleos_page)["crowd-keypoint"]["keypoints"]
    assert [point["label"] for point in points] == ["car", "van"]
    assert near(points[1], x=420, y=130)


def test_shortcut_list_has_drawing_keys(easel, cleos_page):
    board = easel("polygons")
    board.press("?")

    row = cleos_page.locator("#task-keys tr", has_text="set a point; twice at the same place finishes the shape")
    expect(row.locator("kbd")).to_have_text("Enter")
    assert cleos_page.complaints == []


def test_empty_answer_needs_confirmation(easel, cleos_page):
    board = easel("boxes")
    board.press("Control+Enter")
    expect(board.frame.get_by_role("alert").filter(has_text="Draw at least one shape")).to_be_visible()
    board.press("b")

    assert answer(cleos_page)["boundingBox"]["boundingBoxes"] == []


def test_zoom_keeps_point_under_pointer(easel, cleos_page):
    board = easel("boxes")
    cleos_page.mouse.move(*board.at(200, 180))
    before = board.at(200, 180)
    picture = board.frame.locator(".picture-percent").text_content()
    for _ in range(3):
        cleos_page.mouse.wheel(0, -200)
    expect(board.frame.locator(".picture-percent")).not_to_have_text(picture)

    def stays():
        after = board.at(200, 180)
        return all(abs(now - then) < 8 for now, then in zip(after, before, strict=True))

    browsing.until(cleos_page, stays)  # a pixel at most, seven times enlarged

    board.drag((205, 185), (225, 200))
    board.press(".")
    board.drag((620, 460), (650, 486))  # beyond the edge

    first, second = answer(cleos_page)["boundingBox"]["boundingBoxes"]
    assert near(first, left=205, top=185, width=20, height=15)
    assert (second["left"] + second["width"], second["top"] + second["height"]) == (640, 480)


def test_paints_fills_erases_and_undoes(easel, cleos_page):
    board = easel("masks")
    board.press("v")
    for index in ((100, 100), (200, 100), (200, 180), (100, 180), (100, 100)):
        board.click(*index)
    board.press("2", "x")
    board.drag((320, 250), (400, 250))
    board.press("f")
    board.click(10, 470)  # all that is left
    board.press("Control+z", "z")
    board.drag((100, 140), (200, 140))

    sent = answer(cleos_page)["crowd-semantic-segmentation"]
    layers = {layer["label"]: sum(layer["runs"][1::2]) for layer in Answer.objects.get().value["layers"]}
    assert sent["labelMappings"] == {"car": {"color": "#2ca02c"}, "van": {"color": "#1f77b4"}}
    assert 5500 < layers["car"] < 8000
    assert 1000 < layers["van"] < 4000


def test_paints_instances_separately(easel, cleos_page):
    board = easel("instances")
    board.press("Enter")  # a dab in the middle
    board.press("n")
    board.drag((100, 140), (150, 140))
    board.press("2")
    board.drag((350, 400), (420, 400))

    sent = answer(cleos_page)["crowd-instance-segmentation"]["instances"]
    assert [item["label"] for item in sent] == ["car", "car", "van"]
    assert [layer["label"] for layer in Answer.objects.get().value["layers"]] == ["car", "car", "van"]


def test_painting_spares_locked_and_hidden_labels(easel, cleos_page):
    board = easel("masks")
    board.drag((100, 100), (200, 100))
    board.press("l")
    board.press("2")
    board.drag((150, 60), (150, 140))  # across it
    board.press("h", "1")
    expect(board.frame.locator(".picture-status")).to_contain_text("to paint with it")
    board.drag((400, 400), (500, 400))
    board.press("z")
    board.drag((90, 100), (210, 100))
    board.press("Escape")

    answer(cleos_page)

    assert mask("car")[100, 110:190].all()
    assert not mask("car")[400].any()
    assert mask("van")[[70, 130], 150].all()


def test_hidden_label_is_invisible(easel, cleos_page):
    board = easel("masks")
    board.drag((100, 100), (200, 100))
    observed = "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(Boolean)"
    layer = board.frame.locator(".mask-layer")
    expect(board.frame.get_by_role("button", name="Undo")).to_be_enabled()
    assert layer.evaluate(observed)

    board.frame.get_by_text("Hide and lock").click()
    board.frame.get_by_role("button", name="Hide: car").click()
    expect(board.frame.get_by_role("button", name="Show: car")).to_be_focused()
    browsing.until(cleos_page, lambda: not layer.evaluate(observed))

    cleos_page.keyboard.press("Enter")
    browsing.until(cleos_page, lambda: layer.evaluate(observed))


def test_vertices_snap_to_image_edge(easel, cleos_page):
    board = easel("masks")
    board.press("v")
    for index in ((4, 3), (637, 4), (636, 476), (3, 477)):
        board.click(*index)
    board.click(4, 3)

    answer(cleos_page)

    assert mask("car").all()


@pytest.mark.parametrize(("kind", "at_first"), [("boxes", 1), ("masks", 0)])
def test_crosshair_follows_setting(easel, cleos_page, kind, at_first):
    board = easel(kind)
    lines = board.frame.locator("path.crosshair:not(.crosshair-halo)")
    board.frame.locator(".adjustments summary").click()
    expected = board.frame.get_by_label("Crosshair")
    cleos_page.mouse.move(*board.at(60, 60))
    expect(lines).to_have_count(at_first)
    expected.set_checked(not at_first)
    cleos_page.mouse.move(*board.at(70, 60))
    expect(lines).to_have_count(1 - at_first)
    expect(board.frame.locator(".canvas-overlay .crosshair")).not_to_have_count(0)


SPY = """() => {
    window.drawn = [];
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
        window.drawn.push([image.width, image.height]);
        return put.call(this, image, ...at);
    };
}"""


def test_stroke_redraws_only_visible_change(easel, cleos_page):
    board = easel("masks", picture=plain(4000, 4000))
    frame = cleos_page.frames[-1]
    frame.evaluate(SPY)
    board.drag((100, 100), (110, 105))  # the harness takes the picture for one of 640 × 480

    figure = frame.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.drawn))))"
    )
    room = board.room.bounding_box()
    canvas = board.frame.locator(".mask-layer").evaluate_all("all => all.map((one) => [one.width, one.height])")
    tiles = board.frame.locator("crowd-semantic-segmentation").evaluate("one => one.codes.tiles.filter(Boolean).length")

    assert canvas == [[round(room["width"]), round(room["height"])]]
    assert figure
    assert max(width * height for width, height in figure) < room["width"] * room["height"] / 20
    assert tiles <= 4  # of 64

    board.press(*["+"] * 12)
    browsing.wait_for_rendering(frame)
    frame.evaluate("() => (window.drawn = [])")
    board.frame.locator("crowd-semantic-segmentation").evaluate(
        "one => one.painter.edit(() => one.codes.row(10, 0, 20, 1))"  # out of sight
    )
    browsing.wait_for_rendering(frame)
    assert frame.evaluate("() => window.drawn") == []


def test_layer_matches_screen_resolution(easel, cleos_page):
    board = easel("masks")
    # The browser's own emulation of a finer screen does not reach a frame without an origin.
    cleos_page.frames[-1].evaluate("() => Object.defineProperty(window, 'devicePixelRatio', { value: 2 })")
    board.drag((100, 100), (200, 100))
    browsing.wait_for_rendering(cleos_page.frames[-1])

    layer = board.frame.locator(".mask-layer")
    room = board.room.bounding_box()
    at = [2 * (index - room[side]) for index, side in zip(board.at(150, 100), ("x", "y"), strict=True)]
    assert layer.evaluate("one => one.width / one.clientWidth") == 2
    assert layer.evaluate("(one, at) => one.getContext('2d').getImageData(...at, 1, 1).data[3]", at) == 255


@pytest.mark.parametrize("kind", ["boxes", "masks"])
def test_one_finger_draws_two_pan(easel, cleos_page, kind):
    board = easel(kind)
    touches = cleos_page.context.new_cdp_session(cleos_page)

    def touch(name, *places):
        points = [{"x": board.at(*item)[0], "y": board.at(*item)[1], "id": index} for index, item in enumerate(places)]
        touches.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points})

    touch("touchStart", (100, 100))
    touch("touchMove", (150, 150))
    touch("touchMove", (200, 180))
    touch("touchEnd")
    expect(board.frame.get_by_role("button", name="Undo")).to_be_enabled()
    before = board.frame.locator(".picture-percent").text_content()

    at = [board.at(250, 200), board.at(350, 300)]
    touches.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": at[0][0], "y": at[0][1], "id": 0}]}
    )
    for apart in (0, 20, 40, 60):
        fingers = [
            {"x": x + sign * apart, "y": y + sign * apart, "id": index}
            for index, ((x, y), sign) in enumerate(zip(at, (-1, 1), strict=True))
        ]
        touches.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if apart else "touchStart", "touchPoints": fingers}
        )
    touch("touchEnd")
    expect(board.frame.locator(".picture-percent")).not_to_have_text(before)
    board.press("Control+z")
    expect(board.frame.get_by_role("button", name="Undo")).to_be_disabled()  # the two fingers drew nothing


def mask(label: str) -> np.ndarray:
    """The pixels of a label in the answer that was stored."""
    layers = {layer["label"]: layer["runs"] for layer in Answer.objects.get().value["layers"]}
    return decode(layers[label], 640 * 480).reshape(480, 640)


@pytest.mark.parametrize("kind", ["masks", "instances"])
def test_outlines_object_from_four_clicks(easel, cleos_page, kind):
    picture, truth = thing()
    board = easel(kind, picture=picture)
    board.press("2", "c")
    status = board.frame.locator(".picture-status")
    for end in ends(truth)[:3]:
        board.click(*end)
    expect(status).to_contain_text("3 of 4")
    board.click(*ends(truth)[3])
    expect(status).to_contain_text("Outline added")
    board.press("Control+z", "Control+y")

    answer(cleos_page)

    assert overlap(mask("van"), truth) > 0.9


def test_outlines_object_by_keyboard(easel, cleos_page):
    picture, truth = thing()
    board = easel("masks", picture=picture)
    board.press("c", "Shift+ArrowRight", "Shift+ArrowLeft")
    scale = board.frame.locator(".canvas-content img").evaluate(
        "one => one.getBoundingClientRect().width / one.naturalWidth"
    )
    step, at = round(10 / scale), [320, 240]
    for end in ends(truth):
        across, down = (int(to - now) for to, now in zip(end, at, strict=True))
        for far, forth, back in ((across, "ArrowRight", "ArrowLeft"), (down, "ArrowDown", "ArrowUp")):
            key = forth if far > 0 else back
            board.press(*[key] * (abs(far) // step), *[f"Shift+{key}"] * (abs(far) % step))
        board.press("Enter")
        at = end
    expect(board.frame.locator(".picture-status")).to_contain_text("Outline added")

    answer(cleos_page)

    assert overlap(mask("car"), truth) > 0.9


def test_explains_missing_outline(easel, cleos_page):
    board = easel("masks")
    board.press("c")
    for index in ((100, 100), (101, 100), (100, 101), (101, 101)):
        board.click(*index)
    expect(board.frame.locator(".picture-status")).to_have_text("The four points are too close together.")
    board.press("Control+Enter")
    expect(board.frame.get_by_role("alert").filter(has_text="Paint at least one area")).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "element", "key"),
    [("boxes", "boundingBox", "boundingBoxes"), ("masks", "crowd-semantic-segmentation", "labelMappings")],
)
def test_drawing_survives_reload(easel, cleos_page, kind, element, key):
    board = easel(kind)
    with cleos_page.expect_response("**/draft/"):
        board.drag((100, 100), (200, 180))

    cleos_page.reload()
    expect(board.frame.get_by_role("button", name="Undo")).to_be_enabled()

    assert len(answer(cleos_page)[element][key]) == 1


def test_erased_mask_stays_erased_after_reload(easel, cleos_page):
    put("s3://heron-data/mask.png", painted())
    address = "{{ 's3://heron-data/mask.png' | grant_read_access }}"
    page = f"""<crowd-form><crowd-semantic-segmentation name="crowd-semantic-segmentation" header="Adjust"
        src="{{{{ task.input.source-ref | grant_read_access }}}}" labels="['car', 'van']"
        initial-value='{{"src": "{address}", "labelMappings": {{"van": {{"color": "#ff0000"}}, "car": {{"color": "#0000fe"}}}}}}'>
        </crowd-semantic-segmentation></crowd-form>"""
    board = easel("masks", template=page)
    board.press("z", *["]"] * 12)
    with cleos_page.expect_response("**/draft/"):
        board.drag((110, 110), (140, 110))  # the van, with a broad eraser

    cleos_page.reload()
    expect(board.room).to_be_focused()
    element = board.frame.locator("crowd-semantic-segmentation")
    browsing.until(
        cleos_page, lambda: element.evaluate("one => one.painter.steps.length") == 2
    )  # van, and what was left

    sent = answer(cleos_page)["crowd-semantic-segmentation"]
    assert (list(sent["labelMappings"]), sent["initialValueModified"]) == (["car"], True)
    assert mask("car").sum() == 2000


def test_reports_and_retries_missing_mask(easel, cleos_page):
    page = """<crowd-form><crowd-semantic-segmentation name="crowd-semantic-segmentation" header="Adjust"
        src="{{ task.input.source-ref | grant_read_access }}" labels="['car', 'van']"
        initial-value='{"src": "{{ "s3://heron-data/late.png" | grant_read_access }}", "labelMappings": {"van": "#ff0000"}}'>
        </crowd-semantic-segmentation></crowd-form>"""
    board = easel("masks", template=page, ready=False)
    expect(board.frame.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
    board.press("Control+Enter")
    expect(board.frame.locator(".form-problem")).not_to_be_empty()

    put("s3://heron-data/late.png", painted())
    board.frame.get_by_role("button", name="Try again").click()

    expect(board.frame.get_by_role("button", name="Undo")).to_be_enabled()
