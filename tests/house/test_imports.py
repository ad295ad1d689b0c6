"""Imports stand at the top of a file: none is hidden in a function, or from the running program, to break a circle."""

import ast
from pathlib import Path

ALLOWED = {
    "gtcrowd/bench/soak_client.py": "a program of its own, which sets Django up before it can import models",
    "gtcrowd/commands/management/commands/consolidate.py": "Dask takes a second to import, which one engine should cost",
}
"""Files with an import of our own that is not at the top, each with its reason."""


def _hidden(tree):
    """Yield the imports of our own rooms that are in a function, or in a block for type checkers only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        ):
            for inner in ast.walk(node):
                names = [alias.name for alias in inner.names] if isinstance(inner, ast.Import) else []
                names += [inner.module or ""] if isinstance(inner, ast.ImportFrom) else []
                yield from (name for name in names if name.partition(".")[0] in ("gtcrowd", "dashboards"))


def test_imports_stand_at_the_top():
    files = [file for room in ("gtcrowd", "dashboards") for file in Path(room).rglob("*.py")]
    hidden = {str(file): sorted(set(_hidden(ast.parse(file.read_text("utf-8"))))) for file in files}

    assert {file: names for file, names in hidden.items() if names and file not in ALLOWED} == {}
    assert [file for file in ALLOWED if not hidden.get(file)] == []
