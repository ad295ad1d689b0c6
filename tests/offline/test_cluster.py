"""Parts in two processes against one table in one: the same labels, workers and measures."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from django.core.management import CommandError, call_command

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical import pooling
from gtcrowd.consolidation.categorical.methods import hierarchical
from gtcrowd.offline import answer_files, cluster, partitions

IN_PARTS = [name for name, method in consolidation.METHODS.items() if method.fit is not None]
LABELS = ["bee", "cat", "dog, small", "emu"]


@pytest.fixture(scope="module")
def scheduler():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as two:
        yield two.scheduler_address


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Answers of 12 workers on 300 tasks in three of four classes, with some gold labels and some truth."""
    folder = tmp_path_factory.mktemp("answers")
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 300)
    task = np.repeat(np.arange(300), 4)
    rng.shuffle(task)
    worker = rng.integers(0, 12, len(task))
    right = rng.random(len(task)) < 0.4 + worker / 24
    label = np.where(right, truth[task], rng.integers(0, 3, len(task)))
    names = np.array(LABELS)
    frame = pd.DataFrame({"task": [f"t{i}" for i in task], "worker": [f"w{i}" for i in worker], "label": names[label]})
    frame.to_csv(folder / "answers.csv", index=False)
    frame.to_parquet(folder / "answers.parquet")
    message = pd.DataFrame({"task": [f"t{i}" for i in range(300)], "truth": names[truth]})
    message.iloc[:150].to_csv(folder / "truth.csv", index=False)
    message.iloc[150:170].to_csv(folder / "known.csv", index=False)
    return folder


@pytest.fixture
def run(files, tmp_path, capsys):
    def command(answers="answers.csv", **options):
        call_command(
            "consolidate", answers=files / answers, output=tmp_path / "labels.csv", posterior=True, json=True,
            workers_output=tmp_path / "workers.csv", labels='bee,cat,"dog, small",emu', gold=files / "known.csv",
            truth=files / "truth.csv", **options,
        )  # fmt: skip
        return (
            pd.read_csv(tmp_path / "labels.csv").set_index("task").sort_index(),
            pd.read_csv(tmp_path / "workers.csv").set_index("worker").sort_index(),
            json.loads(capsys.readouterr().out),
        )

    return command


@pytest.mark.long
@pytest.mark.parametrize("method", IN_PARTS)
def test_cluster_matches_local(run, scheduler, method):
    labels, workers, summary = run(method=method)
    result, measured, status = run(method=method, engine="dask", scheduler=scheduler, parts=3)

    assert result["label"].equals(labels["label"])
    pd.testing.assert_frame_equal(result.drop(columns="label"), labels.drop(columns="label"), atol=1e-9)
    pd.testing.assert_frame_equal(measured, workers, atol=1e-9)
    assert (status.pop("parts"), status.pop("parameters")) == (3, summary.pop("parameters"))
    for each in (summary, status):
        del each["seconds"], each["versions"]
    assert status == pytest.approx(summary)


def test_partitions_parquet_like_csv(run, scheduler):
    first, *_ = run(engine="dask", scheduler=scheduler, parts=2)
    second, *_ = run("answers.parquet", engine="dask", scheduler=scheduler, parts=2)

    pd.testing.assert_frame_equal(first, second)


def test_empty_partitions(run, scheduler, files, tmp_path):
    few = files / "few.csv"
    few.write_text("task,worker,label\nt1,w1,bee\nt1,w2,bee\n", "utf-8")

    labels, workers, summary = run("few.csv", engine="dask", scheduler=scheduler, parts=4)

    assert labels["label"].tolist() == ["bee"]
    assert (len(workers), summary["answers"]) == (2, 2)


def test_survives_killed_process(files, scheduler, tmp_path):
    results, gone = [], []
    for killed in (False, True):

        def report(text, killed=killed):
            if killed and text.startswith("pass 4 "):
                gone.append(text)
                with Client(scheduler) as client:
                    # The scheduler is another process than these; one of its two workers goes for good.
                    os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)

        with cluster.choice(
            files / "answers.csv", method="hierarchical", labels=None, parameters={}, gold=None, truth=None,
            posterior=True, scheduler=scheduler, folder=tmp_path, parts=4, report=report,
        ) as result:  # fmt: skip
            results.append(pd.concat([pd.DataFrame({k: v.to_pandas() for k, v in b.items()}) for b in result.labels]))

    assert len(gone) == 1
    pd.testing.assert_frame_equal(*results)
    assert list(tmp_path.iterdir()) == []


