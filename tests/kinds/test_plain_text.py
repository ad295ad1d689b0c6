"""Names and numbers from outside have one plain form."""

from decimal import Decimal

import pytest

from gtcrowd import kinds, plain_text
from gtcrowd.kinds import AnswerRefused

NO_NUMBERS = ["１２", "1_000", "1e3", "٣", "0x10", "1,5", "1 000", "+3", "", "-", ".", "nan", "Infinity", "９" * 3, "²"]


@pytest.mark.parametrize(
    "text", ["Cat", "Cat ", "Cat\u00a0", "\u3000Cat", "\ufeffCat", "Cat\u200b", "\u2060Cat\u200e ", "Cat\u2028", "Cat\u3164"]
)  # fmt: skip
def test_name_is_trimmed(text):
    assert plain_text.name(text) == "Cat"


def test_name_is_composed():
    assert plain_text.name("e\u0301") == "é"


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "\u00a0\ufeff", "\u00ad", "\u3164", "\u2800", "\ufe0f", "\u200d\u200d"]
)
def test_invisible_name_is_empty(text):
    assert plain_text.name(text) == ""


@pytest.mark.parametrize(
    "text", ["❤️", "می\u200cخواهم", "👩\u200d🔬", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]
)
def test_name_keeps_what_shows(text):
    assert plain_text.name(text) == text


@pytest.mark.parametrize("twin", ["Сat", "CAT", "Ｃat", "C\u200bat", "c\u00adat"])
def test_lookalike_key_is_shared(twin):
    assert plain_text.lookalike_key(twin) == plain_text.lookalike_key("Cat")


def test_lookalike_key_tells_names_apart():
    assert plain_text.lookalike_key("Cat") != plain_text.lookalike_key("Car")


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_refuses_other_notations(text):
    assert (plain_text.whole(text), plain_text.number(text), plain_text.amount(text)) == (None, None, None)


@pytest.mark.parametrize("value", [True, None, [], {}, float("nan"), float("inf"), 10**400, "9" * 500])
def test_refuses_what_is_no_finite_number(value):
    assert (plain_text.number(value), plain_text.amount(value)) == (None, None)


@pytest.mark.parametrize(
    ("value", "number"), [("3", 3), (" -2.50 ", -2.5), (".5", 0.5), (1e3, 1000), (Decimal("0.25"), 0.25)]
)
def test_reads_plain_numbers(value, number):
    assert plain_text.number(value) == number
    assert plain_text.amount(value) == Decimal(str(number))


@pytest.mark.parametrize("content", ["１２", "1_000", "1e3", "٣", 10**400, float("nan")])
def test_number_answer_is_plain(content):
    with pytest.raises(AnswerRefused, match="digits 0 to 9"):
        kinds.kind("number").read_answer({"number": content}, [])


@pytest.mark.parametrize(
    ("kind", "field", "content"), [("choice", "label", "Cat\u200b "), ("choices", "labels", ["Cat\u200b "])]
)
def test_answer_names_category_in_plain_form(kind, field, content):
    answer = kinds.kind(kind).read_answer(
        {"crowd-classifier": {field: content}, "crowd-classifier-multi-select": {field: content}}, ["Cat", "Dog"]
    )

    assert answer in ("Cat", ["Cat"])
