"""What the page's scripts compute without a page, run where they run: in the browser."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def run(browser, address):
    """Evaluates JavaScript in which `m` is the named module of the portal."""
    page: Page = browser.new_page()
    page.goto(f"{address}/account/login/")

    def _run(module, code):
        return page.evaluate(f"import('/static/portal/{module}').then((m) => {{ return {code} }})")

    yield _run
    page.close()


def test_keys_follow_the_keyboard_rows(run):
    labels = "[...Array(32)].map((_, i) => `bird ${i}`)"

    assert "".join(run("elements/keys.js", f"m.keysFor({labels}).slice(0, 29)")) == "1234567890qwertyuiopasdfghjkl"
    assert run("elements/keys.js", f"m.keysFor({labels})[29]") is None


def test_single_characters_are_their_own_keys(run):
    assert run("elements/keys.js", "m.keysFor(['0', '7', 'B'])") == ["0", "7", "b"]
    assert run("elements/keys.js", "m.keysFor(['a', 'A'])") == ["1", "2"]


def test_browser_shortcuts_choose_nothing(run):
    assert run("elements/keys.js", "m.indexFor({key: '2', ctrlKey: true}, ['1', '2'])") == -1
    assert run("elements/keys.js", "m.indexFor({key: '2'}, ['1', '2'])") == 1


@pytest.mark.parametrize(
    "text",
    [
        '["a", "it\'s", "c\\"d"]',
        "['a', 'it\\'s', 'c\"d']",
        '[{"label": "a"}, {"label": "it\'s"}, {"label": "c\\"d"}]',
    ],
)
def test_lists_are_read_in_both_dialects(run, text):
    assert run("elements/attributes.js", f"m.readList({text!r})") == ["a", "it's", 'c"d']


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (-5, "0:00"), (59.2, "1:00"), (247, "4:07"), (3909, "1:05:09")]
)
def test_time_left_is_rounded_up(run, seconds, shown):
    assert run("work/timer.js", f"m.clock({seconds})") == shown


def test_time_presses_in_its_last_minute(run):
    assert run("work/timer.js", "[61, 60, 0].map(m.urgency)") == ["calm", "soon", "over"]


def test_money_adds_up_exactly(run):
    assert run("work/money.js", "m.money(m.thousandths('1234.5') + m.thousandths('0.036'))") == "$1,234.536"
    assert run("work/money.js", "[0, 36, 1200].map(m.money)") == ["$0.00", "$0.036", "$1.20"]


def test_picture_fits_its_room(run):
    room = "roomWidth: 400, roomHeight: 300"

    assert run("elements/zoom.js", f"m.fitting({{width: 800, height: 300, {room}}})") == 0.5
    assert run("elements/zoom.js", f"m.fitting({{width: 8, height: 8, {room}}})") == 2
    assert run("elements/zoom.js", f"m.fitting({{width: 0, height: 0, {room}}})") == 1


def test_plain_controls_give_ground_truths_shapes(run):
    controls = """[
        {name: "note", type: "text", value: "grey"}, {name: "empty", type: "text", value: ""},
        {name: "seen", type: "checkbox", value: "on", checked: true},
        {name: "seen", type: "checkbox", value: "off", checked: false},
        {name: "count", type: "number", value: "3"}]"""

    assert run("elements/gather.js", f"m.gather({controls}, [{{name: 'bird', answer: {{label: 'ibis'}}}}])") == {
        "note": "grey",
        "seen": {"on": True, "off": False},
        "count": 3,
        "bird": {"label": "ibis"},
    }


@pytest.mark.parametrize("text", ['{"text": "None: of \'these\'"}', "{ text: 'None: of \\'these\\'' }"])
def test_objects_are_read_in_both_dialects(run, text):
    assert run("elements/attributes.js", f"m.readObject({text!r})") == {"text": "None: of 'these'"}
