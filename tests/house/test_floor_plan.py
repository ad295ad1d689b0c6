"""The floor plan, where the linter of imports cannot see it."""

import ast
from pathlib import Path

from django.apps import apps
from procrastinate.contrib.django import app

from gtcrowd.platform import queue

FLOORS = ["ledger", "identity", "workforce", "jobs", "tasks", "labels"]
EDGES = ("api", "console", "portal")


def _keys():
    for label in FLOORS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                if field.is_relation and field.concrete and field.related_model._meta.app_label in FLOORS:
                    yield label, field


def test_keys_go_down():
    upward = [
        str(field)
        for label, field in _keys()
        if FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(label)
    ]

    assert upward == []


def test_keys_across_walls_have_no_way_back():
    reachable = [
        str(field)
        for label, field in _keys()
        if field.related_model._meta.app_label != label and not (field.remote_field.related_name or "").endswith("+")
    ]

    # A requester's own rooms, and what a job is counted by, are read from above only.
    assert reachable == []


def test_the_runner_knows_every_task_asked_for():
    assert set(queue.NAMES) <= set(app.tasks)


def test_edges_ask_for_rows_of_the_caller_only():
    """No view takes `Model.objects.all/filter/get` of a tenant's model without saying whose rows."""
    tenants = {"Job", "DataObject", "Answer", "Assignment", "Label", "Run", "Truth", "WorkerQuality", "AccessKey"}
    found = []
    for room in EDGES:
        for file in Path(f"gtcrowd/{room}").glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in {"all", "filter", "get", "exclude"}:
                    source = ast.unparse(node)
                    if source in {f"{name}.objects.{node.attr}" for name in tenants}:
                        found.append(f"{file}: {source}")

    # The portal's rows are a worker's own, found through the worker and not through a requester.
    assert [one for one in found if not one.startswith("gtcrowd/portal/views.py: ")] == []
