"""The one executable: `gtcrowd COMMAND`, the same as `python manage.py COMMAND`."""

import os
import sys
import tempfile
from pathlib import Path

from django.core.management import execute_from_command_line

from gtcrowd.platform import postgres

WITHOUT_DATABASE = {"help", "version", "--help", "--version", "collectstatic", "check"}
"""Commands that run without a database; all others start or join the embedded one."""

WITHOUT_SERVICE = {"consolidate"}
"""Commands from files to files: they leave nothing of a service in the folder in which somebody calls them."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gtcrowd.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_SERVICE:
        with tempfile.TemporaryDirectory(prefix="gtcrowd-") as nowhere:
            os.environ["GTCROWD_VAR"] = nowhere
            _execute()
        return
    if command not in WITHOUT_DATABASE and not os.environ.get("DATABASE_URL"):
        var = Path(os.environ.get("GTCROWD_VAR", "var")).resolve()
        # In the environment, so that the processes this one starts use the same server.
        os.environ["DATABASE_URL"] = postgres.start(var / "postgres")
    _execute()


def _execute() -> None:
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell reports Ctrl-C, without a page of where it happened


if __name__ == "__main__":
    main()
