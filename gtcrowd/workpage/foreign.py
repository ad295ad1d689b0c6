"""Find the foreign origins from which a rendered template wants to load something."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from gtcrowd.workpage.rendering import Page

LOADED = {
    "script": ("src",), "link": ("href",), "img": ("src",), "iframe": ("src",), "frame": ("src",), "embed": ("src",),
    "object": ("data",), "video": ("src", "poster"), "audio": ("src",), "source": ("src",), "track": ("src",),
    "input": ("src",),
}  # fmt: skip
"""Attributes of each element whose address the browser loads; for elements of ours it is `src`."""
ADDRESSES = ("https://", "http://", "//")


def blocked(page: Page) -> list[str]:
    """Return the origins that the policy of the page keeps out, in the order in which the page names them.

    What a script loads later is not in the page; the browser reports it (static/workpage/faults.js).
    """
    finder = _Finder()
    finder.feed(page.html)
    return [origin for origin in dict.fromkeys(finder.origins) if origin not in {*page.origins, *page.allowed}]


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.origins: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = LOADED.get(tag, ("src",) if tag.startswith("crowd-") else ())
        self.origins += [_origin(value) for name, value in attrs if name in names and value and _is_foreign(value)]


def _is_foreign(address: str) -> bool:
    return address.strip().lower().startswith(ADDRESSES)


def _origin(address: str) -> str:
    parts = urlsplit(address.strip())
    return f"{(parts.scheme or 'https').lower()}://{parts.netloc.lower()}"
