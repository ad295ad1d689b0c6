"""What all benchmarks have in common, and how they are found.

A benchmark is one module of `gtcrowd.bench.benchmarks`: a function under the decorator `benchmark`, which returns a
`report.Report`. `discover` finds it in its package; there is no list to add it to.
"""

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gtcrowd.bench import benchmarks
from gtcrowd.bench.report import Report


@dataclass(frozen=True)
class Argument:
    """An argument on the command line: what `ArgumentParser.add_argument` takes."""

    flags: tuple[str, ...]
    options: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the parameter that receives the value."""
        return self.flags[-1].lstrip("-").replace("-", "_")


@dataclass(frozen=True)
class Benchmark:
    """A benchmark by its name on the command line, with a line of help, its arguments and the function that runs it.

    `run` takes the values of the arguments by name.
    """

    name: str
    help: str
    arguments: Sequence[Argument]
    run: Callable[..., Report]


def argument(*flags: str, **options: Any) -> Argument:
    """Declare an argument of a benchmark; parameters as for `ArgumentParser.add_argument`."""
    return Argument(flags, options)


def benchmark(name: str, *arguments: Argument, help: str) -> Callable[[Callable[..., Report]], Benchmark]:  # noqa: A002
    """Make the decorated function the benchmark `name`."""

    def decorate(run: Callable[..., Report]) -> Benchmark:
        return Benchmark(name, help, arguments, run)

    return decorate


def discover() -> dict[str, Benchmark]:
    """Return all benchmarks, by name. Raises ValueError if two have the same name."""
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__, f"{benchmarks.__name__}.")]
    by_name: dict[str, Benchmark] = {}
    for item in (value for name in names for value in vars(import_module(name)).values()):
        if isinstance(item, Benchmark):
            if item.name in by_name:
                raise ValueError(f"two benchmarks are named {item.name!r}; rename one of them")
            by_name[item.name] = item
    return dict(sorted(by_name.items()))
