"""The page around the task in a real browser: lost network, lost session, messages, shortcuts, guide, stopping."""

import json
from datetime import timedelta

import pytest
from django.db.models import F
from playwright.sync_api import expect

from gtcrowd.tasks import messages
from gtcrowd.tasks.answers import drafts
from gtcrowd.tasks.models import Answer, Assignment, AssignmentState, Message, Shortcuts, Slot
from gtcrowd.workpage import elements
from tests.portal import browsing
from tests.portal.conftest import put
from tests.portal.pictures import scene

pytestmark = pytest.mark.browser


@pytest.fixture
def start(address, cleos_page):
    """Begins to work on a job and waits until the task has the keyboard; returns what is inside the frame."""

    def _start(job, role="radio"):
        cleos_page.goto(f"{address}/work/{job.pk}/")
        cleos_page.get_by_role("button", name="Start working").click()
        frame = cleos_page.frame_locator("#sandbox")
        expect(frame.get_by_role(role).first).to_be_focused()
        return frame

    return _start


def values() -> list[str]:
    """In the order in which they were handed in; claimed they may be in another, one being taken in advance."""
    return list(Answer.objects.order_by("submitted_at", "pk").values_list("value", flat=True))


def offline(page, off=True):
    page.context.set_offline(off)


def written(frame, text, before=""):
    """Writes into the task; what stands there before tells it from the one before it."""
    expect(frame.get_by_role("textbox")).to_have_value(before)
    expect(frame.get_by_role("textbox")).to_be_focused()
    frame.get_by_role("textbox").fill(text)


def let_time_pass(period):
    """Let a period pass on the server, too."""
    Assignment.objects.update(claimed_at=F("claimed_at") - period, expires_at=F("expires_at") - period)
    Slot.objects.filter(free_at__isnull=False).update(free_at=F("free_at") - period)


def test_offline_work_is_not_lost(cleos_page, start, give):
    """In the middle of twenty tasks: an answer and the one after it wait, a draft too, and then all is there, once."""
    job = give([{"source": f"{number}"} for number in range(20)], kind="text", categories=[])
    page = cleos_page
    page.clock.install()
    browsing.count_messages(page)
    frame = start(job, "textbox")
    for number in range(9):
        written(frame, f"answer {number}")
        page.keyboard.press("Control+Enter")
    written(frame, "answer 9")
    browsing.wait_for_next_task(page)

    offline(page)
    expect(page.locator("#notice")).to_contain_text("You are offline. You can continue")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notice")).to_contain_text("so you can continue")
    written(frame, "half an ans")
    for stored in ("answer 9", "half an ans"):
        page.wait_for_function("(text) => JSON.stringify(localStorage).includes(text)", arg=stored)
    written(frame, "answer 10", before="half an ans")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notice")).to_contain_text("Your 2 answers are saved")
    assert Answer.objects.count() == 9
    for _second in range(120):
        page.clock.run_for(1000)
    let_time_pass(timedelta(minutes=2))
    assert Answer.objects.count() == 9
    offline(page, False)

    for number in range(11, 20):
        written(frame, f"answer {number}")
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()

    assert values() == [f"answer {number}" for number in range(20)]
    assert not Answer.objects.filter(extra=True).exists()
    assert not Assignment.objects.filter(state=AssignmentState.LIVE).exists()
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_offline_draft_reaches_server(cleos_page, start, give):
    job = give([{"source": "x"}], kind="text", categories=[])
    cleos_page.clock.install()
    frame = start(job, "textbox")
    offline(cleos_page)
    written(frame, "half a senten")
    cleos_page.wait_for_function("() => JSON.stringify(localStorage).includes('half a senten')")
    with cleos_page.expect_event("requestfailed", lambda request: request.url.endswith("/draft/")):
        cleos_page.clock.run_for(5000)
    held = Assignment.objects.get()
    assert drafts.find(held) is None

    with cleos_page.expect_response("**/draft/"):
        offline(cleos_page, False)
    cleos_page.evaluate("localStorage.clear()")
    cleos_page.reload()
    expect(cleos_page.frame_locator("#sandbox").get_by_role("textbox")).to_have_value("half a senten")


