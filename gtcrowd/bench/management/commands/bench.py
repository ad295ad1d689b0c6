"""Run the benchmarks: `gtcrowd bench …`. Each is compared with a peer or a limit in the same run."""

import json
from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from gtcrowd.bench import registry
from gtcrowd.offline.answer_files import FileRefused
from gtcrowd.offline.recordings import FolderRefused

WIDTH = 150


class Command(BaseCommand):
    help = "Run benchmarks, each compared with a peer or a limit in the same run. Without a name, list them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="name", metavar="NAME")
        for benchmark in registry.discover().values():
            command = commands.add_parser(benchmark.name, help=benchmark.help, description=benchmark.help)
            for argument in benchmark.arguments:
                command.add_argument(*argument.flags, **argument.options)
            command.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, name: str | None, **options: Any) -> None:
        benchmarks = registry.discover()
        if name is None:
            self.stdout.write("\n".join(f"{name:<15}{benchmark.help}" for name, benchmark in benchmarks.items()))
            return
        benchmark = benchmarks[name]
        try:
            report = benchmark.run(**{argument.name: options[argument.name] for argument in benchmark.arguments})
        except (FileRefused, FolderRefused) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.data, indent=1))
            return
        console = Console(file=cast("IO[str]", self.stdout._out), width=WIDTH)
        for part in report.shown:
            console.print(part)
