"""docs/architecture.md names every room and model, and the files of its recipes exist."""

import re
from pathlib import Path

import pytest
from django.apps import apps

TEXT = Path("docs/architecture.md").read_text(encoding="utf-8")
RECIPES = TEXT.partition("## Recipes")[2]
FILES = sorted(set(re.findall(r"`((?:gtcrowd|dashboards|docs|tests)/[\w./-]+)`", TEXT)))
ROOMS = sorted(path.parent.name for path in Path("gtcrowd").glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_names_every_room(room):
    assert f"`gtcrowd.{room}`" in TEXT


@pytest.mark.parametrize("room", ["identity", "ledger", "workforce", "jobs", "tasks", "labels", "analytics"])
def test_names_every_model(room):
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| {room} |"))
    named = set(re.findall(r"`(\w+)`", row))

    assert {model.__name__ for model in apps.get_app_config(room).get_models()} == named


@pytest.mark.parametrize("file", FILES)
def test_files_of_recipes_exist(file):
    assert Path(file).exists()


@pytest.mark.parametrize(
    "thing",
    ["job field", "kind", "consolidation method", "export format", "benchmark", "figure", "dashboard page", "provider"],
)
def test_has_recipe(thing):
    assert re.search(rf"^### Add an? {thing}", RECIPES, re.MULTILINE)


def test_walks_name_existing_modules():
    """Short paths of the walks, such as tasks/allocation/claim.py, are files of gtcrowd."""
    short = set(re.findall(r"`((?:\w+/)+\w+\.py)`", TEXT)) - set(FILES)

    assert [path for path in short if not (Path("gtcrowd") / path).exists()] == []