def test_task_list_sends_stored_answers(cleos_page, address, start, texts):
    start(texts)
    offline(cleos_page)
    cleos_page.keyboard.press("2")
    cleos_page.keyboard.press("Control+Enter")
    expect(cleos_page.locator("#notice")).to_contain_text("offline")
    other = cleos_page.context.new_page()
    cleos_page.close()
    offline(other, False)

    other.goto(f"{address}/work/")

    expect(other.locator("#leftover")).to_contain_text("Answer received: $0.036 earned.")
    assert values() == ["ibis"]
    assert other.evaluate("Object.keys(localStorage).filter((name) => name.includes('answers')).length") == 0


def test_sends_answer_beyond_browser_storage(cleos_page, start, texts):
    start(texts)
    cleos_page.evaluate("localStorage.setItem('full', 'x'.repeat(5 * 1024 * 1024 - 20))")
    cleos_page.keyboard.press("1")
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")


def sign_in(page, link, email):
    with page.context.expect_page() as opened:
        link.click()
    login = opened.value
    login.get_by_label("Email").fill(email)
    login.get_by_label("Password").fill("correct horse battery")
    login.keyboard.press("Enter")
    expect(login.get_by_role("heading", name="You are signed in")).to_be_visible()
    return login


def test_resumes_after_signing_in_again(cleos_page, cleo, start, texts):
    """Without a reload, though signing in changes the token against forgery."""
    frame = start(texts)
    page = cleos_page
    page.evaluate("window.same = true")
    page.context.clear_cookies()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notice")).to_contain_text("You are signed out. Your work is saved.")

    login = sign_in(page, page.locator("#notice").get_by_role("link", name="Sign in"), cleo.user.email)
    login.close()
    page.bring_to_front()

    expect(page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("radio").first).to_be_focused()
    assert values() == ["ibis"]
    assert page.evaluate("window.same")
    # Forms of the page carry the new token.
    page.keyboard.press("Alt+r")
    page.locator("#return").get_by_role("button", name="Return").click()
    expect(page.get_by_text("Task returned.")).to_be_visible()


def test_draft_survives_signing_in_again(cleos_page, cleo, start, give):
    frame = start(give([{"source": "x"}], kind="text", categories=[]), "textbox")
    cleos_page.context.clear_cookies()
    written(frame, "half a senten")
    expect(cleos_page.locator("#notice")).to_contain_text("You are signed out.")
    sign_in(cleos_page, cleos_page.locator("#notice").get_by_role("link", name="Sign in"), cleo.user.email).close()

    expect(cleos_page.locator("#notice")).to_contain_text("You are signed in again.")
    assert drafts.find(Assignment.objects.get())["controls"] or drafts.find(Assignment.objects.get())["widgets"]


def test_reports_problem_by_keyboard(cleos_page, start, texts):
    frame = start(texts)
    cleos_page.keyboard.press("2")
    cleos_page.keyboard.press("Alt+m")
    dialog = cleos_page.get_by_role("dialog", name="Report a problem")
    expect(dialog).to_be_visible()
    cleos_page.get_by_label("What is it about?").select_option("unclear")
    cleos_page.get_by_label("Your message").focus()
    cleos_page.keyboard.type("Is a ? allowed")
    offline(cleos_page)
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Not sent: no connection.")
    offline(cleos_page, False)
    dialog.get_by_role("button", name="Send").click()

    expect(dialog).to_be_hidden()
    expect(cleos_page.locator("#notice")).to_contain_text("Sent to the requester.")
    expect(frame.get_by_role("radio", name="ibis")).to_be_checked()
    sent = Message.objects.get()
    assert (sent.about, sent.text, sent.assignment.state) == ("unclear", "Is a ? allowed", AssignmentState.LIVE)


def test_dialog_explains_report_limit(cleos_page, start, texts, monkeypatch):
    monkeypatch.setattr(messages, "MOST_AN_HOUR", 0)
    start(texts)
    cleos_page.keyboard.press("Alt+m")
    cleos_page.get_by_label("Your message").fill("Hm.")
    cleos_page.locator("#report").get_by_role("button", name="Send").click()

    expect(cleos_page.locator("#report").get_by_role("alert")).to_contain_text("within an hour")
    expect(cleos_page.get_by_label("Your message")).to_have_value("Hm.")


