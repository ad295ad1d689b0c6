"""Lines that the database puts together are those that Python would write, however their keys and texts are written."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gtcrowd import job_lifecycle, manifest
from gtcrowd.jobs.models import DataObject
from gtcrowd.labels.exports import output_manifest
from gtcrowd.labels.models import Label

pytestmark = pytest.mark.django_db
NAMES = ("birds", "birds-metadata", "bird", "other", "source", "größe", "a\\b", 'q"q')
"""Keys of lines: those that the export writes, some like them, and some that need escapes."""
VALUES = (
    "plain",
    "tab\t",
    "\u2028",
    "\x01",
    "é",
    "\\",
    '"',
    "birds",
    "}",
    "\ud83d\ude00",
    7,
    1.50,
    None,
    [{"birds": 1}],
)


def escaped(text, escape):
    """JSON of a text in which the characters at the places `escape` says are written as \\uXXXX."""
    written = []
    for index, character in enumerate(text):
        if escape[index % len(escape)] and ord(character) < 0x10000:
            written.append(f"\\u{ord(character):04x}")
        else:
            written.append(json.dumps(character, ensure_ascii=False)[1:-1])
    return f'"{"".join(written)}"'


def lines():
    pair = st.tuples(st.sampled_from(NAMES), st.lists(st.booleans(), min_size=1, max_size=9), st.sampled_from(VALUES))

    def write(pairs):
        stored = {name: (escape, value) for name, escape, value in pairs if name != "source"}
        parts = [f"{escaped(name, escape)}: {json.dumps(value)}" for name, (escape, value) in stored.items()]
        return "{" + ", ".join(['"source": "text"', *parts]) + "}"

    return st.lists(pair, max_size=4).map(write)


def once(pairs):
    assert len({name for name, _value in pairs}) == len(pairs), pairs
    return dict(pairs)


@pytest.fixture
def labeled(ask, hire, answer, now):
    """A label of a job whose lines are to be replaced."""
    job = ask("a", label_attribute="birds", workers_per_object=1, method="majority")
    answer(hire("cleo"), job)
    job_lifecycle.advance(job.pk, now=now)
    return Label.objects.select_related("job").get(current=True)


def relabel(label, lines):
    """Have the job consist of these lines, all with the value of `label`."""
    job = label.job
    DataObject.objects.filter(job=job).exclude(pk=label.data_object_id).delete()
    DataObject.objects.filter(job=job).update(line=lines[0])
    for position, text in enumerate(lines[1:], 1):
        item = DataObject.objects.create(job=job, position=position, line=text)
        Label.objects.create(
            run=label.run, job=job, data_object=item, position=position, value=label.value, current=True,
            confidence=label.confidence, answers=1, created_at=label.created_at,
        )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(lines(), min_size=1, max_size=25))
@example(lines=['{"source": "text", "b\\u0069rds": 0, "b\\u0069rds-metadata": {}}'])
def test_lines_are_as_python_writes_them(labeled, lines):
    relabel(labeled, lines)

    result = list(output_manifest.lines(labeled.job))

    label = output_manifest._Label(0, labeled.value, labeled.confidence, None, labeled.created_at)
    block = output_manifest._block(labeled.job, label)
    assert result == [manifest.augment(text, block) for text in lines]
    for written in result:
        assert json.loads(written, object_pairs_hook=once)["birds"] == block["birds"]
