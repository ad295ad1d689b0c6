"""Folders of recorded answers."""

import pytest

from gtcrowd.offline import recordings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task,worker\n", "no column label"),
        ("task,worker,label\na,,x\n", "line 2: worker"),
        ("task,worker,label,time\na,w,x,soon\n", "line 2, time"),
        ("task,worker,label,seconds\na,w,x,long\n", "line 2, seconds"),
        ("task,worker,label\n", "has no answers"),
    ],
)
def test_refuses_invalid_folder(tmp_path, text, message):
    (tmp_path / "answers.csv").write_text(text)

    with pytest.raises(recordings.FolderRefused, match=message):
        recordings.read(tmp_path)
