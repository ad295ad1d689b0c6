"""`gtcrowd bench …`: measure, beside a peer in the same run."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track
from rich.table import Table

from gtcrowd.commands import crowd_files, peers


class Command(BaseCommand):
    help = "Measure the consolidation methods on folders of recorded answers, beside crowd-kit where it is installed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        consolidation = commands.add_parser("consolidation", help="accuracy and seconds of every method")
        consolidation.add_argument("folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv")
        consolidation.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, folders: list[Path], **options: Any) -> None:
        rows = []
        for folder in track(folders, "measuring", console=Console(stderr=True)):
            try:
                rows += peers.measure(folder)
            except crowd_files.FolderRefused as error:
                raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=1))
        else:
            Console(file=cast("IO[str]", self.stdout._out)).print(_table(rows))


def _table(rows: list[peers.Row]) -> Table:
    table = Table()
    for name in ("set", "method", "accuracy", "crowd-kit's", "seconds", "crowd-kit's by ours"):
        table.add_column(name, justify="left" if name in ("set", "method") else "right")
    for row in rows:
        peer = "–" if row.peer_accuracy is None else f"{row.peer_accuracy:.4f}"
        ratio = "–" if row.ratio is None else f"{row.ratio:.0f}"
        table.add_row(row.set, row.method, f"{row.accuracy:.4f}", peer, f"{row.seconds:.4f}", ratio)
    return table
