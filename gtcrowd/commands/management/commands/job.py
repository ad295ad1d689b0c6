"""Create, list, stop and export jobs from the shell: `gtcrowd job …`."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import create, state, stop
from gtcrowd.jobs.models import Job
from gtcrowd.jobs.request import JobRefused
from gtcrowd.labels import exports
from gtcrowd.ledger.hold import InsufficientFunds


class Command(BaseCommand):
    help = "Create, list, stop and export labeling jobs of a requester."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requester", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="print JSON")
        commands = parser.add_subparsers(dest="what", required=True)
        plan = commands.add_parser("plan", help="check a job and show its cost without creating it")
        plan.add_argument("file", type=Path, help="JSON file with the fields of the job; use - for standard input")
        create = commands.add_parser("create", help="create a job")
        create.add_argument("file", type=Path, help="JSON file with the fields of the job; use - for standard input")
        commands.add_parser("list", help="list the jobs, newest first")
        commands.add_parser("stop", help="stop a job").add_argument("name")
        export = commands.add_parser("export", help="write the labels of a job to standard output")
        export.add_argument("name")
        export.add_argument("--format", default="output-manifest", help="an export format (default: %(default)s)")

    def handle(self, *, requester: str, what: str, **options: Any) -> None:
        tenant = Requester.objects.filter(slug=requester).first()
        if tenant is None:
            raise CommandError(f"Requester {requester} does not exist. Create it with: gtcrowd requester {requester}")
        viewer = Viewer(requester=tenant, role=Role.OWNER)  # who can run this can read the database anyway
        try:
            getattr(self, f"_{what}")(viewer, options)
        except JobRefused as refused:
            raise CommandError("\n".join(f"{fault.field}: {fault.problem}" for fault in refused.faults)) from refused
        except (InsufficientFunds, state.NotPossible) as refused:
            raise CommandError(str(refused)) from refused

    def _plan(self, viewer: Viewer, options: dict[str, Any]) -> None:
        planned = create.plan(viewer=viewer, values=_fields(options["file"]), now=timezone.now())
        cost = planned.cost
        warnings = [warning.sentence for warning in planned.warnings]
        self._tell(
            options,
            {"objects": planned.objects, "tasks": cost.tasks, "total": str(cost.total)}
            | ({"warnings": warnings} if warnings else {}),
        )

    def _create(self, viewer: Viewer, options: dict[str, Any]) -> None:
        job = create.create(viewer=viewer, values=_fields(options["file"]), now=timezone.now())
        self._tell(options, {"name": job.name, "state": job.state, "objects": job.objects_total})

    def _list(self, viewer: Viewer, options: dict[str, Any]) -> None:
        for job in Job.objects.visible_to(viewer).select_related("counters").order_by("-created_at"):
            done = f"{job.counters.labeled}/{job.objects_total}"
            self._tell(options, {"name": job.name, "state": job.state, "labeled": done, "reason": job.reason})

    def _stop(self, viewer: Viewer, options: dict[str, Any]) -> None:
        stop.stop(viewer=viewer, job=_job(viewer, options["name"]), now=timezone.now())

    def _export(self, viewer: Viewer, options: dict[str, Any]) -> None:
        job = _job(viewer, options["name"])
        try:
            chosen = exports.get(options["format"], job)
        except exports.UnknownExport as error:
            formats = ", ".join(export.name for export in exports.of_job(job))
            raise CommandError(f"{error} is not an export format of this job. Formats: {formats}.") from error
        for block in chosen.blocks(job, None):
            self.stdout.write(block.decode(), ending="")

    def _tell(self, options: dict[str, Any], details: dict[str, Any]) -> None:
        plain = "  ".join(f"{name}={value}" for name, value in details.items())
        self.stdout.write(json.dumps(details) if options["json"] else plain)


def _job(viewer: Viewer, name: str) -> Job:
    job = Job.objects.visible_to(viewer).filter(name__iexact=name).first()
    if job is None:
        raise CommandError(f"Job {name} does not exist.")
    result: Job = job
    return result


def _fields(file: Path) -> dict[str, Any]:
    try:
        fields = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON: {error}.") from error
    if not isinstance(fields, dict):
        raise CommandError(f"{file} must contain one JSON object with the fields of a job.")
    return fields
