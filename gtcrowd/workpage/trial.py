"""Test a job's template and hooks on the first objects of its manifest.

No job need exist, and nothing of one is changed; only what a hook elsewhere is to read is put into the store. Each hook
is called once: who tries does not want to wait for further tries.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gtcrowd import manifest
from gtcrowd.hooks import calls, post_annotation, pre_annotation, signing_secret
from gtcrowd.hooks.calls import Call, HookFault, Stage
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import hooks, request, state, store
from gtcrowd.jobs.fields import TRIAL
from gtcrowd.jobs.inspect import EXPECTED
from gtcrowd.jobs.models import DataObject, Job
from gtcrowd.jobs.request import Fault, JobRefused
from gtcrowd.kinds import pages
from gtcrowd.labels.post_annotation import payload
from gtcrowd.tasks.models import USED, Answer, Task
from gtcrowd.workpage import foreign, rendering

MOST_OBJECTS = 3
MOST_ANSWERS = 9
_slots = threading.BoundedSemaphore(2)
"""Trials at once per web process: hooks may be slow, and its threads are there for workers."""


@dataclass
class ObjectTrial:
    """The trial of one object: the hook's request and response if there is one, the task input, the page as HTML,
    and the foreign origins that its policy keeps out."""

    position: int
    line: str
    request: dict[str, Any] | None = None
    response: Any = None
    task_input: dict[str, Any] | None = None
    needs_workers: bool = True
    rendered: str = ""
    blocked_origins: list[str] = field(default_factory=list)
    fault: str = ""


@dataclass
class BatchTrial:
    """The trial of the post-annotation hook with all objects."""

    request: dict[str, Any]
    payload: list[dict[str, Any]]
    response: Any = None
    fault: str = ""


@dataclass
class Trial:
    objects: list[ObjectTrial]
    after: BatchTrial | None
    template: str


def attempt(*, viewer: Viewer, values: Mapping[str, Any], job: Job | None = None, now: datetime) -> Trial:
    """Try the page and hooks that `values` describes, by the fields of a job; what it leaves out is as in `job`.

    `answers` in it: what workers might answer, given to the post-processing as the answers to each object. Without
    any, real ones of `job` are. Raises JobRefused with every fault, NotAllowed, state.NotPossible while others do so.
    """
    viewer.must(Right.CREATE_JOBS)
    answers = _answers(values)
    trial_request = request.read_trial(
        _job_fields(job) | {k: v for k, v in values.items() if k != "answers"}, viewer.requester
    )
    stand_in = Job(pk=job.pk if job else None, requester=viewer.requester, **trial_request["fields"])
    text = trial_request["template"] or rendering.kind_page(stand_in)
    objects = _objects(viewer, stand_in, job)
    with _limited():
        with ThreadPoolExecutor(MOST_OBJECTS, thread_name_prefix="trial") as pool:
            secret = signing_secret.of(viewer.requester)
            language = get_language()
            list(pool.map(lambda tried: _prepare(tried, stand_in, secret, now, language), objects))
        for tried in objects:
            _render(tried, stand_in, text, viewer)
        described = _payload(stand_in, job, objects, answers) if stand_in.post_hook else []
        return Trial(objects, _consolidate(stand_in, described, secret, now) if described else None, text)


@contextmanager
def _limited() -> Iterator[None]:
    if not _slots.acquire(blocking=False):
        raise state.NotPossible(_("Other tests are running. Try again in a moment."))
    try:
        yield
    finally:
        _slots.release()


def _job_fields(job: Job | None) -> dict[str, Any]:
    if job is None:
        return {}
    fields = {name: getattr(job, name) for name in TRIAL if name != "template"}
    return fields | {"template": job.template.text if job.template else ""}


def _answers(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    answers = values.get("answers") or []
    good = (
        isinstance(answers, list) and len(answers) <= MOST_ANSWERS and all(isinstance(a, dict) and a for a in answers)
    )
    if not good:
        problem = _("must be a list of at most %(most)s JSON objects.") % {"most": MOST_ANSWERS}
        raise JobRefused([Fault("answers", None, problem)])
    return answers


def _objects(viewer: Viewer, stand_in: Job, job: Job | None) -> list[ObjectTrial]:
    """The first objects of the job that have answers, or its first ones; else the first lines of the manifest."""
    if job is not None and job.objects_ingested:
        rows = DataObject.objects.visible_to(viewer).filter(job=job).order_by("position")
        answered = rows.filter(Exists(Answer.objects.filter(USED, task=OuterRef("pk"))))
        answered_objects = list(answered[:MOST_OBJECTS]) if stand_in.post_hook else []
        return [ObjectTrial(row.position, row.line) for row in answered_objects or rows[:MOST_OBJECTS]]
    try:
        with store.store().open(stand_in.manifest) as stream:
            lines = manifest.read_lines(stream, expect=EXPECTED[stand_in.medium])
            return [ObjectTrial(line.index, line.text) for line in islice(lines, MOST_OBJECTS)]
    except (store.ObjectMissing, store.BadAddress, manifest.LineRefused) as error:
        raise JobRefused([Fault("manifest", stand_in.manifest, str(error))]) from error


def _prepare(tried: ObjectTrial, job: Job, secret: str, now: datetime, language: str | None) -> None:
    """Have the hook prepare the object, if there is one. Touches no database."""
    if not job.pre_hook:
        tried.task_input = rendering.task_input(job, json.loads(tried.line))
        return
    tried.request = pre_annotation.event(hooks.arn(job), tried.line)
    call = Call(
        target=job.pre_hook, stage=Stage.PRE, event=tried.request, secret=secret,
        key=_key("pre", now, tried.position, tried.line),
    )  # fmt: skip
    try:
        tried.response = calls.ask(call, patient=False)
        tried.task_input = pre_annotation.read_response(tried.response)
        tried.needs_workers = tried.task_input is not None
    except HookFault as fault:
        with override(language):  # a thread of its own has none
            tried.fault = str(fault)


def _render(tried: ObjectTrial, job: Job, text: str, viewer: Viewer) -> None:
    if tried.task_input is None:
        return
    try:
        page = rendering.sample(text, task_input=tried.task_input, requester=viewer.requester)
        tried.rendered, tried.blocked_origins = page.html, foreign.blocked(page)
    except rendering.LiquidError as error:
        fault = pages.fault_of(error, text)
        where = _("line %(line)s:") % {"line": fault.line} + " " if fault.line else ""
        tried.fault = _("The page cannot be rendered: %(where)s%(problem)s") % {
            "where": where,
            "problem": fault.problem,
        }


def _payload(
    stand_in: Job, job: Job | None, objects: Sequence[ObjectTrial], typed: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The payload for the post-processing: the answers that were typed, or those that workers gave."""
    if typed:
        annotations = [
            post_annotation.annotation(f"private.local.sample{number}", entry) for number, entry in enumerate(typed, 1)
        ]
        return [post_annotation.object_entry(entry.position, entry.line, annotations) for entry in objects]
    positions = [entry.position for entry in objects]
    tasks = Task.objects.filter(job=job, position__in=positions) if job else Task.objects.none()
    entries = payload.objects(list(tasks.select_related("data_object").order_by("position")))
    annotated = [entry for entry in entries if entry["annotations"]]
    if not annotated:
        problem = _("is required: there are no answers from workers yet to test the hook with.")
        raise JobRefused([Fault("answers", None, problem)])
    return annotated


def _consolidate(stand_in: Job, entries: list[dict[str, Any]], secret: str, now: datetime) -> BatchTrial:
    uri = payload.address(stand_in, "request", 0, now)
    if calls.remote(stand_in.post_hook):
        with store.store().write(uri) as file:
            file.write(json.dumps(entries, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    result = BatchTrial(payload.event(stand_in, stand_in.post_hook, uri, entries), entries)
    call = Call(
        target=stand_in.post_hook, stage=Stage.POST, event=result.request, secret=secret,
        key=_key("post", now, 0, json.dumps(entries)),
    )  # fmt: skip
    answer_counts = {entry["datasetObjectId"]: len(entry["annotations"]) for entry in entries}
    try:
        result.response = calls.ask(call, patient=False)
        post_annotation.read_response(
            result.response,
            answer_counts=answer_counts,
            attribute=stand_in.label_attribute,
            job_name=stand_in.name,
            created_at=now,
        )
    except HookFault as fault:
        result.fault = str(fault)
    return result


def _key(stage: str, now: datetime, position: int, text: str) -> str:
    return hashlib.sha256(f"try/{stage}/{now.isoformat()}/{position}/{text}".encode()).hexdigest()
