"""What the page's scripts compute without a page, run where they run: in the browser."""

import json

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def run(browser, address):
    """Evaluates JavaScript in which `m` is the named module below the root of static files."""
    page: Page = browser.new_page()
    page.goto(f"{address}/account/login/")

    def _run(module, code):
        return page.evaluate(f"import('/static/{module}').then((m) => {{ return {code} }})")

    yield _run
    page.close()


def test_keys_follow_the_keyboard_rows(run):
    labels = "[...Array(32)].map((_, i) => `bird ${i}`)"

    assert (
        "".join(run("workpage/elements/keys.js", f"m.keysFor({labels}).slice(0, 29)"))
        == "1234567890qwertyuiopasdfghjkl"
    )
    assert run("workpage/elements/keys.js", f"m.keysFor({labels})[29]") is None


def test_single_characters_are_their_own_keys(run):
    assert run("workpage/elements/keys.js", "m.keysFor(['0', '7', 'B'])") == ["0", "7", "b"]
    assert run("workpage/elements/keys.js", "m.keysFor(['a', 'A'])") == ["1", "2"]


def test_browser_shortcuts_choose_nothing(run):
    assert run("workpage/elements/keys.js", "m.indexFor({key: '2', ctrlKey: true}, ['1', '2'])") == -1
    assert run("workpage/elements/keys.js", "m.indexFor({key: '2'}, ['1', '2'])") == 1


@pytest.mark.parametrize(
    "text",
    [
        '["a", "it\'s", "c\\"d"]',
        "['a', 'it\\'s', 'c\"d']",
        '[{"label": "a"}, {"label": "it\'s"}, {"label": "c\\"d"}]',
    ],
)
def test_reads_lists_in_both_dialects(run, text):
    assert run("workpage/elements/attributes.js", f"m.readList({text!r})") == ["a", "it's", 'c"d']


@pytest.mark.parametrize(
    ("seconds", "page"), [(0, "0:00"), (-5, "0:00"), (59.2, "1:00"), (247, "4:07"), (3909, "1:05:09")]
)
def test_time_left_is_rounded_up(run, seconds, page):
    assert run("portal/work/timer.js", f"m.clock({seconds})") == page


def test_timer_warns_in_last_minute(run):
    assert run("portal/work/timer.js", "[61, 60, 0].map(m.urgency)") == ["calm", "soon", "over"]


def test_money_adds_up_exactly(run):
    assert run("portal/work/money.js", "m.money(m.thousandths('1234.5') + m.thousandths('0.036'))") == "$1,234.536"
    assert run("portal/work/money.js", "[0, 36, 1200].map(m.money)") == ["$0.00", "$0.036", "$1.20"]


def test_picture_fits_its_container(run):
    room = "viewportWidth: 400, viewportHeight: 300"

    assert run("workpage/elements/zoom.js", f"m.fitScale({{width: 800, height: 300, {room}}})") == 0.5
    assert run("workpage/elements/zoom.js", f"m.fitScale({{width: 8, height: 8, {room}}})") == 2
    assert run("workpage/elements/zoom.js", f"m.fitScale({{width: 0, height: 0, {room}}})") == 1


def test_plain_controls_give_ground_truths_shapes(run):
    controls = """[
        {name: "note", type: "text", value: "grey"}, {name: "empty", type: "text", value: ""},
        {name: "seen", type: "checkbox", value: "on", checked: true},
        {name: "seen", type: "checkbox", value: "off", checked: false},
        {name: "count", type: "number", value: "3"}]"""

    assert run(
        "workpage/elements/collect.js", f"m.collect({controls}, [{{name: 'bird', answer: {{label: 'ibis'}}}}])"
    ) == {
        "note": "grey",
        "seen": {"on": True, "off": False},
        "count": 3,
        "bird": {"label": "ibis"},
    }


