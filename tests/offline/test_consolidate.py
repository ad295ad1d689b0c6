"""Files of answers become labels without Django."""

import subprocess
import sys

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
