"""What a benchmark returns: data for programs, and tables for people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

T = TypeVar("T")
LEFT = ("set", "method", "measures")
"""Columns of text; all others are numbers."""


@dataclass(frozen=True)
class Report:
    """The result of a benchmark: `data` as JSON has it, and tables or lines of text to print."""

    data: Any
    shown: Sequence[Table | str]


def of_rows(rows: Sequence[Any], columns: Mapping[str, Callable[[Any], str]]) -> Report:
    """Report one row per measurement.

    rows     dataclasses with a property `ratio`: the measurement relative to its peer or limit
    columns  by heading, what formats a row
    """
    return Report(plain(rows), [table_of(rows, columns)])


def plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rows as JSON has them, each with its ratio."""
    return [asdict(row) | {"ratio": row.ratio} for row in rows]


def table_of(rows: Sequence[Any], columns: Mapping[str, Callable[[Any], str]]) -> Table:
    """Return the rows as a table."""
    return table(list(columns), [[column(row) for column in columns.values()] for row in rows])


def table(names: Sequence[str], cells: Iterable[Sequence[str]]) -> Table:
    """Return a table with these headings and cells."""
    result = Table()
    for name in names:
        result.add_column(name, justify="left" if name in LEFT else "right")
    for row in cells:
        result.add_row(*row)
    return result


def number(value: float | None, form: str) -> str:
    """Format a number, or a dash for None."""
    return "–" if value is None else form.format(value)


def each(work: Sequence[T]) -> Iterable[T]:
    """Yield the parts of the work with a progress bar on standard error."""
    return track(work, "measuring", console=Console(stderr=True))
