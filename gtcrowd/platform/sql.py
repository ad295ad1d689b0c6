"""Statements that go with every answer: prepared once a connection, so that the database need not plan them again.

Planning such a statement takes longer than carrying it out. Django binds parameters on the client's side, which
makes every statement a new one; these go to the same connection, and in the same transaction, with their parameters
apart. Numbers, texts, times and lists of them can be parameters; a constant's type may have to be said (`::bigint`).
"""

import json
from typing import Any

import psycopg
from django.db import connection


def rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    """What the statement selects or returns, with `facts` for its `%(name)s`. Raises what Django's cursors raise."""
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.execute(sql, params, prepare=True)
        return cursor.fetchall()


def to_json(value: Any) -> str | None:
    """Return the value as JSON, or None if the database cannot hold it.

    PostgreSQL's JSON has neither the character U+0000 nor half of a surrogate pair in any of its strings.
    """
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return None if "\\u0000" in text else text


def storable(value: Any) -> bool:
    """Return whether the database can hold the value as JSON."""
    return to_json(value) is not None


def storable_text(text: str) -> str:
    """Return the text without what the database cannot hold, each such character replaced by a question mark."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def run(sql: str, **params: Any) -> int:
    """How many rows the statement changed."""
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.execute(sql, params, prepare=True)
        return cursor.rowcount


def _cursor() -> "psycopg.Cursor[tuple[Any, ...]]":
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return psycopg.Cursor(connection.connection)
