import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtcrowd.manifest import LineRefused, augment, check, read_lines

GOOD = b'{"source":"a"}\n{"source-ref":"s3://b/k.png","x":1}\r\n'


def test_lines_are_read_in_order():
    lines = list(read_lines(io.BytesIO(GOOD)))

    assert [line.index for line in lines] == [0, 1]
    assert lines[1].text == '{"source-ref":"s3://b/k.png","x":1}'
    assert lines[1].end == len(GOOD)


def test_reading_resumes_at_an_offset():
    first = next(read_lines(io.BytesIO(GOOD)))
    rest = io.BytesIO(GOOD)
    rest.seek(first.end)

    assert [line.number for line in read_lines(rest, start=1, offset=first.end)] == [2]


@pytest.mark.parametrize(
    ("line", "field", "told"),
    [
        (b"nonsense", "line", "JSON object"),
        (b"[1]", "line", "JSON object"),
        (b'{"x":1}', "source-ref", "exactly one"),
        (b'{"source":"a","source-ref":"s3://b/k"}', "source-ref", "exactly one"),
        (b'{"source":""}', "source", "not empty"),
        (b'{"source-ref":"k.png"}', "source-ref", "s3://"),
        (b'{"source":"a","$x":1}', "$x", "must not begin"),
        (b'{"source":"a","source":"b"}', "source", "once"),
        (b'{"source":"\xff"}', "line", "UTF-8"),
        (b'{"source":"' + b"a" * 20_001 + b'"}', "source", "20000"),
    ],
)
def test_a_fault_names_line_field_and_remedy(line, field, told):
    with pytest.raises(LineRefused) as refused:
        list(read_lines(io.BytesIO(b'{"source":"fine"}\n' + line + b"\n")))

    assert refused.value.number == 2
    assert refused.value.field == field
    assert told in refused.value.expected


def test_an_endless_line_is_not_read_into_memory():
    class Endless(io.RawIOBase):
        given = 0

        def readline(self, size=-1):
            assert size > 0, "a line was asked for without a limit"
            self.given += size
            return b"a" * size if self.given < 3_000_000 else b"a\n"

    report = check(Endless())

    assert "100000" in str(report.faults[0])


def test_a_blank_line_is_forgiven_only_at_the_end():
    assert check(io.BytesIO(GOOD + b"\n\n")).count == 2
    assert check(io.BytesIO(b"\n" + GOOD)).faults[0].number == 1


def test_checking_goes_on_after_a_fault():
    report = check(io.BytesIO(b"x\n" + GOOD + b"y\n"))

    assert (report.count, [fault.number for fault in report.faults]) == (2, [1, 4])


@given(st.binary(max_size=200))
def test_any_bytes_give_lines_or_a_refusal(content):
    with contextlib.suppress(LineRefused):
        list(read_lines(io.BytesIO(content)))


def test_the_line_stays_as_it_was():
    line = '{ "source" : "a",  "n": 1.10 }'

    assert augment(line, {"label": 1}) == '{ "source" : "a",  "n": 1.10,"label":1}'


def test_a_key_that_stands_is_replaced():
    assert augment('{"source":"a","n":1.10,"l":0}', {"l": 2}) == '{"source":"a","n":1.10,"l":2}'


@given(
    st.dictionaries(st.text(min_size=1), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
)
def test_augmenting_keeps_every_value(fields):
    line = json.dumps({"source": "a", **fields}, ensure_ascii=False)

    assert json.loads(augment(line, {"new-key-of-ours": 1})) == {"source": "a", **fields, "new-key-of-ours": 1}
