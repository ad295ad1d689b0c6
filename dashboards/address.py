"""Build and parse the addresses of pages, which carry the page, its item and its filters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from gtcrowd.analytics.drilldown import STATES, AnswerFilter
from gtcrowd.analytics.filters import SOURCES, Filters

PREFIX = "/dashboards/"
PAGES = ("overview", "workers", "worker", "quality", "job", "vendors", "money", "system", "answers", "objects")
ITEM_PAGES = ("worker", "job")
DRILLDOWN_PAGES = ("answers", "objects")
"""Pages that list the answers or objects behind a number; their addresses carry an answer filter."""
PERIODS = ("7", "28", "90", "all")
DEFAULT_PERIOD = "28"
GROUPS = ("worker", "team", "workforce")
LISTS = {"job": "jobs", "team": "teams", "workforce": "workforces", "worker": "workers"}
"""Query parameter → name of the filter."""
MOST_CHOSEN = 500
LARGEST = 2**63 - 1
REQUESTER = "requester"
AGAINST = re.compile(r"before|none|crowd|(team|workforce)-(\d{1,18})", re.ASCII)
"""Baseline of the numbers: the previous period, nothing, all workers, or a team or workforce."""
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
PATH = re.compile(r"/dashboards/(?:([a-z]+)(?:/(\d{1,18}))?/?)?", re.ASCII)
"""Path of a page; the last slash may be missing."""
KIND = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
AFTER = re.compile(r"\d{1,17}(?:-\d{1,18})?", re.ASCII)
LONGEST = 256
"""Characters of a category."""
WAITING = "waiting"
"""Reason in an address for objects without a reason code, which wait for answers."""


@dataclass(frozen=True)
class Options:
    """Settings of a page besides its filters.

    `today`: in the requester's time zone; `page`: empty if there is no such page; `item`: ID of the worker or job of
    its own page; `period`: name of the days in the address, `own` for two dates; `against`: baseline of the numbers,
    see AGAINST; `by`: group by which bars are stacked; `rates`: shares instead of counts; `answer_filter`: on the
    pages of DRILLDOWN_PAGES, which answers or objects to list; `after`: row after which the list continues;
    `requester`: slug of the page's requester, empty for the session's; `at_home`: whether that is the session's
    requester, so that links to the console stay within the same requester; `unknown`: query parameters whose name
    does not exist, such as ("job", "heron").
    """

    today: date
    page: str = "overview"
    item: int | None = None
    period: str = DEFAULT_PERIOD
    against: str = "before"
    by: str = "worker"
    rates: bool = False
    answer_filter: AnswerFilter = field(default_factory=AnswerFilter)
    after: str = ""
    requester: str = ""
    at_home: bool = True
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def group(self) -> tuple[str, int] | None:
        """Return the team or workforce used as the baseline, as its type and ID; None for other baselines."""
        match = AGAINST.fullmatch(self.against)
        return (match[1], int(match[2])) if match and match[1] else None


def requester(search: str | None) -> str:
    """Return the requester slug in an address, unchecked; empty if there is none."""
    return parse_qs((search or "").lstrip("?"), max_num_fields=4 * MOST_CHOSEN).get(REQUESTER, [""])[0]


def names(search: str | None) -> dict[str, list[str]]:
    """Return the names of jobs, teams, workforces and workers in an address, by query parameter.

    A text of digits only is an ID, which `read` parses.
    """
    query = parse_qs((search or "").lstrip("?"), max_num_fields=4 * MOST_CHOSEN)
    texts = {key: [text for text in query.get(key, ())[:MOST_CHOSEN] if not text.isdecimal()] for key in LISTS}
    return {key: values for key, values in texts.items() if values}


def read(pathname: str | None, search: str | None, *, today: date) -> tuple[Filters, Options]:
    """Parse an address into filters and options. Invalid values are ignored."""
    query = parse_qs((search or "").lstrip("?"), max_num_fields=4 * MOST_CHOSEN)
    page, item = _page(pathname or PREFIX)
    period, first, last = _period(query, today)
    source = _one(query, "source", SOURCES)
    filters = Filters(
        **{name: _ids(query.get(key, ())) for key, name in LISTS.items()},
        kinds=tuple(kind for kind in query.get("kind", ())[:MOST_CHOSEN] if KIND.fullmatch(kind)),
        first_day=first, last_day=last, source=source,
    )  # fmt: skip
    options = Options(
        today,
        page,
        item,
        period,
        against=_against(query),
        by=_one(query, "by", GROUPS),
        rates=query.get("rates") == ["1"],
        requester=requester(search),
        **(_drilldown_options(query) if page in DRILLDOWN_PAGES else {}),
    )
    return filters, options


def search(filters: Filters, options: Options) -> str:
    """Return the query string of an address, without default values."""
    pairs = [(REQUESTER, options.requester)] if options.requester else []
    pairs += [(key, str(pk)) for key, name in LISTS.items() for pk in getattr(filters, name)]
    pairs += [("kind", kind) for kind in filters.kinds]
    if options.period == "own":
        pairs += [(key, day.isoformat()) for key, day in (("from", filters.first_day), ("to", filters.last_day)) if day]
    elif options.period != DEFAULT_PERIOD:
        pairs.append(("days", options.period))
    if filters.source != "all":
        pairs.append(("source", filters.source))
    if options.against != "before":
        pairs.append(("against", options.against))
    if options.by != "worker":
        pairs.append(("by", options.by))
    if options.rates:
        pairs.append(("rates", "1"))
    if options.page in DRILLDOWN_PAGES:
        pairs += _answer_filter_pairs(options.answer_filter)
        pairs += [("after", options.after)] if options.after else []
    return f"?{urlencode(pairs)}" if pairs else ""


def path(page: str, item: int | None = None) -> str:
    """Return the path of a page, with the ID of the worker or job if the page has one."""
    name = "" if page == "overview" else f"{page}/"
    return PREFIX + name + (f"{item}/" if item is not None and page in ITEM_PAGES else "")


def href(filters: Filters, options: Options, *, page: str | None = None, item: int | None = None) -> str:
    """Return the address of a page with the same filters; its table starts at the first row."""
    there = replace(options, page=page or options.page, item=item if page else options.item, after="")
    return path(there.page, there.item) + search(filters, there)


def drilldown(
    filters: Filters, options: Options, answer_filter: AnswerFilter | None = None, *, page: str = "answers"
) -> str:
    """Return the address of the answers or objects behind a number, for all days unless the filters set days."""
    chosen = (filters.first_day, filters.last_day)
    same = options.period != "own" and chosen == days(options.period, options.today)
    period = options.period if same else "own" if any(chosen) else "all"
    return href(filters, replace(options, period=period, answer_filter=answer_filter or AnswerFilter()), page=page)


def next_rows(filters: Filters, options: Options, after: str) -> str:
    """Return the address of the table's next rows."""
    return path(options.page, options.item) + search(filters, replace(options, after=after))


