"""Several labels a task: each label is a question of yes or no, asked of every worker who answered the task.

All labels share one model of the workers: a worker's sensitivity and specificity for a label are drawn to those the
worker has over all labels, and these to the crowd's, so that a label nobody saw often enough is judged by what is known
of the workers from the others. How often a label applies is learned for each label. Expectation maximisation as in
Dawid and Skene 1979; the pooling is that of Paun et al. 2018, section 3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.classes import dawid_skene
from gtcrowd.consolidation.classes.table import AnswerTable, checked_accuracy
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

Choices = tuple[str, ...]
Answers = ValueTable[Choices]
LEAST = 1e-4


def read(text: str) -> Choices:
    """A JSON list of different names of labels, perhaps empty."""
    try:
        names = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueRefused(f'is {text!r:.60}; expected a JSON list of labels such as ["a", "b"]') from error
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of names of labels")
    if len(set(names)) < len(names):
        raise ValueRefused(f"is {text!r:.60}; expected each label once")
    return tuple(sorted(names))


def write(value: Choices) -> str:
    """The JSON list of the labels, sorted."""
    return json.dumps(sorted(value), ensure_ascii=False)


def vote(table: Answers) -> Outcome[Choices]:
    """Labels that more than half of a task's answers have; `parts` and `confidence` from the shares of the votes."""
    asked = _asked(table)
    chance = asked.shares()
    return _concluded(table, asked, chance, chance > 0.5, method="per-label-vote", parameters={})


@dataclass(frozen=True, eq=False)
class Learned:
    """What `per_label` learned, by label: `prior` [labels], how often it applies; `sensitivity` and `specificity`
    [n_workers, labels]; `crowd` [2, labels], both for a worker of whom nothing is known; `other` [3], all three for a
    label nobody has chosen. `chance` [n_tasks, labels]: that the label applies."""

    labels: list[str]
    prior: FloatArray
    sensitivity: FloatArray
    specificity: FloatArray
    crowd: FloatArray
    other: FloatArray
    chance: FloatArray


