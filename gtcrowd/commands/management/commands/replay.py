"""`gtcrowd replay DIR`: recorded answers through the whole service, and how each method does on them."""

import json
import re
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from gtcrowd.commands import replay
from gtcrowd.jobs.models import Job
from gtcrowd.offline import recordings


class Command(BaseCommand):
    help = "Replay recorded answers through the service, consolidate them with every method and compare the methods."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="folder with answers.csv and, optionally, truth.csv")
        parser.add_argument(
            "--name", help="name of the job (default: the name of the folder); an unfinished replay is resumed"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, folder: Path, name: str | None, **options: Any) -> None:
        try:
            recording = recordings.read(folder)
        except recordings.FolderRefused as error:
            raise CommandError(str(error)) from error
        name = name or re.sub(r"[^A-Za-z0-9]+", "-", recording.name).strip("-")
        with _bar(Console(stderr=True)) as bar:
            task = bar.add_task("manifest", total=None)

            def progress(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total)

            job = replay.prepare(recording, name=name, now=timezone.now())
            replay.play(recording, job, progress)
            job = replay.finish(job, recording)
            scores = replay.compare(job, recording, progress)
        show = self._print_json if options["json"] else self._print_table
        show(job, recording, scores)

    def _print_json(self, job: Job, recording: recordings.Recording, scores: list[replay.Score]) -> None:
        result = {
            "job": job.name,
            "objects": len(recording.tasks),
            "answers": len(recording.answers),
            "repeated": recording.repeated,
            "with_truth": len(recording.truth),
            "output": job.output,
            "methods": [asdict(score) for score in scores],
        }
        self.stdout.write(json.dumps(result, indent=1))

    def _print_table(self, job: Job, recording: recordings.Recording, scores: list[replay.Score]) -> None:
        title = f"{recording.name}: {len(recording.answers):,} answers to {len(recording.tasks):,} objects"
        table = Table(title=title)
        for column in ("method", "accuracy", "macro-F1", "log-loss", "seconds", "steps"):
            table.add_column(column, justify="left" if column == "method" else "right")
        for score in scores:
            numbers = (f"{score.accuracy:.4f}", f"{score.macro_f1:.4f}", f"{score.log_loss:.3f}")
            measured = numbers if recording.truth else ("–", "–", "–")
            table.add_row(
                score.method,
                *measured,
                f"{score.seconds:.2f}",
                f"{score.steps}{'' if score.converged else '+'}",
            )
        Console(file=cast("IO[str]", self.stdout._out)).print(table)
        if recording.repeated:
            self.stdout.write(
                f"Skipped {recording.repeated} repeated answers: a worker can answer an object only once."
            )
        self.stdout.write(f"Output manifest: {job.output}")


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
