"""Masks: which pixels of a picture belong to a thing.

`staple` is Warfield, Zou, Wells 2004, "Simultaneous truth and performance level estimation (STAPLE)", IEEE Transactions
on Medical Imaging 23, section II: each worker has a sensitivity and a specificity, each pixel a probability. Two things
are added. Pixels that the same workers marked are one group: the work of a step grows with the number of different
patterns (at most two to the power of the workers), not with the pixels. And the larger of the two regions on which all
agree, usually the background, is left out, as it would make everybody's specificity one; sensitivities and
specificities are pooled over the pictures of a worker and drawn to the crowd's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from gtcrowd import language
from gtcrowd.consolidation.classes.table import TableRefused
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import existence, matching
from gtcrowd.consolidation.shapes.runs import Bits, Layer, Mask, bits, pixels_of, read, runs, write
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueTable

Counts = npt.NDArray[np.int64]

# Pixels that the crowd's sensitivity and specificity are worth, as a share of the pixels a worker was asked about.
POOLED = 0.1


Answers = ValueTable[Mask]


def pixel_vote(table: Answers, *, least_share: float = 0.5) -> Outcome[Mask]:
    """A pixel belongs to a label where more than `least_share` of the workers say so.

    `parts`: mean share of the votes over the pixels of each layer that not all agree on. `confidence`: mean share of
    the majority over the
    pixels that anybody marked.
    """
    groups = _grouped(table)
    chance = [one.marked.mean(axis=0) if len(one.marked) else np.zeros(one.marked.shape[1]) for one in groups]
    kept = [p >= 1 - least_share if one.inverted else p > least_share for one, p in zip(groups, chance, strict=True)]
    return _concluded(table, groups, chance, kept, method="pixel-vote", parameters={"least_share": least_share})


def staple(
    table: Answers,
    *,
    prior_accuracy: float = 0.9,
    smoothing: float = 0.0,
    max_steps: int = 100,
    tolerance: float = 1e-6,
) -> Outcome[Mask]:
    """Sensitivities, specificities and pixels together; the default.

    prior_accuracy   sensitivity and specificity with which the search begins
    smoothing        standard deviation in pixels of a Gaussian over the probabilities before they are decided; 0: none
    max_steps, tolerance   stop when no sensitivity or specificity moves by `tolerance`

    `traits`: sensitivity and specificity of each worker, for what is smaller, the thing or the rest.
    `parts` and `confidence` as for `pixel_vote`, with
    probabilities in place of shares. The objective is the log-likelihood of the marks, by pixel.
    """
    groups = _grouped(table)
    n = table.n_workers
    sensitive, specific = np.full(n, prior_accuracy), np.full(n, prior_accuracy)
    chance = [np.zeros(0)] * len(groups)
    objective: list[float] = []
    moved = np.inf
    while len(objective) < max_steps and moved >= tolerance:
        hits, inside, passed, outside = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
        likelihood = 0.0
        pixels = 0.0
        for place, one in enumerate(groups):
            if not one.size.size:
                continue
            share = float((one.size * one.marked.mean(axis=0)).sum() / one.size.sum())
            share = min(max(share, 1e-6), 1 - 1e-6)
            with_it, without = np.log(sensitive[one.workers]), np.log1p(-sensitive[one.workers])
            other, apart = np.log1p(-specific[one.workers]), np.log(specific[one.workers])
            there = np.log(share) + np.where(one.marked, with_it[:, None], without[:, None]).sum(axis=0)
            absent = np.log1p(-share) + np.where(one.marked, other[:, None], apart[:, None]).sum(axis=0)
            total = np.logaddexp(there, absent)
            p = np.exp(there - total)
            chance[place] = p
            likelihood += float(one.size @ total)
            pixels += float(one.size.sum())
            np.add.at(hits, one.workers, one.marked @ (one.size * p))
            np.add.at(inside, one.workers, float(one.size @ p))
            np.add.at(passed, one.workers, ~one.marked @ (one.size * (1 - p)))
            np.add.at(outside, one.workers, float(one.size @ (1 - p)))
        objective.append(likelihood / max(pixels, 1.0))
        before = np.concatenate([sensitive, specific])
        sensitive, specific = _drawn(hits, inside), _drawn(passed, outside)
        moved = float(np.abs(np.concatenate([sensitive, specific]) - before).max(initial=0.0))
    kept = [p > 0.5 for p in chance]
    parameters = {
        "prior_accuracy": prior_accuracy, "smoothing": smoothing, "max_steps": max_steps, "tolerance": tolerance,
    }  # fmt: skip
    return _concluded(
        table, groups, chance, kept, method="staple", parameters=parameters, smoothing=smoothing,
        traits={"sensitivity": sensitive, "specificity": specific}, steps=len(objective), converged=moved < tolerance,
        objective=tuple(objective),
    )  # fmt: skip


def instances(table: Answers, *, least_iou: float = 0.3, least_chance: float = 0.5) -> Outcome[Mask]:
    """Each layer is a thing: match things by IoU, judge existence, and vote on the pixels of each.

    least_iou, least_chance   as for boxes; see `existence`
    """
    shapes: ValueTable[Sequence[tuple[str, tuple[Mask, int]]]] = ValueTable(
        table.task, table.worker,
        [tuple((one.label, (value, at)) for at, one in enumerate(value.layers)) for value in table.value],
        table.n_tasks, table.n_workers,
    )  # fmt: skip
    found = matching.clusters(shapes, _instances_alike, least=least_iou, key=lambda one: one[0].layers[one[1]].runs)
    chance, trust = existence.chances(found, table.n_workers)
    layers: list[list[tuple[float, Layer]]] = [[] for _ in range(table.n_tasks)]
    for one, p in zip(found, chance.tolist(), strict=True):
        if p < least_chance:
            continue
        size = one.marks[0].shape[0].height * one.marks[0].shape[0].width
        votes = np.mean([bits(m.shape[0].layers[m.shape[1]].runs, size) for m in one.marks], axis=0)
        layers[one.task].append((p, Layer(existence.label(one, trust), runs(votes > 0.5))))
    value: list[Mask | None] = [None] * table.n_tasks
    parts = [np.zeros(0)] * table.n_tasks
    for task, rows in enumerate(table.rows_by_task()):
        if len(rows):
            first = table.value[rows[0]]
            ordered = sorted(layers[task], key=lambda pair: (-round(pair[0], 9), pair[1].runs))
            value[task] = Mask(first.height, first.width, tuple(layer for _, layer in ordered))
            parts[task] = np.array([p for p, _ in ordered])
    score = np.array([_alike(given, value[task]) for given, task in zip(table.value, table.task.tolist(), strict=True)])
    return outcome(
        table, value, confidence=existence.whole_sure(found, chance, table.n_tasks), score=score, parts=parts,
        agreement=_agreement(table), method="instances",
        parameters={"least_iou": least_iou, "least_chance": least_chance}, traits={"detection": trust},
    )  # fmt: skip


def measure(concluded: Sequence[Mask | None], true: Sequence[Mask]) -> Mapping[str, float]:
    """Mean IoU and mean Dice over tasks, labels of a task together.

    Masks of different sizes cannot be compared: where they begin is not known. Such tasks are left out, and `compared`
    says how many were not; a task without a mask counts 0.
    """
    scores = [
        _alike(one, other) if one else 0.0
        for one, other in zip(concluded, true, strict=True)
        if one is None or (one.height, one.width) == (other.height, other.width)
    ]
    iou = float(np.mean(scores)) if scores else 0.0
    dice = float(np.mean([2 * s / (1 + s) for s in scores])) if scores else 0.0
    return {"mean_iou": iou, "dice": dice, "compared": float(len(scores))}


@dataclass(frozen=True, eq=False)
class _Groups:
    """Pixels of one task and label by which workers marked them; those of the larger region of agreement left out.

    workers [k]; marked [k, patterns]; size [patterns] number of pixels; place [pixels] pattern of each, -1 if left out.
    `inverted`: the region left out is the marked one, and `marked` says who did *not* mark, so that the thing is
    always what is smaller.
    """

    task: int
    label: str
    shape: tuple[int, int]
    workers: npt.NDArray[np.int64]
    marked: Bits
    size: FloatArray
    place: npt.NDArray[np.int32]
    inverted: bool


def _grouped(table: Answers) -> list[_Groups]:
    found = []
    for task, rows in enumerate(table.rows_by_task()):
        if not len(rows):
            continue
        shapes = {(table.value[row].height, table.value[row].width) for row in rows}
        if len(shapes) > 1:
            sizes = ", ".join(sorted(f"{h}x{w}" for h, w in shapes))
            raise TableRefused(f"its masks are of the sizes {sizes}; masks of one picture have one size", task=task)
        shape = shapes.pop()
        size = shape[0] * shape[1]
        for label in sorted({one.label for row in rows for one in table.value[row].layers}) or [""]:
            pattern = np.zeros(size, dtype=np.int64)
            exact = len(rows) <= 62
            stack = [pixels_of(table.value[row], label, size) for row in rows]
            if exact:
                for bit, pixels in enumerate(stack):
                    pattern |= pixels.astype(np.int64) << bit
            else:
                pattern = np.unique(np.stack(stack, axis=1), axis=0, return_inverse=True)[1].astype(np.int64)
                pattern[~np.any(stack, axis=0)] = 0
            _, index, place, number = np.unique(pattern, return_index=True, return_inverse=True, return_counts=True)
            seen = np.stack([pixels[index] for pixels in stack])
            inverted = bool((number @ seen.all(axis=0)) > (number @ ~seen.any(axis=0)))
            seen = ~seen if inverted else seen
            somebody = seen.any(axis=0)
            translate = np.where(somebody, np.cumsum(somebody) - 1, -1)
            found.append(
                _Groups(
                    task, label, shape, table.worker[rows].astype(np.int64), seen[:, somebody],
                    number[somebody].astype(np.float64), translate[place].astype(np.int32), inverted,
                )
            )  # fmt: skip
    return found


def _drawn(right: FloatArray, of: FloatArray) -> FloatArray:
    """Shares of each worker, drawn to the crowd's by a part of what each was asked."""
    usual = (right.sum() + 0.9) / (of.sum() + 1)
    strength = POOLED * of + 1
    return np.asarray(np.clip((right + strength * usual) / (of + strength), 1e-4, 1 - 1e-4))


