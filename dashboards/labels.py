"""Titles of columns, and values as text. Files for programs keep the column names of the frames."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from gtcrowd.analytics.definitions import DEFINITIONS
from gtcrowd.analytics.reasons import Reason
from gtcrowd.analytics.value_text import words

DASH = "–"
LONGEST = 80
"""Characters of an answer in a table."""
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

OF_LABELS = ("agreement", "confusion", "pairs", "categories", "matrix", "reliability", "redundancy", "doubtful",
             "box-offsets", "box-likeness", "over-time", "accuracy", "funnel")  # fmt: skip
"""Figures that are computed with the labels of a job."""


def column_titles() -> dict[str, str]:
    """Return the titles of the columns of frames: from the definitions, else from this table."""
    return {name: str(definition.title) for name, definition in DEFINITIONS.items()} | {
        "worker_id": _("Worker ID"),
        "worker": _("Worker"),
        "code": _("Code"),
        "workforce": _("Workforce"),
        "team": _("Team"),
        "kind": _("Kind"),
        "type": _("Type"),
        "n": "n",
        "low": _("Lower bound (95 %)"),
        "high": _("Upper bound (95 %)"),
        "few": _("Few answers"),
        "day": _("Day"),
        "others": _("Others"),
        "job": _("Job"),
        "state": _("State"),
        "reason": _("Reason"),
        "objects": _("Objects"),
        "labeled": _("Labeled"),
        "machine": _("Labeled by machine"),
        "human": _("Labeled by people"),
        "failed": _("Failed"),
        "rest": _("Not yet labeled"),
        "target_answers": _("Target answers"),
        "budget": _("Budget"),
        "days": _("Active days"),
        "last_day": _("Last day"),
        "open_cases": _("Open cases"),
        "returned": _("Returned tasks"),
        "declined": _("Declined tasks"),
        "expired": _("Expired tasks"),
        "right": _("Correct"),
        "answered": _("Answered"),
        "share": _("Share"),
        "median": _("7-day median"),
        "before": _("Previous period"),
        "seconds": _("Seconds"),
        "upto": _("Cumulative share"),
        "upto_active": _("Cumulative share, active time"),
        "position": _("Object"),
        "value": _("Label"),
        "confidence": _("Confidence"),
        "missed": _("Error rate"),
        "exposures": _("Times shown"),
        "count": _("Count"),
        "middle": _("Median forecast"),
        "low90": _("Lower bound (90 %)"),
        "high90": _("Upper bound (90 %)"),
        "left": _("Answers remaining"),
        "one": _("Worker A"),
        "other": _("Worker B"),
        "shared": _("Shared objects"),
        "tasks": _("Objects"),
        "answers": _("Answers"),
        "to_come": _("May still be spent"),
        "unspent": _("Not needed"),
        "amount": _("Amount"),
        "what": _("Item"),
        "within": _("Requests within this time"),
        "task": _("Queue task"),
        "todo": _("Waiting"),
        "doing": _("Running"),
        "weekday": _("Weekday"),
        "least": _("Lower bound (95 %)"),
        "most": _("Upper bound (95 %)"),
        "accuracy_raw": _("Without shrinkage"),
        "gold_n": _("Gold questions answered"),
        "active": _("In use"),
        "object": _("Preview"),
        "label": _("Label"),
        "known": _("Gold or truth"),
        "active_seconds": _("Active seconds"),
        "submitted_at": _("Submitted"),
        "gold": _("Gold question"),
        "late": _("Late"),
        "extra": _("Extra"),
        "answer_id": _("Answer ID"),
        "part": _("Source of the shape"),
        "category": _("Category"),
        "mix": _("Share of objects"),
        "crowd": _("Crowd"),
        "recall_raw": _("Without shrinkage"),
        "precision_low": _("Lower bound (95 %)"),
        "precision_high": _("Upper bound (95 %)"),
        "changed": _("Changed"),
        "source": _("From"),
        "target": _("To"),
        "highest": _("Highest CUSUM"),
        "threshold": _("Alarm threshold"),
        "began_after": _("Answers before the drop"),
        "told_after": _("Answers until the alarm"),
        "told_at": _("Alarm at"),
        "gold_right": _("Correct gold answers"),
        "answer": _("Answer number"),
        "at": _("Submitted"),
        "sum": _("CUSUM"),
        "boxes_missed": _("Missed boxes"),
        "boxes_extra": _("Extra boxes"),
        "dx": _("Offset to the right"),
        "dy": _("Offset down"),
        "width": _("Excess width"),
        "height": _("Excess height"),
        "iou_range": _("Intersection over union"),
        **{f"{name}_{end}": text for name in ("dx", "dy", "width", "height")
           for end, text in (("low", _("Lower bound (95 %)")), ("high", _("Upper bound (95 %)")))},
    }  # fmt: skip


def value_labels() -> dict[str, dict[str, str]]:
    """Return column → value → label, for columns with coded values."""
    return {
        "state": {
            "Initializing": _("Initializing"), "InProgress": _("In progress"), "Completed": _("Completed"),
            "Failed": _("Failed"), "Stopping": _("Stopping"), "Stopped": _("Stopped"), "open": _("Open"),
            "cleared": _("Dismissed"), "confirmed": _("Confirmed"), "active": _("Active"), "suspended": _("Suspended"),
            "invited": _("Invited"), "done": _("Done"), "failed": _("Failed"), "gold": _("Gold question"),
            "": _("Not opened yet"),
        },
        "reason": reasons(),
        "type": {"private": _("private"), "vendor": _("vendor"), "public": _("public")},
        "what": {"claim": _("assign"), "submit": _("submit")},
    }  # fmt: skip


def reasons() -> dict[str, str]:
    """Return reason code → label: why an object received no further answers."""
    return {
        "": _("waiting for answers"), Reason.ALL_ANSWERS: _("all answers received"), Reason.SURE_ENOUGH: _("confident"),
        Reason.MOST_WORKERS: _("maximum workers reached"), Reason.TARGET_REACHED: _("target error rate reached"),
        Reason.JOB_STOPPED: _("job stopped"), Reason.AVAILABILITY_ENDED: _("task lifetime ended"),
        Reason.ALL_DECLINED: _("declined by all workers"), Reason.OBJECT_NOT_SHOWN: _("not shown to workers"),
        Reason.NO_WORKERS_NEEDED: _("no worker needed"),
        Reason.PRE_HOOK_FAILED: _("the pre-annotation hook failed"),
        Reason.POST_HOOK_FAILED: _("the post-annotation hook failed"),
    }  # fmt: skip


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as "81.7 %"."""
    return DASH if share is None or math.isnan(share) else f"{100 * share:.{digits}f} %"


