"""Load the demo once: `gtcrowd demo`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from gtcrowd.commands import accounts, demo


class Command(BaseCommand):
    help = (
        "Load the demo: real pictures and three weeks of a simulated crowd. Does nothing if the demo is loaded already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="do not print the accounts")

    def handle(self, *, quiet: bool, **_options: Any) -> None:
        if not demo.loaded():
            columns = (TextColumn("{task.description:>16}"), BarColumn(), MofNCompleteColumn())
            with Progress(*columns, console=Console(stderr=True)) as bar:
                task = bar.add_task("demo", total=None)

                def progress(what: str, done: int, total: int) -> None:
                    bar.update(task, description=what, completed=done, total=total)

                demo.load(now=timezone.now(), progress=progress)
        if not quiet:
            self.stdout.write("\n".join(accounts.lines()))
