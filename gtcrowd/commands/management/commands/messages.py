"""Extract all translatable messages into the catalogs and compile them.

Django's makemessages extracts them with GNU gettext; Babel compiles. The compiled catalogs are committed, because a
machine that only runs the service need not have these tools.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

ROOMS = ("./gtcrowd/", "./dashboards/")
DATE = re.compile(r'^"POT-Creation-Date:.*\n', re.MULTILINE)
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""A fixed date instead of the current time, so that the same messages give the same file."""


class Command(makemessages.Command):
    help = "Extract translatable messages into gtcrowd/locale and compile the catalogs."
    requires_system_checks: list[str] = []
    # A fuzzy match that looks like a translation is worse than a missing one.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(
            locale=[code for code, _name in settings.LANGUAGES if code != "en"],
            ignore_patterns=["var", "build", "dist", "tests", "docs"],
            no_location=True,
            no_wrap=True,
            no_obsolete=True,
        )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        for file in sorted(settings.LOCALE_PATHS[0].glob("*/LC_MESSAGES/django.po")):
            _compile(file)

    def find_files(self, root: str) -> list[Any]:
        """Return the source files of both packages; all messages go into one catalog."""
        files = [file for file in super().find_files(root) if file.path.startswith(ROOMS)]
        for file in files:
            file.locale_dir = self.default_locale_path
        self.locale_paths = [str(self.default_locale_path)]
        return files

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        file = settings.LOCALE_PATHS[0] / locale / "LC_MESSAGES" / "django.po"
        file.write_text(DATE.sub("", file.read_text("utf-8")), "utf-8")


def _compile(file: Path) -> None:
    with file.open("rb") as source:
        catalogue = pofile.read_po(source, locale=file.parts[-3], domain="django")
    catalogue.creation_date = catalogue.revision_date = SOME_DAY
    with file.with_suffix(".mo").open("wb") as target:
        mofile.write_mo(target, catalogue)
