"""What people call columns, values and shares. Files that programs read keep the names of the frames."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from gtcrowd.analytics.definitions import DEFINITIONS
from gtcrowd.analytics.reasons import Reason

DASH = "–"
LONGEST = 80
"""Of an answer in a table."""
SHARES = {
    "low",
    "high",
    "gold_low",
    "gold_high",
    "agreement_low",
    "agreement_high",
    "share",
    "missed",
    "confidence",
    "least",
    "most",
    "mix",
    "crowd",
    "recall_raw",
    "precision_low",
    "precision_high",
    *(f"{name}{end}" for name in ("dx", "dy", "width", "height") for end in ("", "_low", "_high")),
}


def heads() -> dict[str, str]:
    """What people call the columns of the frames: as definitions have it, else as here."""
    return {name: str(one.title) for name, one in DEFINITIONS.items()} | {
        "worker_id": _("Worker's number"),
        "worker": _("Worker"),
        "code": _("Code"),
        "workforce": _("Workforce"),
        "team": _("Team"),
        "kind": _("Kind"),
        "type": _("Type"),
        "n": "n",
        "low": _("Interval, from"),
        "high": _("Interval, to"),
        "few": _("Few answers"),
        "day": _("Day"),
        "others": _("others"),
        "job": _("Job"),
        "state": _("State"),
        "reason": _("Reason"),
        "objects": _("Objects"),
        "labeled": _("Labeled"),
        "machine": _("by machine"),
        "human": _("by people"),
        "failed": _("Failed"),
        "rest": _("not yet"),
        "target_answers": _("Answers wanted"),
        "budget": _("Budget"),
        "days": _("Days active"),
        "last_day": _("Last day"),
        "open_cases": _("Open cases"),
        "returned": _("Tasks returned"),
        "declined": _("Tasks declined"),
        "expired": _("Tasks expired"),
        "right": _("Right"),
        "answered": _("Answered"),
        "share": _("Share"),
        "median": _("7-day median"),
        "before": _("the period before"),
        "seconds": _("Seconds"),
        "upto": _("Share within"),
        "upto_active": _("Share within, active time"),
        "position": _("Object"),
        "value": _("Label"),
        "confidence": _("Confidence"),
        "missed": _("Missed"),
        "exposures": _("Times shown"),
        "count": _("Count"),
        "middle": _("half of the futures"),
        "low90": _("90 %, from"),
        "high90": _("90 %, to"),
        "left": _("Answers still wanted"),
        "one": _("One"),
        "other": _("The other"),
        "shared": _("Objects shared"),
        "tasks": _("Objects"),
        "answers": _("Answers"),
        "to_come": _("still to come"),
        "unspent": _("not needed"),
        "amount": _("Dollars"),
        "what": _("What"),
        "within": _("Requests within"),
        "task": _("Task of the queue"),
        "todo": _("waiting"),
        "doing": _("running"),
        "weekday": _("Weekday"),
        "least": _("Interval, from"),
        "most": _("Interval, to"),
        "accuracy_raw": _("Without the crowd"),
        "gold_n": _("Known objects answered"),
        "active": _("Known objects in use"),
        "object": _("Shown"),
        "label": _("Label"),
        "known": _("Known"),
        "active_seconds": _("Active seconds"),
        "submitted_at": _("Submitted"),
        "gold": _("Known object"),
        "late": _("Late"),
        "extra": _("Extra"),
        "answer_id": _("Answer's number"),
        "part": _("What it is of"),
        "category": _("Category"),
        "mix": _("Share of the objects"),
        "crowd": _("The crowd"),
        "recall_raw": _("Without the crowd"),
        "precision_low": _("Interval, from"),
        "precision_high": _("Interval, to"),
        "changed": _("Changed"),
        "source": _("From"),
        "target": _("To"),
        "highest": _("Highest sum"),
        "threshold": _("Threshold"),
        "began_after": _("Began after so many answers"),
        "told_after": _("Told after so many answers"),
        "told_at": _("Told"),
        "gold_right": _("Known objects right"),
        "answer": _("Own answer"),
        "at": _("Handed in"),
        "sum": _("Sum of the evidence"),
        "boxes_missed": _("Boxes missed"),
        "boxes_extra": _("Boxes too many"),
        "dx": _("To the right"),
        "dy": _("Down"),
        "width": _("Wider"),
        "height": _("Higher"),
        "iou_range": _("Intersection over union"),
        **{f"{name}_{end}": text for name in ("dx", "dy", "width", "height")
           for end, text in (("low", _("Interval, from")), ("high", _("Interval, to")))},
    }  # fmt: skip


def words() -> dict[str, dict[str, str]]:
    """What people call the values of some columns."""
    return {
        "state": {
            "Initializing": _("Initializing"), "InProgress": _("In progress"), "Completed": _("Completed"),
            "Failed": _("Failed"), "Stopping": _("Stopping"), "Stopped": _("Stopped"), "open": _("Open"),
            "cleared": _("Cleared"), "confirmed": _("Confirmed"), "active": _("Active"), "suspended": _("Suspended"),
            "invited": _("Invited"), "done": _("Done"), "failed": _("Failed"), "gold": _("Known object"),
            "": _("not handed out"),
        },
        "reason": reasons(),
        "type": {"private": _("private"), "vendor": _("vendor"), "public": _("public")},
        "what": {"claim": _("hand out"), "submit": _("take in")},
    }  # fmt: skip


def reasons() -> dict[str, str]:
    """Why an object got no further answers."""
    return {
        "": _("waiting for answers"), Reason.ALL_ANSWERS: _("all answers are there"),
        Reason.SURE_ENOUGH: _("sure enough"), Reason.MOST_WORKERS: _("most workers asked"),
        Reason.TARGET_REACHED: _("target reached"), Reason.JOB_STOPPED: _("job stopped"),
        Reason.AVAILABILITY_ENDED: _("time to answer ended"), Reason.ALL_DECLINED: _("declined by all"),
        Reason.NO_WORKERS_NEEDED: _("no worker is needed"), Reason.PRE_HOOK_FAILED: _("the hook failed"),
        Reason.POST_HOOK_FAILED: _("the hook failed"),
    }  # fmt: skip


def percent(share: float | None, digits: int = 1) -> str:
    return DASH if share is None or math.isnan(share) else f"{share:.{digits}%}"


def dollars(amount: float | None, digits: int = 2) -> str:
    if amount is None or math.isnan(amount):
        return DASH
    return f"{'-' if amount < 0 else ''}${abs(amount):,.{digits}f}"


def likelier(evidence: float | None) -> str:
    """How many times likelier something is, by the logarithm of the likelihood ratio: to one figure, for more would
    promise more than the model behind it holds, and above a million without a number."""
    if evidence is None or math.isnan(evidence):
        return DASH
    if evidence > math.log(1_000_000):
        return _("more than a million times likelier")
    return _("about %(times)s times likelier") % {"times": f"{float(f'{math.exp(evidence):.1g}'):,g}"}


def cell(name: str, value: Any, known: Mapping[str, Mapping[str, str]]) -> str:
    """A value of a column as people read it."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return DASH
    if isinstance(value, str):
        return known.get(name, {}).get(value, value)
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        value = value.date() if (value.hour, value.minute) == (0, 0) else value.isoformat(" ", "minutes")
    if isinstance(value, int | float | np.number):
        return _number(name, float(value))
    return str(value)


