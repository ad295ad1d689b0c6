"""The reference of an answer: gold answer, else truth, else label; the same in SQL and in Python."""

import json
from datetime import timedelta

import numpy as np
import pytest

from gtcrowd.analytics import columns, reference_label
from gtcrowd.jobs.models import DataObject
from gtcrowd.labels import consolidate
from gtcrowd.labels.models import Truth
from gtcrowd.tasks.answers import gold


@pytest.mark.parametrize(
    ("is_gold", "values", "expected"),
    [
        (True, ("g", "t", "l"), "g"), (True, ("", "t", "l"), "t"), (True, ("", "", "l"), None),
        (False, ("g", "t", "l"), "t"), (False, ("g", "", "l"), "l"), (False, ("g", "", ""), None),
    ],
)  # fmt: skip
def test_first_reference(is_gold, values, expected):
    gold_value, truth, label = values

    assert reference_label.first(is_gold=is_gold, gold=gold_value, truth=truth, label=label) == expected


def test_codes_of_references():
    gold_codes, truth, label = np.array([[1, 0, 0], [1, -1, 0], [-1, -1, 0], [-1, -1, -1], [-1, 1, 0]]).T

    assert reference_label.codes(gold=gold_codes, truth=truth, label=label).tolist() == [1, 1, 0, -1, 1]


@pytest.mark.django_db
def test_sql_agrees_with_codes(ask, alice, hire, answer, now):
    """Objects: gold with and without truth, truth against the label, label only, and a truth that is no category."""
    job = ask("a", "b", "c", "d", "e", workers_per_object=2, gold={"quiz": 2, "quiz_right": 1})
    items = [{"object": 0, "value": "heron"}, {"object": 1, "value": "ibis"}]
    gold.declare(viewer=alice, job=job, items=items, now=now)
    objects = dict(DataObject.objects.filter(job=job).values_list("position", "pk"))
    for position, value in ((1, "heron"), (2, "ibis"), (4, "crane")):
        Truth.objects.create(data_object_id=objects[position], job=job, value=value, source="test")
    for name in ("cleo", "dan"):
        worker = hire(name)
        for number in range(5):
            answer(worker, job, now=now + timedelta(minutes=number))
    consolidate.run_whole(job, now=now)
    categories = [json.dumps(category) for category in job.categories]

    read = columns.read(job)

    query = f"SELECT {reference_label.CATEGORY}::text {columns.JOINED} ORDER BY answer.task_id, answer.worker_id"
    expected = [
        -1 if value is None else categories.index(value)
        for (value,) in columns.rows(query, {"job": job.pk, "categories": categories})
    ]
    assert columns.reference(read).tolist() == expected
    assert len(expected) == 10
    assert {0, 1} == set(expected)
