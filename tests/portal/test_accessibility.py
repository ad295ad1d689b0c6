"""WCAG 2.2 AA on every page a worker sees, by axe, in both colour schemes, wide and narrow."""

from importlib import resources

import pytest
from django.utils import timezone
from playwright.sync_api import Frame, Page, expect

from gtcrowd import kinds
from gtcrowd.tasks import messages
from tests.portal import browsing
from tests.portal.conftest import put
from tests.portal.pictures import scene

pytestmark = pytest.mark.browser
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = """async () => {
    const found = await axe.run(document, {
        iframes: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
    });
    return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target} ${node.html.slice(0, 120)}`));
}"""
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 360, "height": 740}}


def violations(page: Page) -> list[str]:
    """What axe finds in the page and the frames inside of it, in both colour schemes."""
    result = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for frame in frames_of(page):
            browsing.wait_for_rendering(frame)
            frame.evaluate(AXE)
            result += [f"{scheme}: {item}" for item in frame.evaluate(RUN)]
    return sorted(set(result))


def frames_of(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if frame.url.startswith("http")]


@pytest.mark.parametrize("name", kinds.KINDS)
def test_every_kind_of_task(address, cleos_page, give, name):
    kind = kinds.KINDS[name]
    put("s3://heron-data/scene.png", scene(640, 480))
    text = "text" in kind.media
    line = {"source": "Ana flew to Oslo."} if text else {"source-ref": "s3://heron-data/scene.png"}
    categories = ["car", "van"] if kind.check_categories([]) else []
    job = give([line], kind=name, categories=categories)
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    expect(cleos_page.frame_locator("#sandbox").locator("crowd-form .form-end")).to_be_attached()

    for size in SIZES.values():
        cleos_page.set_viewport_size(size)
        cleos_page.reload()  # on a small screen the instructions are folded up
        expect(cleos_page.frame_locator("#sandbox").locator("crowd-form .form-end")).to_be_attached()
        assert violations(cleos_page) == []


def test_drawn_shapes_and_marked_words(address, cleos_page, give):
    put("s3://heron-data/scene.png", scene(640, 480))
    box = "[{'label': 'van', 'left': 100, 'top': 100, 'width': 100, 'height': 80}]"
    page = (
        "<crowd-form><crowd-bounding-box name='a' src='{{ task.input.source-ref | grant_read_access }}' "
        f"""labels="['van']" header="Draw" initial-value="{box}"></crowd-bounding-box></crowd-form>"""
    )
    job = give([{"source-ref": "s3://heron-data/scene.png"}], kind="custom", categories=[], template=page)
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    expect(cleos_page.frame_locator("#sandbox").locator(".annotation")).to_be_visible()

    assert violations(cleos_page) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["masks", "instances"])
def test_painting_in_its_states(address, cleos_page, give, kind, size):
    cleos_page.set_viewport_size(SIZES[size])
    put("s3://heron-data/scene.png", scene(640, 480))
    job = give([{"source-ref": "s3://heron-data/scene.png"}], kind=kind, categories=["car", "van"])
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    frame = cleos_page.frame_locator("#sandbox")
    expect(frame.locator(".canvas")).to_be_focused()
    expect(frame.locator(".canvas-overlay[viewBox]")).to_be_attached()
    for key in ("Enter", "l", "c", "Enter"):  # something is painted, then locked; an outline has been begun
        cleos_page.keyboard.press(key)
    expect(frame.locator(".picture-status")).not_to_be_empty()
    if kind == "masks":
        frame.get_by_text("Hide and lock").click()
    frame.locator(".adjustments summary").click()

    assert violations(cleos_page) == []
    targets = frame.locator("button, summary, .picture-tools input[type=range], .adjustment-check, .choice")
    low = "all => all.filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML)"
    assert targets.evaluate_all(low) == []


@pytest.mark.parametrize("size", SIZES)
def test_pages_around_the_work(address, cleos_page, pictures, size):
    cleos_page.set_viewport_size(SIZES[size])
    for path in ("/work/", f"/work/{pictures.pk}/", "/work/earnings/", "/account/password/change/", "/nothing/"):
        cleos_page.goto(f"{address}{path}")
        assert violations(cleos_page) == [], path


@pytest.fixture
def written(cleo, alice, pictures):
    """Cleo asked twice, and was answered."""
    now = timezone.now()
    for text in ("Which of both birds?", "And how about " + "very" * 80 + " long words?"):
        messages.write(worker=cleo, job=pictures, about="unclear", text=text, now=now)
    messages.answer(viewer=alice, job=pictures, worker=cleo, text="The one in front.", now=now)


@pytest.mark.parametrize("size", SIZES)
def test_messages_and_signing_in_again(address, cleos_page, pictures, written, size):
    cleos_page.set_viewport_size(SIZES[size])
    for path in ("/work/", f"/work/{pictures.pk}/", f"/work/{pictures.pk}/messages/", "/work/signed-in/"):
        cleos_page.goto(f"{address}{path}")
        assert violations(cleos_page) == [], path
        assert fits(cleos_page), path


@pytest.mark.parametrize("size", SIZES)
def test_task_dialogs(address, cleos_page, give, size):
    put("s3://heron-data/scene.png", scene(640, 480))
    job = give([{"source-ref": "s3://heron-data/scene.png"}], kind="boxes", categories=["car", "van"])
    cleos_page.set_viewport_size(SIZES[size])
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    expect(cleos_page.frame_locator("#sandbox").locator("crowd-form .form-end")).to_be_attached()

    for name in ("report", "guide", "full", "shortcuts", "return", "decline"):
        cleos_page.evaluate("(name) => document.getElementById(name).showModal()", name)
        if name == "shortcuts":
            cleos_page.locator("#shortcuts summary").click()
        assert violations(cleos_page) == [], name
        assert fits(cleos_page), name
        assert small_targets(cleos_page, f"#{name}") == [], name
        cleos_page.keyboard.press("Escape")
    assert small_targets(cleos_page, "body") == []


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def small_targets(page: Page, within: str) -> list[str]:
    """Buttons and fields that are lower than 44 pixels; the choice of language, as text, is meant to be small."""
    return page.evaluate(
        """(within) => [...document.querySelector(within).querySelectorAll("button, select, textarea, summary, a.button")]
            .filter((one) => one.offsetParent && !one.closest(".languages") && one.getBoundingClientRect().height < 44)
            .map((one) => one.outerHTML.slice(0, 100))""",
        within,
    )
