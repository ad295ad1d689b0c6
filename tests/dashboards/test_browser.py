"""The pages in a browser: drawing, accessibility, links and downloads."""

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from gtcrowd.analytics import rollup
from gtcrowd.analytics.models import Case, SavedView
from tests.accessibility import SIZES, assert_accessible
from tests.dashboards.test_pages import PATHS
from tests.portal import browsing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL = "?days=all"
HEADINGS = {"worker": "Eve", "job": "herons"}
DRAWN = """() => document.querySelector("#content [data-dash-is-loading='true']") === null
    && [...document.querySelectorAll("#content .dash-graph")].every((graph) => graph.querySelector(".main-svg"))"""


@pytest.fixture
def address(transactional_db):
    with browsing.served() as result:
        yield result


@pytest.fixture
def page(browser, address, alice, job):
    client = Client()
    client.force_login(alice.user, backend="gtcrowd.identity.sessions.Backend")
    context = browser.new_context(viewport=SIZES["wide"], accept_downloads=True)
    page = browsing.sign_in(context, address, client)
    yield page
    assert page.complaints == []
    context.close()


def settled(page, heading=None):
    expect(page.locator("#content h1")).to_be_visible()
    if heading:
        expect(page.locator("#content h1")).to_have_text(heading)
    # Figures are drawn after the page.
    page.wait_for_function(DRAWN)
    page.wait_for_load_state("networkidle")


@pytest.fixture
def ids(job, crowd):
    return {"job": job.pk, "worker": crowd["eve"].pk}


@pytest.mark.parametrize("name", PATHS)
def test_page_draws_and_is_accessible(page, address, ids, name):
    for size in SIZES.values():
        page.set_viewport_size(size)
        page.goto(address + PATHS[name].format(**ids) + ALL)
        settled(page)
        if name == "workers":
            expect(page.locator(".ag-cell a").first).to_be_visible()

        heading = HEADINGS.get(name, name.title())
        assert_accessible(page, heading=heading)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("#content .failed").count() == 0
        for details in page.locator(".card details").all()[:4]:
            details.locator("summary").click()
        assert_accessible(page, heading=heading)


def test_address_restores_page(page, address, ids):
    page.goto(f"{address}/dashboards/?from=2026-11-02&to=2026-11-02&job={ids['job']}&by=team")
    settled(page, "Overview")
    before = page.locator("#numbers").inner_text()
    assert "Answers\n4" in before

    page.reload()
    settled(page, "Overview")
    assert page.locator("#numbers").inner_text() == before
    assert page.url.endswith("&by=team")
    expect(page.locator("#jobs")).to_contain_text("herons")


def test_pages_keep_the_filters(page, address, ids):
    page.goto(f"{address}/dashboards/?job={ids['job']}&days=all")
    settled(page, "Overview")
    for name, heading in (("Workers", "Workers"), ("Quality", "Quality"), ("Money", "Money"), ("Job", "herons")):
        page.locator("#nav").get_by_role("link", name=name, exact=True).click()
        settled(page, heading)
        page.wait_for_url(lambda url: url.endswith(f"?job={ids['job']}&days=all"))
    page.go_back()
    settled(page, "Money")


def test_click_bar_then_table_row(page, address, job, crowd):
    page.goto(f"{address}/dashboards/{ALL}")
    settled(page, "Overview")
    page.locator("#throughput-graph .bars .point path").first.click(force=True)
    page.wait_for_url(f"**/answers/?worker={crowd['cleo'].pk}&from=2026-11-02&to=2026-11-02")
    settled(page, "Answers")
    expect(page.locator("#content tbody tr")).to_have_count(2)

    page.go_back()
    settled(page, "Overview")
    card = page.locator(".card", has=page.locator("#throughput-graph"))
    card.get_by_text("Show table").click()
    card.get_by_role("link", name="2026-11-02").click()
    page.wait_for_url("**/dashboards/?from=2026-11-02&to=2026-11-02")
    expect(page.locator("#numbers")).to_contain_text("4")


def test_drill_down_from_cell_to_object(page, address, job, cars):
    page.goto(f"{address}/dashboards/quality/?job={job.pk}&days=all")
    settled(page, "Quality")
    box = page.locator("#confusion-graph .heatmaplayer image").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    page.wait_for_url("**/dashboards/answers/**right=heron&answered=ibis")
    settled(page, "Answers")
    expect(page.locator("#content tbody tr")).to_have_count(2)
    page.get_by_role("link", name="b", exact=True).click()
    settled(page, "Object 2 of herons")
    expect(page.locator("blockquote")).to_have_text("b")
    expect(page.locator("#content tbody tr")).to_have_count(3)

    for size in SIZES.values():
        page.set_viewport_size(size)
        for where, picture in (("answers", ".thumbnail img"), ("answers/?position=0", "#object-graph image")):
            path, _mark, more = where.partition("/?")
            page.goto(f"{address}/dashboards/{path}/?job={cars.pk}&days=all&{more}")
            settled(page)
            natural_size = page.locator(picture).first.evaluate(
                "async (one) => { const made = new Image(); made.src = one.src || one.getAttribute('href');"
                " await made.decode(); return [made.naturalWidth, made.naturalHeight]; }"
            )
            assert natural_size == [640, 480]
            assert_accessible(page, heading="Object 1 of cars" if more else "Answers")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_row_and_name_open_worker(page, address, ids):
    page.goto(f"{address}/dashboards/workers/{ALL}")
    settled(page, "Workers")
    page.locator(".ag-cell a", has_text="Eve").click()
    settled(page, "Eve")
    assert page.url == f"{address}/dashboards/worker/{ids['worker']}/{ALL}"
    page.go_back()
    settled(page, "Workers")
    page.locator(".ag-center-cols-container [row-index='2'] [col-id=type]").click()
    settled(page, "Eve")


