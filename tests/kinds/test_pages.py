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


def test_form_beside_entity_annotation():
    page = render(f'{ALONE}<crowd-form id="f"></crowd-form>', x="a")
    assert page.count("<crowd-form") == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{{ task.input.x | grant_access | escape }}", "there is no filter grant_access."),
        ("{% if task.input.x %}{{ task.input.x | a_filter: 1 }}{% endif %}", "there is no filter a_filter."),
        ("{% assign x = task.input.x | shout %}", "there is no filter shout."),
        ("<crowd-clasifier name='x'></crowd-clasifier>", "there is no element <crowd-clasifier>."),
        ("<Crowd-Video/>", "there is no element <Crowd-Video>."),
    ],
)
def test_refuses_unknown_names(line, problem):
    assert pages.faults(f"<crowd-form>\n\n{line}</crowd-form>") == [pages.TemplateFault(3, problem)]


@pytest.mark.parametrize(
    "text", ["<!-- <crowd-video> -->", "{% comment %}{{ x | a }}{% endcomment %}", "<p>crowd-video</p>", "<crowded-x/>"]
)
def test_ignores_names_in_comments(text):
    assert pages.faults(f"<crowd-form>{text}</crowd-form>") == []


def test_names_every_unknown():
    lines = [
        fault.line for fault in pages.faults("<crowd-form>\n<crowd-a/>{{ x | b }}\n{{ x | c }}<crowd-d/></crowd-form>")
    ]
    assert lines == [2, 2, 3, 3]
