"""Hooks: what a requester has done to each object before workers see it, and to their answers afterwards.

A hook is the address of a program that is called over HTTP, or the name of one that the operator installed. Who calls
it is named by the setting GTCROWD_HOOKS. Each that a job had stays known, with its number, since when, and by whom.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.db.models import TextChoices
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Hook, Job
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Explained, Reason

VERSION = "2018-10-16"
MOST_ADDRESS = 1024
MOST_INPUT = 1_000_000
"""Characters of a task input, as JSON."""
WAITS = (0.5, 2.0)
"""Seconds before a second and a third try."""
_turn = threading.Lock()


class Stage(TextChoices):
    PRE = "pre", gettext_lazy("before workers see the object")
    POST = "post", gettext_lazy("after workers have answered")


class HookFault(Explained):
    """The hook could not be called, or its response is invalid. `passing`: another attempt may succeed."""

    def __init__(self, reason: Reason, *, passing: bool = False, **params: Any) -> None:
        self.passing = passing
        super().__init__(reason, **params)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a hook. `key`: the same for the same matter, however often it is tried."""

    target: str
    stage: str
    event: Mapping[str, Any] = field(repr=False)
    secret: str = field(repr=False)
    key: str


class Caller(Protocol):
    def fault(self, target: str, stage: str) -> str | None:
        """What is wrong with the address or name of a hook, or None. Nothing is called."""

    def call(self, call: Call) -> Any:
        """What the hook answers, as JSON has it. Raises HookFault."""


@cache
def caller() -> Caller:
    answering: Caller = import_string(settings.GTCROWD_HOOKS)()
    return answering


def ask(call: Call, *, patient: bool = True) -> Any:
    """What the hook answers; after a fault that may pass it is tried again, unless nobody has the patience.

    Touches no database, so that many can be called side by side. Raises HookFault.
    """
    for wait in WAITS if patient else ():
        try:
            return caller().call(call)
        except HookFault as fault:
            if not fault.passing:
                raise
            time.sleep(wait)
    return caller().call(call)


@contextmanager
def turn(*, wait: bool) -> Iterator[bool]:
    """Whether this process may call a job's hook now: one job at a time, so that a slow hook keeps one of its threads
    at most, and the other jobs go on. With `wait`, after a while it may."""
    mine = _turn.acquire(blocking=wait)
    try:
        yield mine
    finally:
        if mine:
            _turn.release()


def remote(target: str) -> bool:
    """Whether it is the address of a program elsewhere; otherwise it is the name of one that is installed here."""
    return "://" in target


def keep(job: Job, stage: str, target: str, *, by: User | None, now: datetime) -> None:
    """Note that the job has this hook from now on, or none for an empty text."""
    last = Hook.objects.filter(job=job, stage=stage).order_by("-number").first()
    if target != (last.target if last else ""):
        number = (last.number if last else 0) + 1
        Hook.objects.create(job=job, stage=stage, number=number, target=target, set_at=now, set_by=by)


def current(job: Job, stage: str) -> Hook | None:
    """The hook that the job has at this moment, or None."""
    last = Hook.objects.filter(job=job, stage=stage).order_by("-number").first()
    return last if last and last.target else None


def name_of(job: Job) -> str:
    """How functions written for Ground Truth know the job; they find its name behind the last colon."""
    return f"arn:aws:sagemaker:local:{job.requester_id:012d}:labeling-job/{job.name.lower()}"


def before(arn: str, line: str) -> dict[str, Any]:
    """What a hook is asked before workers see an object; `line`: of the manifest."""
    return {"version": VERSION, "labelingJobArn": arn, "dataObject": json.loads(line)}


def read_before(answer: object) -> dict[str, Any] | None:
    """The task input in what a hook answered, or None where no worker is needed. Raises HookFault."""
    if not isinstance(answer, Mapping):
        raise HookFault(Reason.HOOK_NO_OBJECT)
    needs_workers = answer.get("isHumanAnnotationRequired", answer.get("humanAnnotationRequired", True))
    if isinstance(needs_workers, str) and needs_workers.lower() in ("true", "false"):
        needs_workers = needs_workers.lower() == "true"
    if not isinstance(needs_workers, bool):
        raise HookFault(Reason.HOOK_FLAG)
    if not needs_workers:
        return None
    task_input = answer.get("taskInput")
    if not isinstance(task_input, dict):
        raise HookFault(Reason.HOOK_NO_INPUT)
    if not sql.storable(task_input) or len(json.dumps(task_input, ensure_ascii=False)) > MOST_INPUT:
        raise HookFault(Reason.HOOK_INPUT, most=f"{MOST_INPUT:,}")
    return task_input
