"""Trying a page and a hook from the form of a new job, in a real browser."""

import pytest
from playwright.sync_api import expect

from gtcrowd.jobs.models import Job

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("team")]


def test_shows_hook_exchange_before_creating_job(alices_page, address, hook, put):
    manifest = put("heron", "ibis")
    hook.reply = lambda event: {"taskInput": {"bird": event["dataObject"]["source"].upper()}}
    page = alices_page
    page.goto(f"{address}/jobs/new/")
    page.get_by_label("Input manifest").fill(manifest)
    page.get_by_label("Data type").select_option("text")
    page.get_by_label("Task type").select_option("custom")
    page.locator("summary", has_text="Custom task template").click()
    page.get_by_label("Task template (Liquid)").fill(
        "<crowd-form><b>{{ task.input.bird }}</b><crowd-input name='x' label='Which?'></crowd-input></crowd-form>"
    )
    page.get_by_text("Hooks: your own programs").click()
    page.get_by_label("Pre-annotation hook").fill(hook.url)

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Try").click()
    tried = opened.value

    expect(tried.get_by_role("heading", name="Object 0")).to_be_visible()
    expect(tried.get_by_text('"bird": "HERON"').first).to_be_visible()
    tried.get_by_role("button", name="Show page 1").click()
    frame = tried.frame_locator("iframe[name=page-1]")
    expect(frame.get_by_text("IBIS")).to_be_visible()
    expect(frame.get_by_label("Which?")).to_be_visible()
    assert not Job.objects.exists()


def test_shows_and_saves_settings(alices_page, address):
    page = alices_page
    page.goto(f"{address}/jobs/")
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Origins (one per line)").fill("https://cdn.example.org")
    page.get_by_role("button", name="Save").first.click()

    expect(page.get_by_text("Origins saved. They apply to pages")).to_be_visible()
    expect(page.get_by_label("Origins (one per line)")).to_have_value("https://cdn.example.org")
