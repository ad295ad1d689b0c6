"""Names and numbers of a job are read in their plain form."""

import pytest

from gtcrowd.jobs import create
from gtcrowd.jobs.request import JobRefused

pytestmark = pytest.mark.django_db

TWINS = ["Cat", "Cat ", "Cat\u00a0", "Cat\u200b", "\u0421at", "é", "e\u0301", "\u200b"]


def test_refuses_twin_categories(ask):
    with pytest.raises(JobRefused) as refused:
        ask(categories=TWINS)

    assert [(fault.value, fault.problem) for fault in refused.value.faults] == [
        ("\u200b", "must be a text of 1 to 256 visible characters."),
        ("Cat", "is listed twice. Remove one of them."),
        ("é", "is listed twice. Remove one of them."),
    ]


def test_stores_plain_names(ask):
    job = ask(categories=["Cat ", "e\u0301", "\u0421at"], title=" \u200bFind\u00a0", opened=False)

    assert (job.categories, job.title) == (["Cat", "é", "\u0421at"], "Find")


@pytest.mark.parametrize("field", ["title", "description"])
@pytest.mark.parametrize("text", [" \u200b", "\ufeff", "a\0b"])
def test_refuses_invisible_text(ask, field, text):
    with pytest.raises(JobRefused) as refused:
        ask(**{field: text})

    assert [fault.field for fault in refused.value.faults] == [field]


@pytest.mark.parametrize("number", ["１２", "1_0", "1e1", "٣"])
@pytest.mark.parametrize(
    "field", ["workers_per_object", "price", "time_limit", "max_percentage", "priority", "worker_limits", "gold"]
)
def test_refuses_numbers_in_other_notations(ask, field, number):
    value = {"worker_limits": {"hours": number}, "gold": {"quiz": number}}.get(field, number)

    with pytest.raises(JobRefused) as refused:
        ask(**{field: value})

    assert [fault.field.partition(".")[0] for fault in refused.value.faults] == [field]


def test_warns_of_lookalike_categories(alice, job_values, now):
    planned = create.plan(viewer=alice, values=job_values(categories=["Cat", "\u0421at", "cat", "Dog"]), now=now)

    assert [
        (warning.code, warning.params["names"]) for warning in planned.warnings if warning.field == "categories"
    ] == [("lookalike-categories", "Cat, \u0421at, cat")]
