"""The benchmark of a folder of templates: what passes, and why the others do not."""

import pytest

from gtcrowd.bench.benchmarks import templates

TEMPLATES = {
    "a/passes.liquid": """<crowd-form><img src="{{ task.input.photo | grant_read_access }}" alt="photo">
        <crowd-classifier name="k" categories="{{ task.input.labels | to_json | escape }}" header="Pick">
        </crowd-classifier><crowd-text-ranking responses='{{ task.input.responses | to_json }}'
        ordinal-ranking-dimensions='[{"name": "Clear"}]'></crowd-text-ranking></crowd-form>""",
    "b-empty.html": "<crowd-form><p>Nothing</p></crowd-form>",
    "c-error.html": '<crowd-form><crowd-input name="x"></crowd-input></crowd-form>\n<script>missing.call();</script>',
    "d-foreign.html": """<crowd-form><crowd-image-classifier name="x" categories="['a']"
        src="https://pictures.example.org/a.png"></crowd-image-classifier></crowd-form>""",
    "e-unknown.html": "<crowd-form><crowd-video></crowd-video></crowd-form>",
}


def test_makes_up_input():
    template = """{{ task.input.photo | grant_read_access }}{% for part in task.input.parts %}{{ part }}{% endfor %}
        {{ task.input.labels | to_json }}{{ task.input.box.note }}"""

    value = templates.made_up_input(template)

    assert value["photo"].startswith("s3://")
    assert (type(value["parts"]), type(value["labels"]), type(value["box"]["note"])) == (list, list, str)


@pytest.mark.browser
def test_names_what_fails(tmp_path, browser):
    for name, text in TEMPLATES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    passing, empty, error, foreign, unknown = templates.attempts(tmp_path, browser)

    assert passing.passes, passing
    assert "no field" in empty.reason
    assert error.script_errors == ["line 2: Uncaught ReferenceError: missing is not defined"]
    assert (foreign.submits, foreign.blocked_origins) == (False, ["https://pictures.example.org"])
    assert unknown.reason == "line 1: there is no element <crowd-video>."