def for_days(filters: Filters, options: Options, first: date, last: date) -> str:
    """Return the address of the same page for the days from `first` to `last`."""
    return href(replace(filters, first_day=first, last_day=last), replace(options, period="own"))


def of_requester(filters: Filters, options: Options, slug: str) -> str:
    """Return the address of the same page for another requester.

    The current requester's jobs and workers are dropped.
    """
    shared = Filters(kinds=filters.kinds, first_day=filters.first_day, last_day=filters.last_day, source=filters.source)
    against = "before" if options.group else options.against
    return href(shared, replace(options, requester=slug, against=against, item=None))


def with_requester(written: str, slug: str) -> str:
    """Return `written`, a stored address, with a requester: `slug` if it names none."""
    pathname, _separator, search_part = written.partition("?")
    if requester(search_part):
        return written
    return f"{pathname}?{urlencode([(REQUESTER, slug)])}{'&' if search_part else ''}{search_part}"


def days(period: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and last day of a named period that ends today; None for an open end."""
    return (None, None) if period == "all" else (today - timedelta(days=int(period) - 1), today)


def day(text: Any) -> date | None:
    """Parse an ISO date between EARLIEST and LATEST; None if invalid."""
    try:
        parsed = date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
    return parsed if EARLIEST <= parsed < LATEST else None


def _page(pathname: str) -> tuple[str, int | None]:
    match = PATH.fullmatch(pathname)
    page = (match[1] or "overview") if match else ""
    if page not in PAGES or (match and match[1] == "overview"):
        return "", None
    item = int(match[2]) if match and match[2] else None
    return (page, item) if item is None or page in ITEM_PAGES else ("", None)


def _period(query: dict[str, list[str]], today: date) -> tuple[str, date | None, date | None]:
    first, last = (day(query.get(key, [""])[0]) for key in ("from", "to"))
    if first or last:
        if first and last and first > last:
            first, last = last, first
        return "own", first, last
    period = query.get("days", [DEFAULT_PERIOD])[0]
    period = period if period in PERIODS else DEFAULT_PERIOD
    return period, *days(period, today)


def _drilldown_options(query: dict[str, list[str]]) -> dict[str, Any]:
    """Parse the answer filter and the row after which the list continues."""

    def value(key: str) -> str:
        return query.get(key, [""])[0]

    def category(key: str) -> str:
        return value(key) if len(value(key)) <= LONGEST and value(key).isprintable() else ""

    def number(text: str) -> float | None:
        return float(text) if NUMBER.fullmatch(text) else None

    low, _dash, high = value("sure").partition("-")
    least, most = number(low), number(high)
    reason = value("reason") if KIND.fullmatch(value("reason")) else None
    whole = {
        key: int(value(key)) if value(key).isdecimal() and len(value(key)) <= 9 else None for key in ("n", "position")
    }
    answer_filter = AnswerFilter(
        right=category("right"),
        answered=category("answered"),
        wrong=value("wrong") == "1",
        slower=number(value("slower")),
        state=value("state") if value("state") in STATES else "",
        answers=whole["n"],
        truth=value("truth") == "1",
        reason="" if reason == WAITING else reason,
        position=whole["position"],
        sure=(least, most) if least is not None and most is not None and least < most <= 1 else None,
    )
    return {"answer_filter": answer_filter, "after": value("after") if AFTER.fullmatch(value("after")) else ""}


def _answer_filter_pairs(answer_filter: AnswerFilter) -> list[tuple[str, str]]:
    """Return the query parameters of an answer filter."""
    pairs = [
        ("right", answer_filter.right),
        ("answered", answer_filter.answered),
        ("wrong", "1" if answer_filter.wrong else ""),
        ("slower", "" if answer_filter.slower is None else f"{answer_filter.slower:.6g}"),
        ("state", answer_filter.state),
        ("n", "" if answer_filter.answers is None else str(answer_filter.answers)),
        ("truth", "1" if answer_filter.truth else ""),
        ("reason", "" if answer_filter.reason is None else answer_filter.reason or WAITING),
        ("sure", "{:g}-{:g}".format(*answer_filter.sure) if answer_filter.sure else ""),
        ("position", "" if answer_filter.position is None else str(answer_filter.position)),
    ]
    return [(key, text) for key, text in pairs if text]


def _against(query: dict[str, list[str]]) -> str:
    if query.get("compare") == ["0"]:  # saved views may still use this older parameter
        return "none"
    value = query.get("against", [""])[0]
    return value if AGAINST.fullmatch(value) else "before"


def _ids(texts: Iterable[str]) -> tuple[int, ...]:
    ids = [int(text) for text in list(texts)[:MOST_CHOSEN] if text.isdecimal() and len(text) < 20]
    return tuple(dict.fromkeys(pk for pk in ids if pk <= LARGEST))


def _one(query: dict[str, list[str]], key: str, choices: tuple[str, ...]) -> str:
    value = query.get(key, [""])[0]
    return value if value in choices else choices[0]
