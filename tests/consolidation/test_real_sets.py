"""On real answers, where the folder with them is named by GTCROWD_DATA."""

import os
from pathlib import Path

import pandas as pd
import pytest

from gtcrowd import consolidation
from gtcrowd.consolidation import measures

FOLDER = Path(os.environ.get("GTCROWD_DATA", "../shared/data/crowd"))
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder of crowd sets; name one by GTCROWD_DATA"),
]
# Majority with ties by share; Dawid-Skene as crowd-kit 1.4.2 gives it, and on bluebird one picture of 108 more.
KNOWN = {"bluebird": (0.7593, 0.8981), "rte": (0.8969, 0.9275), "dog": (0.8172, 0.8426), "trec2011": (0.694, 0.691)}


@pytest.mark.parametrize("name", KNOWN)
def test_accuracies_are_those_of_others(name):
    answers = pd.read_csv(FOLDER / name / "answers.csv", dtype=str, keep_default_na=False)
    right = pd.read_csv(FOLDER / name / "truth.csv", dtype=str, keep_default_na=False).set_index("task")["truth"]
    coded = consolidation.from_frame(answers, labels=sorted(set(answers["label"]) | set(right)))
    truth = pd.Index(coded.labels).get_indexer(pd.Index([right.get(task, "\0") for task in coded.tasks]))

    majority = consolidation.conclude("majority", coded.table)
    skene = consolidation.conclude("dawid-skene", coded.table)

    assert measures.shared_accuracy(majority.posterior, truth) == pytest.approx(KNOWN[name][0], abs=0.005)
    assert measures.accuracy(skene.label, truth) == pytest.approx(KNOWN[name][1], abs=0.005)
