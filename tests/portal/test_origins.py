"""Scripts from elsewhere in pages of one's own, in a real browser: let in by name, and only then."""

import pytest
from playwright.sync_api import expect

from gtcrowd.identity import origins

pytestmark = pytest.mark.browser
OWN = """<crowd-form><p id="seen">nothing</p><crowd-input name="bird" label="Bird"></crowd-input>
<script src="https://cdn.example.org/own.js"></script></crowd-form>"""
SCRIPT = (
    """
const told = await fetch("https://cdn.example.org/told.txt").then((answer) => answer.text());
document.getElementById("seen").textContent = told;
""".replace("const told = await", "(async () => { const told = await").rstrip()
    + " })();"
)
ANY = {"Access-Control-Allow-Origin": "*"}


@pytest.fixture
def open_template(cleos_page, address, give):
    """The worker's page, and what was asked of the other origins."""

    def _shown():
        requested = []

        def answer(route):
            requested.append(route.request.url)
            script = route.request.url.endswith(".js")
            route.fulfill(
                body=SCRIPT if script else "told from elsewhere",
                headers=ANY,
                content_type="text/javascript" if script else "text/plain",
            )

        cleos_page.context.route("https://*.example.org/**", answer)
        job = give([{"source": "x"}], template=OWN, kind="custom", categories=[])
        cleos_page.goto(f"{address}/work/{job.pk}/")
        cleos_page.get_by_role("button", name="Start working").click()
        return cleos_page.frame_locator("#sandbox"), requested

    return _shown


def test_loads_allowed_origin(open_template, alice):
    origins.allow(viewer=alice, origins=["https://cdn.example.org"])

    frame, requested = open_template()

    expect(frame.locator("#seen")).to_have_text("told from elsewhere")
    assert requested == ["https://cdn.example.org/own.js", "https://cdn.example.org/told.txt"]


@pytest.mark.parametrize("allowed", [[], ["https://other.example.org"]])
def test_blocks_other_origins(open_template, alice, allowed):
    origins.allow(viewer=alice, origins=allowed)

    frame, requested = open_template()

    expect(frame.get_by_label("Bird")).to_be_visible()
    expect(frame.locator("#seen")).to_have_text("nothing")
    assert requested == []
