"""Update or rebuild the totals of the dashboards: `gtcrowd totals`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from gtcrowd.analytics import quality, rollup
from gtcrowd.identity.models import Requester
from gtcrowd.jobs.models import Job


class Command(BaseCommand):
    help = "Update the totals of the dashboards; with --rebuild, compute all of them again from the answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="compute all totals again")
        parser.add_argument("--requester", metavar="SLUG", help="limit to one requester")

    def handle(self, *, rebuild: bool, requester: str | None, **_options: Any) -> None:
        owner = Requester.objects.filter(slug=requester).first() if requester else None
        if requester and owner is None:
            raise CommandError(f"Requester {requester} does not exist.")
        waiting = rollup.roll(zone=settings.TIME_ZONE)
        jobs = Job.objects.select_related("requester").order_by("pk")
        jobs = jobs.filter(requester=owner) if owner else jobs
        if rebuild:
            days = rollup.rebuild(zone=settings.TIME_ZONE, requester=owner)
            for _job in track(days, "days", total=jobs.count(), console=Console(stderr=True)):
                pass
        else:
            jobs = jobs.filter(pk__in=quality.stale())
        compared = sum(
            quality.form(job, now=timezone.now())
            for job in track(jobs, "jobs", total=jobs.count(), console=Console(stderr=True))
        )
        self.stdout.write(f"Events processed: {waiting}. Jobs updated: {compared}.")
