import numpy as np
import pandas as pd
import pytest

from gtcrowd.consolidation import AnswerTable, TableRefused, from_frame
from tests.consolidation.categorical.crowds import table


def frame(*rows):
    return pd.DataFrame(list(rows), columns=["task", "worker", "label"])


def test_columns_are_read_only():
    codes = np.array([0, 1, 1])
    answers = AnswerTable.from_codes(codes, codes, codes, n_tasks=2, n_workers=2, n_labels=2)

    assert answers.task.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        answers.task[0] = 1
    codes[0] = 1  # what the caller holds stays the caller's
    assert answers.task[0] == 0


@pytest.mark.parametrize(
    ("task", "worker", "label", "expected"),
    [
        ([0, 2], [0, 0], [0, 0], "row 1: task is 2; expected 0 to 1"),
        ([0, 1], [-1, 0], [0, 0], "row 0: worker is -1; expected 0 to 0"),
        ([0, 1], [0, 0], [0, 9], "row 1: label is 9; expected 0 to 1"),
        ([0, 1], [0], [0, 0], "different lengths.*'worker': 1"),
        ([0, 1], [0, 0], [0.0, 0.5], "'label' has type float64; expected whole numbers"),
        ([[0, 1]], [0, 0], [0, 0], "'task' has shape"),
    ],
)
def test_refuses_bad_column(task, worker, label, expected):
    with pytest.raises(TableRefused, match=expected):
        AnswerTable.from_codes(task, worker, label, n_tasks=2, n_workers=1, n_labels=2)


def test_refuses_table_without_labels():
    with pytest.raises(TableRefused, match="at least 1 label"):
        table([], n_labels=0)


def test_counts_votes():
    votes = table([(0, 0, 1), (0, 1, 1), (0, 1, 0), (2, 0, 0)]).votes()

    assert votes.tolist() == [[1, 2], [0, 0], [1, 0]]


def test_codes_names_in_stable_order():
    coded = from_frame(frame(("t9", "zoe", "ibis"), ("t1", "ann", "heron"), ("t9", "ann", "ibis")))

    assert (coded.tasks, coded.workers, coded.labels) == (["t9", "t1"], ["zoe", "ann"], ["heron", "ibis"])
    assert coded.table.task.tolist() == [0, 1, 0]
    assert coded.table.worker.tolist() == [0, 1, 1]
    assert coded.table.label.tolist() == [1, 0, 1]


def test_keeps_order_of_labels():
    coded = from_frame(frame(("t", "w", "no")), labels=["yes", "no", "cannot tell"])

    assert coded.table.label.tolist() == [1]
    assert coded.table.n_labels == 3


def test_empty_frame_needs_labels():
    assert len(from_frame(frame(), labels=["yes", "no"]).table) == 0
    with pytest.raises(TableRefused, match="at least 1 label"):
        from_frame(frame())


@pytest.mark.parametrize(
    ("answers", "labels", "expected"),
    [
        (frame(("t", "w", "a"), ("t", "w", "b")), ["a"], "row 1: label is 'b', which is not among the labels"),
        (frame(("t", "w", "a"), ("t", None, "a")), None, "row 1: worker is missing"),
        (frame(("t", "w", "a"))[["task", "label"]], None, "column 'worker' is missing"),
        (frame(("t", "w", "a"), ("t", "w", 1)), None, "labels cannot be sorted"),
        (frame(("t", "w", "a")), ["a", "a"], "labels are not unique"),
    ],
)
def test_refuses_bad_frame(answers, labels, expected):
    with pytest.raises(TableRefused, match=expected):
        from_frame(answers, labels=labels)
