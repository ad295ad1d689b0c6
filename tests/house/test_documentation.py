"""What is written about the service is complete."""

import re
from pathlib import Path

from gtcrowd import consolidation

VARIABLE = re.compile(r'env(?:\.\w+)?\(\s*"(\w+)"')


def test_every_setting_is_explained():
    used = set(VARIABLE.findall(Path("gtcrowd/settings.py").read_text()))
    message = set(re.findall(r"^\| `(\w+)`", Path("docs/settings.md").read_text(), re.MULTILINE))

    assert message == used


def test_every_method_is_explained():
    text = Path("docs/consolidation.md").read_text()

    assert [name for name in consolidation.METHODS if f"`{name}`" not in text] == []


def test_requirements_name_no_host():
    for file in Path("requirements").iterdir():
        assert "http" not in file.read_text(), file


def test_every_measure_is_explained():
    from gtcrowd.analytics.definitions import DEFINITIONS
    from gtcrowd.analytics.reports import REPORTS

    text = Path("docs/analytics.md").read_text()

    assert [name for name in (*DEFINITIONS, *REPORTS) if f"`{name}`" not in text] == []


def test_tables_made_from_code_are_current():
    from gtcrowd.commands.management.commands import docs

    stale = [file for file, text in docs.written().items() if Path(file).read_text(encoding="utf-8") != text]

    assert stale == [], "run `gtcrowd docs`"
