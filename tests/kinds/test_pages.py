"""How templates are filled: what is escaped, and what the browser gets of texts and lists."""

import json
from html.parser import HTMLParser

import pytest

from gtcrowd.kinds import pages


def render(text, **task_input):
    return pages.render(text, task_input=task_input, grant=str)


class _Values(HTMLParser):
    def handle_starttag(self, _tag, attributes):
        self.found = dict(attributes)


def attribute(html):
    """Return the attribute `text` as a browser reads it: line ends are made line feeds before references are read."""
    parser = _Values()
    parser.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    return parser.found["text"]


@pytest.mark.parametrize("filters", ["", " | escape", " | strip_newlines | append: ''"])
def test_escapes(filters):
    assert "<b>" not in render(f"<p>{{{{ task.input.x{filters} }}}}</p>", x="<b>\n\"'&")


@pytest.mark.parametrize("filters", ["", " | escape"])
@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "\r\n\r\n", "a\nb", " \t a\u2028b\u2029\u0085\u200f\u202eד\ufeff "])
def test_text_keeps_line_ends(filters, text):
    html = render(f'<crowd-entity-annotation text="{{{{ task.input.x{filters} }}}}">', x=text)
    assert attribute(html) == text


def test_captured_text_keeps_line_ends():
    html = render('{% capture t %}{{ task.input.x }}{% endcapture %}<p text="{{ t }}">', x="a\r\nb & c")
    assert attribute(html) == "a\r\nb & c"


def test_script_keeps_line_ends():
    assert render("{{ task.input.x | to_json | skip_autoescape }}", x='a\r\n"b') == '"a\\r\\n\\"b"'


@pytest.mark.parametrize("value", [[], ['a"b', 1, None, [True]], {"k": ["<"]}, ["\r"]])
@pytest.mark.parametrize("filters", ["", " | to_json", " | json", " | jsonify | escape"])
def test_lists_and_objects_are_json(value, filters):
    html = render(f'<p text="{{{{ task.input.x{filters} }}}}">', x=value)
    assert json.loads(attribute(html)) == value


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (None, ""), (1.5, "1.5"), ("a", "a")])
def test_other_values_are_plain(value, text):
    assert render("{{ task.input.x }}{{ task.input.x | skip_autoescape }}", x=value) == text * 2


def test_joined_list_is_text():
    assert render("{{ task.input.x | join: ', ' }}", x=["a", "b"]) == "a, b"


ALONE = '<crowd-entity-annotation name="e" text="{{ task.input.x }}"></crowd-entity-annotation>'


def test_entity_annotation_needs_no_form():
    assert pages.faults(ALONE) == []
    html = render(ALONE, x="a")
    assert (html.count("<crowd-form>"), html.count("</crowd-form>")) == (1, 1)


def test_form_is_not_doubled():
    assert render(f"<crowd-form>{ALONE}</crowd-form>", x="a").count("<crowd-form") == 1


def test_other_templates_need_form():
    (fault,) = pages.faults("<crowd-classifier></crowd-classifier>")
    assert "<crowd-form>" in fault.problem
