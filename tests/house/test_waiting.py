"""Tests wait for states and not for seconds: a test that waits for seconds fails on a busy machine."""

import ast
from pathlib import Path

import pytest

WAITS = {"sleep", "wait_for_timeout"}
ALLOWED = {
    "tests/polling.py": 1,  # between two looks at a state
    "tests/portal/browsing.py": 1,  # as above, where the page's events go on meanwhile
}
"""Calls by file, and what they are for."""


def waits(source: str) -> list[int]:
    """Return the lines that wait for a length of time, whatever the function is called by."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in WAITS
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in WAITS)
            or (isinstance(node.func, ast.Name) and node.func.id in names)
        )
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import time\ntime.sleep(1)", [2]),
        ("from time import sleep as rest\nrest(1)", [2]),
        ("page.wait_for_timeout(300)", [1]),
        ("lambda: time.sleep(2)", [1]),
        ("stopped.wait(0.1)\npage.wait_for_function('true')\nrun('time.sleep(60)')", []),
    ],
)
def test_waits_are_found(source, lines):
    assert waits(source) == lines


def test_no_test_waits_for_seconds():
    result = {str(path): waits(path.read_text()) for path in sorted(Path("tests").rglob("*.py"))}

    assert {path: len(lines) for path, lines in result.items() if lines} == ALLOWED, result
