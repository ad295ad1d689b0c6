"""Start and stop the processes of the service, and stop those left over from a killed start."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

END_SECONDS = 15


class AlreadyRunning(Exception):
    """The service is already running from the same folder."""


def port_in_use(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return True
    return False


class Register:
    """A file with the processes of this start, so the next start can stop those left over after a kill."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def clear(self) -> int:
        """Stop the processes of an earlier start; return their number. Raises AlreadyRunning if it is still running."""
        entries = self._read()
        if entries and _alive(entries[0]):
            raise AlreadyRunning(f"process {entries[0][0]:.0f}")
        ended = sum(end(int(pid), born) for pid, born in entries[1:])
        self.remove()
        return ended

    def write(self, pids: Sequence[int]) -> None:
        """Store this process first, and those it started, each with its start time."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        entries = [[pid, psutil.Process(pid).create_time()] for pid in (os.getpid(), *pids) if psutil.pid_exists(pid)]
        self.file.write_text(json.dumps(entries))

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)

    def _read(self) -> list[list[float]]:
        if not self.file.exists():
            return []
        try:
            entries: list[list[float]] = json.loads(self.file.read_text())
        except ValueError:
            return []
        return entries


def start(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a Python process in its own session, so Ctrl-C reaches only the parent, which stops it in order."""
    return subprocess.Popen([sys.executable, *arguments], start_new_session=True)  # noqa: S603 - our own modules


def born(pid: int) -> float:
    """Return the start time of a process, which distinguishes it from a later process with the same id."""
    result: float = psutil.Process(pid).create_time()
    return result


def end(pid: int, since: float) -> int:
    """Terminate a process and its descendants, after END_SECONDS kill them; return their number.

    `pid` was started by `start` at the time `since`. Its descendants belong to its session even after the process
    itself was killed.
    """
    family = [process for process in psutil.process_iter() if _belongs(process, pid, since)]
    for process in family:
        if process.pid == pid:
            _quietly(process.terminate)
    waited = END_SECONDS if any(process.pid == pid for process in family) else 0
    _gone, left = psutil.wait_procs(family, timeout=waited)
    for process in left:
        _quietly(process.kill)
    psutil.wait_procs(left, timeout=END_SECONDS)
    return len(family)


def _belongs(process: psutil.Process, session: int, since: float) -> bool:
    try:
        return os.getsid(process.pid) == session and process.create_time() >= since - 1
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def _alive(entry: Sequence[float]) -> psutil.Process | None:
    """Return the process of an entry, unless it has ended and its id is reused."""
    pid, born = int(entry[0]), entry[1]
    try:
        process = psutil.Process(pid)
        return process if abs(process.create_time() - born) < 1 else None
    except psutil.NoSuchProcess:
        return None


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.NoSuchProcess:
        return
