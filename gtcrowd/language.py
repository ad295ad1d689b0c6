"""Translate texts of the rooms without Django: English, until the service installs its own translation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_translate: Callable[[str], str] = str


def install(translate: Callable[[str], str]) -> None:
    """Have `gettext` pass every text through `translate`, which knows the reader's language."""
    global _translate  # noqa: PLW0603 - as with logging, a process has one, set where it starts
    _translate = translate


def gettext(text: str, **parameters: Any) -> str:
    """Return the text in the reader's language, with each `%(name)s` replaced by the parameter of that name."""
    return _translate(text) % parameters if parameters else _translate(text)


def gettext_lazy(text: str) -> str:
    """Mark a text for translation and return it in English; it is translated where it is shown."""
    return text
