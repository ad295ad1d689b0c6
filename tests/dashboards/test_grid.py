"""The table's rows are filtered and sorted on the server."""

import pandas as pd
import pytest

from dashboards import grid

FRAME = pd.DataFrame(
    {"worker_id": [1, 2, 3], "worker": ["Cleo", "Dan", "Eve"], "accuracy": [0.9, float("nan"), 0.4], "n": [90, 0, 40]}
)


def names(**wanted):
    return grid.filter_rows(FRAME, wanted)["worker"].tolist()


def test_sorted_by_what_was_asked():
    assert names(sortModel=[{"colId": "accuracy", "sort": "asc"}]) == ["Eve", "Cleo", "Dan"]
    assert names(sortModel=[{"colId": "nothing", "sort": "asc"}]) == ["Cleo", "Dan", "Eve"]


@pytest.mark.parametrize(
    ("column", "rule", "kept"),
    [
        ("worker", {"filterType": "text", "type": "contains", "filter": "E"}, ["Cleo", "Eve"]),
        ("worker", {"filterType": "text", "type": "startsWith", "filter": "d"}, ["Dan"]),
        ("worker", {"filterType": "text", "type": "contains", "filter": "("}, []),
        ("accuracy", {"filterType": "number", "type": "lessThan", "filter": 0.5}, ["Eve"]),
        ("n", {"filterType": "number", "type": "inRange", "filter": 1, "filterTo": 50}, ["Eve"]),
        ("accuracy", {"type": "blank"}, ["Dan"]),
        ("accuracy", {"filterType": "number", "type": "lessThan", "filter": "x"}, []),
        ("worker", {"filterType": "number", "type": "lessThan", "filter": 1}, ["Cleo", "Dan", "Eve"]),
        ("accuracy", {"type": "no-such-rule"}, ["Cleo", "Dan", "Eve"]),
        ("nothing", {"type": "blank"}, ["Cleo", "Dan", "Eve"]),
    ],
)
def test_filtered_by_what_was_asked(column, rule, kept):
    assert names(filterModel={column: rule}) == kept


def test_a_page_of_rows_as_people_read_them():
    found = grid.rows(FRAME, {"startRow": 1, "endRow": 2}, lambda pk: f"/w/{pk}/")

    assert found == {
        "rowCount": 3,
        "rowData": [{"worker_id": "2", "worker": "Dan", "accuracy": "–", "n": "0", "href": "/w/2/"}],
    }
