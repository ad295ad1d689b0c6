"""The page that changes a running job, in a real browser: with errors, in both sizes and colour schemes."""

import pytest
from playwright.sync_api import expect

from gtcrowd.jobs.models import Job
from tests.accessibility import SIZES, assert_accessible

pytestmark = pytest.mark.browser


def test_corrects_refused_change(alices_page, address, ask):
    ask(min_workers=2, target_error=0.05, gold={"share": 0.1, "rules": [{"below": 0.7, "do": "review"}]})
    page = alices_page
    page.goto(f"{address}/jobs/birds/")
    page.get_by_role("link", name="Change job").click()
    page.get_by_label("Price per task").fill("much")
    page.locator("summary", has_text="Times, limits and method").click()
    page.get_by_label("Priority among jobs").fill("3")
    page.get_by_label("Pay late answers").uncheck()

    page.get_by_role("button", name="Save changes").click()

    expect(page.get_by_role("alert")).to_contain_text("Price per task: must be an amount")
    for size in SIZES.values():
        page.set_viewport_size(size)
        assert_accessible(page, heading="Change birds", status=422)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("alert").get_by_role("link", name="Price per task").click()
    page.get_by_label("Price per task").fill("0.024")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Change saved.")).to_be_visible()
    job = Job.objects.get()
    assert (str(job.price), job.priority, job.late_answers_paid, job.min_workers) == ("0.024", 3, False, 2)
    assert job.gold == {"share": 0.1, "rules": [{"below": 0.7, "do": "review"}]}
