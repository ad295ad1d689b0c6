"""Reasons: one enumeration, sentences in the reader's language, and the migration that replaced stored sentences."""

import ast
import re
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from gtcrowd.jobs import state
from gtcrowd.jobs.models import Job, ObjectError
from gtcrowd.labels.models import Run
from gtcrowd.platform.reasons import Reason, nested, sentence
from gtcrowd.tasks.models import JobWorker
from gtcrowd.workforce.models import Worker

SOURCES = [
    path for room in ("gtcrowd", "dashboards") for path in Path(room).rglob("*.py") if "migrations" not in path.parts
]
ORDINARY_WORDS = {"paused", "idle", "preparing", "stopped", "suspended", "gold"}
"""Codes that are also states or names, and stand in the code as such."""
PARAMETERS = set(re.findall(r"%\((\w+)\)s", Path("gtcrowd/platform/reasons.py").read_text()))
KEYWORDS = {"code", "reason_code"}
BEFORE = [("jobs", "0007_texts"), ("labels", "0005_glossary"), ("tasks", "0011_texts"), ("workforce", "0003_glossary")]


@pytest.mark.parametrize("code", Reason.values)
def test_each_code_has_a_sentence(code):
    text = sentence(code, dict.fromkeys(PARAMETERS, 1))

    assert text
    assert text != code
    assert "%(" not in text


def test_parameters_may_be_reasons():
    detail = nested(Reason.HOOK_STATUS, {"status": 500})

    text = sentence(Reason.WAITING_FOR_HOOK, {"tries": 2, "detail": detail})

    assert text == "Waiting for the hook. Attempt 2 failed: The hook answered with status 500."
    assert sentence(Reason.STOPPED_BY_REQUESTER, {"also": detail}).endswith("The hook answered with status 500.")


def test_typed_text_replaces_the_sentence():
    assert sentence(Reason.BY_REQUESTER, {"text": "100% too fast."}) == "100% too fast."
    assert sentence(Reason.BY_REQUESTER) == "Paused by the requester."
    assert sentence("") == ""


@pytest.mark.django_db
def test_reason_is_in_readers_language(ask, hire, now):
    hire("cleo")
    job = ask("a", workers_per_object=1)
    with translation.override("ja"):  # the language of the process that moves the job is not that of its readers
        state.explain_waiting(job, now=now)
    job = Job.objects.get(pk=job.pk)

    with translation.override("ko"):
        korean = job.reason
    with translation.override("en"):
        english = job.reason

    assert english == "Waiting for workers to answer."
    assert re.search("[가-힣]", korean)


def test_codes_are_written_in_one_place():
    faults = [f"{path}:{line}: {text}" for path in SOURCES for line, text in _literals(path)]

    assert faults == []


def _literals(path):
    """Yield line and text of each string of the file that holds a reason code, and of each code as an argument."""
    if path == Path("gtcrowd/platform/reasons.py"):
        return
    codes = set(Reason.values) - ORDINARY_WORDS
    quoted = re.compile("'(" + "|".join(codes) + ")'")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in codes or quoted.search(node.value):
                yield node.lineno, node.value
        elif isinstance(node, ast.keyword) and node.arg in KEYWORDS and isinstance(node.value, ast.Constant):
            if node.value.value:
                yield node.value.lineno, node.value.value
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr in KEYWORDS:
            for value in node.comparators:
                if isinstance(value, ast.Constant) and value.value:
                    yield value.lineno, value.value


def _migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


def _column(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_migration_keeps_sentences(ask, hire, now):
    worker = hire("cleo")
    job = ask("a", "b", workers_per_object=1)
    Worker.objects.filter(pk=worker.pk).update(reason_code=Reason.SUSPENDED)
    JobWorker.objects.create(
        job=job, worker=worker, scan_since=now, scan_restarted_at=now, reason_code=Reason.BY_REQUESTER,
        reason_params={"text": "Too fast."},
    )  # fmt: skip
    Run.objects.create(
        job=job, method="hook", created_at=now, reason_code=Reason.HOOK_STATUS, reason_params={"status": 404}
    )
    ObjectError.objects.create(data_object=job.data_objects.first(), job=job, reason_code=Reason.HOOK_FLAG)
    try:
        _migrate(BEFORE)
        assert _column("jobs_job", "reason") == ["Waiting for workers to answer."]
        assert _column("workforce_worker", "reason") == ["Suspended by the requester."]
        assert _column("tasks_jobworker", "reason") == ["Too fast."]
        assert _column("labels_run", "reason") == ["The hook answered with status 404."]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tasks_task SET state = 'gold', reason_code = 'known' WHERE position = 0")
    finally:
        _migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert Job.objects.get().reason_params == {}
    assert Worker.objects.get().reason_params == {}
    assert JobWorker.objects.get().reason == "Too fast."
    assert Run.objects.get().reason == "The hook answered with status 404."
    assert ObjectError.objects.get().reason == "isHumanAnnotationRequired must be true or false."
    assert _column("tasks_task", "reason_code") == ["", "gold"]
