"""The contents of a page, before they become Dash components (components.py) or a file (export.py)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Switch:
    """A link to another view: its text, its address, and whether it is the current one."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True)
class Thumbnail:
    """A preview of an object of a job.

    `picture`: address of the image, empty if the object is not an image; `text`: the object's text, or its file name;
    `alt`: text alternative of the image; `href`: address of the object's page.
    """

    picture: str
    text: str
    alt: str
    href: str = ""


@dataclass(frozen=True, eq=False)
class FigureCard:
    """A figure or table with its title.

    `title`: the result; `subtitle`: n, window and method; `table`: the same numbers as a frame; `figure`: None for a
    table only; `explain`: names of definitions; `warning`: a limitation of the data; `grid`: whether the server sorts
    and filters the table's rows; `links`: addresses of the table's rows; `workers`: addresses of the workers in them;
    `thumbnails`: previews of the rows' objects, in the first column; `examples`: named groups of previews; `large`: the
    single object of the card.
    """

    title: str
    subtitle: str
    table: pd.DataFrame
    figure: go.Figure | None = None
    explain: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    warning: str = ""
    grid: bool = False
    wide: bool = False
    links: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    thumbnails: tuple[Thumbnail, ...] = ()
    examples: tuple[tuple[str, tuple[Thumbnail, ...]], ...] = ()
    large: Thumbnail | None = None


@dataclass(frozen=True)
class Level:
    """A reference value drawn in a figure, and its name."""

    name: str
    value: float


@dataclass(frozen=True)
class Spark:
    """A sparkline as an SVG document, and its text alternative."""

    svg: str
    text: str


@dataclass(frozen=True)
class Number:
    """A metric above the figures.

    `change`: the change from `against`, the name of the baseline; `name`: the name of its definition; `href`: address
    of a figure or page with details.
    """

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
    """An issue that needs attention: its title, its cause and the address to go to."""

    title: str
    text: str
    href: str = ""


@dataclass(frozen=True, eq=False)
class CaseCard:
    """A case with its evidence.

    `evidence`: pairs of name and value; `explanations`: other possible explanations; `may_decide`: whether the viewer
    may confirm or dismiss it; `next_steps`: what the viewer can do about a confirmed case.
    """

    case_id: int
    title: str
    meaning: str
    evidence: tuple[tuple[str, str], ...]
    explanations: tuple[str, ...]
    state: str
    open: bool
    note: str
    may_decide: bool
    next_steps: tuple[Switch, ...] = ()


@dataclass(frozen=True, eq=False)
class Part:
    """A named figure of a page; `card` is None if drawing it failed."""

    name: str
    card: FigureCard | None


@dataclass(frozen=True, eq=False)
class Content:
    """A page. `lead`: a sentence below its title; `notices`: issues, None if the page has no such list."""

    title: str
    lead: str = ""
    numbers: tuple[Number, ...] = ()
    notices: tuple[Notice, ...] | None = None
    parts: tuple[Part, ...] = ()
    cases: tuple[CaseCard, ...] | None = None
    links: tuple[Switch, ...] = field(default=())


def part(name: str, draw: Callable[[], FigureCard]) -> Part:
    """Draw a figure. If that fails, log the error and return a part without a card."""
    try:
        return Part(name, draw())
    except Exception:  # any error: the other figures of the page must still be drawn
        log.exception("The figure %s could not be drawn.", name)
        return Part(name, None)