def per_label(
    table: Answers,
    *,
    known: Mapping[int, Choices] | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    label_answers: float = 10.0,
    worker_answers: float = 10.0,
    prior_tasks: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Outcome[Choices]:
    """Probability of each label with workers pooled over labels; the default.

    label_answers    answers that a worker's sensitivity and specificity over all labels are worth for one label
    worker_answers   answers that the crowd's are worth for a worker
    prior_tasks      tasks with and without a label beforehand
    max_steps, tolerance   stop when no probability moves by more than `tolerance` on average

    `parts`: probability of each label kept; `confidence`: that the whole set is right, as if labels were independent.
    `traits`: sensitivity and specificity of each worker. The objective is the log-likelihood of the yeses and noes.
    `known` sets are certain and teach about the workers. A worker with a given accuracy is drawn to that instead of
    to the crowd's: whoever has a share `a` of all sets of n labels right has a share `a`^(1/n) of the labels.
    `model`: what was learned, a `Learned`.
    """
    asked = _asked(table, known or {})
    labels, workers = len(asked.labels), table.n_workers
    certain, truth = _certain(asked, known or {})
    chance = np.where(certain[:, None], truth, asked.shares())
    expected = checked_accuracy(workers, worker_accuracy, np.nan) ** (1 / max(labels, 1))
    yes = asked.yes
    sensitive = specific = np.full(workers, 0.5)
    own_sensitive = own_specific = np.full((workers, labels), 0.5)
    crowd, prior = np.full((2, labels), 0.5), np.full(labels, 0.5)
    objective: list[float] = []
    moved = np.inf
    while len(objective) < max_steps and moved >= tolerance:
        there = chance[asked.task]
        # [workers, labels]: answers to questions whose truth is yes (or no), and the right ones among them.
        hits, inside = asked.by_worker(there * yes), asked.by_worker(there)
        passed, outside = asked.by_worker((1 - there) * ~yes), asked.by_worker(1 - there)
        sensitive, own_sensitive, all_sensitive = _pooled(hits, inside, expected, worker_answers, label_answers)
        specific, own_specific, all_specific = _pooled(passed, outside, expected, worker_answers, label_answers)
        crowd = np.stack([all_sensitive, all_specific])
        prior = (chance[asked.answered].sum(axis=0) + prior_tasks) / (asked.answered.sum() + 2 * prior_tasks)
        if_yes = np.where(yes, np.log(own_sensitive)[asked.worker], np.log1p(-own_sensitive)[asked.worker])
        if_no = np.where(yes, np.log1p(-own_specific)[asked.worker], np.log(own_specific)[asked.worker])
        up, down = asked.by_task(if_yes) + np.log(prior), asked.by_task(if_no) + np.log1p(-prior)
        total = np.logaddexp(up, down)
        objective.append(float(total[asked.answered].sum()))
        before, chance = chance, np.where(certain[:, None], truth, np.exp(up - total))
        moved = float(np.abs(chance - before).mean()) if chance.size else 0.0
    parameters = {
        "label_answers": label_answers, "worker_answers": worker_answers, "prior_tasks": prior_tasks,
        "max_steps": max_steps, "tolerance": tolerance,
    }  # fmt: skip
    unseen = prior_tasks / (asked.answered.sum() + 2 * prior_tasks)
    learned = Learned(
        asked.labels, prior, own_sensitive, own_specific, crowd,
        np.array([unseen, *(crowd.mean(axis=1) if labels else (0.5, 0.5))]), chance,
    )  # fmt: skip
    return _concluded(
        table, asked, chance, chance > 0.5, method="per-label", parameters=parameters, model=learned,
        traits={"sensitivity": sensitive, "specificity": specific} if labels else {}, steps=len(objective),
        converged=moved < tolerance, objective=tuple(objective),
    )  # fmt: skip


def ground_truth(table: Answers) -> Outcome[Choices]:
    """Every label that at least one worker chose is kept, with a confidence each, as in Ground Truth.

    Each label is a question of its own for `dawid_skene` with two classes. `confidence`: mean over the labels kept.
    """
    asked = _asked(table)
    chance = np.zeros((table.n_tasks, len(asked.labels)))
    for place in range(len(asked.labels)):
        answers = AnswerTable.from_codes(
            asked.task, asked.worker, asked.yes[:, place].astype(np.int32),
            n_tasks=table.n_tasks, n_workers=table.n_workers, n_labels=2,
        )  # fmt: skip
        chance[:, place] = dawid_skene.METHOD.conclude(answers).posterior[:, 1]
    return _concluded(table, asked, chance, asked.shares() > 0, method="ground-truth", parameters={}, mean=True)


def measure(concluded: Sequence[Choices | None], true: Sequence[Choices]) -> Mapping[str, float]:
    """Micro and macro F1 over the labels, share of sets exactly right, mean Jaccard index; a missing set is empty."""
    found = [set(one or ()) for one in concluded]
    right = [set(one) for one in true]
    labels = sorted(set().union(*found, *right))
    pairs = list(zip(found, right, strict=True))
    hits = np.array([sum(x in a and x in b for a, b in pairs) for x in labels])
    given, wanted = (np.array([sum(x in one for one in sets) for x in labels]) for sets in (found, right))
    both = given.sum() + wanted.sum()
    jaccard = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in zip(found, right, strict=True)]
    return {
        "f1": float(2 * hits.sum() / both) if both else 1.0,
        "macro_f1": float(np.mean(2 * hits / (given + wanted))) if labels else 1.0,
        "exact": float(np.mean([a == b for a, b in zip(found, right, strict=True)])) if true else 0.0,
        "jaccard": float(np.mean(jaccard)) if jaccard else 0.0,
    }


@dataclass(frozen=True, eq=False)
class _Asked:
    """The yeses [answers, labels] to all labels, and whose they are; `answered` [n_tasks]: whether there are any."""

    task: npt.NDArray[np.int32]
    worker: npt.NDArray[np.int32]
    yes: npt.NDArray[np.bool_]
    labels: list[str]
    answered: npt.NDArray[np.bool_]
    n_workers: int

    def by_task(self, value: FloatArray) -> FloatArray:
        """Sums of [answers, labels] over the answers of each task."""
        return self._summed(self.task, value, len(self.answered))

    def by_worker(self, value: FloatArray) -> FloatArray:
        """Sums of [answers, labels] over the answers of each worker."""
        return self._summed(self.worker, value, self.n_workers)

    def shares(self) -> FloatArray:
        """Share of the answers of each task that have each label; 0 without answers."""
        n = np.bincount(self.task, minlength=len(self.answered))
        return self.by_task(self.yes.astype(np.float64)) / np.maximum(n, 1)[:, None]

    def _summed(self, key: npt.NDArray[np.int32], value: FloatArray, n: int) -> FloatArray:
        columns = [np.bincount(key, column, n) for column in value.T]
        return np.stack(columns, axis=1) if columns else np.zeros((n, 0))


def _asked(table: Answers, known: Mapping[int, Choices] | None = None) -> _Asked:
    labels = sorted({name for value in (*table.value, *(known or {}).values()) for name in value})
    code = {name: place for place, name in enumerate(labels)}
    yes = np.zeros((len(table), len(labels)), dtype=bool)
    for row, value in enumerate(table.value):
        yes[row, [code[name] for name in value]] = True
    return _Asked(table.task, table.worker, yes, labels, table.answers_per_task() > 0, table.n_workers)