@pytest.mark.parametrize("text", ['{"text": "None: of \'these\'"}', "{ text: 'None: of \\'these\\'' }"])
def test_reads_objects_in_both_dialects(run, text):
    assert run("workpage/elements/attributes.js", f"m.readObject({text!r})") == {"text": "None: of 'these'"}


CODES = "const codes = new m.LabelMap(1200, 700); codes.begin();"


def test_pixel_codes_allocate_only_painted_tiles(run):
    paint = f"(() => {{ {CODES} codes.row(600, 500, 530, 3); codes.row(5, 0, 1200, 0); codes.end(); return "

    assert run("workpage/elements/masks/label-map.js", paint + "codes.tiles.map(Boolean); })()") == [False] * 3 + [
        True,
        True,
        False,
    ]
    assert run(
        "workpage/elements/masks/label-map.js",
        paint + "[codes.at(511, 600), codes.at(512, 600), codes.at(530, 600)]; })()",
    ) == [3, 3, 0]


def test_undoes_and_redoes_step(run):
    code = f"""(() => {{ {CODES} codes.disc(600, 300, 20, 1); const one = codes.end();
        codes.begin(); codes.flood(0, 0, 2); const two = codes.end();
        const seen = () => [codes.at(600, 300), codes.at(0, 0)];
        const all = [seen()];
        codes.apply(two, 1); all.push(seen(), codes.isAsAfter(one)); codes.apply(one, 1); all.push(seen(), codes.empty);
        codes.apply(one, 2); codes.apply(two, 2); all.push(seen(), codes.isAsAfter(one), codes.counts()[2]); return all; }})()"""

    back = run("workpage/elements/masks/label-map.js", code)

    assert back[:-1] == [[1, 2], [1, 0], True, [0, 0], True, [1, 2], False]
    assert 1200 * 700 - 1300 < back[-1] < 1200 * 700 - 1200  # all but the disc


def test_runs_round_trip(run):
    code = f"""(() => {{ {CODES} codes.disc(510, 510, 30, 7); codes.row(0, 1199, 1200, 2); codes.end();
        const runs = codes.runs(1000); const other = new m.LabelMap(1200, 700); other.begin(); other.fill(runs); other.end();
        return [runs.slice(0, 4), String(other.runs(1000)) === String(runs), codes.runs(3)]; }})()"""

    assert run("workpage/elements/masks/label-map.js", code) == [[0, 1199, 2, 1], True, None]


def test_stamp_spares_locked_labels(run):
    code = f"""(() => {{ {CODES} codes.row(101, 201, 202, 9); codes.locked = [false, false, false, false, false, false, false, false, false, true];
        codes.stamp({{ left: 200, top: 100, width: 3, runs: [1, 4, 4] }}, 5);
        return [100, 101, 102].map((y) => [199, 200, 201, 202, 203].map((x) => codes.at(x, y))); }})()"""

    assert run("workpage/elements/masks/label-map.js", code) == [[0, 0, 5, 5, 0], [0, 5, 9, 0, 0], [0] * 5]


QUESTION = {"number": 1, "address": "/work/object/x/", "points": [[1, 2]] * 4, "width": 5, "height": 5}


@pytest.mark.parametrize(
    ("changed", "heard"),
    [({}, 1), ({"points": [[1, 2]] * 3}, 0), ({"points": [[1, "2"]] * 4}, 0), ({"width": 1.5}, 0), ({"address": 5}, 0)],
)
def test_ignores_invalid_outline_request(run, changed, heard):
    sent = json.dumps({"from": "gtcrowd", "type": "outline", **QUESTION, **changed})
    code = f"""(() => {{ let heard = 0; const frame = document.createElement("iframe"); document.body.append(frame);
        m.listenToSandbox(frame, {{ outline: () => {{ heard += 1; }} }});
        window.dispatchEvent(new MessageEvent("message", {{ data: {sent}, origin: "null", source: frame.contentWindow }}));
        return heard; }})()"""

    assert run("workpage/messages.js", code) == heard