def dollars(amount: float | None, digits: int = 2) -> str:
    if amount is None or math.isnan(amount):
        return DASH
    return f"{'-' if amount < 0 else ''}${abs(amount):,.{digits}f}"


def odds(log_ratio: float | None) -> str:
    """Return a likelihood ratio as "about 4,000 : 1", given its natural logarithm.

    Rounded to one significant digit, since the model behind it supports no more, and capped at 1,000,000.
    """
    if log_ratio is None or math.isnan(log_ratio):
        return DASH
    if log_ratio > math.log(1_000_000):
        return _("over 1,000,000 : 1")
    return _("about %(ratio)s : 1") % {"ratio": f"{float(f'{math.exp(log_ratio):.1g}'):,g}"}


def object_number(position: float) -> int:
    """Return an object's number as people count, from 1; `position` is its line in the manifest, from 0."""
    return int(position) + 1


def cell(name: str, value: Any, value_names: Mapping[str, Mapping[str, str]]) -> str:
    """Return a value of a column as text."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return DASH
    if isinstance(value, str):
        return value_names.get(name, {}).get(value, value)
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        value = value.date() if (value.hour, value.minute) == (0, 0) else value.isoformat(" ", "minutes")
    if isinstance(value, int | float | np.number):
        return _number(name, float(value))
    return str(value)


def value(answer: Any) -> str:
    """Return an answer or label as short text."""
    return words(answer, most=LONGEST)


def is_number(frame: pd.DataFrame, name: str) -> bool:
    return pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])


def rows(frame: pd.DataFrame) -> list[list[str]]:
    """Return the frame's cells as text."""
    value_names = value_labels()
    names = [str(name) for name in frame.columns]
    return [
        [cell(name, value, value_names) for name, value in zip(names, row, strict=True)]
        for row in frame.itertuples(index=False)
    ]


def to_csv(frame: pd.DataFrame) -> str:
    """Return a CSV file for programs: column names of the frame, ISO dates.

    Cells that a spreadsheet would run as formulas are quoted.
    """
    escaped = frame.copy()
    for name in escaped.columns:
        if pd.api.types.is_datetime64_any_dtype(escaped[name]):
            escaped[name] = escaped[name].dt.strftime("%Y-%m-%d")
        elif escaped[name].dtype == object or pd.api.types.is_string_dtype(escaped[name]):
            escaped[name] = [
                f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text[:1] else text
                for text in escaped[name]
            ]
    return escaped.to_csv(index=False)


def _number(name: str, value: float) -> str:
    if name == "position":
        return f"{object_number(value):,}"
    unit = DEFINITIONS[name].unit if name in DEFINITIONS else ""
    if unit == "share" or name in SHARES or name.startswith("upto"):
        return percent(value)
    if unit.startswith("dollars") or name in {"budget", "to_come", "unspent", "amount"}:
        return dollars(value, 3 if unit == "dollars" else 2)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def no_data(name: str) -> str:
    """Return why a figure has nothing to show, and what would change that. `name`: of the part of the page."""
    part = name.rstrip("0123456789").rstrip("-")
    if part in OF_LABELS:
        return _("Computed with the labels, at the first consolidation: when enough objects have their answers.")
    texts = {
        "gold": _("Add gold questions on the job's page to compare workers with known answers."),
        "drift": _("Needs a task type with categories, and more than 30 answers of a worker."),
        "burn-down": _("A forecast needs an answer to a running job in the last 28 days."),
        "progress": _("No job matches the filters. Choose other jobs, teams or task types."),
        "vendors": _("No vendor has worked in these jobs and days."),
        "vendor-accuracy": _("No vendor has worked in these jobs and days."),
    }
    return texts.get(part, _("No answers for these filters. Choose more days, or other jobs or workers."))
