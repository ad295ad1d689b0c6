"""Marking spans of texts, writing, and putting in order, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from gtcrowd.tasks.models import Answer

pytestmark = pytest.mark.browser
TEXT = "Ana flew to Oslo 🛫 with 👩‍👩‍👧 and Åsa."
NAMES = ["Person", "Place"]


@pytest.fixture
def start(address, cleos_page, give):
    """Opens the task of a job over one text; gives the frame."""

    def _start(kind: str, source: str = TEXT, categories=NAMES, **asks):
        job = give([{"source": source}], kind=kind, categories=categories, **asks)
        cleos_page.goto(f"{address}/work/{job.pk}/")
        cleos_page.get_by_role("button", name="Start working").click()
        expect(cleos_page.locator("#sandbox:not([aria-busy])")).to_be_visible()  # the page has given it the keyboard
        return cleos_page.frame_locator("#sandbox")

    return _start


def answer(page: Page):
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()
    assert page.complaints == []
    return Answer.objects.get().value


def span(label, start, end):
    return {"label": label, "startOffset": start, "endOffset": end}


def select(page: Page, frame, words: str) -> None:
    """Drag over words with the mouse."""
    ends = frame.locator(".passage").evaluate(
        """(passage, words) => {
            const walker = document.createTreeWalker(passage, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                const box = range.getBoundingClientRect();
                return {left: box.left, right: box.right, y: box.top + box.height / 2};
            }
        }""",
        words,
    )
    frame_box = page.locator("#sandbox").bounding_box()
    page.mouse.move(frame_box["x"] + ends["left"] + 1, frame_box["y"] + ends["y"])
    page.mouse.down()
    page.mouse.move(frame_box["x"] + ends["right"] - 1, frame_box["y"] + ends["y"], steps=3)
    before = frame.locator(".tag").count()
    page.mouse.up()
    expect(frame.locator(".tag")).to_have_count(before + 1)


def test_mouse_selection_counts_code_points(start, cleos_page):
    frame = start("spans")
    select(cleos_page, frame, "Ana")
    cleos_page.keyboard.press("2")
    select(cleos_page, frame, "Oslo 🛫")
    select(cleos_page, frame, "👩‍👩‍👧 and Åsa")
    cleos_page.keyboard.press("Control+z")
    expect(frame.locator(".tag")).to_have_count(2)

    assert answer(cleos_page) == {"entities": [span("Person", 0, 3), span("Place", 12, 18)]}


def test_spans_overlap_and_carry_several_labels(start, cleos_page):
    frame = start("spans")
    select(cleos_page, frame, "flew to Oslo")
    cleos_page.keyboard.press("2")
    select(cleos_page, frame, "Oslo")
    cleos_page.keyboard.press("1")
    select(cleos_page, frame, "Oslo")
    frame.get_by_role("button", name="Delete: Person: flew to Oslo").first.click()

    assert answer(cleos_page) == {"entities": [span("Person", 12, 16), span("Place", 12, 16)]}


def test_selects_words_by_keyboard(start, cleos_page):
    frame = start("spans")
    expect(frame.locator(".passage")).to_be_focused()
    for key in ("Control+ArrowRight", "Control+ArrowRight", "Control+ArrowRight", "Shift+Control+ArrowRight", "2"):
        cleos_page.keyboard.press(key)
    for key in ("Home", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "1"):
        cleos_page.keyboard.press(key)

    assert answer(cleos_page) == {"entities": [span("Person", 0, 3), span("Place", 12, 16)]}


def test_selects_right_to_left_text(start, cleos_page):
    frame = start("spans", "سافرت ليلى إلى القاهرة")
    select(cleos_page, frame, "ليلى")

    assert answer(cleos_page) == {"entities": [span("Person", 6, 10)]}


def test_empty_selection_needs_confirmation(start, cleos_page):
    frame = start("spans")
    expect(frame.locator(".passage")).to_be_focused()
    cleos_page.keyboard.press("Control+Enter")
    expect(frame.get_by_role("alert").filter(has_text="Annotate at least one span")).to_be_visible()
    cleos_page.keyboard.press("b")

    assert answer(cleos_page) == {"entities": []}


def test_writes_text(start, cleos_page):
    frame = start("text", categories=[])
    expect(frame.get_by_role("textbox")).to_be_focused()
    cleos_page.keyboard.press("Control+Enter")
    expect(frame.get_by_role("alert").filter(has_text="Fill in")).to_be_visible()
    cleos_page.keyboard.type("1 flight\nto Oslo")

    assert answer(cleos_page) == "1 flight\nto Oslo"


def test_writes_number(start, cleos_page):
    frame = start("number", categories=[])
    expect(frame.get_by_role("spinbutton")).to_be_focused()
    cleos_page.keyboard.type("2.5")

    assert answer(cleos_page) == 2.5


def test_ranks_items_by_keyboard(start, cleos_page):
    frame = start("ranking", categories=["red", "green", "blue"])
    expect(frame.get_by_role("button", name="red")).to_be_focused()
    for key in "31":
        cleos_page.keyboard.press(key)
    cleos_page.keyboard.press("Control+Enter")
    expect(frame.get_by_role("alert").filter(has_text="Rank every item first.")).to_be_visible()
    cleos_page.keyboard.press("2")
    frame.get_by_role("button", name="Up: green").click()

    assert answer(cleos_page) == ["blue", "green", "red"]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_offsets_count_line_ends_of_source(start, cleos_page, ends):
    source = f" Ana sails.{ends}{ends}To Oslo:\tthen{ends}\u200fto Bergen\u2028home. "
    frame = start("spans", source)
    select(cleos_page, frame, "Oslo")
    select(cleos_page, frame, "Bergen")
    spans = answer(cleos_page)["entities"]
    assert [source[span["startOffset"] : span["endOffset"]] for span in spans] == ["Oslo", "Bergen"]
