"""How often the lines of a manifest are parsed: once for the reviews, once at ingest, once when they stream in."""

import os

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs import create, store, stream_in
from gtcrowd.jobs.models import Job
from gtcrowd.jobs.request import JobRefused
from gtcrowd.manifest import fields
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
TEXTS = ["a", "b", "c"]


@pytest.fixture
def parsed(monkeypatch):
    """The texts of all lines that were parsed."""
    texts, read = [], fields.read

    def counting(text, **options):
        texts.append(text)
        return read(text, **options)

    monkeypatch.setattr(fields, "read", counting)
    return texts


@pytest.fixture
def values(team, put):
    return {
        "name": "birds", "medium": "text", "categories": ["heron", "ibis"], "manifest": put(*TEXTS), "team": team.name,
        "title": "Which bird?", "description": "Say which.", "price": "0.012", "workers_per_object": 1,
    }  # fmt: skip


def test_review_and_create_parse_once(alice, values, parsed, now):
    for _number in range(3):
        create.plan(viewer=alice, values=values, now=NOW)
    job = create.create(viewer=alice, values=values, now=now)
    assert len(parsed) == len(TEXTS)

    job_lifecycle.advance(job.pk, now=now)

    assert len(parsed) == 2 * len(TEXTS)
    assert job.objects_total == len(TEXTS)


def test_changed_manifest_is_parsed_again(alice, values, put, parsed):
    first = create.plan(viewer=alice, values=values, now=NOW)
    put("d", "e", "f")

    second = create.plan(viewer=alice, values=values, now=NOW)

    assert len(parsed) == 2 * len(TEXTS)
    assert first.digest != second.digest


def test_edit_in_place_is_noticed(alice, values, parsed):
    create.plan(viewer=alice, values=values, now=NOW)
    with store.store().open(values["manifest"]) as file:
        path, text = file.name, file.read()
    before = os.stat(path)
    with open(path, "wb") as file:
        file.write(text.replace(b'"a"', b'"z"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    create.plan(viewer=alice, values=values, now=NOW)

    assert len(parsed) == 2 * len(TEXTS)


def test_other_order_is_checked(alice, values):
    create.plan(viewer=alice, values=values, now=NOW)

    with pytest.raises(JobRefused):
        create.plan(viewer=alice, values=values | {"task_order": "priority", "order_key": "rank"}, now=NOW)


def test_faulty_manifest_is_refused_each_time(alice, values, put):
    put(lines=['{"source": "a"}', "{"])

    for _number in range(2):
        with pytest.raises(JobRefused, match="manifest"):
            create.plan(viewer=alice, values=values, now=NOW)


def test_foreign_bucket_is_refused_after_review(alice, bob, values):
    create.plan(viewer=alice, values=values, now=NOW)

    with pytest.raises(JobRefused, match="manifest"):
        create.plan(viewer=bob, values=values, now=NOW)
    assert not Job.objects.exists()


def test_streamed_objects_are_parsed_once(ask, parsed, now):
    job = ask(manifest="", streaming=True)

    stream_in.arrive(job=job, lines=[{"source": text} for text in TEXTS], now=now)

    assert len(parsed) == len(TEXTS)
