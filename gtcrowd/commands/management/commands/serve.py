"""Run the whole service from one command: `gtcrowd serve`. Ctrl-C stops it."""

import os
import signal
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from gtcrowd.commands import accounts
from gtcrowd.platform import processes

WEB = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws"]
QUEUE = ["-m", "gtcrowd", "worker"]
READY_SECONDS = 60


class Command(BaseCommand):
    help = "Run the whole service: database, web server and queue worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default %(default)s)")
        parser.add_argument("--demo", action="store_true", help="load the demo first, unless it is loaded already")

    def handle(self, *, host: str, port: int, demo: bool, **_options: Any) -> None:
        register = processes.Register(settings.VAR / "processes.json")
        self._clear(register)
        if processes.port_in_use(host, port):
            raise CommandError(
                f"Port {port} of {host} is in use by another program. Choose another port: make run PORT={port + 1}"
            )
        self._prepare(demo)
        os.environ.setdefault("GTCROWD_URL", f"http://{host}:{port}")
        self._run(
            register,
            [[*WEB, "--host", host, "--port", str(port), "gtcrowd.wsgi:application"], QUEUE],
            host,
            port,
        )

    def _clear(self, register: processes.Register) -> None:
        try:
            left = register.clear()
        except processes.AlreadyRunning as error:
            raise CommandError(f"The service is already running from this folder ({error}).") from error
        if left:
            self.stdout.write(f"Stopped processes left by an earlier start: {left}.")

    def _prepare(self, demo: bool) -> None:
        call_command("migrate", verbosity=0)
        call_command("createcachetable")
        if demo:
            call_command("demo")
        connections.close_all()

    def _run(self, register: processes.Register, commands: list[list[str]], host: str, port: int) -> None:
        stopping = threading.Event()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            stopping.set()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        began = time.time()
        running = [processes.start(command) for command in commands]
        try:
            register.write([process.pid for process in running])
            self._announce(host, port, stopping)
            while not stopping.wait(0.5):
                for index, process in enumerate(running):
                    if process.poll() is not None:
                        self.stderr.write(f"A process exited with code {process.returncode}; restarting it.")
                        processes.end(process.pid, began)  # what it had started, and is without it now
                        time.sleep(1)  # one that fails at once must not be started a hundred times a second
                        running[index] = processes.start(commands[index])
                        register.write([process.pid for process in running])
        finally:
            self.stdout.write("Stopping …")
            for process in running:
                processes.end(process.pid, began)
                process.wait()
            register.remove()

    def _announce(self, host: str, port: int, stopping: threading.Event) -> None:
        address = f"http://{host}:{port}"
        give_up = time.monotonic() + READY_SECONDS
        while not stopping.is_set() and not _answers(f"{address}/healthz"):
            if time.monotonic() > give_up:
                raise CommandError("The web server did not respond within a minute. See its messages above.")
            time.sleep(0.2)
        if stopping.is_set():
            return
        self.stdout.write(f"\n  gtcrowd is running at {address}/   (press Ctrl-C to stop)\n")
        for path, what in (
            ("work/", "portal for workers"),
            ("jobs/", "console for job owners"),
            ("dashboards/", "accuracy and throughput of workers"),
            ("api/v1/", "REST API"),
        ):
            self.stdout.write(f"    {address}/{path:<13} {what}")
        for line in accounts.lines():
            self.stdout.write(f"  {line}")
        self.stdout.flush()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return True
    except (urllib.error.URLError, OSError):
        return False
