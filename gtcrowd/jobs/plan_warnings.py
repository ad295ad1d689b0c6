"""What a requester should know before a job is created, though nothing prevents it: one code and parameters each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gtcrowd import plain_text
from gtcrowd.jobs.fields import JobRequest
from gtcrowd.jobs.inspect import Inspected
from gtcrowd.platform import reasons
from gtcrowd.platform.reasons import Reason
from gtcrowd.workforce.models import Team, WorkerState

MAX_NAMED = 5
"""Names that a warning lists."""


@dataclass(frozen=True)
class PlanWarning:
    """A warning about a job field; its sentence is made in the reader's language."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return reasons.sentence(self.code, self.params)


def of_request(request: JobRequest) -> list[PlanWarning]:
    """Return the warnings that need nothing but the request and its team."""
    warnings = [PlanWarning("categories", Reason.LOOKALIKE_CATEGORIES, {"names": ", ".join(names)})
                for names in lookalikes(request.categories)]  # fmt: skip
    if request.price == 0:
        warnings.append(PlanWarning("price", Reason.NO_PAY))
    if shortage := team_shortage(request.team, needed=request.min_workers or request.workers_per_object):
        warnings.append(PlanWarning("team", Reason.TEAM_TOO_SMALL, shortage))
    return warnings


def of_manifest(inspected: Inspected) -> list[PlanWarning]:
    """Return the warnings about the lines of the input manifest."""
    labels = inspected.impossible_labels
    if not labels.count:
        return []
    params = {"count": labels.count, "lines": ", ".join(str(number) for number in labels.first)}
    return [PlanWarning("manifest", Reason.LABELS_IMPOSSIBLE, params)]


def lookalikes(names: Sequence[str]) -> list[list[str]]:
    """Return the groups of different names that people may take for each other, in the order given."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault(plain_text.lookalike_key(name), []).append(name)
    return [group[:MAX_NAMED] for group in groups.values() if len(group) > 1]


def team_shortage(team: Team, *, needed: int) -> dict[str, Any] | None:
    """Return the parameters of TEAM_TOO_SMALL if fewer than `needed` workers of the team may work, else None."""
    active = team.workers.filter(state=WorkerState.ACTIVE).count()
    return {"team": team.name, "workers": active, "needed": needed} if active < needed else None
