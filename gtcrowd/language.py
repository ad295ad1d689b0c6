"""How the rooms without Django speak: English, or whatever language the service puts in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_translate: Callable[[str], str] = str


def speak(translate: Callable[[str], str]) -> None:
    """From now on, `say` passes every text through `translate`, which knows the reader's language."""
    global _translate  # noqa: PLW0603 - as with logging, the process has one, set where it begins
    _translate = translate


def say(text: str, **facts: Any) -> str:
    """The text in the reader's language, with each `%(name)s` in it replaced by the fact of that name."""
    return _translate(text) % facts if facts else _translate(text)


def later(text: str) -> str:
    """The text as it is, for names and reasons that are kept: whoever shows them says them in the reader's language."""
    return text
