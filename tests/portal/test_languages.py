"""The pages in every language there is: by the browser's wish, by one's own choice, and without a word left behind."""

import json
import re

import pytest
from django.utils import translation
from playwright.sync_api import Frame, expect

from gtcrowd.jobs import pause
from gtcrowd.platform.reasons import Reason, sentence
from tests.portal import browsing
from tests.portal.conftest import put
from tests.portal.pictures import scene

KEPT = {
    "gtcrowd",
    "English",
    "Cleo",
    "cleo",
    "example",
    "org",
    "Heron",
    "Enter",
    "Escape",
    "Shift",
    "Ctrl",
    "Alt",
    "JavaScript",
}
"""Names, brands and keys."""
SEEN = """() => {
    const said = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
        const node = walk.currentNode;
        if (node.nodeType === Node.TEXT_NODE) {
            if (!node.parentElement.closest("kbd, script, style, noscript")) said.push(node.data);
        } else for (const name of ["aria-label", "title", "alt", "placeholder"]) said.push(node.getAttribute(name) ?? "");
    }
    return [document.title, ...said];
}"""


def left_in_english(frame: Frame) -> set[str]:
    words = {word for text in frame.evaluate(SEEN) for word in re.findall(r"[A-Za-z]{3,}", text)}
    return words - KEPT


@pytest.mark.parametrize(("wish", "got"), [("ko", "ko"), ("ja-JP,ko;q=0.5", "ja"), ("fr", "en")])
def test_pages_follow_browser_language(client, db, wish, got):
    page = client.get("/account/login/", headers={"Accept-Language": wish}).content.decode()

    assert f'<html lang="{got}"' in page
    assert {"ko": "로그인", "ja": "ログイン", "en": "Sign in"}[got] in page


def test_chosen_language_overrides_browser(client, db):
    answer = client.post("/language/", {"language": "ko", "next": "/account/login/"}, headers={"Accept-Language": "ja"})
    page = client.get("/account/login/", headers={"Accept-Language": "ja"}).content.decode()

    assert answer.headers["Location"] == "/account/login/"
    assert answer.cookies["django_language"]["httponly"]
    assert '<html lang="ko"' in page


def test_language_choice_stays_on_site(client, db):
    answer = client.post("/language/", {"language": "ko", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/account/login/", "/work/", "/nothing/"])
def test_every_page_offers_languages(cleos, client, address):
    page = (client if "login" in address else cleos).get(address).content.decode()

    for code, name in (("en", "English"), ("ko", "한국어"), ("ja", "日本語")):
        button = rf'<button\s+type="submit"\s+name="language"\s+value="{code}"\s+lang="{code}"[^>]*>\s*{name}\s*<'
        assert re.search(button, page)
    assert f'name="next" value="{address}"' in page


def test_sandbox_follows_language(cleos, pictures, take):
    page = cleos.get(f"/work/sandbox/{take(pictures).pk}/", headers={"Accept-Language": "ja"}).content.decode()

    assert re.search(r'<html\s+lang="ja"', page)
    texts = json.loads(re.search(r'id="texts"[^>]*>(.*?)</script>', page)[1])
    assert texts["submit"] == "送信"


def test_stored_reasons_follow_reader_language(alice, signed_in, texts, now):
    with translation.override("ja"):
        pause.pause(viewer=alice, job=texts, now=now)

    page = signed_in(alice.user).get(f"/jobs/{texts.name}/", headers={"Accept-Language": "ko"}).content.decode()

    assert _in_korean(Reason.PAUSED) in page


@pytest.mark.parametrize(("address", "subject", "status"), [
    ("cleo@example.org", "gtcrowd 새 비밀번호", "다음 링크에서 비밀번호를 정하세요"),
    ("nobody@example.org", "이 주소의 계정이 없습니다", "nobody@example.org의 새 비밀번호를 요청했습니다"),
])  # fmt: skip
def test_password_mails_follow_reader_language(client, cleo, mailoutbox, address, subject, status):
    client.post("/account/password/reset/", {"email": address}, headers={"Accept-Language": "ko"})

    assert mailoutbox[0].subject == subject
    assert status in mailoutbox[0].body
    assert ("/account/password/reset/key/" in mailoutbox[0].body) == address.startswith("cleo")


@pytest.mark.browser
@pytest.mark.parametrize(("code", "begin"), [("ko", "작업 시작"), ("ja", "作業を始める")])
def test_no_text_is_left_in_english(browser, address, cleos, give, code, begin):
    put("s3://heron-data/scene.png", scene(640, 480))
    job = give([{"source-ref": "s3://heron-data/scene.png"}], kind="boxes", categories=["차"], title="차", description="차",
               instructions={"short": "차", "full": "차", "good_example": "차"})  # fmt: skip
    context = browser.new_context(locale=code, viewport={"width": 360, "height": 740})
    page = browsing.sign_in(context, address, cleos)

    page.goto(f"{address}/work/")
    assert left_in_english(page.main_frame) == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.goto(f"{address}/work/{job.pk}/")
    assert left_in_english(page.main_frame) == set()
    page.get_by_role("button", name=begin).click()
    expect(page.frame_locator("#sandbox").locator("crowd-form .form-end")).to_be_attached()
    page.wait_for_function("document.querySelectorAll('#task-keys tr').length > 3")
    for frame in page.frames:
        assert frame.evaluate("document.documentElement.lang") == code
        assert left_in_english(frame) == set()
        assert frame.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@pytest.mark.browser
def test_language_choice_works_without_scripts(browser, address):
    context = browser.new_context(locale="ja", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/account/login/")

    page.get_by_role("button", name="한국어").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="로그인")).to_be_visible()
    expect(page).to_have_url(f"{address}/account/login/")
    expect(page.get_by_role("button", name="한국어")).to_have_attribute("aria-current", "true")
    context.close()


def _in_korean(code):
    with translation.override("ko"):
        return sentence(code)
