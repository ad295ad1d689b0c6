"""Call a hook: a program that prepares an object before workers see it, or that labels it afterwards.

A hook is the address of a program that is called over HTTP, or the name of one that the operator installed. Who calls
it is named by the setting GTCROWD_HOOKS.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.db.models import TextChoices
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from gtcrowd.hooks import retries
from gtcrowd.platform.reasons import Explained, Reason

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
    """One call of a hook. `key` is the same for every try of the same call."""

    target: str
    stage: str
    event: Mapping[str, Any] = field(repr=False)
    secret: str = field(repr=False)
    key: str


class Caller(Protocol):
    def fault(self, target: str, stage: str) -> str | None:
        """Return what is wrong with the address or name of a hook, or None. Nothing is called."""

    def call(self, call: Call) -> Any:
        """Return the hook's response, as JSON has it. Raises HookFault."""


@cache
def caller() -> Caller:
    """Return the caller that the setting GTCROWD_HOOKS names."""
    named: Caller = import_string(settings.GTCROWD_HOOKS)()
    return named


def ask(call: Call, *, patient: bool = True) -> Any:
    """Return the hook's response. After a fault that may pass, a `patient` call is tried again.

    Touches no database, so that many can be called side by side. Raises HookFault.
    """
    for wait in retries.AT_ONCE if patient else ():
        try:
            return caller().call(call)
        except HookFault as fault:
            if not fault.passing:
                raise
            time.sleep(wait)
    return caller().call(call)


@contextmanager
def turn(*, wait: bool) -> Iterator[bool]:
    """Yield whether this process may call a job's hook now: one job at a time.

    A slow hook thus keeps one thread at most, and the other jobs go on. With `wait`, wait until it may.
    """
    mine = _turn.acquire(blocking=wait)
    try:
        yield mine
    finally:
        if mine:
            _turn.release()


def remote(target: str) -> bool:
    """Return whether it is the address of a program elsewhere, else the name of one that is installed here."""
    return "://" in target
