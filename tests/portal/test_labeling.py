"""Working in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from gtcrowd.tasks.models import Answer, Assignment

pytestmark = pytest.mark.browser


def start(page: Page, address: str, job_id: int) -> None:
    page.goto(f"{address}/work/{job_id}/")
    page.get_by_role("button", name="Start working").click()
    expect(page.frame_locator("#frame").get_by_role("radio").first).to_be_focused()


def test_two_objects_by_keyboard_alone(address, cleos_page, pictures):
    start(cleos_page, address, pictures.pk)
    frame = cleos_page.frame_locator("#frame")

    cleos_page.keyboard.press("2")
    cleos_page.keyboard.press("Control+Enter")
    expect(cleos_page.locator("#earned")).to_have_text("$0.036")
    expect(frame.get_by_role("radio", name="heron")).to_be_focused()
    cleos_page.keyboard.press("1")
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    assert list(Answer.objects.order_by("pk").values_list("value", flat=True)) == ["ibis", "heron"]
    assert all(0 <= seconds < 60 for seconds in Answer.objects.values_list("active_seconds", flat=True))
    assert cleos_page.complaints == []
