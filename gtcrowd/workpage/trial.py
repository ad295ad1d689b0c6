"""Try a job's page and hooks on the first objects of its manifest, and see what is asked, answered and shown.

No job need exist, and nothing of one is changed; only what a hook elsewhere is to read is put into the store. Each hook
is called once: who tries does not want to wait for further tries.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from gtcrowd import manifest
from gtcrowd.identity import hook_secret
from gtcrowd.identity.access import Right, Viewer
from gtcrowd.jobs import hooks, request, state, store
from gtcrowd.jobs.fields import TRIAL
from gtcrowd.jobs.hooks import Call, HookFault, Stage
from gtcrowd.jobs.inspect import EXPECTED
from gtcrowd.jobs.models import DataObject, Job
from gtcrowd.jobs.request import Fault, JobRefused
from gtcrowd.kinds import pages
from gtcrowd.labels import payload
from gtcrowd.tasks.models import Answer, Task
from gtcrowd.workpage import rendering

MOST_OBJECTS = 3
MOST_ANSWERS = 9
_room = threading.BoundedSemaphore(2)
"""So many are tried at once by one web process: hooks may be slow, and its threads are there for workers."""


@dataclass
class Tried:
    """What came of one object: the hook's request and response where there is one, the task input, the page as HTML."""

    position: int
    line: str
    request: dict[str, Any] | None = None
    response: Any = None
    task_input: dict[str, Any] | None = None
    needs_workers: bool = True
    rendered: str = ""
    fault: str = ""


@dataclass
class TriedAfter:
    """What came of the post-processing of these objects together."""

    request: dict[str, Any]
    payload: list[dict[str, Any]]
    response: Any = None
    fault: str = ""


@dataclass
class Trial:
    objects: list[Tried]
    after: TriedAfter | None
    template: str


def attempt(*, viewer: Viewer, given: Mapping[str, Any], job: Job | None = None, now: datetime) -> Trial:
    """Try the page and hooks that `given` describes, by the fields of a job; what it leaves out is as in `job`.

    `answers` in it: what workers might answer, given to the post-processing as the answers to each object. Without
    any, real ones of `job` are. Raises JobRefused with every fault, NotAllowed, state.NotPossible while others do so.
    """
    viewer.must(Right.CREATE_JOBS)
    answers = _answers(given)
    asked = request.read_trial(_of(job) | {k: v for k, v in given.items() if k != "answers"}, viewer.requester)
    stand_in = Job(pk=job.pk if job else None, requester=viewer.requester, **asked["fields"])
    text = asked["template"] or rendering.kind_page(stand_in)
    objects = _objects(viewer, stand_in, job)
    with _one_of_few():
        with ThreadPoolExecutor(MOST_OBJECTS, thread_name_prefix="trial") as pool:
            secret = hook_secret.of(viewer.requester)
            list(pool.map(lambda one: _before(one, stand_in, secret, now), objects))
        for one in objects:
            _render(one, stand_in, text, viewer)
        described = _described(stand_in, job, objects, answers) if stand_in.post_hook else []
        return Trial(objects, _after(stand_in, described, secret, now) if described else None, text)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _room.acquire(blocking=False):
        raise state.NotPossible(_("Other tests are running. Try again in a moment."))
    try:
        yield
    finally:
        _room.release()


def _of(job: Job | None) -> dict[str, Any]:
    if job is None:
        return {}
    known = {name: getattr(job, name) for name in TRIAL if name != "template"}
    return known | {"template": job.template.text if job.template else ""}


