"""What a page is made of, before it becomes components of Dash (cards.py) or a file (export.py)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Switch:
    """Another way to draw the same: its name, its address, and whether it is the present one."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True)
class Seen:
    """An object of a job as it looks: `picture`: its address, empty where it is none; `text`: of it, or what its file
    is called; `said`: what the picture is, for those who do not see it; `href`: where everything about it is told."""

    picture: str
    text: str
    said: str
    href: str = ""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure: `title` says what is found, `under` the n, window and method; `table` has the same in numbers;
    `explain` names definitions; `warning` says why it should be read with care. Without a `figure` it is a table only,
    with `grid` one whose rows the server sorts and filters. `links`: addresses of the table's rows; `workers`: of those
    who are named in it. `seen`: the objects of the rows, before their first column; `examples`: some objects under a
    name each; `large`: the one object it is about."""

    title: str
    under: str
    table: pd.DataFrame
    figure: go.Figure | None = None
    explain: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    warning: str = ""
    grid: bool = False
    wide: bool = False
    links: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    examples: tuple[tuple[str, tuple[Seen, ...]], ...] = ()
    large: Seen | None = None


@dataclass(frozen=True)
class Level:
    """What a figure is compared with: its name, and where it stands."""

    name: str
    value: float


@dataclass(frozen=True)
class Spark:
    """A line as small as a word, as SVG that stands by itself, and the same in words."""

    svg: str
    text: str


@dataclass(frozen=True)
class Number:
    """One of the numbers above the figures; `change`: against what, `against` says; `name`: of its definition;
    `spark`: how it went; `href`: where more of it is told."""

    title: str
    value: str
    note: str = ""
    change: str = ""
    name: str = ""
    against: str = ""
    spark: Spark | None = None
    href: str = ""


@dataclass(frozen=True)
class Notice:
    """Something that needs a hand: what, why, and where."""

    title: str
    text: str
    href: str = ""


@dataclass(frozen=True, eq=False)
class CaseShown:
    """A case with its evidence; `may_decide`: whether the viewer may."""

    case_id: int
    title: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    innocent: tuple[str, ...]
    state: str
    open: bool
    note: str
    may_decide: bool


@dataclass(frozen=True, eq=False)
class Part:
    """A place for a figure on a page; `drawn` is None where drawing it failed."""

    name: str
    drawn: Drawn | None


@dataclass(frozen=True, eq=False)
class Content:
    """A page. `lead`: a sentence under its title; `needs`: None where the page has no such list."""

    title: str
    lead: str = ""
    numbers: tuple[Number, ...] = ()
    needs: tuple[Notice, ...] | None = None
    parts: tuple[Part, ...] = ()
    cases: tuple[CaseShown, ...] | None = None
    links: tuple[Switch, ...] = field(default=())


def part(name: str, draw: Callable[[], Drawn]) -> Part:
    """One figure; if it cannot be drawn the page stands without it, and the log has the reason."""
    try:
        return Part(name, draw())
    except Exception:  # whatever it is, it must not take the other figures along
        log.exception("The figure %s could not be drawn.", name)
        return Part(name, None)