def _certain(asked: _Asked, known: Mapping[int, Choices]) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """Which tasks are known [n_tasks], and their labels as 0 and 1 [n_tasks, labels]; they count as answered."""
    certain, truth = np.zeros(len(asked.answered), dtype=bool), np.zeros((len(asked.answered), len(asked.labels)))
    for task, value in known.items():
        certain[task] = asked.answered[task] = True
        truth[task, [asked.labels.index(name) for name in value]] = 1.0
    return certain, truth


def _pooled(
    right: FloatArray, of: FloatArray, expected: FloatArray, worker_answers: float, label_answers: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shares of each worker over all labels [n_workers], drawn to `expected` or where that is NaN to the crowd's;
    for each label [n_workers, labels], drawn to those; and the crowd's for each label [labels]."""
    crowd = (right.sum() + 0.7) / (of.sum() + 1)
    drawn = np.where(np.isnan(expected), crowd, expected)
    worker = (right.sum(axis=1) + worker_answers * drawn) / (of.sum(axis=1) + worker_answers)
    label = (right + label_answers * worker[:, None]) / (of + label_answers)
    whole = (right.sum(axis=0) + label_answers * crowd) / (of.sum(axis=0) + label_answers)
    return worker, np.clip(label, LEAST, 1 - LEAST), np.clip(whole, LEAST, 1 - LEAST)


def _concluded(
    table: Answers,
    asked: _Asked,
    chance: FloatArray,
    kept: npt.NDArray[np.bool_],
    *,
    method: str,
    parameters: Mapping[str, float],
    traits: Mapping[str, FloatArray] | None = None,
    mean: bool = False,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
    model: Learned | None = None,
) -> Outcome[Choices]:
    value: list[Choices | None] = []
    parts = []
    for task, answered in enumerate(asked.answered.tolist()):
        places = np.flatnonzero(kept[task] & answered)
        value.append(tuple(asked.labels[place] for place in places) if answered else None)
        parts.append(chance[task, places])
    whole = np.where(kept, chance, 1 - chance).prod(axis=1)
    sure = np.array([part.mean() if len(part) else 1.0 for part in parts]) if mean else whole
    score = [
        _jaccard(set(given), set(value[task] or ()))
        for given, task in zip(table.value, table.task.tolist(), strict=True)
    ]
    return outcome(
        table, value, confidence=sure, score=np.array(score, dtype=np.float64), parts=parts,
        agreement=_agreement(asked), method=method, parameters=parameters, traits=traits, steps=steps,
        converged=converged, objective=objective, model=model,
    )  # fmt: skip


def _agreement(asked: _Asked) -> float | None:
    """Krippendorff's alpha of the yeses and noes to all labels together."""
    n = len(asked.labels)
    if not n:
        return None
    task = (asked.task[:, None].astype(np.int64) * n + np.arange(n)).reshape(-1)
    answers = AnswerTable.from_codes(
        task, np.repeat(asked.worker, n), asked.yes.reshape(-1).astype(np.int32),
        n_tasks=len(asked.answered) * n, n_workers=asked.n_workers, n_labels=2,
    )  # fmt: skip
    return agreement.alpha(answers, draws=1).value


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


FORM = Form(
    name="choices",
    read=read,
    write=write,
    methods={
        "per-label": ValueMethod(
            "per-label",
            language.later("Label by label"),
            language.later("Each label is a question; what is known of a worker from one label helps with the others."),
            per_label,
            {
                "label_answers": Parameter(10.0, 1e-3, 1e6, "answers that a worker's shares are worth for one label"),
                "worker_answers": Parameter(10.0, 1e-3, 1e6, "answers that the crowd's shares are worth"),
                "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks with and without a label beforehand"),
                "max_steps": Parameter(200, 1, 100_000, "steps after which the search ends in any case"),
                "tolerance": Parameter(1e-6, 0.0, 1.0, "mean movement of a probability below which it ends"),
            },
            teachable=True,
        ),
        "per-label-vote": ValueMethod(
            "per-label-vote",
            language.later("Vote a label"),
            language.later("Labels that most answers have."),
            vote,
            {},
        ),
        "ground-truth": ValueMethod(
            "ground-truth",
            language.later("Ground Truth's"),
            language.later("Every label anybody chose, with a confidence."),
            ground_truth,
            {},
        ),
    },
    default="per-label",
    measure=measure,
    higher=frozenset({"f1", "macro_f1", "exact", "jaccard"}),
)