def _answers(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    answers = given.get("answers") or []
    good = (
        isinstance(answers, list) and len(answers) <= MOST_ANSWERS and all(isinstance(a, dict) and a for a in answers)
    )
    if not good:
        problem = _("must be a list of at most %(most)s JSON objects.") % {"most": MOST_ANSWERS}
        raise JobRefused([Fault("answers", None, problem)])
    return answers


def _objects(viewer: Viewer, stand_in: Job, job: Job | None) -> list[Tried]:
    """The first objects of the job that have answers, or its first ones; else the first lines of the manifest."""
    if job is not None and job.objects_ingested:
        rows = DataObject.objects.visible_to(viewer).filter(job=job).order_by("position")
        answered = rows.filter(Exists(Answer.objects.filter(task=OuterRef("pk"), gold=False)))
        found = list(answered[:MOST_OBJECTS]) if stand_in.post_hook else []
        return [Tried(row.position, row.line) for row in found or rows[:MOST_OBJECTS]]
    try:
        with store.store().open(stand_in.manifest) as stream:
            lines = manifest.read_lines(stream, expect=EXPECTED[stand_in.medium])
            return [Tried(line.index, line.text) for line in islice(lines, MOST_OBJECTS)]
    except (store.ObjectMissing, store.BadAddress, manifest.LineRefused) as error:
        raise JobRefused([Fault("manifest", stand_in.manifest, str(error))]) from error


def _before(one: Tried, job: Job, secret: str, now: datetime) -> None:
    """Have the hook prepare the object, if there is one. Touches no database."""
    if not job.pre_hook:
        one.task_input = rendering.task_input(job, json.loads(one.line))
        return
    one.request = hooks.before(hooks.name_of(job), one.line)
    call = Call(
        target=job.pre_hook, stage=Stage.PRE, event=one.request, secret=secret,
        key=_key("pre", now, one.position, one.line),
    )  # fmt: skip
    try:
        one.response = hooks.ask(call, patient=False)
        one.task_input = hooks.read_before(one.response)
        one.needs_workers = one.task_input is not None
    except HookFault as fault:
        one.fault = str(fault)


def _render(one: Tried, job: Job, text: str, viewer: Viewer) -> None:
    if one.task_input is None:
        return
    try:
        one.rendered = rendering.sample(text, given=one.task_input, requester=viewer.requester).html
    except rendering.LiquidError as error:
        fault = pages.fault_of(error, text)
        where = _("line %(line)s:") % {"line": fault.line} + " " if fault.line else ""
        one.fault = _("The page cannot be rendered: %(where)s%(problem)s") % {"where": where, "problem": fault.problem}


def _described(
    stand_in: Job, job: Job | None, objects: Sequence[Tried], typed: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The payload for the post-processing: the answers that were typed, or those that workers gave."""
    if typed:
        told = [payload.annotation(f"private.local.sample{place}", one) for place, one in enumerate(typed, 1)]
        return [payload.described(one.position, one.line, told) for one in objects]
    positions = [one.position for one in objects]
    tasks = Task.objects.filter(job=job, position__in=positions) if job else Task.objects.none()
    described = payload.objects(list(tasks.select_related("data_object").order_by("position")))
    found = [one for one in described if one["annotations"]]
    if not found:
        problem = _("is required: there are no answers from workers yet to test the hook with.")
        raise JobRefused([Fault("answers", None, problem)])
    return found


def _after(stand_in: Job, described: list[dict[str, Any]], secret: str, now: datetime) -> TriedAfter:
    uri = payload.address(stand_in, "request", 0, now)
    if hooks.remote(stand_in.post_hook):
        with store.store().write(uri) as file:
            file.write(json.dumps(described, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    tried = TriedAfter(payload.event(stand_in, stand_in.post_hook, uri, described), described)
    call = Call(
        target=stand_in.post_hook, stage=Stage.POST, event=tried.request, secret=secret,
        key=_key("post", now, 0, json.dumps(described)),
    )  # fmt: skip
    wanted = {one["datasetObjectId"]: len(one["annotations"]) for one in described}
    try:
        tried.response = hooks.ask(call, patient=False)
        payload.read(
            tried.response, wanted=wanted, attribute=stand_in.label_attribute, job_name=stand_in.name, made=now
        )  # fmt: skip
    except HookFault as fault:
        tried.fault = str(fault)
    return tried


def _key(stage: str, now: datetime, position: int, text: str) -> str:
    return hashlib.sha256(f"try/{stage}/{now.isoformat()}/{position}/{text}".encode()).hexdigest()
