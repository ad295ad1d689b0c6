"""The workers' table is filtered and sorted on the server."""

import pandas as pd
import pytest

from dashboards import grid

FRAME = pd.DataFrame(
    {"worker_id": [1, 2, 3], "worker": ["Cleo", "Dan", "Eve"], "accuracy": [0.9, float("nan"), 0.4], "n": [90, 0, 40]}
)


def names(**request):
    return grid.filter_rows(FRAME, request)["worker"].tolist()


def test_sorts_rows():
    assert names(sortModel=[{"colId": "accuracy", "sort": "asc"}]) == ["Eve", "Cleo", "Dan"]
    assert names(sortModel=[{"colId": "nothing", "sort": "asc"}]) == ["Cleo", "Dan", "Eve"]


@pytest.mark.parametrize(
    ("column", "rule", "stored"),
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
def test_filters_rows(column, rule, stored):
    assert names(filterModel={column: rule}) == stored


def test_page_of_formatted_rows():
    response = grid.rows(FRAME, {"startRow": 1, "endRow": 2}, lambda pk: f"/w/{pk}/")

    assert response == {
        "rowCount": 3,
        "rowData": [{"worker_id": "2", "worker": "Dan", "accuracy": "–", "n": "0", "href": "/w/2/"}],
    }