def test_table_is_sorted_on_the_server(page, address, ids):
    page.goto(f"{address}/dashboards/workers/{ALL}")
    settled(page, "Workers")
    heading = page.locator(".ag-header-cell[col-id=submitted]")
    heading.locator(".ag-header-cell-label").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")


def test_table_follows_the_filters(page, address, ids):
    page.goto(f"{address}/dashboards/workers/{ALL}")
    settled(page, "Workers")
    expect(page.locator(".ag-cell a")).to_have_count(3)
    page.locator("#workers").click()
    page.locator(".dash-options-list-option", has_text="Eve").click()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**?worker={ids['worker']}&days=all")

    expect(page.locator(".ag-cell a")).to_have_text(["Eve"])


def test_control_writes_address(page, address, ids):
    page.goto(f"{address}/dashboards/{ALL}")
    settled(page, "Overview")
    page.locator("#jobs").click()
    page.locator(".dash-options-list-option", has_text="herons").click()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/dashboards/?job={ids['job']}&days=all")
    settled(page, "Overview")
    week = page.get_by_role("link", name="7 days", exact=True)
    expect(week).to_have_attribute("href", f"/dashboards/?job={ids['job']}&days=7")  # drawn with the filter
    week.click()
    page.wait_for_url(f"**/dashboards/?job={ids['job']}&days=7")
    settled(page, "Overview")


def test_downloads_figures_and_page(page, address, job, browser, tmp_path):
    page.goto(f"{address}/dashboards/{ALL}")
    settled(page, "Overview")
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b"day,")):
        with page.expect_download() as caught:
            page.locator(".card .files").first.get_by_text(kind, exact=True).click()
        file = tmp_path / kind
        caught.value.save_as(file)
        assert file.read_bytes().startswith(start)
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download page as HTML").click()
    caught.value.save_as(tmp_path / "page.html")

    alone = browser.new_context(offline=True).new_page()
    complaints = []
    alone.on("console", lambda status: complaints.append(status.text))
    alone.on("pageerror", lambda error: complaints.append(str(error)))
    alone.goto(f"file://{tmp_path}/page.html")
    alone.wait_for_selector(".js-plotly-plot .bars")
    assert complaints == []
    assert "answers per day" in alone.inner_text("body")
    alone.context.close()


def test_decides_case(page, address, ids):
    page.goto(f"{address}/dashboards/worker/{ids['worker']}/{ALL}")
    settled(page, "Eve")
    page.get_by_label("Reason for the decision").fill("She uses the keyboard.")
    page.get_by_role("button", name="Dismiss").click()

    expect(page.locator(".case h3")).to_contain_text("Dismissed")
    assert Case.objects.get().note == "She uses the keyboard."


def test_saves_and_opens_view(page, address, ids):
    page.goto(f"{address}/dashboards/money/?days=7")
    settled(page, "Money")
    page.get_by_text("Saved views", exact=True).click()
    page.get_by_label("Name of this view").fill("This week's money")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#views a")).to_have_text("This week's money")
    page.goto(f"{address}/dashboards/")
    settled(page, "Overview")
    page.get_by_text("Saved views", exact=True).click()
    page.locator("#views a").click()
    settled(page, "Money")
    page.get_by_role("button", name="Delete view This week's money").click()
    expect(page.locator("#views")).to_contain_text("No saved views yet.")
    assert not SavedView.objects.exists()


SPY = """() => {
    const ours = window.dash_clientside.gtcrowd;
    const { tick } = ours;
    window.ticks = [];
    ours.tick = (count) => {
        const result = tick(count);
        window.ticks.push(result === count);
        return result;
    };
}"""
"""Whether the page was to be redrawn, at each tick of its clock."""


def test_redraws_new_data_when_idle(page, address, ids, crowd, answer, now, ask):
    page.goto(f"{address}/dashboards/{ALL}")
    settled(page, "Overview")
    tick = "window.dash_clientside.set_props('clock', {n_intervals: 1000 + Math.floor(performance.now())})"
    fresh = ask("c", name="owls")
    answer(crowd["cleo"], fresh, now=now + timedelta(days=1))
    rollup.roll(zone="UTC")

    page.get_by_text("Show table").first.click()
    page.evaluate(SPY)
    page.evaluate(tick)
    page.wait_for_function("window.ticks.length === 1")
    assert page.evaluate("window.ticks") == [False]
    browsing.wait_for_requests(page)
    assert "Answers\n6" in page.locator("#numbers").inner_text()  # somebody reads
    page.get_by_text("Show table").first.click()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(1, 1)
    page.evaluate(tick)
    expect(page.locator("#numbers")).to_contain_text("7")

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_have_attribute("aria-pressed", "true")
