"""Call hooks: over HTTP, or in this process where the operator installed one as an entry point."""

import json
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import structlog
from django.utils.translation import gettext as _

from gtcrowd.hooks import addresses, calls, posting, signature
from gtcrowd.hooks.calls import Call, HookFault
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Reason

GROUPS = {"pre": "gtcrowd.pre", "post": "gtcrowd.post"}
"""Entry points of these groups are callables that take the event, a dict, and return the answer."""
MOST_ANSWER = {"pre": 2_000_000, "post": 20_000_000}
"""Bytes: a task input, and the labels of fifty objects."""

log = structlog.get_logger(__name__)


class HookCaller:
    """Answers gtcrowd.hooks.calls.Caller."""

    def fault(self, target: str, stage: str) -> str | None:
        if calls.remote(target):
            try:
                addresses.read(target)
            except addresses.Refused as refused:
                return str(refused)
            return None
        names = sorted(entry_point.name for entry_point in entry_points(group=GROUPS[stage]))
        if target in names:
            return None
        installed = ", ".join(names) or _("none")
        text = _("must be an https:// URL, or the name of an installed hook. Installed: %(names)s.")
        return text % {"names": installed}

    def call(self, call: Call) -> Any:
        began = time.perf_counter()
        outcome = "fault"
        try:
            answer = _posted(call) if calls.remote(call.target) else _computed(call)
            outcome = "answer"
            return answer
        finally:
            # The host alone: what is behind it may sign somebody in.
            where = addresses.host(call.target) if calls.remote(call.target) else call.target
            seconds = round(time.perf_counter() - began, 3)
            log.info("hook.called", stage=call.stage, hook=where, outcome=outcome, seconds=seconds)


def _posted(call: Call) -> Any:
    body = json.dumps(call.event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "gtcrowd",
        "X-Gtcrowd-Hook": call.stage,
        signature.HEADER: signature.of_call(body, secret=call.secret, moment=int(time.time())),
        "Idempotency-Key": call.key,
    }
    try:
        answer = posting.post(call.target, body, headers, most=MOST_ANSWER[call.stage])
    except addresses.Refused as refused:
        raise HookFault(refused.reason, **refused.params) from refused
    except posting.Failed as failed:
        raise HookFault(failed.reason, passing=failed.passing, **failed.params) from failed
    try:
        return json.loads(answer, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise HookFault(Reason.HOOK_NOT_JSON) from error


def _computed(call: Call) -> Any:
    entry_point = next(iter(entry_points(group=GROUPS[call.stage], name=call.target)), None)
    if entry_point is None:
        raise HookFault(Reason.HOOK_NOT_INSTALLED, name=call.target)
    try:
        function: Callable[[Any], Any] = entry_point.load()
        answer = function(json.loads(json.dumps(call.event)))
    except Exception as error:  # whatever an installed hook raises is its fault, and is told as such
        raise HookFault(
            Reason.HOOK_RAISED, name=call.target, error=type(error).__name__, detail=sql.storable_text(str(error)[:200])
        ) from error
    try:
        return json.loads(json.dumps(answer, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise HookFault(Reason.HOOK_NOT_JSON) from error


def _not_json(constant: str) -> None:
    """`NaN` and `Infinity`, which Python reads though they are not JSON."""
    raise ValueError(constant)
