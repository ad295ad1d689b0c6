import time

import pytest

from gtcrowd.kinds import names


@pytest.mark.parametrize("name", ["a", "species", "A-1", "a--b", "x" * 127, "meta-data", "reference"])
def test_accepts_good_attribute_names(name):
    assert names.check_attribute_name(name, is_reference=False) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "1 to 127"),
        ("-a", "1 to 127"),
        ("a-", "1 to 127"),
        ("a b", "1 to 127"),
        ("a_b", "1 to 127"),
        ("$a", "1 to 127"),
        ("ä", "1 to 127"),
        ("a\n", "1 to 127"),
        ("a" * 128, "1 to 127"),
        ("a" + "-b" * 64, "1 to 127"),
        (None, "1 to 127"),
        ("source", "must not be source"),
        ("source-ref", "must not be source"),
        ("a-metadata", "nor end in -metadata"),
        ("a-ref", "must not end in -ref"),
    ],
)
def test_refuses_bad_attribute_names(name, expected):
    [fault] = names.check_attribute_name(name, is_reference=False)

    assert fault.value == name
    assert expected in fault.problem


def test_reference_names_end_in_ref():
    assert names.check_attribute_name("roads-ref", is_reference=True) == []
    assert names.check_attribute_name("roads", is_reference=True)[0].problem == "must end in -ref for this task type."


def test_refuses_long_name_quickly():
    began = time.process_time()

    assert names.check_attribute_name("a-" * 100_000, is_reference=False)

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "categories", [["a", "b"], ["Graureiher (Ardea cinerea)", "鷺"], [str(n) for n in range(5000)]]
)
def test_accepts_good_categories(categories):
    assert names.check_categories(categories, minimum=2) == []


@pytest.mark.parametrize(
    ("categories", "value", "expected"),
    [
        ([], [], "at least 2"),
        (["one"], ["one"], "at least 2"),
        (["a", "a"], "a", "is listed twice"),
        (["a", ""], "", "1 to 256"),
        (["a", "  "], "  ", "1 to 256"),
        (["a", "b" * 257], "b" * 257, "1 to 256"),
        (["a", 3], 3, "1 to 256"),
        (["a", "b\nc"], "b\nc", "line breaks"),
        (["a", "\ud800"], "\ud800", "control characters"),
    ],
)
def test_refuses_bad_categories(categories, value, expected):
    [fault] = names.check_categories(categories, minimum=2)

    assert fault.value == value
    assert expected in fault.problem


def test_counts_too_many_categories():
    [fault] = names.check_categories([str(n) for n in range(51)], minimum=1, maximum=50)

    assert (fault.value, fault.problem) == ("51 categories", "at most 50 categories are allowed.")
