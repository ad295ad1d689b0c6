"""Labels that lines bring along: taken over if the job could have made them, labeled again otherwise."""

import pytest

from gtcrowd import kinds
from gtcrowd.jobs import create, stream_in
from gtcrowd.jobs.earlier_labels import Earlier, of_line
from gtcrowd.labels.exports import output_manifest
from gtcrowd.tasks.models import Task

AB = ["A", "B"]
BOX = {"class_id": 1, "left": 0, "top": 0, "width": 2, "height": 2}
BOXES = {"image_size": [{"width": 9, "height": 9, "depth": 3}], "annotations": [BOX]}
SPAN = {"label": "A", "startOffset": 0, "endOffset": 2}
LABELS = [
    ("choice", 1, {}), ("choice", 0, {"class-name": "A"}), ("choice", 7, {"class-name": "B"}),
    ("choices", [], {}), ("choices", [0, 1], {"class-map": {"0": "A", "1": "B"}}), ("choices", [1], {}),
    ("boxes", BOXES, {"class-map": {"1": "B"}}), ("boxes", BOXES, {}), ("boxes", {"annotations": []}, {}),
    ("spans", {"annotations": {"labels": [{"label": "A"}], "entities": [SPAN]}}, {}),
    ("masks", "s3://heron/m.png", {"internal-color-map": {"0": {"class-name": "BACKGROUND"}, "1": {"class-name": "A"}}}),
    ("instances", {"instances": [{"label": "A", "color": "#ff0000"}], "mask-uri": "s3://heron/m.png"}, {}),
    ("text", "a heron", {}), ("number", 3.5, {}), ("ranking", ["B", "A"], {}), ("custom", {"any": 1}, {}),
]  # fmt: skip
IMPOSSIBLE = [
    ("choice", 0, {"class-name": "Zebra"}), ("choice", "A", {}), ("choice", 7, {}), ("choice", -1, {}),
    ("choice", True, {}), ("choice", [0], {}), ("choice", 0, {"class-name": 5}), ("choice", 1.0, {}),
    ("choices", [2], {}), ("choices", ["A"], {}), ("choices", 0, {}), ("choices", [0], {"class-map": {"0": "Zebra"}}),
    ("boxes", BOXES, {"class-map": {"1": "Zebra"}}), ("boxes", [], {}), ("boxes", {"annotations": [BOX | {"class_id": 2}]}, {}),
    ("boxes", {"annotations": [5]}, {}), ("boxes", "s3://heron/m.png", {}),
    ("spans", {"annotations": {"entities": [SPAN | {"label": "Zebra"}]}}, {}), ("spans", {"annotations": 3}, {}),
    ("masks", "s3://heron/m.png", {"internal-color-map": {"1": {"class-name": "Zebra"}}}), ("masks", 0, {}),
    ("masks", "s3://heron/m.png", {"internal-color-map": ["A"]}),
    ("instances", {"instances": [{"label": "Zebra"}], "mask-uri": "s3://heron/m.png"}, {}), ("instances", [], {}),
    ("text", 5, {}), ("number", "many", {}), ("ranking", ["A"], {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "metadata"), LABELS)
def test_takes_over_possible_label(kind, value, metadata):
    assert _earlier(kind, value, metadata) is Earlier.LABEL


@pytest.mark.parametrize(("kind", "value", "metadata"), IMPOSSIBLE)
def test_refuses_impossible_label(kind, value, metadata):
    assert _earlier(kind, value, metadata) is Earlier.IMPOSSIBLE


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_null_is_no_label(kind):
    assert _earlier(kind, None, {}) is Earlier.NONE


def _earlier(kind, value, metadata):
    fields = {"source": "x", "v": value, "v-metadata": metadata}
    return of_line(fields, kind=kinds.kind(kind), attribute="v", categories=AB)


LINES = [
    '{"source":"d1","v":0,"v-metadata":{"class-name":"Zebra","confidence":0.9}}',
    '{"source":"d2","v":"A"}',
    '{"source":"d3","v":7}',
    '{"source":"d4","v":null}',
    '{"source":"d5","v":1}',
]


@pytest.fixture
def chained(put):
    """Fields of a job whose lines bring labels along."""
    manifest = put(lines=LINES, key="chained.manifest")
    return {"manifest": manifest, "label_attribute": "v", "categories": AB, "workers_per_object": 1}


@pytest.mark.django_db
def test_plan_counts_impossible_labels(alice, job_values, chained, now):
    for _time in range(2):  # the second time as it was remembered
        planned = create.plan(viewer=alice, values=job_values(**chained), now=now)
        [warning] = [warning for warning in planned.warnings if warning.field == "manifest"]

        assert warning.sentence == (
            "3 lines have a label that is not possible with this task type and these label categories. Their objects "
            "are labeled again. First lines: 1, 2, 3."
        )


@pytest.mark.django_db
def test_objects_with_impossible_labels_are_labeled_again(ask, chained, hire, answer):
    cleo, job = hire("cleo"), ask(**chained)

    assert list(Task.objects.filter(job=job).order_by("position").values_list("position", flat=True)) == [0, 1, 2, 3]
    answer(cleo, job, "B")
    assert next(output_manifest.lines(job)).startswith('{"source":"d1","v":0')


@pytest.mark.django_db
def test_counters_agree_with_reason(ask, put):
    job = ask(manifest=put(lines=LINES[4:] * 1, key="done.manifest"), label_attribute="v", categories=AB)

    job.counters.refresh_from_db()
    assert (job.state, job.reason) == ("Completed", "All objects are labeled.")
    assert (job.counters.labeled, job.counters.labeled_before, job.objects_total) == (1, 1, 1)


@pytest.mark.django_db
def test_streamed_labels_are_checked(ask, now):
    job = ask(streaming=True, manifest="", label_attribute="v", categories=AB)

    stream_in.arrive(job=job, lines=LINES, now=now)

    assert list(job.data_objects.order_by("position").values_list("labeled_before", flat=True)) == [False] * 4 + [True]
    job.counters.refresh_from_db()
    assert job.counters.labeled_before == 1
