"""How answers compare with labels and with each other: worked by hand, the own answer left out."""

import json

import numpy as np
import pytest

from gtcrowd import job_lifecycle
from gtcrowd.analytics import quality
from gtcrowd.analytics.measures import calibration, comparisons
from gtcrowd.analytics.models import JobQuality, Profile, Quality
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Label, Truth

ANSWERS = {"cleo": ["heron", "heron", "ibis"], "dan": ["heron", "ibis", "ibis"], "eve": ["ibis", "heron", "heron"]}


@pytest.fixture
def done(ask, hire, answer, now):
    """Three people, three objects, and the labels heron, heron, ibis."""
    job, crowd = ask("a", "b", "c", method="majority"), {name: hire(name) for name in ANSWERS}
    for index in range(3):
        for name, labels in ANSWERS.items():
            answer(crowd[name], job, labels[index])
    return job_lifecycle.advance(job.pk, now=now), crowd


def test_agreement_leaves_own_answer_out():
    task = np.array([0, 0, 0, 1, 1, 2])
    value = np.array([0, 0, 1, 0, 1, 0])

    both, agreed = comparisons.agreement_with_others(task, value, n_tasks=3, n_values=2)

    assert both.tolist() == [True] * 5 + [False]
    assert agreed.tolist() == [0.5, 0.5, 0, 0, 0, 0]  # of the others of the first, one says 0 and one 1


def test_similarity_to_others():
    both, agreed = comparisons.similarity_to_others(
        np.array([0, 0, 0, 1]), [1.0, 0.5, 0.0, 1.0], lambda first, second: 1 - abs(first - second)
    )

    assert both.tolist() == [True, True, True, False]
    assert agreed.tolist() == [0.25, 0.5, 0.25, 0]


@pytest.mark.django_db
def test_compares_worker_day(done, now):
    job, crowd = done

    assert quality.form(job, now=now)

    days = {item.worker: item for item in Quality.objects.filter(job=job)}
    assert days[crowd["cleo"]].scored == 3
    assert days[crowd["cleo"]].agreement_sum == 1.5  # each time the two others differ
    assert days[crowd["dan"]].agreement_sum == 1.0
    assert days[crowd["eve"]].agreement_sum == 0.5
    assert days[crowd["cleo"]].expected_correct > days[crowd["eve"]].expected_correct
    assert Profile.objects.get(worker=crowd["eve"]).confusion == [[1, 1], [1, 0]]


@pytest.mark.django_db
def test_quality_report(done, now):
    job, _crowd = done
    quality.form(job, now=now)

    content = JobQuality.objects.get(job=job).content

    assert content["confusion"] == [[4, 2], [1, 2]]
    assert content["redundancy"] == [[3, "done", "all-answers", 3]]
    assert content["agreement"]["percent"]["value"] == pytest.approx(1 / 3)
    assert len(content["least_confident"]) == 3
    assert content["by_day"][0]["day"] == "2026-11-02"
    assert np.array(content["matrix"]["shared"]).tolist() == [[3] * 3] * 3


@pytest.mark.django_db
def test_corrected_truth_changes_report(done, now):
    job, crowd = done
    for label in Label.objects.filter(job=job, current=True):
        Truth.objects.create(data_object=label.data_object, job=job, value="heron", source="audit")
    quality.form(job, now=now)
    assert Quality.objects.get(worker=crowd["cleo"]).truth_right == 2

    Truth.objects.update(value="ibis")
    quality.form(job, now=now)

    assert Quality.objects.get(worker=crowd["cleo"]).truth_right == 1
    assert JobQuality.objects.get(job=job).content["reliability"]["n"] == 3


@pytest.mark.django_db
def test_recomputing_changes_nothing(done, now):
    job, _crowd = done

    def everything():
        rows = [list(model.objects.order_by("worker").values()) for model in (Quality, Profile)]
        for row in rows[0] + rows[1]:
            del row["id"]
        return rows, JobQuality.objects.get().content

    quality.form(job, now=now)
    first = everything()
    quality.form(job, now=now)

    assert everything() == first


@pytest.mark.django_db
def test_lists_stale_jobs(done, now):
    job, _crowd = done
    assert quality.stale() == [job.pk]

    quality.form(job, now=now)

    assert quality.stale() == []


@pytest.mark.django_db
def test_free_values_match_by_degree(ask, hire, put, now):
    from gtcrowd.tasks.allocation import claim
    from gtcrowd.tasks.answers import submit

    manifest = put(lines=[json.dumps({"source-ref": "s3://heron/1.png"})], key="one.manifest")
    job = ask("a", kind="boxes", medium="image", manifest=manifest, categories=["car"], name="cars")
    for name, left in (("cleo", 100), ("dan", 100), ("eve", 160)):
        box = {"label": "car", "left": left, "top": 100, "width": 120, "height": 60}
        content = {"boundingBox": {"boundingBoxes": [box], "inputImageProperties": {"height": 480, "width": 640}}}
        held = claim.next_assignment(worker=hire(name), job=job, now=now)
        submit.submit(assignment=held, content=content, now=now)
    job = job_lifecycle.advance(job.pk, now=now)

    quality.form(Job.objects.get(pk=job.pk), now=now)

    agreed = {item.worker.user.name: item.agreement_sum for item in Quality.objects.all()}
    assert agreed["Cleo"] == agreed["Dan"] == pytest.approx((1 + 1 / 3) / 2)
    assert agreed["Eve"] == pytest.approx(1 / 3)


def test_calibration_error_by_hand():
    pairs = np.array([[0.95, 1], [0.95, 0], [0.55, 1], [0.55, 1]])

    result = calibration.reliability(pairs)

    assert result["ece"] == pytest.approx((abs(1.9 - 1) + abs(1.1 - 2)) / 4)
    assert result["few"]
    assert [item["n"] for item in result["bins"]] == [2, 2]


def test_no_calibration_without_truth():
    assert calibration.reliability(np.zeros((0, 2)))["ece"] is None
