"""Read a folder of recorded answers: `answers.csv` and, optionally, `truth.csv`."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


class FolderRefused(Exception):
    """The folder cannot be replayed; the message names file, line and column, and how to fix it."""


@dataclass(frozen=True)
class Recorded:
    """A recorded answer; `at` and `seconds` are None if the file has no such columns."""

    task: str
    worker: str
    label: str
    at: datetime | None
    seconds: float | None


@dataclass(frozen=True)
class Recording:
    """The answers of a folder in file order, without a worker's repeated answers to the same object."""

    name: str
    answers: list[Recorded]
    repeated: int
    truth: dict[str, str]
    tasks: list[str]
    labels: list[str]
    most_per_task: int

    @property
    def timed(self) -> bool:
        return all(answer.at for answer in self.answers)


def read(folder: Path) -> Recording:
    """Read the recording in `folder`. Columns: task, worker, label; optionally time (ISO 8601) and seconds.

    Raises FolderRefused.
    """
    if not (folder / "answers.csv").is_file():
        raise FolderRefused(
            f"{folder} has no answers.csv. Add a file answers.csv with the columns task, worker and label."
        )
    answers, pairs, repeated = [], set(), 0
    for line, row in _rows(folder / "answers.csv", ("task", "worker", "label")):
        answer = _answer(line, row)
        if (answer.task, answer.worker) in pairs:
            repeated += 1
            continue
        pairs.add((answer.task, answer.worker))
        answers.append(answer)
    if not answers:
        raise FolderRefused(f"{folder / 'answers.csv'} has no answers.")
    truth = {}
    if (folder / "truth.csv").is_file():
        truth = {row["task"]: row["truth"] for _line, row in _rows(folder / "truth.csv", ("task", "truth"))}
    return Recording(
        name=folder.name,
        answers=answers,
        repeated=repeated,
        truth=truth,
        tasks=list(dict.fromkeys(answer.task for answer in answers)),
        labels=sorted({answer.label for answer in answers} | set(truth.values())),
        most_per_task=max(Counter(answer.task for answer in answers).values()),
    )


def _rows(file: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in needed if name not in (reader.fieldnames or [])]
        if missing:
            raise FolderRefused(
                f"{file} has no column {', '.join(missing)}. Found: {', '.join(reader.fieldnames or []) or 'none'}."
            )
        for row in reader:
            for name in needed:
                if not row[name]:
                    raise FolderRefused(f"{file}, line {reader.line_num}: {name} is empty; every row must have one.")
            yield reader.line_num, row


def _answer(line: int, row: dict[str, str]) -> Recorded:
    try:
        at = datetime.fromisoformat(row["time"]) if row.get("time") else None
    except ValueError as error:
        raise FolderRefused(
            f"line {line}, time: {row['time']!r} is not a time in ISO 8601 format, such as 2026-05-04T09:30:00Z."
        ) from error
    try:
        seconds = float(row["seconds"]) if row.get("seconds") else None
    except ValueError as error:
        raise FolderRefused(f"line {line}, seconds: {row['seconds']!r} is not a number.") from error
    if at and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return Recorded(row["task"], row["worker"], row["label"], at, seconds)
