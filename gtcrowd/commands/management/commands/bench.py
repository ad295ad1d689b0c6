"""Run the benchmarks: `gtcrowd bench …`. Each is compared with a peer or a limit in the same run."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

from gtcrowd import consolidation
from gtcrowd.commands.bench import (
    assignment,
    dashboards,
    drift,
    intervals,
    peers,
    portal,
    redundancy,
    soak,
    speed,
    transfer,
    volume,
)
from gtcrowd.offline import answer_files, recordings


class Command(BaseCommand):
    help = "Run benchmarks, each compared with a peer or a limit in the same run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        sets = commands.add_parser(
            "consolidation", help="accuracy and time of every method on recorded answers, compared with crowd-kit"
        )
        sets.add_argument("folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv")
        growth = commands.add_parser(
            "speed", help="time and memory of consolidation on generated answers, compared with crowd-kit"
        )
        growth.add_argument(
            "--answers", nargs="+", type=float, default=[1e5, 1e6], help="numbers of answers (default: 1e5 1e6)"
        )
        growth.add_argument(
            "--method", nargs="+", default=["dawid-skene", "hierarchical"], choices=consolidation.METHODS
        )
        rows = commands.add_parser(
            "volume", help="database input and output of a consolidation run, compared with plain COPY"
        )
        rows.add_argument(
            "--answers", type=float, default=1e6, help="number of answers (default: 1e6); they are removed afterwards"
        )
        saved = commands.add_parser(
            "redundancy", help="answers saved by dynamic redundancy on recorded crowds, and the resulting error"
        )
        saved.add_argument(
            "folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv, of categories"
        )
        saved.add_argument("--target", nargs="+", type=float, default=[0.01], help="target error rates (default: 0.01)")
        handed = commands.add_parser("assignment", help="claim and submit over HTTP, compared with a bare view")
        handed.add_argument(
            "--objects", nargs="+", type=float, default=[1e3, 1e5], help="numbers of objects (default: 1e3 1e5)"
        )
        handed.add_argument(
            "--workers", nargs="+", type=int, default=[20, 100], help="numbers of workers (default: 20 100)"
        )
        handed.add_argument(
            "--seconds", type=float, default=8, help="duration of each load in seconds (default: %(default)s)"
        )
        handed.add_argument(
            "--processes", type=int, default=1, help="processes of the web server (default: %(default)s)"
        )
        handed.add_argument("--before", type=float, default=0, help="number of answers in an earlier job (default: 0)")
        brought = commands.add_parser("ingest", help="import of a manifest, compared with plain COPY")
        written = commands.add_parser("export", help="export of an output manifest, compared with plain COPY")
        for one in (brought, written):
            one.add_argument(
                "--objects", nargs="+", type=float, default=[1e5, 1e6], help="numbers of objects (default: 1e5 1e6)"
            )
        wet = commands.add_parser("soak", help="claims under failures, with a count of violated invariants")
        wet.add_argument(
            "--handouts", type=float, default=20_000, help="number of claims (default: 20000; use 1e6 for a full test)"
        )
        paged = commands.add_parser("portal", help="time from submission to the next task in a browser, under load")
        paged.add_argument("--tasks", type=int, default=60, help="tasks in the browser (default: %(default)s)")
        paged.add_argument(
            "--workers", type=int, default=20, help="simulated concurrent workers (default: %(default)s)"
        )
        held = commands.add_parser("intervals", help="coverage of the intervals of workers' accuracy")
        watched = commands.add_parser(
            "drift", help="detection of planted drift, speeders and rings: rate, delay, false alarms"
        )
        seen = commands.add_parser("dashboards", help="time of dashboard pages and totals over generated answers")
        seen.add_argument("--answers", nargs="+", type=float, default=[1e6], help="numbers of answers (default: 1e6)")
        seen.add_argument("--workers", type=int, default=3000, help="number of workers (default: %(default)s)")
        seen.add_argument("--jobs", type=int, default=200, help="number of jobs (default: %(default)s)")
        for one in (held, watched):
            one.add_argument(
                "folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv, of categories"
            )
        for one in (sets, growth, rows, saved, handed, brought, written, wet, paged, held, watched, seen):
            one.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, what: str, **options: Any) -> None:
        rows: Sequence[Any]
        if what == "consolidation":
            rows = self._sets(options["folders"])
            table = _sets_table(rows)
        elif what == "speed":
            work = [(method, int(n)) for method in options["method"] for n in options["answers"]]
            rows = [speed.measure(method, n) for method, n in track(work, "measuring", console=Console(stderr=True))]
            table = _table(
                ("method", "answers", "seconds", "steps", "ms per step", "MB above input", "% of triad",
                 "crowd-kit / ours"),
                [(r.method, f"{r.answers:,}", f"{r.seconds:.2f}", str(r.steps), f"{r.step * 1000:.1f}",
                  f"{r.memory:.0f}", f"{r.bandwidth:.0%}", _number(r.ratio, "{:.0f}")) for r in rows],
            )  # fmt: skip
        elif what == "ingest":
            rows = [transfer.ingested(int(n)) for n in self._each(options["objects"])]
            table = _table(
                ("objects", "check s", "import s", "lines/s", "COPY s", "% of COPY", "MB"),
                [(f"{r.objects:,}", f"{r.check:.2f}", f"{r.bring_in:.2f}", f"{r.objects / r.bring_in:,.0f}",
                  f"{r.copy:.2f}", f"{r.ratio:.0%}", f"{r.memory:.0f}") for r in rows],
            )  # fmt: skip
        elif what == "export":
            rows = [transfer.exported(int(n)) for n in self._each(options["objects"])]
            table = _table(
                ("labels", "first block ms", "total s", "lines/s", "COPY s", "% of COPY", "id list s", "MB"),
                [(f"{r.objects:,}", f"{r.first * 1000:.0f}", f"{r.whole:.2f}", f"{r.objects / r.whole:,.0f}",
                  f"{r.copy:.2f}", f"{r.ratio:.0%}", f"{r.listing:.2f}", f"{r.memory:.0f}") for r in rows],
            )  # fmt: skip
        elif what == "portal":
            rows = [portal.measure(options["tasks"], options["workers"])]
            table = _table(
                ("tasks", "concurrent workers", "p50 ms", "p90 ms", "p99 ms", "max ms", "p50 without preloading"),
                [(str(r.tasks), str(r.workers), f"{r.p50:.0f}", f"{r.p90:.0f}", f"{r.p99:.0f}", f"{r.longest:.0f}",
                  f"{r.plain:.0f}") for r in rows],
            )  # fmt: skip
        elif what == "soak":
            rows = [self._soaked(int(options["handouts"]))]
            table = _table(
                ("event", "count"),
                [*((name, f"{value:,.0f}") for name, value in asdict(rows[0]).items() if name != "breaches"),
                 *((name, f"{value:,}") for name, value in rows[0].breaches.items())],
            )  # fmt: skip
        elif what == "redundancy":
            rows = self._saved(options["folders"], options["target"])
            table = _table(
                ("set", "target", "answers", "used", "saved", "error", "error with all", "difference (95 %)",
                 "expected"),
                [(r.set, f"{r.target:g}", f"{r.answers:,}", f"{r.used:,}", f"{r.ratio:.1%}", f"{r.error:.4f}",
                  f"{r.fixed_error:.4f}", f"{r.low:+.4f} … {r.high:+.4f}", f"{r.expected:.3f}") for r in rows],
            )  # fmt: skip
        elif what == "assignment":
            self._assignment(options)
            return
        elif what in ANALYTICS:
            rows, table = ANALYTICS[what](options)
        else:
            rows = [volume.measure(int(options["answers"]))]
            table = _table(
                ("answers", "read s", "method s", "write s", "COPY out s", "COPY in s", "(read + write) / COPY"),
                [(f"{r.answers:,}", f"{r.read:.2f}", f"{r.method:.2f}", f"{r.write:.2f}", f"{r.copy_out:.2f}",
                  f"{r.copy_in:.2f}", f"{r.ratio:.2f}") for r in rows],
            )  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=1))
        else:
            Console(file=cast("IO[str]", self.stdout._out), width=150).print(table)

    def _assignment(self, options: dict[str, Any]) -> None:
        sizes, seconds = [int(n) for n in options["objects"]], options["seconds"]
        work: list[Any] = [("limit", 0), *(("loads", n) for n in sizes), *(("nothing", n) for n in sizes)]
        found: dict[str, list[Any]] = {"limit": [], "loads": [], "nothing": []}
        for what, objects in track(work, "measuring", console=Console(stderr=True)):
            if what == "limit":
                found[what].append(assignment.limit(min(seconds, 5)))
            elif what == "nothing":
                found[what].append(assignment.nothing_left(objects))
            else:
                facts = {"processes": options["processes"], "before": int(options["before"])}
                found[what] += assignment.loads(objects, options["workers"], seconds=seconds, **facts)
        if options["json"]:
            shown = {name: [asdict(row) | {"ratio": row.ratio} for row in rows] for name, rows in found.items()}
            self.stdout.write(json.dumps(shown, indent=1))
            return
        console = Console(file=cast("IO[str]", self.stdout._out), width=150)
        console.print(_table(
            ("objects", "workers", "done", "answers/s", "web ms", "database ms", "p50 ms", "p99 ms", "p99 ms idle",
             "bare view/s", "bare view ms", "% of bare"),
            [(f"{r.objects:,}", str(r.workers), r.when, f"{r.rate:.0f}", f"{r.web_ms:.2f}", f"{r.database_ms:.2f}",
              f"{r.p50 * 1000:.0f}", f"{r.p99 * 1000:.0f}", f"{r.calm_p99 * 1000:.0f}", f"{r.bare:.0f}",
              f"{r.bare_ms:.2f}", f"{r.ratio:.0%}") for r in found["loads"]],
        ))  # fmt: skip
        console.print(_table(
            ("objects", "first empty claim ms", "later ms", "ordinary claim ms", "% of a claim"),
            [(f"{r.objects:,}", f"{r.first_ms:.1f}", f"{r.later_ms:.2f}", f"{r.claim_ms:.2f}", f"{r.ratio:.0%}")
             for r in found["nothing"]],
        ))  # fmt: skip
        (bare,) = found["limit"]
        console.print(f"PostgreSQL alone, 16 clients: {bare.claims:.0f} claims/s, {bare.answers:.0f} answers/s")

    def _soaked(self, handouts: int) -> soak.Soaked:
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("claims", total=handouts)
            return soak.soak(handouts, lambda count: progress.update(task, completed=count))

    def _each(self, sizes: list[float]) -> Iterable[float]:
        return track(sizes, "measuring", console=Console(stderr=True))

    def _saved(self, folders: list[Path], targets: list[float]) -> list[redundancy.Saved]:
        rows = []
        for folder in track(folders, "measuring", console=Console(stderr=True)):
            try:
                rows += redundancy.measure(folder, targets)
            except recordings.FolderRefused as error:
                raise CommandError(str(error)) from error
        return rows

    def _sets(self, folders: list[Path]) -> list[peers.Row]:
        rows = []
        for folder in track(folders, "measuring", console=Console(stderr=True)):
            try:
                rows += peers.measure(folder)
            except answer_files.FileRefused as error:
                raise CommandError(str(error)) from error
        return rows


def _sets_table(rows: Sequence[peers.Row]) -> Table:
    lines = []
    for row in rows:
        measures = "  ".join(f"{name} {value:.4f}" for name, value in row.measures.items())
        seconds = _number(row.seconds, "{:.3f}")
        lines.append(
            (row.set, row.method, measures, _number(row.peer, "{:.4f}"), seconds, _number(row.ratio, "{:.0f}"))
        )
    for method in dict.fromkeys(row.method for row in rows if row.kind == "choice"):
        same = [row.measures for row in rows if row.method == method and row.kind == "choice"]
        means = {name: sum(one[name] for one in same) / len(same) for name in same[0]}
        lines.append((f"mean of {len(same)}", method, "  ".join(f"{n} {v:.4f}" for n, v in means.items()), "", "", ""))
    return _table(("set", "method", "measures", "crowd-kit", "seconds", "crowd-kit / ours"), lines)


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, justify="left" if name in ("set", "method", "measures") else "right")
    for row in rows:
        table.add_row(*row)
    return table


def _of_folders(measure: Callable[[Path], Any], folders: list[Path]) -> list[Any]:
    rows = []
    for folder in track(folders, "measuring", console=Console(stderr=True)):
        try:
            rows.append(measure(folder))
        except recordings.FolderRefused as error:
            raise CommandError(str(error)) from error
    return rows


def _intervals(options: dict[str, Any]) -> tuple[list[Any], Table]:
    rows = _of_folders(intervals.measure, options["folders"])
    rows.append(intervals.together(rows))
    return rows, _table(
        ("set", "workers", "coverage", "below", "above", "mean width", "with truth", "bias"),
        [(r.set, str(r.workers), f"{r.covered:.1%}", f"{r.below:.1%}", f"{r.above:.1%}", f"{r.width:.3f}",
          f"{r.with_truth:.3f}", f"{r.bias:+.3f}") for r in rows],
    )  # fmt: skip


def _drift(options: dict[str, Any]) -> tuple[list[Any], Table]:
    rows = _of_folders(drift.measure, options["folders"])
    return rows, _table(
        ("set", "workers", "drift found", "delay", "false (recorded)", "false (shuffled)", "budget", "speeders",
         "false", "ring", "false pairs"),
        [(r.set, str(r.workers), f"{r.detected} of {r.drifted}", f"{r.delay:.0f}", str(r.false_drift), str(r.shuffled),
          f"{r.budget:g}", f"{r.caught} of {r.speeders}", str(r.false_speed), f"{r.members} of {r.ring}",
          str(r.false_pairs)) for r in rows],
    )  # fmt: skip


def _dashboards(options: dict[str, Any]) -> tuple[list[Any], Table]:
    sizes = track([int(n) for n in options["answers"]], "measuring", console=Console(stderr=True))
    rows = [row for n in sizes for row in dashboards.measure(n, workers=options["workers"], jobs=options["jobs"])]
    return rows, _table(
        ("answers", "page", "ms", "queries", "kB"),
        [(f"{r.answers:,}", r.what, f"{r.ms:.3g}", _number(r.queries, "{:.0f}"), _number(r.kilobytes, "{:.0f}"))
         for r in rows],
    )  # fmt: skip


ANALYTICS = {"intervals": _intervals, "drift": _drift, "dashboards": _dashboards}
