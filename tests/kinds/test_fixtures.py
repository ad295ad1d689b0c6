"""Every kind has fixtures, and they run from manifest and answers to the fields of the output manifest."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gtcrowd import kinds, manifest
from gtcrowd.kinds import pages

FOLDER = Path("fixtures/kinds")


def lines(kind, name):
    return [json.loads(line) for line in (FOLDER / kind / name).read_text(encoding="utf-8").splitlines()]


def test_every_kind_has_fixtures():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(kinds.KINDS)


@pytest.mark.parametrize("name", kinds.KINDS)
def test_manifest_is_valid(name):
    job = json.loads((FOLDER / name / "job.json").read_text(encoding="utf-8"))
    expected = "source" if job["medium"] == "text" else "source-ref"
    stream = io.BytesIO((FOLDER / name / "input.manifest").read_bytes())

    report = manifest.check(stream, limit=1, expect=expected)

    assert (report.count, report.faults) == (3, [])


@pytest.mark.parametrize("name", kinds.KINDS)
def test_answers_become_manifest_fields(name):
    job = json.loads((FOLDER / name / "job.json").read_text(encoding="utf-8"))
    kind, categories = kinds.kind(name), job.get("categories", [])
    answers = [
        (position, worker, kind.read_answer(content, categories))
        for position, contents in enumerate(lines(name, "answers.jsonl"))
        for worker, content in enumerate(contents)
    ]
    objects, workers, values = zip(*answers, strict=True)
    columns = kinds.AnswerColumns(
        np.array(objects), np.array(workers), np.arange(len(values)), values, n_objects=3, n_workers=3
    )

    result = kind.consolidate(columns, categories=categories, method=kind.default_method, parameters={})

    context = kinds.ManifestContext(
        attribute=job["label_attribute"], categories=categories, medium=job["medium"], job_name=job["name"],
        created_at=datetime(2026, 11, 2, tzinfo=UTC), asset_uri="s3://digits-lab/label.png",
    )  # fmt: skip
    parts = result.part_confidence or [None] * 3
    for label, confidence, part in zip(result.labels, result.confidence, parts, strict=True):
        fields = kind.manifest_fields(
            kinds.Label(label, float(confidence), None if part is None else list(part)), context
        )
        assert set(fields) == {job["label_attribute"], f"{job['label_attribute']}-metadata"}


def test_template_has_no_faults():
    assert list(pages.faults(Path("fixtures/templates/bird.liquid").read_text(encoding="utf-8"))) == []
