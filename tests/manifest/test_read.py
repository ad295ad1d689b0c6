import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtcrowd.manifest import LineRefused, check, read_lines

GOOD = b'{"source":"a"}\n{"source-ref":"s3://b/k.png","x":1}\r\n'


def refusal(line):
    with pytest.raises(LineRefused) as refused:
        list(read_lines(io.BytesIO(b'{"source":"fine"}\n' + line + b"\n")))
    assert refused.value.number == 2
    return refused.value


def test_reads_lines_in_order():
    first, second = read_lines(io.BytesIO(GOOD))

    assert (first.index, first.number, first.source, first.source_ref) == (0, 1, "a", None)
    assert (second.index, second.number, second.source, second.source_ref) == (1, 2, None, "s3://b/k.png")
    assert second.text == '{"source-ref":"s3://b/k.png","x":1}'
    assert second.fields["x"] == 1


@pytest.mark.parametrize("content", [GOOD, GOOD.rstrip(), b"\xef\xbb\xbf" + GOOD])
def test_resumes_at_offset(content):
    for line in read_lines(io.BytesIO(content)):
        rest = io.BytesIO(content)
        rest.seek(line.end)
        again = read_lines(rest, start=line.index + 1, offset=line.end)
        assert [(item.number, item.end) for item in again] == [(2, len(content))][line.index :]


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        (b"nonsense", "line", "JSON object; Expecting value at character 1"),
        (b'{"source":"a"} {}', "line", "Extra data"),
        (b'{"source":"a","n":NaN}', "line", "no such number"),
        (b'{"source":"a","n":1e999}', "line", "range of a double"),
        (b'{"source":"a","n":' + b"1" * 5000 + b"}", "line", "thousands of digits"),
        (b'{"source":"a","n":' + b"[" * 90_000 + b"]" * 9, "line", "nested less deeply"),
        (b'{"source":"tab\there"}', "line", "Invalid control character"),
        (b"[1]", "line", "JSON object such as"),
        (b'{"x":1}', "source-ref", "exactly one"),
        (b'{"source":"a","source-ref":"s3://b/k"}', "source-ref", "exactly one"),
        (b'{"source":""}', "source", "not empty"),
        (b'{"source":7}', "source", "must be a text"),
        (b'{"source-ref":"k.png"}', "source-ref", "s3://BUCKET/KEY"),
        (b'{"source-ref":"s3://bucket"}', "source-ref", "s3://BUCKET/KEY"),
        (b'{"source-ref":"http://host/k.png"}', "source-ref", "https://"),
        (b'{"source-ref":"s3://b/a\\nb"}', "source-ref", "s3://BUCKET/KEY"),
        (b'{"source":"a","$x":1}', "$x", "must not start"),
        (b'{"source":"a","source":"b"}', "source", "twice"),
        (b'{"source":"a","x":{"y":1,"y":1}}', "y", "twice"),
        (b'{"source":"\xff"}', "line", "byte 12 is not"),
        (b'{"source":"a"}\r{"source":"b"}', "line", "carriage return"),
        (b'{"source":"\\u0000"}', "source", "U+0000"),
        (b'{"source":"a","x":[{"y":"\\ud800"}]}', "x", "surrogate"),
        (b'{"source":"' + b"a" * 20_001 + b'"}', "source", "at most 20000"),
        (b'{"source":"a","x":[' + b"1," * 10_000 + b"1]}", "x", "at most 20000"),
        (b'{"source":"' + b"a" * 100_000 + b'"}', "line", "at most 100000"),
        (b"a" * 1_000_000, "line", "at most 100000"),
    ],
)
def test_refusal_names_line_field_and_remedy(line, field, message):
    refused = refusal(line)

    assert refused.field == field
    assert message in refused.expected
    assert len(refused.value) < 200
    assert str(refused).isprintable()


def test_reads_longest_line():
    longest = {"source": "ä" * 20_000} | {f"x{n}": "ä" * 19_980 for n in range(4)}
    text = json.dumps(longest, ensure_ascii=False, separators=(",", ":"))
    text = text[:-1] + " " * (100_000 - len(text)) + "}"

    [line] = read_lines(io.BytesIO(text.encode()))

    assert line.text == text
    assert check(io.BytesIO(text.replace("}", " }").encode())).count == 0


def test_checks_expected_source():
    assert (
        check(io.BytesIO(GOOD), expect="source-ref").faults[0].expected == "this type of job needs source-ref instead."
    )
    assert check(io.BytesIO(GOOD), expect="source").faults[0].number == 2


def test_accepts_escaped_surrogate_pair():
    [line] = read_lines(io.BytesIO(b'{"source":"\\ud83d\\udc26 \\\\u0000"}'))

    assert line.source == "\N{BIRD} \\u0000"


def test_skips_byte_order_mark():
    assert next(read_lines(io.BytesIO(b"\xef\xbb\xbf" + GOOD))).text == '{"source":"a"}'


def test_allows_blank_lines_only_at_end():
    report = check(io.BytesIO(b"\n" + GOOD + b"  \r\n" + GOOD + b"\n\r\n"))

    assert (report.count, [fault.number for fault in report.faults]) == (4, [1, 4])


def test_check_continues_after_fault():
    report = check(io.BytesIO(b"x\n" + GOOD + b"y\nz\n"), limit=2)

    assert (report.count, report.refused, [fault.number for fault in report.faults]) == (2, 3, [1, 4])


def test_extra_check():
    report = check(
        io.BytesIO(GOOD), extra_check=lambda line: LineRefused(line.number, "x", 0, "no.") if line.source else None
    )

    assert (report.count, str(report.faults[0])) == (1, "line 1, x: no. Found: 0")


def test_memory_is_constant():
    def pieces():
        for _ in range(300):
            yield b'{"source":"%s"}\n' % (b"a" * 10_000)

    tracemalloc.start()
    assert sum(1 for _line in read_lines(pieces())) == 300
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 500_000


json_likes = st.text(alphabet='{}[]",:\\u0d8source-ref3/b1.e\r\n ').map(str.encode)


@given(st.binary(max_size=200) | json_likes)
def test_any_bytes_are_lines_or_refused(content):
    report = check(io.BytesIO(content))

    assert report.count + report.refused >= bool(content.strip(b"\n\r \t\x0b\x0c\xef\xbb\xbf"))
    if not report.refused:
        assert [line.index for line in read_lines(io.BytesIO(content))] == list(range(report.count))