def test_step_is_repeatable(tmp_path, files):
    # What a process has done that then dies is done again, from files it may have changed already.
    split = partitions.split(files / "answers.csv", tmp_path, parts=1, labels=None, report=lambda text: None)
    partitions.settle(split, 0, {}, {})
    part = partitions.load(split, 0)
    answers, pairs, classes = hierarchical.start(part)
    strengths = pooling.Strengths(worker_answers=5.0, row_answers=1.0, max_bias=0.6)
    pool = pooling.pool(pairs, n_workers=12, total=answers.astype(float), given_accuracy=None, strengths=strengths)
    hierarchical.step(part, 0, pool, np.log(classes / classes.sum()), 0.3)

    first, again = (hierarchical.step(part, 1, pool, np.log(classes / classes.sum()), 0.3) for _ in range(2))

    for item, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(item, other)
    assert sorted(part.state) == ["contribution-1", "contribution-2", "votes"]


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"engine": "dask", "method": "glad"}, "glad cannot run on partitioned data. Methods that can: hierarchical"),
        ({"parts": 3}, "--parts is for --engine dask only"),
        ({"scheduler": "tcp://127.0.0.1:8786"}, "--scheduler is for --engine dask only"),
        ({"engine": "dask", "kind": "number"}, "--engine is for the kind choice only; the kind is number"),
        ({"engine": "dask", "scheduler": "nonsense://x"}, "no Dask scheduler responds at 'nonsense://x'"),
    ],
)
def test_refuses_impossible_options(files, tmp_path, options, refusal):
    with pytest.raises(CommandError, match=refusal):
        call_command("consolidate", answers=files / "answers.csv", output=tmp_path / "labels.csv", **options)

    assert list(tmp_path.iterdir()) == []


def test_refuses_scheduler_without_workers(files, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)

    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as nobody,
        pytest.raises(CommandError, match="has no workers"),
    ):
        call_command("consolidate", answers=files / "answers.csv", output=tmp_path / "labels.csv",
                     engine="dask", scheduler=nobody.scheduler_address)  # fmt: skip

    assert list(tmp_path.iterdir()) == []


def test_names_unshared_folder(files, scheduler, tmp_path, monkeypatch):
    # The calling process alone has the parts elsewhere than it says.
    settle = partitions.settle
    monkeypatch.setattr(cluster, "_settle", lambda split, *rest: settle(replace(split, folder=Path("/nowhere")), *rest))

    with pytest.raises(CommandError, match="is not visible to every process of the cluster"):
        call_command("consolidate", answers=files / "answers.csv", output=tmp_path / "labels.csv",
                     engine="dask", scheduler=scheduler)  # fmt: skip


@pytest.mark.parametrize("engine", ["local", "dask"])
@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"output": "nowhere/labels.csv"}, "nowhere/labels.csv cannot be written: the folder .* does not exist"),
        (
            {"workers_output": "nowhere/workers.csv"},
            "nowhere/workers.csv cannot be written: the folder .* does not exist",
        ),
        ({"output": "."}, "is a folder; enter the name of a file"),
        ({"gold": "nowhere.csv"}, "nowhere.csv does not exist"),
    ],
)
def test_refuses_unwritable_output_first(files, tmp_path, monkeypatch, engine, options, refusal):
    monkeypatch.setattr(partitions, "split", lambda *_: pytest.fail("the work was begun"))
    values = {"output": tmp_path / "labels.csv"} | {name: tmp_path / path for name, path in options.items()}

    with pytest.raises(CommandError, match=refusal):
        call_command("consolidate", answers=files / "answers.csv", engine=engine, **values)

    assert list(tmp_path.iterdir()) == []


def test_names_invalid_row_in_batches(files, tmp_path, monkeypatch, scheduler):
    monkeypatch.setattr(answer_files, "ROWS_A_BATCH", 8)
    lines = (files / "answers.csv").read_text("utf-8").splitlines()
    lines[700] = "t3,,bee"
    (tmp_path / "wrong.csv").write_text("\n".join(lines), "utf-8")

    with pytest.raises(CommandError, match=r"wrong.csv, line 701: worker is empty"):
        call_command("consolidate", answers=tmp_path / "wrong.csv", output=tmp_path / "labels.csv",
                     engine="dask", scheduler=scheduler)  # fmt: skip

    assert [path.name for path in tmp_path.iterdir()] == ["wrong.csv"]
