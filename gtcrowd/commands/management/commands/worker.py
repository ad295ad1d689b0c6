"""`gtcrowd worker`: does what is in the queue."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run one queue worker; start as many as there is work for, on any machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="tasks at a time (default %(default)s)")

    def handle(self, *, concurrency: int, **_options: Any) -> None:
        call_command("procrastinate", "worker", "--concurrency", str(concurrency), "--delete-jobs", "successful")
