"""On real answers, in the folder that GTCROWD_DATA names; see its README for the datasets."""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical import measures

FOLDER = os.environ.get("GTCROWD_DATA", "")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not FOLDER, reason="GTCROWD_DATA does not name a folder of crowd sets"),
]
# Majority with ties shared, and Dawid-Skene as crowd-kit 1.4.2 gives it, which has no priors.
OTHERS = {"bluebird": (0.7593, 0.8889), "rte": (0.8969, 0.9275), "dog": (0.8172, 0.8426), "trec2011": (0.694, 0.691)}


@cache
def load(name):
    """The coded answers of a set, and its truth as codes."""
    answers = pd.read_csv(Path(FOLDER, name, "answers.csv"), dtype=str, keep_default_na=False)
    right = pd.read_csv(Path(FOLDER, name, "truth.csv"), dtype=str, keep_default_na=False).set_index("task")["truth"]
    coded = consolidation.from_frame(answers, labels=sorted(set(answers["label"]) | set(right)))
    code = {label: index for index, label in enumerate(coded.labels)}
    return answers, coded, np.array([code.get(right.get(task), -1) for task in coded.tasks])


def slow_dawid_skene(answers, *, passes):
    """Another way to the same: frames and pandas, with the same priors; a frame of tasks by labels."""
    votes = answers.groupby(["task", "label"]).size().unstack(fill_value=0)
    posterior = votes.div(votes.sum(axis=1), axis=0)
    k = posterior.shape[1]
    supposed = np.full((k, k), 0.3 / (k - 1))
    np.fill_diagonal(supposed, 0.7)
    joined = answers.merge(posterior, left_on="task", right_index=True)
    for _ in range(passes):
        counts = joined.groupby(["worker", "label"])[list(posterior.columns)].sum()
        full = pd.MultiIndex.from_product([joined["worker"].unique(), posterior.columns], names=["worker", "label"])
        counts = counts.reindex(full, fill_value=0) + np.tile(supposed, (joined["worker"].nunique(), 1))
        chance = counts / counts.groupby("worker").transform("sum")
        prior = posterior.sum() + 1
        logs = np.log(chance.reindex(pd.MultiIndex.from_frame(joined[["worker", "label"]]))).set_axis(joined["task"])
        joint = logs.groupby(level=0).sum().reindex(posterior.index) + np.log(prior / prior.sum())
        joint = np.exp(joint.sub(joint.max(axis=1), axis=0))
        posterior = joint.div(joint.sum(axis=1), axis=0)
        joined[list(posterior.columns)] = posterior.reindex(joined["task"]).to_numpy()
    return posterior


@pytest.mark.parametrize("name", OTHERS)
def test_accuracies_equal_peers(name):
    _answers, coded, truth = load(name)

    majority = consolidation.consolidate("majority", coded.table)
    skene = consolidation.consolidate("dawid-skene", coded.table)

    assert measures.shared_accuracy(majority.posterior, truth) == pytest.approx(OTHERS[name][0], abs=0.005)
    one_task = 1 / (truth >= 0).sum()  # on bluebird it is more than half a point
    assert measures.accuracy(skene.labels, truth) == pytest.approx(OTHERS[name][1], abs=max(0.005, one_task))


@pytest.mark.parametrize("name", ["bluebird", "rte", "dog", "trec2011", "leaves", "labelme", "adult2", "slr_tech"])
def test_equals_slow_reference(name):
    answers, coded, truth = load(name)
    slow = slow_dawid_skene(answers, passes=5).reindex(coded.tasks)

    result = consolidation.consolidate("dawid-skene", coded.table, max_steps=5, tolerance=0.0)

    columns = [coded.labels.index(label) for label in slow.columns]
    np.testing.assert_allclose(result.posterior[:, columns], slow.to_numpy(), atol=0.005)
    right = np.array(columns)[slow.to_numpy().argmax(axis=1)]
    assert measures.accuracy(result.labels, truth) == pytest.approx(measures.accuracy(right, truth), abs=0.005)


@pytest.mark.parametrize("name", ["bluebird", "rte", "dog", "trec2011", "adult"])
def test_majority_counts_votes(name):
    answers, coded, _truth = load(name)
    votes = answers.groupby(["task", "label"]).size().unstack(fill_value=0).loc[coded.tasks, coded.labels]

    result = consolidation.consolidate("majority", coded.table)

    np.testing.assert_allclose(result.posterior, votes.div(votes.sum(axis=1), axis=0), atol=1e-12)


# The sets of docs/consolidation.md, for which these bounds were set. Sets that were added to the folder later have no
# bounds yet.
SETS = (
    "CF", "CF_amt", "MS", "SP", "SP_amt", "ZC_us", "adult", "adult2", "bluebird", "dog", "labelme", "leaves", "product",
    "proton", "relevance", "rte", "slr_intervention", "slr_tech", "trec", "trec2011",
)  # fmt: skip


def test_default_beats_majority():
    result = []
    for name in SETS:
        _answers, coded, truth = load(name)
        default, majority = (consolidation.consolidate(method, coded.table) for method in ("hierarchical", "majority"))
        accuracy = measures.shared_accuracy(default.posterior, truth)
        result.append((accuracy, accuracy - measures.shared_accuracy(majority.posterior, truth),
                      measures.log_loss(default.posterior, truth),
                      measures.calibration_error(default.labels, default.confidence, truth)))  # fmt: skip
    accuracy, gain, loss, off = np.array(result).T

    assert accuracy.mean() >= 0.803
    assert gain.min() >= -0.015
    assert loss.mean() <= 0.60
    assert off.mean() <= 0.08
