"""Write the tables of the documentation that are generated from code: `gtcrowd docs`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from gtcrowd.jobs import media_types
from gtcrowd.jobs.fields import document

TABLES: Mapping[str, Callable[[], str]] = {
    "docs/job-fields.md": document.markdown,
    "docs/media-types.md": media_types.markdown,
}
"""Files with a table between two marks, and what makes it."""
BEGIN, END = "<!-- made by `gtcrowd docs` -->\n", "<!-- end -->\n"


class Command(BaseCommand):
    help = "Write the tables of the documentation that are generated from code, such as docs/job-fields.md."

    def handle(self, *args: Any, **options: Any) -> None:
        for file, text in written().items():
            Path(file).write_text(text, encoding="utf-8")
            self.stdout.write(file)


def written() -> dict[str, str]:
    """Return each file's text with its table as the code has it now. Raises CommandError if a file has no marks."""
    texts = {}
    with translation.override("en"):
        for file, table in TABLES.items():
            before, begin, rest = Path(file).read_text(encoding="utf-8").partition(BEGIN)
            _old, end, after = rest.partition(END)
            if not begin or not end:
                raise CommandError(f"{file} has no table between {BEGIN.strip()} and {END.strip()}.")
            texts[file] = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    return texts
