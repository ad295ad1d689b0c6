"""The requester's pages in a browser: accessibility, and questions as dialogs."""

import pytest
from playwright.sync_api import expect

from gtcrowd.workforce.models import Worker
from tests.accessibility import SIZES, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_are_accessible(alices_page, address, ask, hire, answer):
    job = ask()
    answer(hire("cleo"), job)
    headings = {
        "/jobs/": "Labeling jobs",
        "/jobs/birds/": None,
        "/people/": "People and keys",
        "/settings/": "Settings",
    }
    for size in SIZES.values():
        alices_page.set_viewport_size(size)
        for path, heading in headings.items():
            alices_page.goto(address + path)
            assert_accessible(alices_page, heading=heading or "birds In progress")
            assert alices_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_suspension_is_asked_in_dialog(alices_page, address, hire):
    cleo = hire("cleo")
    page = alices_page
    page.goto(f"{address}/people/")
    page.get_by_role("button", name="Suspend Cleo").click()
    dialog = page.get_by_role("dialog", name="Suspend Cleo?")
    expect(dialog).to_contain_text("gets no more tasks")
    assert_accessible(page, heading="People and keys")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert Worker.objects.get(pk=cleo.pk).state == "active"

    page.get_by_role("button", name="Suspend Cleo").click()
    dialog.get_by_label("Reason").fill("guessed")
    dialog.get_by_role("button", name="Suspend worker").click()
    expect(page.get_by_role("status")).to_contain_text("Cleo is suspended.")
    page.get_by_role("button", name="Reinstate Cleo").click()
    expect(page.get_by_role("status")).to_contain_text("Cleo may work again.")
