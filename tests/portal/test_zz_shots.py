import threading
import pytest
from playwright.sync_api import expect
from tests.portal import browsing
from tests.portal.conftest import put
from tests.portal.pictures import scene
from gtcrowd import kinds
pytestmark = pytest.mark.browser
OUT="/tmp/w/shots"
@pytest.mark.parametrize("lang", ["ko","ja"])
def test_portal(browser, address, cleos, pictures, give, lang):
    put("s3://heron-data/scene.png", scene(640, 480))
    jobs={name: give([{"source":"Ana flew to Oslo."} if "text" in kinds.KINDS[name].media else {"source-ref": "s3://heron-data/scene.png"}]*2, kind=name, categories=["car","van"] if kinds.KINDS[name].check_categories([]) else []) for name in ("boxes","masks","spans","ranking","instances")}
    context=browser.new_context(locale=lang, viewport={"width":1280,"height":800})
    page=browsing.sign_in(context,address,cleos)
    for w in (1280,360):
        page.set_viewport_size({"width":w,"height":800})
        page.goto(f"{address}/work/"); page.screenshot(path=f"{OUT}/{lang}-{w}-work.png", full_page=True)
        page.goto(f"{address}/work/{pictures.pk}/")
        if page.locator("form[action$='/start/'] button").count():
            page.screenshot(path=f"{OUT}/{lang}-{w}-job.png", full_page=True)
            page.locator("form[action$='/start/'] button").click()
        expect(page.frame_locator("#frame").locator("crowd-form .form-end")).to_be_attached()
        page.wait_for_timeout(300)
        page.screenshot(path=f"{OUT}/{lang}-{w}-task.png")
        if w==1280:
            page.keyboard.press("?"); page.wait_for_timeout(300); page.screenshot(path=f"{OUT}/{lang}-{w}-keys.png")
        for n,j in jobs.items():
            page.goto(f"{address}/work/{j.pk}/")
            if page.locator("form[action$='/start/'] button").count():
                page.locator("form[action$='/start/'] button").click()
            expect(page.frame_locator("#frame").locator("crowd-form .form-end")).to_be_attached()
            page.wait_for_timeout(300)
            page.screenshot(path=f"{OUT}/{lang}-{w}-task-{n}.png")
    context.close()
@pytest.mark.parametrize("lang", ["ko","ja"])
def test_console(browser, alice, ask, hire, signed_in, transactional_db, lang):
    from django.core.servers.basehttp import ThreadedWSGIServer
    import gtcrowd.wsgi
    from gtcrowd.workforce import invite
    job=ask("a","b")
    server = ThreadedWSGIServer(("127.0.0.1", 0), browsing._Quiet, connections_override={})
    server.set_app(gtcrowd.wsgi.application)
    thread = threading.Thread(target=server.serve_forever, daemon=True); thread.start()
    address=f"http://127.0.0.1:{server.server_address[1]}"
    hire("cleo")
    context=browser.new_context(locale=lang, viewport={"width":1280,"height":800})
    page=context.new_page()
    for w in (1280,360):
        page.set_viewport_size({"width":w,"height":800}); page.goto(f"{address}/account/login/"); page.screenshot(path=f"{OUT}/{lang}-{w}-login.png", full_page=True)
    page=browsing.sign_in(context,address,signed_in(alice.user))
    for w in (1280,360):
        page.set_viewport_size({"width":w,"height":800})
        for path in ("jobs","jobs/new","jobs/birds","people","account/password/change"):
            page.goto(f"{address}/{path}/"); page.screenshot(path=f"{OUT}/{lang}-{w}-{path.replace('/','-')}.png", full_page=True)
            over=page.evaluate("document.documentElement.scrollWidth-innerWidth")
            print(lang,w,path,page.title(),over)
        page.goto(f"{address}/dashboards/"); page.wait_for_selector(".js-plotly-plot .gtitle", timeout=20000); page.wait_for_timeout(1500)
        page.screenshot(path=f"{OUT}/{lang}-{w}-dash.png", full_page=True)
        print(page.title(), page.evaluate("document.documentElement.lang"), page.evaluate("document.documentElement.scrollWidth-innerWidth"))
    print(page.inner_text("body"))
    page.locator("#days").first.click(); page.wait_for_timeout(500); page.screenshot(path=f"{OUT}/{lang}-dash-days.png")
    page.keyboard.press("Escape")
    page.get_by_role("button",name="English").click(); page.wait_for_timeout(2500); print(page.url, page.evaluate("document.documentElement.lang"), page.inner_text("main")[:80]); print(page.complaints)
    context.close(); server.shutdown()
