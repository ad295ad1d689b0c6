"""WCAG 2.2 AA and axe's best practices for a page in the browser, in both color schemes.

Every accessibility test goes through `assert_accessible`, which first makes sure that the page is the one that was meant.
"""

from importlib import resources

from playwright.sync_api import Frame, Page

from tests.portal import browsing

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = """async (topmost) => {
    const report = await axe.run(document, {
        iframes: false,
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        rules: { "page-has-heading-one": { enabled: topmost } },
        resultTypes: ["violations"],
    });
    const line = (rule, node) => `${rule.id}: ${node.target} ${node.html.slice(0, 120)}`;
    return report.violations.flatMap((rule) => rule.nodes.map((node) => line(rule, node)));
}"""
STATUS = "() => performance.getEntriesByType('navigation')[0].responseStatus"
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 360, "height": 740}}


def assert_accessible(page: Page, *, heading: str, status: int = 200) -> None:
    """Assert that `page` was served with `status`, has the first heading `heading`, and has no violations."""
    served, title = page.evaluate(STATUS), page.locator("h1").first.inner_text()
    assert (served, title) == (status, heading), f"{page.url}: {served} {title}"
    items = violations(page)
    assert items == [], "\n".join([page.url, *items])


def violations(page: Page) -> list[str]:
    """Return what axe reports for the page and its frames, in both color schemes."""
    result = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for frame in _frames(page):
            browsing.wait_for_rendering(frame)
            frame.evaluate(AXE)
            result += [f"{scheme}: {item}" for item in frame.evaluate(RUN, frame is page.main_frame)]
    return sorted(set(result))


def _frames(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if frame.url.startswith("http")]
