"""The floor plan, where the linter of imports cannot see it."""

from pathlib import Path

from django.apps import apps
from procrastinate.contrib.django import app

from gtcrowd.platform import queue

FLOORS = ["ledger", "identity", "workforce", "jobs", "tasks", "labels"]


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


def test_foreign_keys_across_rooms_have_no_reverse():
    reachable = [
        str(field)
        for label, field in _keys()
        if field.related_model._meta.app_label != label and not (field.remote_field.related_name or "").endswith("+")
    ]

    # A requester's own rooms, and what a job is counted by, are read from above only.
    assert reachable == []


def test_runner_registers_every_queued_task():
    assert set(queue.NAMES) <= set(app.tasks)


def test_advisory_locks_have_one_list():
    """Only gtcrowd.platform.locks takes advisory locks, so that their spaces cannot collide."""
    elsewhere = [
        str(file)
        for file in Path("gtcrowd").rglob("*.py")
        if "advisory" in file.read_text() and file.parts[1] != "platform"
    ]

    assert elsewhere == []
