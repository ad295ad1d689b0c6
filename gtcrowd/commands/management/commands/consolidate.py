"""Consolidate a file of answers into a file of labels without a database: `gtcrowd consolidate`."""

import csv
import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from gtcrowd.consolidation import Parameter, ParameterRefused, TableRefused
from gtcrowd.offline import answer_files, consolidate
from gtcrowd.offline.consolidate import NotInParts


class Command(BaseCommand):
    help = "Consolidate a file of answers (CSV or Parquet with the columns task, worker and label) into labels."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = consolidate.kinds()
        parser.add_argument("--answers", type=Path, required=True, metavar="FILE", help="answers: task, worker, label")
        parser.add_argument(
            "--output", type=Path, required=True, metavar="FILE", help="labels to write: task, label, confidence"
        )
        parser.add_argument("--kind", default=kinds[0], choices=kinds, help="kind of label (default: %(default)s)")
        parser.add_argument("--method", help="consolidation method (default: the default of the kind)")
        parser.add_argument(
            "--labels", metavar="A,B,…", help="all categories in their order, including those without an answer"
        )
        parser.add_argument(
            "--posterior", action="store_true", help="add the probability of each category in a column p_<label>"
        )
        parser.add_argument(
            "--workers-output",
            type=Path,
            metavar="FILE",
            help="workers to write: worker, answers, accuracy, low, high (95 %% interval)",
        )
        parser.add_argument("--gold", type=Path, metavar="FILE", help="gold answers: task, label")
        parser.add_argument(
            "--truth", type=Path, metavar="FILE", help="true labels: task, truth; used for measures only"
        )
        parser.add_argument(
            "--parameter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="parameter of the method; may be repeated",
        )
        parser.add_argument(
            "--engine", choices=("local", "dask"), default="local", help="where to compute (default: %(default)s)"
        )
        parser.add_argument(
            "--scheduler",
            metavar="ADDRESS",
            help="address of a Dask scheduler, such as tcp://host:8786 (default: start a local cluster)",
        )
        parser.add_argument(
            "--partitions",
            type=Path,
            metavar="FOLDER",
            help="folder for temporary partitions, shared by the whole cluster (default: the folder of the output)",
        )
        parser.add_argument(
            "--parts", type=_count, metavar="N", help="number of partitions (default: depends on the number of answers)"
        )
        parser.add_argument("--json", action="store_true", help="print a summary as JSON")

    def handle(self, **options: Any) -> None:
        began = time.perf_counter()
        try:
            for path in filter(None, (options["output"], options["workers_output"])):
                answer_files.must_hold(path)
            with Console(stderr=True).status("consolidating", spinner="line") as status, ExitStack() as stack:
                result = _consolidate(options, stack, status.update)
                answer_files.write(options["output"], result.labels)
                if options["workers_output"]:
                    answer_files.write(options["workers_output"], [result.workers])
        except (answer_files.FileRefused, ParameterRefused, TableRefused, NotInParts) as error:
            raise CommandError(str(error)) from error
        summary = {**result.summary, "seconds": round(time.perf_counter() - began, 3)}
        if options["json"]:
            self.stdout.write(json.dumps(summary, indent=1))
        else:
            Console(file=cast("IO[str]", self.stdout._out)).print(_table(summary))


def _consolidate(options: dict[str, Any], stack: ExitStack, report: Callable[[str], None]) -> consolidate.Result:
    """The result, which may be read until `stack` ends."""
    kind = options["kind"]
    methods = consolidate.methods(kind)
    method = options["method"] or next(iter(methods))
    if method not in methods:
        raise CommandError(f"--method is {method!r}; methods for {kind}: {', '.join(methods)}")
    parameters = _parameters(options["parameter"], methods[method].parameters)
    dask = options["engine"] == "dask"
    if not dask:
        _refuse(options, ("scheduler", "partitions", "parts"), "--engine dask only")
    if kind != consolidate.CHOICE:
        only = f"the kind {consolidate.CHOICE} only; the kind is {kind}"
        _refuse(options | {"engine": dask}, ("labels", "posterior", "gold", "engine"), only)
        return consolidate.values(
            options["answers"], kind=kind, method=method, parameters=parameters, truth=options["truth"]
        )
    values = {
        "method": method,
        "labels": _names(options["labels"]),
        "parameters": parameters,
        **{name: options[name] for name in ("gold", "truth", "posterior")},
    }
    if not dask:
        return consolidate.choice(options["answers"], **values)
    # Imported here because it takes a second, which only this engine should cost.
    from gtcrowd.offline import cluster  # noqa: PLC0415

    folder = options["partitions"] or options["output"].resolve().parent
    places = {"scheduler": options["scheduler"], "folder": folder, "parts": options["parts"], "report": report}
    return stack.enter_context(cluster.choice(options["answers"], **values, **places))


def _refuse(options: dict[str, Any], names: tuple[str, ...], only: str) -> None:
    for name in names:
        if options[name]:
            raise CommandError(f"--{name} is for {only}")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def _names(labels: str | None) -> list[str] | None:
    """The classes of `--labels`, one line of CSV, so that a name with a comma can be quoted."""
    if labels is None:
        return None
    names = next(csv.reader([labels], skipinitialspace=True), [])
    doubled = [name for name in names if names.count(name) > 1]
    if not names or "" in names or doubled:
        raise CommandError(f"--labels is {labels!r}; enter different names separated by commas")
    return names


def _parameters(values: list[str], declared: dict[str, Parameter]) -> dict[str, float]:
    parameters: dict[str, float] = {}
    for text in values:
        name, _, value = text.partition("=")
        try:
            whole = name in declared and declared[name].whole
            parameters[name] = int(value) if whole else float(value)
        except ValueError as error:
            raise CommandError(f"--parameter is {text!r}; enter NAME=NUMBER") from error
    return parameters


def _table(summary: dict[str, Any]) -> Table:
    table = Table(show_header=False)
    for name, value in summary.items():
        if not isinstance(value, dict):
            table.add_row(name.replace("_", " "), f"{value:.4f}" if isinstance(value, float) else str(value))
    return table
