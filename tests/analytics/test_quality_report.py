"""The stored quality report: written and read again, read from older versions, refused from later ones."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from dashboards import address, pages
from gtcrowd import job_lifecycle
from gtcrowd.analytics import frames, quality, quality_report, reports
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.models import JobQuality
from gtcrowd.analytics.quality_report import QualityReport, UnknownVersion

OLD = json.loads((Path(__file__).parent / "quality_reports/version-1.json").read_text())
"""Stored by the code of before versions, of a job with a gold question and three truths."""


@pytest.fixture
def stored(ask, alice, now):
    job = ask("a", "b", "c", "d")
    return JobQuality.objects.create(job=job, run_id=1, made_at=now, content=OLD)


def test_report_survives_storage():
    report = QualityReport.from_json(OLD)

    assert QualityReport.from_json(json.loads(json.dumps(report.to_json()))) == report
    assert report.to_json()["version"] == quality_report.VERSION


def test_reads_report_without_version():
    report = QualityReport.from_json(OLD)

    assert report.least_confident == OLD["doubtful"]
    assert report.confidences == OLD["sure"]
    rest = {field.name for field in fields(QualityReport)} - {"least_confident", "confidences"}
    assert {name: getattr(report, name) for name in rest} == {name: OLD[name] for name in rest}


def test_reads_report_without_later_parts():
    parts = ("matrix", "flow", "drift", "boxes")

    report = QualityReport.from_json({name: part for name, part in OLD.items() if name not in parts})

    assert [getattr(report, name) for name in parts] == [None] * 4


@pytest.mark.parametrize("version", [quality_report.VERSION + 1, 0, "2"])
def test_refuses_unknown_version(version):
    with pytest.raises(UnknownVersion, match=f"format {version}; .* up to {quality_report.VERSION}"):
        QualityReport.from_json(OLD | {"version": version})


def test_every_older_version_is_upgraded():
    assert list(quality_report.VERSIONS) == list(range(1, quality_report.VERSION))


@pytest.mark.django_db
def test_old_report_is_shown(client, alice, stored):
    client.force_login(alice.user)

    report = client.get("/api/v1/jobs/birds/quality/").json()

    assert (report["version"], report["least_confident"]) == (quality_report.VERSION, OLD["doubtful"])
    assert reports.classes(alice, Filters())["job"].tolist() == ["birds", "birds"]
    for page in ("/dashboards/quality/", f"/dashboards/job/{stored.job_id}/"):
        parts = pages.draw(alice, *address.read(page, "?days=all", today=stored.made_at.date())).parts
        assert parts
        assert all(part.card for part in parts)


@pytest.mark.django_db
def test_later_report_is_refused(client, alice, stored):
    JobQuality.objects.update(content=OLD | {"version": quality_report.VERSION + 1})
    client.force_login(alice.user)

    refused = client.get("/api/v1/jobs/birds/quality/")

    assert (refused.status_code, "run the consolidation again" in refused.json()["detail"]) == (409, True)
    with pytest.raises(UnknownVersion):
        frames.job_quality(alice, stored.job_id)
    with pytest.raises(UnknownVersion):
        frames.confusions(alice, Filters())


@pytest.mark.django_db
def test_recomparing_replaces_old_report(stored, hire, answer, now):
    for name in ("cleo", "dan", "eve"):
        worker = hire(name)
        for _number in range(4):
            answer(worker, stored.job)
    job_lifecycle.advance(stored.job_id, now=now)

    assert quality.form(stored.job, now=now)

    assert JobQuality.objects.get().content["version"] == quality_report.VERSION
