"""Errors of a template's own scripts: shown nowhere as HTML, counted once per message, bounded."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gtcrowd.jobs import script_errors
from gtcrowd.jobs.models import ScriptError
from tests.portal import browsing

MOST_PER_PAGE = 20
TEMPLATE = """<crowd-form>
<crowd-input name="word" label="Word"></crowd-input>
<script>
  setTimeout(() => absent.call());
  Promise.reject(new TypeError("no promise"));
  for (let number = 0; number < 500; number += 1) setTimeout(() => { throw new Error(`number ${number}`); }, 200);
</script>
</crowd-form>"""


@pytest.fixture
def job(give):
    return give([{"source": "x"}], kind="custom", categories=[], template=TEMPLATE)


@pytest.fixture
def report(cleos, take, job):
    assignment = take(job)

    def _report(error, client=cleos, **more):
        body = json.dumps({"assignment": assignment.pk, "error": error, **more})
        return client.post(f"/work/{job.pk}/script-error/", body, content_type="application/json")

    return _report


def test_counts_same_message_once(report, job):
    for line in (3, 4):
        assert report({"message": "absent is not defined", "line": line}).json() == {"stored": True}

    (error,) = script_errors.of(job)
    assert (error.message, error.line, error.count) == ("absent is not defined", 4, 2)


@pytest.mark.parametrize("error", [{}, {"message": 5}, {"message": " "}, {"message": None, "line": 1}])
def test_ignores_what_is_no_message(report, error):
    assert report(error).json() == {"stored": False}
    assert not ScriptError.objects.exists()


@pytest.mark.parametrize("line", [None, -1, "4", 2**40, True, [1]])
def test_unknown_line_is_zero(report, job, line):
    report({"message": "x\ud800\u202e\n", "line": line})

    (error,) = script_errors.of(job)
    assert (error.message.strip(), error.line) == ("x", 0)


def test_long_message_is_cut(report, job):
    report({"message": "é" * 5000})

    assert len(script_errors.of(job)[0].message) == script_errors.MOST_CHARACTERS


def test_stores_limited_number_of_messages(job):
    for number in range(script_errors.MOST_MESSAGES + 5):
        script_errors.record(job=job, message=f"error {number}", line=1, now=timezone.now())

    assert len(script_errors.of(job)) == script_errors.MOST_MESSAGES


def test_built_in_template_reports_nothing(texts, take, cleos):
    assert not script_errors.record(job=texts, message="x", line=1, now=timezone.now())


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"error": {}}', '{"assignment": 1, "error": 5}'])
def test_refuses_malformed_report(cleos, job, body):
    assert cleos.post(f"/work/{job.pk}/script-error/", body, content_type="application/json").status_code == 400


def test_refuses_report_of_another_worker(report, hire, signed_in):
    assert report({"message": "x"}, client=signed_in(hire("dan").user)).status_code == 404


@pytest.mark.browser
def test_owner_learns_of_errors(address, cleos_page, job):
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    frame = cleos_page.frame_locator("#sandbox")
    expect(frame.get_by_label("Word")).to_be_focused()

    browsing.until(cleos_page, lambda: ScriptError.objects.filter(job=job).count() == MOST_PER_PAGE)
    lines = {error.message: error.line for error in script_errors.of(job)}
    assert lines["Uncaught ReferenceError: absent is not defined"] == 4
    assert "TypeError: no promise" in lines
    assert lines["Uncaught Error: number 0"] == 6
