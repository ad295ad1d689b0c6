"""Columns out of the database and into it."""

import json

import numpy as np
import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd.labels import bulk_copy

pytestmark = pytest.mark.django_db


def test_columns_round_trip():
    query = "SELECT n::integer, -n::bigint * 10000000000, n / 4.0::float8 FROM generate_series(1, %(n)s) n"

    result = bulk_copy.read(query, {"n": 5}, {"a": "i4", "b": "i8", "c": "f8"})

    assert result["a"].tolist() == [1, 2, 3, 4, 5]
    assert result["b"].tolist() == [-n * 10**10 for n in range(1, 6)]
    assert result["c"].tolist() == [0.25, 0.5, 0.75, 1, 1.25]


def test_copies_empty_columns():
    assert bulk_copy.read("SELECT 1::integer WHERE %(no)s", {"no": False}, {"a": "i4"})["a"].tolist() == []


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=4)
)
def test_copies_any_text_unchanged(texts):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE written (value jsonb, plain text, same integer, nothing text)")
        columns = {
            "value": pa.array([bulk_copy.escaped(json.dumps(text)) for text in texts]),
            "plain": pa.array([bulk_copy.escaped(text) for text in texts]),
            "same": pa.array([7]),
            "nothing": pa.array(["\\N"]),
        }
        bulk_copy.write("written", columns, rows=len(texts))
        cursor.execute("SELECT value #>> '{}', plain, same, nothing FROM written")
        rows = cursor.fetchall()
        cursor.execute("DROP TABLE written")

    assert rows == [(text, text, 7, None) for text in texts]


def test_copies_number_lists():
    lists = bulk_copy.json_lists(np.array([[0.3333333333, 1e-6], [0.0, 1.0]]), places=6)

    assert [json.loads(text) for text in lists.to_pylist()] == [[0.333333, 1e-6], [0, 1]]
