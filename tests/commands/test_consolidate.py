"""`gtcrowd consolidate`: files in, files out."""

import io
import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from gtcrowd import consolidation

ANSWERS = "task,worker,label\nt1,w1,yes\nt1,w2,yes\nt1,w3,no\nt2,w1,no\nt2,w2,no\nt3,w3,yes\n"


@pytest.fixture
def files(tmp_path):
    def run(answers=ANSWERS, *more, suffix=".csv", **written):
        source = tmp_path / f"answers{suffix}"
        if isinstance(answers, pd.DataFrame):
            answers.to_parquet(source)
        else:
            source.write_text(answers, "utf-8")
        options = []
        for name, text in written.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
            options += [f"--{name}", str(tmp_path / f"{name}.csv")]
        out = io.StringIO()
        call_command("consolidate", "--answers", str(source), "--output", str(tmp_path / "labels.csv"),
                     "--workers-output", str(tmp_path / "workers.csv"), "--json", *options, *more, stdout=out)  # fmt: skip
        read = {
            name: pd.read_csv(tmp_path / f"{name}.csv", dtype={"label": str, "task": str})
            for name in ("labels", "workers")
        }
        return json.loads(out.getvalue()), read["labels"], read["workers"]

    run.folder = tmp_path
    return run


def test_consolidates_file(files):
    summary, labels, workers = files()

    assert labels.columns.tolist() == ["task", "label", "confidence"]
    assert dict(zip(labels["task"], labels["label"], strict=True)) == {"t1": "yes", "t2": "no", "t3": "yes"}
    assert workers.columns.tolist() == ["worker", "answers", "accuracy", "low", "high"]
    assert workers["answers"].tolist() == [2, 2, 2]
    assert ((workers["low"] <= workers["accuracy"]) & (workers["accuracy"] <= workers["high"])).all()
    assert (summary["method"], summary["tasks"], summary["workers"], summary["answers"]) == ("hierarchical", 3, 3, 6)


def test_labels_option_orders_categories(files):
    _summary, labels, _workers = files(
        ANSWERS, "--labels", 'no,"well, perhaps",yes', "--posterior", "--method", "majority"
    )

    assert labels.columns.tolist() == ["task", "label", "confidence", "p_no", "p_well, perhaps", "p_yes"]
    assert labels.loc[0, ["p_no", "p_well, perhaps", "p_yes"]].tolist() == pytest.approx([1 / 3, 0, 2 / 3])


def test_tie_goes_to_first_category(files):
    answers = "task,worker,label\nt,w1,a\nt,w2,b\n"

    assert files(answers, "--method", "majority")[1]["label"].tolist() == ["a"]
    assert files(answers, "--method", "majority", "--labels", "b,a")[1]["label"].tolist() == ["b"]


def test_truth_only_measures(files):
    summary, labels, _workers = files(ANSWERS, truth="task,truth\nt1,yes\nt2,yes\nt3,never named\nt9,no\n")

    assert (summary["with_truth"], summary["accuracy"]) == (3, pytest.approx(1 / 3))
    assert labels["label"].tolist() == files()[1]["label"].tolist()


def test_gold_labels_are_certain(files):
    _summary, labels, _workers = files(ANSWERS, gold="task,label\nt1,no\n")

    assert (labels["label"][0], labels["confidence"][0]) == ("no", 1)


def test_parquet_numbers_read_as_text(files):
    frame = pd.DataFrame({"task": [1, 1, 2], "worker": [7, 8, 7], "label": [0, 0, 1]})

    _summary, labels, _workers = files(frame, suffix=".parquet")

    assert labels[["task", "label"]].to_numpy().tolist() == [["1", "0"], ["2", "1"]]


def test_no_labels_without_answers(files):
    summary, labels, _workers = files("task,worker,label\n")

    assert (summary["tasks"], len(labels)) == (0, 0)


@pytest.mark.parametrize(
    ("answers", "more", "message"),
    [
        (
            "task,worker\nt,w\n",
            [],
            r"answers.csv: column 'label' is missing. Required: task, worker, label. Found: task, worker",
        ),
        ("task,worker,label\nt1,w,a\nt2,,b\n", [], r"answers.csv, line 3: worker is empty"),
        ("task,worker,label\nt,w,a\nt,v,b\n", ["--labels", "a,c"], r"line 3: label is 'b'; expected one of a, c"),
        ("task,worker,label\nt,w,a,x\n", [], r"answers.csv: CSV parse error"),
        (ANSWERS, ["--method", "magic"], r"--method is 'magic'; methods for choice: hierarchical, majority"),
        (ANSWERS, ["--labels", "yes,yes"], r"--labels is 'yes,yes'; enter different names"),
        (ANSWERS, ["--parameter", "doubt=2"], r"doubt is 2.0; expected a number from 0.0 to 1.0"),
        (ANSWERS, ["--parameter", "doubt"], r"--parameter is 'doubt'; enter NAME=NUMBER"),
        (ANSWERS, ["--parameter", "charm=1"], r"no parameter 'charm'"),
    ],
)
def test_refuses_invalid_input(files, answers, more, message):
    with pytest.raises(CommandError, match=message):
        files(answers, *more)

    assert not (files.folder / "labels.csv").exists()


def test_names_missing_file(tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv does not exist"):
        call_command("consolidate", "--answers", str(tmp_path / "none.csv"), "--output", str(tmp_path / "out.csv"))


@pytest.mark.parametrize("method", sorted(consolidation.METHODS))
def test_every_method_runs(files, method):
    assert files(ANSWERS, "--method", method)[0]["method"] == method


def test_names_short_row(files):
    with pytest.raises(CommandError, match=r"answers.csv: CSV parse error: Row #3: Expected 3 columns, got 2: t2,w1"):
        files("task,worker,label\nt1,w1,a\nt2,w1\nt3,w1,a\n")


def test_names_short_row_far_down(files):
    with pytest.raises(CommandError, match=r"Row #300002: Expected 3 columns, got 2: t2,w1"):
        files("task,worker,label\n" + "t1,w1,a\n" * 300_000 + "t2,w1\n")


def test_names_unmergeable_task(files):
    rows = 'task,worker,label\nleft,w1,"2x2:0 4"\nright,w1,"2x2:0 4"\nright,w2,"2x3:0 6"\n'

    with pytest.raises(CommandError, match=r"answers.csv, task 'right': its masks are of the sizes 2x2, 2x3"):
        files(rows, "--kind", "masks")


def test_consolidate_leaves_no_files(tmp_path):
    (tmp_path / "answers.csv").write_text(ANSWERS, "utf-8")

    subprocess.run(
        [sys.executable, "-m", "gtcrowd.cli", "consolidate", "--answers", "answers.csv", "--output", "labels.csv"],
        cwd=tmp_path, check=True, capture_output=True, env={k: v for k, v in os.environ.items() if k != "GTCROWD_VAR"},
    )  # fmt: skip

    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "labels.csv"]
