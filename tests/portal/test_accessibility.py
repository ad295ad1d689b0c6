"""Accessibility of every page a worker sees, in both color schemes, wide and narrow."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gtcrowd import kinds
from gtcrowd.tasks import messages
from tests.accessibility import SIZES, assert_accessible
from tests.portal.conftest import put
from tests.portal.pictures import scene

pytestmark = pytest.mark.browser
TITLE = "Which bird is it?"


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
        assert_accessible(cleos_page, heading=TITLE)


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

    assert_accessible(cleos_page, heading=TITLE)


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

    assert_accessible(cleos_page, heading=TITLE)
    targets = frame.locator("button, summary, .picture-tools input[type=range], .adjustment-check, .choice")
    low = "all => all.filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML)"
    assert targets.evaluate_all(low) == []


@pytest.mark.parametrize("size", SIZES)
def test_pages_around_the_work(address, cleos_page, pictures, size):
    cleos_page.set_viewport_size(SIZES[size])
    pages = {
        "/work/": "Work",
        f"/work/{pictures.pk}/": TITLE,
        "/work/earnings/": "Earnings",
        "/account/password/change/": "Change your password",
    }
    for path, heading in pages.items():
        cleos_page.goto(f"{address}{path}")
        assert_accessible(cleos_page, heading=heading)
    cleos_page.goto(f"{address}/nothing/")
    assert_accessible(cleos_page, heading="Page not found", status=404)


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_earnings(address, cleos_page, pictures, take, hand, size):
    assignment = take(pictures)
    hand(assignment)
    cleos_page.set_viewport_size(SIZES[size])
    cleos_page.goto(f"{address}/work/")
    cleos_page.get_by_role("link", name="Earnings by day and job").click()
    assert_accessible(cleos_page, heading="Earnings")
    assert fits(cleos_page)
    cleos_page.get_by_role("link", name=TITLE).click()
    assert_accessible(cleos_page, heading=TITLE)
    assert fits(cleos_page)
    cleos_page.get_by_role("link", name="show the answer").click()
    assert_accessible(cleos_page, heading="Your answer")
    assert fits(cleos_page)


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
    pages = {
        "/work/": "Work",
        f"/work/{pictures.pk}/": TITLE,
        f"/work/{pictures.pk}/messages/": "Messages with Heron",
        "/work/signed-in/": "You are signed in",
    }
    for path, heading in pages.items():
        cleos_page.goto(f"{address}{path}")
        assert_accessible(cleos_page, heading=heading)
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
        assert_accessible(cleos_page, heading=TITLE)
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
