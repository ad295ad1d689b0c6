"""Addresses carry all filters, and invalid values are ignored."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboards import address, callbacks, ids
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.filters import Filters

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    "search",
    [
        "", "?days=7", "?days=all", "?job=4&job=5&team=1&workforce=2&worker=7&worker=8&kind=choice", "?source=gold", "?against=none",
        "?requester=ibis&against=crowd", "?against=team-12", "?against=workforce-3",
        "?from=2026-11-01&to=2026-11-03&source=real&against=none&by=team&rates=1", "?from=2026-11-01",
    ],
)  # fmt: skip
def test_address_round_trip(search):
    filters, options = address.read("/dashboards/", search, today=TODAY)

    assert address.search(filters, options) == search
    assert address.read("/dashboards/", address.search(filters, options), today=TODAY) == (filters, options)


@pytest.mark.parametrize("page", address.DRILLDOWN_PAGES)
@pytest.mark.parametrize(
    "search",
    [
        "?job=4&days=all&right=a+%26+b&answered=%E9%B7%BA", "?job=4&wrong=1&after=1730538000123456-77",
        "?worker=7&slower=12.5", "?job=4&state=rest&after=49", "?job=4&n=3&reason=waiting",
        "?job=4&truth=1&reason=all-answers&sure=0.9-1", "?job=4&from=2026-11-01&to=2026-11-03&position=0",
    ],
)  # fmt: skip
def test_drilldown_address_round_trip(page, search):
    path = f"/dashboards/{page}/"
    filters, options = address.read(path, search, today=TODAY)

    assert address.search(filters, options) == search
    assert address.read(path, address.search(filters, options), today=TODAY) == (filters, options)
    assert address.read("/dashboards/", search, today=TODAY)[1].answer_filter == AnswerFilter()
    assert "after" not in address.href(filters, options)
    assert address.href(filters, options, page="money") == address.href(
        *address.read("/dashboards/", search, today=TODAY), page="money"
    )


@pytest.mark.parametrize(
    "search",
    [
        "?right=%00", "?answered=a%0Ab", f"?right={'x' * 257}", "?wrong=yes", "?slower=nan", "?slower=-1",
        "?slower=1e9", "?state=open", "?n=x", "?n=1234567890", "?reason=<b>", "?sure=0.9", "?sure=0.9-0.1",
        "?sure=0.5-2", "?position=-1", "?after=x", "?after=1-2-3", f"?after={'9' * 18}", "?position=%C2%B2",
    ],
)  # fmt: skip
def test_ignores_invalid_answer_filter(search):
    path = "/dashboards/answers/"

    assert address.read(path, search, today=TODAY) == address.read(path, "", today=TODAY)


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (None, None, "days=all"),
        (TODAY - timedelta(days=27), TODAY, ""),
        (TODAY, TODAY, "from=2026-11-25&to=2026-11-25"),
    ],
)
def test_drilldown_keeps_days(first, last, written):
    _filters, options = address.read("/dashboards/", "", today=TODAY)

    link = address.drilldown(Filters(jobs=(4,), first_day=first, last_day=last), options, AnswerFilter(position=2))

    assert link == "/dashboards/answers/?" + "&".join(filter(None, ("job=4", written, "position=2")))


def test_default_period_is_28_days():
    filters, options = address.read("/dashboards/", None, today=TODAY)

    assert filters == Filters(first_day=date(2026, 10, 29), last_day=TODAY)
    assert (options.page, options.against) == ("overview", "before")


@pytest.mark.parametrize(
    "search",
    [
        "?job=x&from=never", "?job=-1", "?job=99999999999999999999", "?job=9223372036854775808", "?kind=<b>", "?days=9", "?source=none",
        "?by=day", "?from=0001-01-01", "?job=%00", "?from=9999-12-31", "?against=team-", "?against=vendor-3", "?requester=",
    ],
)  # fmt: skip
def test_ignores_invalid_parameters(search):
    assert address.read("/dashboards/", search, today=TODAY) == address.read("/dashboards/", "", today=TODAY)


def test_reads_older_compare_parameter():
    _filters, options = address.read("/dashboards/", "?compare=0", today=TODAY)

    assert options.against == "none"


def test_other_requester_drops_jobs_and_workers():
    search = "?job=4&worker=7&kind=choice&days=7&source=real&against=team-3"
    filters, options = address.read("/dashboards/worker/7/", search, today=TODAY)

    assert address.of_requester(filters, options, "ibis") == (
        "/dashboards/worker/?requester=ibis&kind=choice&days=7&source=real"
    )


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("/dashboards/", "/dashboards/?requester=ibis"), ("/dashboards/?days=7", "/dashboards/?requester=ibis&days=7"),
        ("/dashboards/?requester=heron&days=7", "/dashboards/?requester=heron&days=7"),
    ],
)  # fmt: skip
def test_adds_requester_to_stored_address(written, named):
    assert address.with_requester(written, "ibis") == named


def test_swaps_reversed_days():
    filters, _options = address.read("/dashboards/", "?from=2026-11-03&to=2026-11-01", today=TODAY)

    assert (filters.first_day, filters.last_day) == (date(2026, 11, 1), date(2026, 11, 3))


@pytest.mark.parametrize(
    ("pathname", "page", "item"),
    [
        ("/dashboards/", "overview", None), ("/dashboards/worker/12/", "worker", 12), ("/dashboards/job/3/", "job", 3),
        ("/dashboards/money/", "money", None), ("/dashboards/quality", "quality", None), ("/dashboards/job/3", "job", 3),
        ("/dashboards/money/4/", "", None), ("/dashboards/nothing/", "", None),
        ("/dashboards/overview/", "", None), ("/dashboards/worker/x/", "", None), ("/jobs/", "", None),
    ],
)  # fmt: skip
def test_page_and_item_from_path(pathname, page, item):
    _filters, options = address.read(pathname, "", today=TODAY)

    assert (options.page, options.item) == (page, item)


def test_links_keep_the_filters():
    filters, options = address.read("/dashboards/workers/", "?job=4&days=7", today=TODAY)

    assert address.href(filters, options, page="worker", item=9) == "/dashboards/worker/9/?job=4&days=7"
    assert (
        address.for_days(filters, options, date(2026, 11, 2), date(2026, 11, 2))
        == "/dashboards/workers/?job=4&from=2026-11-02&to=2026-11-02"
    )


def controls(filters):
    lists = [list(getattr(filters, name)) for name in callbacks.LISTS]
    return [*lists, str(filters.first_day), str(filters.last_day), "before"]


def test_unchanged_controls_keep_address():
    filters, options = address.read("/dashboards/", "?job=4&days=7", today=TODAY)

    assert callbacks.new_search(*controls(filters), "/dashboards/", "?job=4&days=7", filters, options) is None


@pytest.mark.parametrize(
    ("index", "value", "search"),
    [
        (callbacks.LISTS.index(ids.WORKERS), [7, 8], "?worker=7&worker=8"), (5, "2026-11-20", "?from=2026-11-20&to=2026-11-25"),
        (7, "team-12", "?against=team-12"),
    ],
)  # fmt: skip
def test_control_changes_address(index, value, search):
    filters, options = address.read("/dashboards/", "", today=TODAY)
    values = controls(filters)
    values[index] = value

    assert callbacks.new_search(*values, "/dashboards/", "", filters, options) == search


def test_control_resets_table_position():
    path, search = "/dashboards/answers/", "?job=4&wrong=1&after=5-6"
    filters, options = address.read(path, search, today=TODAY)
    values = controls(filters)
    assert callbacks.new_search(*values, path, search, filters, options) is None
    values[callbacks.LISTS.index(ids.WORKERS)] = [7]

    assert callbacks.new_search(*values, path, search, filters, options) == "?job=4&worker=7&wrong=1"


def test_cleared_days_mean_all_days():
    filters, options = address.read("/dashboards/", "", today=TODAY)
    values = [*controls(filters)]
    values[5] = values[6] = None

    assert callbacks.new_search(*values, "/dashboards/", "", filters, options) == "?days=all"


def test_item_only_on_its_own_page():
    _filters, options = address.read("/dashboards/worker/9/", "", today=TODAY)

    assert address.href(Filters(), replace(options, period="all"), page="money") == "/dashboards/money/?days=all"
