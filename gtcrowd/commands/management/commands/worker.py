"""Run a queue worker: `gtcrowd worker`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run a queue worker. Start as many as needed, on any machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--concurrency", type=int, default=2, help="number of concurrent tasks (default: %(default)s)"
        )

    def handle(self, *, concurrency: int, **_options: Any) -> None:
        call_command("procrastinate", "worker", "--concurrency", str(concurrency), "--delete-jobs", "successful")
