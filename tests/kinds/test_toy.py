"""A further kind is one folder: with nothing but the folder it runs from the worker's page to the manifest."""

import json
import sys
from pathlib import Path

import pytest

from gtcrowd import job_lifecycle, kinds
from gtcrowd.jobs import store
from gtcrowd.jobs.request import JobRefused
from gtcrowd.labels.models import Run
from gtcrowd.offline import consolidate
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.workpage import rendering

FOLDER = Path(__file__).parent / "toy"


@pytest.fixture
def stars(monkeypatch):
    """The toy kind, found by adding its folder to the package."""
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(FOLDER)])
    monkeypatch.setitem(kinds.KINDS, "stars", kinds.discover()["stars"])
    yield kinds.kind("stars")
    for name in [name for name in sys.modules if name.startswith("gtcrowd.kinds.stars")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(kinds, "stars", raising=False)


def test_found_by_its_folder(stars):
    assert list(kinds.discover()) == list(kinds.KINDS)
    assert list(stars.methods) == ["lowest"]
    assert stars.folder.joinpath("page-text.liquid").is_file()


@pytest.mark.django_db
def test_runs_from_page_to_manifest(stars, ask, hire, now):
    job = ask("A fine film.", kind="stars", categories=[], name="rating")
    for name, rating in (("cleo", 4), ("dan", "3"), ("eve", 5)):
        assignment = claim.next_assignment(worker=hire(name), job=job, now=now)
        assert "A fine film." in rendering.render(assignment).html
        with pytest.raises(kinds.AnswerRefused, match="1 to 5 stars"):
            submit.submit(assignment=assignment, content={"stars": 6}, now=now)
        submit.submit(assignment=assignment, content={"stars": rating}, now=now)

    job = job_lifecycle.advance(job.pk, now=now)

    with store.store().open(job.output) as file:
        fields = json.loads(file.read())
    assert (job.state, fields["source"], fields["rating"]) == ("Completed", "A fine film.", 3)
    assert fields["rating-metadata"]["type"] == "groundtruth/custom"
    assert fields["rating-metadata"]["confidence"] == 0.5
    assert Run.objects.get(official=True).method == "lowest"


@pytest.mark.django_db
def test_checks_jobs_like_any_kind(stars, ask):
    with pytest.raises(JobRefused) as refused:
        ask("A fine film.", kind="stars", categories=["good"], medium="image", name="rating")

    assert {fault.field for fault in refused.value.faults} >= {"categories", "medium"}


def test_consolidates_files(stars, tmp_path):
    answers = tmp_path / "answers.csv"
    answers.write_text("task,worker,label\nt,a,4\nt,b,2\n")

    result = consolidate.values(answers, kind="stars", method="lowest", parameters={})

    assert [list(block["label"]) for block in result.labels] == [["2"]]


def test_refuses_folder_without_kind(monkeypatch, tmp_path):
    folder = tmp_path / "nothing"
    folder.mkdir()
    folder.joinpath("__init__.py").write_text("KIND = None\n")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])

    with pytest.raises(ValueError, match="must set KIND to a kind named 'nothing'"):
        kinds.discover()

    monkeypatch.delitem(sys.modules, "gtcrowd.kinds.nothing")
    monkeypatch.delattr(kinds, "nothing")