def value(given: Any) -> str:
    """An answer or label in short: a category as it is, several one after the other, shapes and spans by how many there
    are of each label, everything else as JSON."""
    if given is None:
        return DASH
    if isinstance(given, str | int | float):
        return _short(str(given))
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return _short(", ".join(given)) or _("none")
    if isinstance(given, dict):
        for inside in given.values():
            if isinstance(inside, list) and all(isinstance(one, dict) and "label" in one for one in inside):
                counts = Counter(str(one["label"]) for one in inside)
                return _short(", ".join(f"{label} × {n}" for label, n in counts.items())) or _("none")
    return _short(json.dumps(given, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def is_number(frame: pd.DataFrame, name: str) -> bool:
    return pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])


def rows(frame: pd.DataFrame) -> list[list[str]]:
    """The frame's cells as people read them."""
    known = words()
    names = [str(name) for name in frame.columns]
    return [
        [cell(name, value, known) for name, value in zip(names, row, strict=True)]
        for row in frame.itertuples(index=False)
    ]


def plain(frame: pd.DataFrame) -> str:
    """A CSV for programs: names of the frame, days as 2026-11-02. What a spreadsheet would run is quoted."""
    kept = frame.copy()
    for name in kept.columns:
        if pd.api.types.is_datetime64_any_dtype(kept[name]):
            kept[name] = kept[name].dt.strftime("%Y-%m-%d")
        elif kept[name].dtype == object or pd.api.types.is_string_dtype(kept[name]):
            kept[name] = [
                f"'{one}" if isinstance(one, str) and one[:1] in "=+-@\t\r" and one[:1] else one for one in kept[name]
            ]
    return kept.to_csv(index=False)


def _number(name: str, value: float) -> str:
    unit = DEFINITIONS[name].unit if name in DEFINITIONS else ""
    if unit == "share" or name in SHARES or name.startswith("upto"):
        return percent(value)
    if unit.startswith("dollars") or name in {"budget", "to_come", "unspent", "amount"}:
        return dollars(value, 3 if unit == "dollars" else 2)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"
