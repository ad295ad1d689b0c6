"""A member of two requesters in a browser; baselines and links of numbers."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from gtcrowd.identity.models import Member
from gtcrowd.identity.roles import Role
from tests.accessibility import SIZES, assert_accessible
from tests.dashboards.test_browser import address, ids, settled  # noqa: F401 - fixtures
from tests.portal import browsing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, address, alice, bob, job):  # noqa: F811 - the fixture of test_browser
    """Bob, whose session is of ibis, and who looks at heron as well."""
    Member.objects.create(requester=alice.requester, user=bob.user, role=Role.VIEWER)
    client = Client()
    client.force_login(bob.user, backend="gtcrowd.identity.sessions.Backend")
    context = browser.new_context(viewport=SIZES["wide"])
    page = browsing.sign_in(context, address, client)
    yield page
    assert page.complaints == []
    context.close()


def test_address_of_other_requester(page, address, ids, job):  # noqa: F811
    where = f"{address}/dashboards/?requester=heron&job={ids['job']}&days=all&against=team-{job.team_id}"
    page.goto(where)
    settled(page, "Overview")

    assert page.url == where
    assert "Answers\n6" in page.locator("#numbers").inner_text()
    expect(page.locator("#jobs")).to_contain_text("herons")
    expect(page.locator("#against")).to_contain_text("team birders")
    assert_accessible(page, heading="Overview")
    page.reload()
    settled(page, "Overview")
    assert page.url == where


def test_switch_requester_and_back(page, address, ids):  # noqa: F811
    page.goto(f"{address}/dashboards/?days=all")
    settled(page, "Overview")
    assert page.url == f"{address}/dashboards/?days=all&requester=ibis"
    assert "Answers\n0" in page.locator("#numbers").inner_text()

    page.get_by_role("navigation", name="Requester").get_by_role("link", name="Heron").click()
    page.wait_for_url(f"{address}/dashboards/?requester=heron&days=all")
    expect(page.locator("#numbers")).to_contain_text("6")
    page.locator("#jobs").click()
    page.locator(".dash-options-list-option", has_text="herons").click()
    page.keyboard.press("Escape")
    page.wait_for_url(f"{address}/dashboards/?requester=heron&job={ids['job']}&days=all")
    settled(page, "Overview")
    page.locator("#nav").get_by_role("link", name="Money", exact=True).click()
    settled(page, "Money")

    page.get_by_role("navigation", name="Requester").get_by_role("link", name="Ibis").click()
    page.wait_for_url(f"{address}/dashboards/money/?requester=ibis&days=all")
    expect(page.locator("#jobs")).to_contain_text("all")
    page.locator("#jobs").click()
    expect(page.locator(".dash-options-list-option")).to_have_count(0)


def test_unknown_requester_links_home(page, address):  # noqa: F811
    page.goto(f"{address}/dashboards/money/?requester=nobody&job=1")
    settled(page, "This page does not exist")
    page.locator("#nav").get_by_role("link", name="Money", exact=True).click()
    settled(page, "Money")
    assert page.url == f"{address}/dashboards/money/"


def test_choose_baseline(page, address, ids, crowd):  # noqa: F811
    page.goto(f"{address}/dashboards/?requester=heron&worker={ids['worker']}&days=all")
    settled(page, "Overview")
    page.locator("#against").click()
    page.locator(".dash-options-list-option", has_text="all workers").click()
    page.wait_for_url(f"{address}/dashboards/?requester=heron&worker={ids['worker']}&days=all&against=crowd")

    expect(page.locator("#numbers")).to_contain_text("▼ 66.7 % vs. all workers")
    expect(page.locator("#content .lead")).to_contain_text("Changes are relative to all workers.")


def test_number_links_to_figure_or_page(page, address, ids):  # noqa: F811
    page.goto(f"{address}/dashboards/?requester=heron&from=2026-10-30&to=2026-11-05")
    settled(page, "Overview")
    sparkline = page.get_by_role("img", name="Daily: first 0, last 0, minimum 0, maximum 4")
    expect(sparkline).to_be_visible()
    assert sparkline.evaluate("image => image.naturalWidth") == 120
    page.evaluate("document.querySelector('#content h1').dataset.same = 'yes'")
    page.locator("#numbers > div", has_text="Answers").first.click(position={"x": 20, "y": 60})

    expect(page.locator("#throughput-graph")).to_be_in_viewport()
    browsing.wait_for_requests(page)
    browsing.wait_for_rendering(page)
    assert page.evaluate("document.querySelector('#content h1').dataset.same") == "yes"  # nothing was drawn anew
    page.locator("#numbers > div", has_text="Paid").click(position={"x": 20, "y": 60})
    settled(page, "Money")
    assert page.url == f"{address}/dashboards/money/?requester=heron&from=2026-10-30&to=2026-11-05"
    for size in SIZES.values():
        page.set_viewport_size(size)
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page, heading="Money")
