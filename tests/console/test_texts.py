"""Texts in templates are shown as written: an argument `_("…")` of a tag would double a percent sign."""

import re
from pathlib import Path

import pytest

ARGUMENT = re.compile(r"""_\((["'])(.*?)(?<!\\)\1\)""")
TEMPLATES = sorted(Path("gtcrowd").glob("*/templates/**/*.html"))


@pytest.mark.parametrize("file", TEMPLATES, ids=str)
def test_arguments_have_no_percent_or_backslash(file):
    texts = [text for _quote, text in ARGUMENT.findall(file.read_text(encoding="utf-8"))]

    assert [text for text in texts if "%" in text or "\\" in text] == []
