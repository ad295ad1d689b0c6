"""A file that is no manifest is refused in one sentence, and so is each cause of wrong lines."""

import pytest

from gtcrowd.jobs import create, store
from gtcrowd.jobs.request import JobRefused

pytestmark = pytest.mark.django_db
LINE = '{"source":"a"}\n'


@pytest.fixture
def problems(alice, job_values, now):
    """Returns the sentences about the file with this content."""

    def _problems(content):
        with store.store().write("s3://heron/cats.manifest") as file:
            file.write(content)
        with pytest.raises(JobRefused) as refused:
            create.plan(viewer=alice, values=job_values(manifest="s3://heron/cats.manifest"), now=now)
        return [fault.problem for fault in refused.value.faults]

    return _problems


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xd8\xff\xe0" + b"\n" * 99, "cats.manifest is a file of type JPEG (it begins with FF D8 FF E0). A manifest is"),
        (LINE.encode("utf-16"), "is text in UTF-16"), ((LINE * 60).encode("utf-16-le"), "is text in UTF-16"),
        (LINE.encode("utf-32"), "is text in UTF-16 or UTF-32"), (b"\x1f\x8b\x08\0", "is compressed (gzip)"),
        (b"PK\x03\x04", "is compressed (ZIP)"), (b'[{"source":"a"},\n' * 60, "is a JSON array"), (b" \n[\n" * 9, "is a JSON array"),
        (b"<html>\n" * 60, "is HTML or XML"), (b'{\n "source": "a"\n}\n' * 30, "has an object on several lines"),
        (b"source\nb\nc\n", "does not begin with a JSON object"), (b"", "is empty"), (b"\n\n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"), (b"%PDF-1.7\n\n", "is a file of type PDF"),
    ],
)  # fmt: skip
def test_other_file_is_one_fault(problems, content, sentence):
    [problem] = problems(content)

    assert sentence in problem


def test_blank_first_line_is_one_fault(problems):
    [problem] = problems(b"\n" + LINE.encode() * 3)

    assert problem.startswith("line 1, line: must not be blank.")


def test_same_cause_is_one_fault(problems):
    lines = [LINE] * 2 + ['{"source":7}\n'] * 200
    [problem] = problems("".join(lines).encode())

    assert problem == (
        "line 3, source: must be a text, and not empty. Found: 7 The same in 199 more lines, first: 4, 5, 6, 7, 8."
    )


def test_causes_differ(problems):
    texts = problems(b'{"source":"a"}\n{"source":7}\n{"source":"\xe9"}\n{"source":"b\xe9"}\n')

    assert [text.partition(",")[0] for text in texts] == ["line 2", "line 3"]
    assert texts[1].endswith("The same in 1 more line: 4.")
