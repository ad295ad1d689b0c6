"""`gtcrowd consolidate`: a file of answers into a file of labels, without a database."""

import csv
import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from gtcrowd.commands import answer_files, consolidation_files
from gtcrowd.consolidation import Parameter, ParameterRefused, TableRefused


class Command(BaseCommand):
    help = "Consolidate a file of answers (CSV or Parquet with the columns task, worker, label) into labels."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = consolidation_files.kinds()
        parser.add_argument("--answers", type=Path, required=True, metavar="FILE", help="task, worker, label")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="task, label, confidence")
        parser.add_argument("--kind", default=kinds[0], choices=kinds, help="kind of label (default: %(default)s)")
        parser.add_argument("--method", help="method of consolidation (default: the kind's default)")
        parser.add_argument("--labels", metavar="A,B,…", help="the classes in their order, also those never seen")
        parser.add_argument("--posterior", action="store_true", help="add the probability of each class as p_<label>")
        parser.add_argument(
            "--workers-output", type=Path, metavar="FILE", help="worker, answers, accuracy, low, high (95 %% interval)"
        )
        parser.add_argument("--known", type=Path, metavar="FILE", help="task, label known to be right")
        parser.add_argument("--truth", type=Path, metavar="FILE", help="task, truth: only to measure by")
        parser.add_argument(
            "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the method"
        )
        parser.add_argument("--json", action="store_true", help="print what happened as JSON")

    def handle(self, **options: Any) -> None:
        began = time.perf_counter()
        try:
            with Console(stderr=True).status("consolidating", spinner="line"):
                result = _consolidate(options)
                answer_files.write(options["output"], result.labels)
                if options["workers_output"]:
                    answer_files.write(options["workers_output"], result.workers)
        except (answer_files.FileRefused, ParameterRefused, TableRefused) as error:
            raise CommandError(str(error)) from error
        summary = {**result.summary, "seconds": round(time.perf_counter() - began, 3)}
        if options["json"]:
            self.stdout.write(json.dumps(summary, indent=1))
        else:
            Console(file=cast("IO[str]", self.stdout._out)).print(_table(summary))


def _consolidate(options: dict[str, Any]) -> consolidation_files.Result:
    kind = options["kind"]
    known = consolidation_files.methods(kind)
    method = options["method"] or next(iter(known))
    if method not in known:
        raise CommandError(f"--method is {method!r}; for {kind} there is {', '.join(known)}")
    parameters = _parameters(options["parameter"], known[method].parameters)
    if kind == consolidation_files.CHOICE:
        return consolidation_files.choice(
            options["answers"],
            method=method,
            labels=_names(options["labels"]),
            parameters=parameters,
            known=options["known"],
            truth=options["truth"],
            posterior=options["posterior"],
        )
    for only, given in (
        ("--labels", options["labels"]),
        ("--posterior", options["posterior"]),
        ("--known", options["known"]),
    ):
        if given:
            raise CommandError(f"{only} is for the kind {consolidation_files.CHOICE} only; the kind is {kind}")
    return consolidation_files.values(
        options["answers"], kind=kind, method=method, parameters=parameters, truth=options["truth"]
    )


def _names(labels: str | None) -> list[str] | None:
    """The classes of `--labels`, one line of CSV, so that a name with a comma can be quoted."""
    if labels is None:
        return None
    names = next(csv.reader([labels], skipinitialspace=True), [])
    doubled = [name for name in names if names.count(name) > 1]
    if not names or "" in names or doubled:
        raise CommandError(f"--labels is {labels!r}; expected different names, with commas between them")
    return names


def _parameters(given: list[str], declared: dict[str, Parameter]) -> dict[str, float]:
    parameters: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            whole = name in declared and declared[name].whole
            parameters[name] = int(value) if whole else float(value)
        except ValueError as error:
            raise CommandError(f"--parameter is {text!r}; expected NAME=NUMBER") from error
    return parameters


def _table(summary: dict[str, Any]) -> Table:
    table = Table(show_header=False)
    for name, value in summary.items():
        if not isinstance(value, dict):
            table.add_row(name.replace("_", " "), f"{value:.4f}" if isinstance(value, float) else str(value))
    return table