def _concluded(
    table: Answers,
    groups: Sequence[_Groups],
    chance: Sequence[FloatArray],
    kept: Sequence[Bits],
    *,
    method: str,
    parameters: Mapping[str, float],
    smoothing: float = 0.0,
    traits: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Outcome[Mask]:
    value: list[Mask | None] = [None] * table.n_tasks
    parts: list[list[float]] = [[] for _ in range(table.n_tasks)]
    sure, seen = np.zeros(table.n_tasks), np.zeros(table.n_tasks)
    for one, p, inside in zip(groups, chance, kept, strict=True):
        pixels = np.append(inside, False)[one.place] ^ one.inverted
        if smoothing > 0:
            smooth = ndimage.gaussian_filter(np.append(p, 0.0)[one.place].reshape(one.shape), smoothing)
            pixels = (smooth > 0.5).reshape(-1) ^ one.inverted
        before = value[one.task]
        layers = before.layers if before else ()
        if pixels.any():
            layers = (*layers, Layer(one.label, runs(pixels)))
            parts[one.task].append(float(np.average(p[inside], weights=one.size[inside])) if inside.any() else 1.0)
        value[one.task] = Mask(*one.shape, layers)
        sure[one.task] += float(one.size @ np.maximum(p, 1 - p)) if p.size else 0.0
        seen[one.task] += float(one.size.sum())
    score = np.array([_alike(given, value[task]) for given, task in zip(table.value, table.task.tolist(), strict=True)])
    return outcome(
        table, value, confidence=np.divide(sure, seen, out=np.ones(table.n_tasks), where=seen > 0), score=score,
        parts=[np.array(one) for one in parts], agreement=_agreement(table), method=method, parameters=parameters,
        traits=traits, steps=steps, converged=converged, objective=objective,
    )  # fmt: skip


def _alike(one: Mask, other: Mask | None) -> float:
    """Intersection over union of two masks, labels apart; 1 where neither has a pixel, 0 where sizes differ."""
    if other is None or (one.height, one.width) != (other.height, other.width):
        return 0.0
    size = one.height * one.width
    shared = either = 0
    for label in {layer.label for layer in (*one.layers, *other.layers)}:
        a, b = pixels_of(one, label, size), pixels_of(other, label, size)
        shared += int((a & b).sum())
        either += int((a | b).sum())
    return shared / either if either else 1.0


def _instances_alike(shapes: Sequence[tuple[Mask, int]]) -> FloatArray:
    if len({(mask.height, mask.width) for mask, _ in shapes}) > 1:
        raise TableRefused("masks of one picture are of different sizes; they must have one size")
    held = np.stack([bits(mask.layers[at].runs, mask.height * mask.width) for mask, at in shapes]).astype(np.float32)
    shared = held @ held.T
    area = held.sum(axis=1)
    return np.asarray(shared / np.maximum(area[:, None] + area - shared, 1), dtype=np.float64)


def _agreement(table: Answers) -> float | None:
    scores = [
        _alike(table.value[one], table.value[other])
        for rows in table.rows_by_task()
        for one, other in combinations(rows.tolist(), 2)
        if table.worker[one] != table.worker[other]
    ]
    return float(np.mean(scores)) if scores else None


FORM = Form(
    name="masks",
    read=read,
    write=write,
    methods={
        "staple": ValueMethod(
            "staple",
            language.later("STAPLE"),
            language.later("Sensitivity and specificity of each worker and the probability of each pixel together."),
            staple,
            {
                "prior_accuracy": Parameter(0.9, 0.5, 0.9999, "sensitivity and specificity to begin with"),
                "smoothing": Parameter(0.0, 0.0, 100.0, "standard deviation in pixels of a smoothing; 0: none"),
                "max_steps": Parameter(100, 1, 100_000, "steps after which the search ends in any case"),
                "tolerance": Parameter(1e-6, 0.0, 1.0, "movement below which it ends"),
            },
        ),
        "pixel-vote": ValueMethod(
            "pixel-vote",
            language.later("Vote a pixel"),
            language.later("A pixel belongs where most workers say so."),
            pixel_vote,
            {"least_share": Parameter(0.5, 0.0, 1.0, "share of the workers that must be exceeded")},
        ),
        "instances": ValueMethod(
            "instances",
            language.later("Instances"),
            language.later(
                "Matches things over all workers, judges whether they are there, and votes on their pixels."
            ),
            instances,
            {
                "least_iou": Parameter(0.3, 0.0, 1.0, "mean intersection over union of marks of the same thing"),
                "least_chance": Parameter(0.5, 0.0, 1.0, "probability below which it is left out"),
            },
        ),
    },
    default="staple",
    measure=measure,
    higher=frozenset({"mean_iou", "dice", "compared"}),
)