def key(page, name):
    return page.locator(f'.key-change[data-name="{name}"]')


def change(page, name, pressed):
    key(page, name).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#keys-status")).to_contain_text("Press the new key")
    page.keyboard.press(pressed)


def test_changed_shortcuts_follow_worker(cleos_page, browser, address, cleos, start, pictures):
    frame = start(pictures)
    page = cleos_page
    page.keyboard.press("?")
    change(page, "return", "F8")
    expect(page.locator("#keys-status")).to_contain_text("Changed: F8 – return the task.")
    change(page, "submit", "Alt+z")
    expect(key(page, "submit")).to_have_text("Alt Z")
    page.get_by_text("Categories", exact=True).click()
    change(page, "category-2", "w")
    expect(page.locator("#keys-problem")).to_contain_text("W is already assigned to “category 12”.")
    change(page, "category-2", ";")
    expect(key(page, "category-2")).to_have_text(";")
    change(page, "list", "Escape")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_hidden()

    expect(frame.get_by_role("button", name="Submit").locator("kbd")).to_have_text("Alt Z")
    expect(frame.locator("label.choice kbd").nth(1)).to_have_text(";")
    page.keyboard.press("F8")
    expect(page.get_by_role("dialog", name="Return this task?")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(frame.get_by_role("radio", name="ibis")).not_to_be_checked()
    page.keyboard.press(";")
    page.keyboard.press("Alt+z")
    expect(page.locator("#earned")).to_have_text("$0.036")
    # The task that was fetched in advance knows them too, and so does another browser.
    expect(frame.locator("label.choice kbd").nth(1)).to_have_text(";")
    context = browser.new_context()
    second = browsing.sign_in(context, address, cleos)
    second.goto(f"{address}/work/{pictures.pk}/")
    expect(second.frame_locator("#sandbox").locator("label.choice kbd").nth(1)).to_have_text(";")
    context.close()
    page.keyboard.press("?")
    page.get_by_role("button", name="Reset keys").click()
    expect(page.locator("#keys-status")).to_contain_text("All keys were reset.")
    expect(frame.locator("label.choice kbd").nth(1)).to_have_text("2")
    assert not Shortcuts.objects.exists()
    assert values() == ["ibis"]
    assert [first for first in page.complaints if "422" not in first] == []  # the browser reports the refusal, too


def test_typing_triggers_no_shortcuts(cleos_page, start, give):
    frame = start(give([{"source": "x"}], kind="text", categories=[]), "textbox")
    cleos_page.keyboard.type("Why? So!")

    expect(frame.get_by_role("textbox")).to_have_value("Why? So!")
    expect(cleos_page.get_by_role("dialog", name="Shortcuts")).to_be_hidden()
    cleos_page.keyboard.press("F1")
    expect(cleos_page.get_by_role("dialog", name="Shortcuts")).to_be_visible()


@pytest.mark.parametrize("kind", ["boxes", "masks", "choice", "text"])
def test_tool_guide_matches_task(cleos_page, address, give, kind):
    put("s3://heron-data/scene.png", scene(640, 480))
    line = {"source": "x"} if kind == "text" else {"source-ref": "s3://heron-data/scene.png"}
    job = give([line], kind=kind, categories=[] if kind == "text" else ["car", "van"])
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    frame = cleos_page.frame_locator("#sandbox")
    expect(frame.locator("crowd-form .form-end")).to_be_attached()
    cleos_page.get_by_role("button", name="Tool guide").click()

    expect(cleos_page.get_by_role("dialog", name="Tool guide")).to_be_visible()
    tools = frame.locator('[role="toolbar"] :is(button, summary)[aria-label]').evaluate_all(
        "(all) => all.map((one) => one.getAttribute('aria-label'))"
    )
    assert (len(tools) > 4) == (kind in ("boxes", "masks"))
    message = cleos_page.locator("#guide-tools th").all_inner_texts()
    assert [words for words, name in zip(message, tools, strict=True) if name not in words] == []
    assert cleos_page.locator("#guide-about p").count() == 1
    cleos_page.keyboard.press("Escape")
    assert cleos_page.complaints == []


def test_every_input_element_has_guide(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/account/login/")
    guides = page.evaluate("import('/static/workpage/elements/guide.js').then((m) => Object.keys(m.GUIDES))")
    plain = page.evaluate("import('/static/workpage/elements/register.js').then((m) => Object.keys(m.ELEMENTS))")
    page.close()

    groups = {
        tag for group in elements.all_groups() if not group.entry.endswith("/forms/elements.js") for tag in group.tags
    }
    assert set(guides) == groups | (set(plain) - {"crowd-form"})


def test_stopping_keeps_draft(cleos_page, address, start, give):
    job = give([{"source": "x"}], kind="text", categories=[])
    frame = start(job, "textbox")
    written(frame, "half a senten")
    cleos_page.get_by_role("button", name="Stop and resume later").click()

    expect(cleos_page.get_by_text("Your work is saved. You have")).to_be_visible()
    expect(cleos_page.get_by_text("You have a task in progress;")).to_be_visible()
    cleos_page.evaluate("localStorage.clear()")
    cleos_page.get_by_role("link", name="Continue").click()
    expect(cleos_page.frame_locator("#sandbox").get_by_role("textbox")).to_have_value("half a senten")


def test_stopping_without_network_does_not_leave(cleos_page, start, give):
    frame = start(give([{"source": "x"}], kind="text", categories=[]), "textbox")
    written(frame, "half")
    offline(cleos_page)
    cleos_page.keyboard.press("Alt+s")

    expect(cleos_page.locator("#notice")).to_contain_text("saved in this browser")
    expect(frame.get_by_role("textbox")).to_have_value("half")
    offline(cleos_page, False)


def test_full_instructions_open_over_the_page(cleos_page, start, pictures):
    start(pictures)
    expect(cleos_page.locator("#instructions")).not_to_contain_text("A heron has a straight bill")
    cleos_page.get_by_role("button", name="Full instructions").click()

    expect(cleos_page.get_by_role("dialog", name="Full instructions")).to_contain_text("A heron has a straight bill")
    cleos_page.keyboard.press("Escape")
    cleos_page.keyboard.press("1")
    expect(cleos_page.frame_locator("#sandbox").get_by_role("radio", name="heron")).to_be_checked()


def test_active_time_counts_only_near_input(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/account/login/")
    counted = page.evaluate("""import('/static/portal/work/active-time.js').then((m) => {
        let now = 0;
        const active = new m.ActiveTime(() => now);
        const after = (ms) => ((now += ms), active.seconds);
        const found = [after(30_000), after(45_000)];
        active.onInput();
        found.push(after(10_000), after(600_000));
        active.restart();
        found.push(after(5000));
        return [m.IDLE_MS, ...found];
    })""")
    page.close()

    assert counted == [60_000, 30, 60, 70, 120, 5]


def test_sandbox_activity_reaches_page(cleos_page, start, texts):
    cleos_page.clock.install()
    browsing.count_messages(cleos_page)
    start(texts)
    cleos_page.keyboard.press("ArrowDown")
    browsing.wait_for_messages(cleos_page, "active")
    cleos_page.clock.run_for(5100)
    cleos_page.keyboard.press("ArrowDown")

    browsing.wait_for_messages(cleos_page, "active", 2)
    assert json.dumps(values()) == "[]"


FOCUSING = """<crowd-form><crowd-input name="bird" auto-focus></crowd-input><input id="own" name="own"></crowd-form>
<script>document.getElementById("own").focus()</script>"""


@pytest.mark.parametrize("asks", [{"kind": "text"}, {"kind": "custom", "template": FOCUSING}], ids=["kind", "own page"])
def test_prefetched_task_takes_no_focus(cleos_page, start, give, asks):
    browsing.count_messages(cleos_page)
    frame = start(give([{"source": "a"}, {"source": "b"}], categories=[], **asks), "textbox")
    ahead = cleos_page.frame_locator("#sandbox-next")
    expect(ahead.get_by_role("textbox", include_hidden=True).first).to_be_attached()
    browsing.wait_for_next_task(cleos_page)
    cleos_page.keyboard.type("grey")

    expect(frame.get_by_role("textbox").first).to_have_value("grey")
    cleos_page.keyboard.press("Control+Enter")
    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("textbox").first).to_be_focused()
