"""Files of answers become labels without Django."""

import subprocess
import sys

import pytest

from gtcrowd.offline import consolidate
from gtcrowd.offline.answer_files import FileRefused

SCRIPT = """
import sys
from pathlib import Path

sys.modules |= dict.fromkeys(("django", "rest_framework", "psycopg", "procrastinate"))
from gtcrowd.offline import consolidate

result = consolidate.choice(Path(sys.argv[1]), method="majority", labels=None, parameters={})
(labels,) = result.labels
print(*labels["task"], *map(str, labels["label"]))
"""


def test_runs_without_django(tmp_path):
    answers = tmp_path / "answers.csv"
    answers.write_text("task,worker,label\nt1,w1,yes\nt1,w2,yes\nt1,w3,no\nt2,w1,no\n")

    done = subprocess.run([sys.executable, "-c", SCRIPT, answers], capture_output=True, text=True, check=False)

    assert (done.stdout.strip(), done.stderr) == ("t1 t2 yes no", "")


@pytest.mark.parametrize(
    ("truth", "problem"),
    [
        ("a,1\ng1:b,2", r"line 2: item is 'a'; expected GROUP:NAME"),
        ("g1:a,1\ng1:b,x", r"line 3: rank is 'x'; expected a number"),
        ("g1:a,1\ng1:b,nan", r"line 3: rank is 'nan'; expected a number"),
        ("g1:a,1\ng1:a,2", r"line 3: item 'g1:a' is listed twice"),
        ("g1:a,1\ng2:c,1\ng2:d,2", r"line 2: group 'g1' has a single item"),
    ],
)
def test_refuses_invalid_ranks(tmp_path, truth, problem):
    file = tmp_path / "truth.csv"
    file.write_text(f"item,rank\n{truth}\n")
    with pytest.raises(FileRefused, match=problem):
        consolidate.true_values(file, "ranking")


@pytest.mark.parametrize("kind", ["choices", "boxes", "polygons", "keypoints", "spans", "ranking", "custom"])
def test_refuses_deep_nesting(tmp_path, kind):
    file = tmp_path / "truth.csv"
    file.write_text(f"task,truth\nt1,{'[' * 100_000}\n")
    with pytest.raises(FileRefused, match="line 2"):
        consolidate.true_values(file, kind)
