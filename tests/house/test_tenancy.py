"""Every edge starts from rows of its caller, in the ORM and in SQL; the models and tables come from the app registry."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gtcrowd.analytics import data_version, frames
from gtcrowd.identity.tenancy import TenantQuerySet
from tests.house.ownership import tenant_models

EDGES = ("gtcrowd/api", "gtcrowd/aws", "gtcrowd/console", "gtcrowd/portal", "gtcrowd/workpage", "dashboards")
"""Callers, and what they show: they must say whose rows they want."""
READERS = (*EDGES, "gtcrowd/analytics")
"""Rooms whose SQL must say whose rows it reads."""
QUERIES = {"all", "filter", "get", "exclude", "values", "values_list", "count", "aggregate", "in_bulk", "first", "last",
           "select_related", "prefetch_related", "order_by", "annotate", "update", "delete", "exists", "get_or_create",
           "update_or_create", "iterator"}  # fmt: skip
TABLES = {model._meta.db_table: model.__name__ for model in tenant_models()}
SCOPING = {"requester", "job", "job__in", "task", "task__in", "worker", "workforce", "user", "run"}
"""Arguments that restrict rows to those of somebody, or of something that was looked up as somebody's."""
SCOPES = re.compile(
    r"requester_id\b|%\((requester|jobs?|workers?|tasks?|ids|run)\)s|\bjob_id = |\bcell\b|\{(where|text|jobs|of_job|' AND '\.join\(parts)\b"
)
"""What restricts a statement in the same way; names in braces are conditions of gtcrowd.analytics.filters."""
EXCEPTIONS = {
    "gtcrowd/portal/access.py": "a job is given to a worker by its team, which the next line checks",
    "gtcrowd/console/vendors.py": "a vendor's manager sees the jobs that were given to teams of the vendor",
    "gtcrowd/workpage/rendering.py": "the object is that of an assignment that was found as the worker's own",
    "gtcrowd/analytics/prometheus.py": "counts for the administrator, behind a token",
    "gtcrowd/analytics/rollup.py": "the queue process rolls up the days of all requesters",
}
"""File and why its calls or statements need not say whose rows they want."""


def sources(rooms: tuple[str, ...]) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms:
        for file in sorted(Path(room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, ast.parse(file.read_text())


def orm_calls(tree: ast.AST) -> Iterator[tuple[int, str, ast.Call]]:
    """Each `Model.objects.method(...)` of a tenant's model: line, model, call."""
    names = set(TABLES.values())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in QUERIES:
            continue
        manager = node.func.value
        if isinstance(manager, ast.Attribute) and manager.attr in ("objects", "_default_manager"):
            model = ast.unparse(manager.value).rpartition(".")[2]
            if model in names:
                yield node.lineno, model, node


def statements(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each text that names a tenant's table where SQL names tables: line, text."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"  # type: ignore[attr-defined]
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            text = node.value
        else:
            continue
        tables = re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(\w+)", text)
        fragment = re.match(r"\s*(LEFT )?JOIN\b", text)  # of a statement that is restricted as a whole
        if any(table in TABLES for table in tables) and not fragment:
            yield node.lineno, text


def says_whose(call: ast.Call) -> bool:
    """Whether a call restricts rows by one of SCOPING, or to ids from a query that did."""
    return any(
        (keyword.arg or "").partition("__")[0] in {name.partition("__")[0] for name in SCOPING}
        or (keyword.arg == "pk__in" and ".values" in ast.unparse(keyword.value))
        for keyword in call.keywords
    )


def test_edges_say_whose_rows_they_want():
    faults = [
        f"{file}:{line}: {ast.unparse(call)}"
        for file, tree in sources(EDGES)
        if str(file) not in EXCEPTIONS
        for line, _model, call in orm_calls(tree)
        if not says_whose(call)
    ]

    assert faults == []


def test_sql_says_whose_rows_it_wants():
    faults = [
        f"{file}:{line}: {' '.join(text.split())}"
        for file, tree in sources(READERS)
        if str(file) not in EXCEPTIONS
        for line, text in statements(tree)
        if not SCOPES.search(text)
    ]

    assert faults == []


def test_exceptions_are_needed():
    needed = {
        str(file)
        for file, tree in sources(READERS)
        if any(not says_whose(call) for _line, _model, call in orm_calls(tree))
        or any(not SCOPES.search(text) for _line, text in statements(tree))
    }

    assert set(EXCEPTIONS) - needed == set()


def test_visible_rows_follow_the_foreign_keys():
    """`visible_to` of a model leads to the same requester as its keys do."""
    declared = {
        model: getattr(model, "tenant", "requester")
        for model in tenant_models()
        if isinstance(model._default_manager.get_queryset(), TenantQuerySet)
    }

    assert len(declared) > 20
    assert {model: way for model, way in declared.items() if tenant_models()[model] != way} == {}


@pytest.mark.django_db
def test_counts_only_own_waiting_events(alice, bob, ask, hire, answer, now):
    answer(hire("cleo"), ask())

    assert (data_version.look(alice).waiting, data_version.look(bob).waiting) == (1, 0)
    assert (frames.as_of(alice)["waiting"], frames.as_of(bob)["waiting"]) == (1, 0)
