import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtcrowd.manifest import augment, read_lines

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.text(max_size=6), values, max_size=4)
lines = st.builds(
    json.dumps,
    objects,
    ensure_ascii=st.booleans(),
    indent=st.none(),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]),
)


def test_keeps_line_verbatim():
    line = ' { "source" : "a",  "n": 1.10, "big": 12345678901234567890 } '

    assert augment(line, {"label": 1, "b": None}) == (
        ' { "source" : "a",  "n": 1.10, "big": 12345678901234567890 ,"label":1,"b":null} '
    )


def test_adds_to_empty_object():
    assert augment("{ }", {"label": 1}) == '{ "label":1}'


def test_adds_nothing():
    assert augment('{"a":1}', {}) == '{"a":1}'


def test_replaces_key_in_place():
    line = '{"source":"a", "l" : {"x":[1, 2]}, "n":1.10,"m":1E5}'

    assert augment(line, {"l": 2, "m": 0, "k": 3}) == '{"source":"a", "l" : 2, "n":1.10,"m":0,"k":3}'


@pytest.mark.parametrize(
    "line", [r'{"\u006c":0}', r'{"\u006c":0,"a":"l"}', r'{"l":0,"a":"\"l\":9}"}', r'{"l":0,"a":{"l":1}}']
)
def test_matches_whole_keys_only(line):
    result = augment(line, {"l": 2})

    assert json.loads(result) == {**json.loads(line), "l": 2}
    assert len(json.loads(result, object_pairs_hook=list)) == len(json.loads(result))


def test_ignores_keys_within_values():
    assert augment('{"a":{"l":1}}', {"l": 2}) == '{"a":{"l":1},"l":2}'


def test_adds_no_line_break():
    result = augment('{"source":"a\u2028b"}', {"l": "c\n\r\u2028\N{BIRD}"})

    assert result == '{"source":"a\u2028b","l":"c\\n\\r\u2028\N{BIRD}"}'


def test_refuses_non_json():
    with pytest.raises(ValueError, match="not JSON compliant"):
        augment("{}", {"confidence": float("nan")})


@given(lines, objects)
def test_adds_or_replaces_fields(line, fields):
    assert json.loads(augment(line, fields)) == {**json.loads(line), **fields}


@given(lines, objects)
def test_new_fields_keep_line_verbatim(line, fields):
    new = {f"new-{name}": value for name, value in fields.items() if f"new-{name}" not in json.loads(line)}

    result = augment(line, new)

    brace = line.rindex("}")
    assert result.startswith(line[:brace])
    assert result.endswith(line[brace:])


@given(lines, objects)
def test_replaces_value_in_place(line, fields):
    once = augment(line, fields)

    assert augment(once, fields) == once


@given(objects, st.text(min_size=1).filter(str.strip))
def test_written_lines_can_be_read(fields, source):
    data = {f"x{name}": value for name, value in fields.items()}

    line = augment(json.dumps({"source": source}), data)

    if "\\u0000" not in line:
        assert next(read_lines(io.BytesIO(line.encode()))).fields == {"source": source, **data}
