"""Loaded before Django's settings: the tests' own PostgreSQL, apart from the one that `make run` uses."""

import hashlib
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import fasteners
import psycopg
from psycopg import sql

from gtcrowd.platform import postgres

VAR = Path("var/test").resolve()
os.environ["GTCROWD_VAR"] = str(VAR)
os.environ.setdefault("GTCROWD_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ["GTCROWD_STORE_DIR"] = tempfile.mkdtemp(prefix="gtcrowd-objects-")
os.environ["GTCROWD_MAIL_URL"] = "memorymail://"
os.environ["GTCROWD_LOG_LEVEL"] = "WARNING"
if sys.dont_write_bytecode:
    # Out of the tree, but kept: a run has a hundred processes, and each would compile all modules and tests anew.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(VAR / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}
"""Settings for a server whose data may be lost with the machine. None of them changes what a transaction sees."""


def start() -> str:
    """Start the tests' server, or join the one that another process of the run has started; return its address."""
    address = postgres.start(VAR / "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        for name, value in FORGETFUL.items():
            row = connection.execute("SELECT setting FROM pg_file_settings WHERE name = %s", [name]).fetchone()
            if row is None or row[0] != value:
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")
    return address


def template() -> str:
    """Return the name of a database with all migrations applied, made once for each state of the migrations.

    Test databases are copied from it, which takes a fraction of a second instead of several.
    """
    VAR.mkdir(parents=True, exist_ok=True)
    name = f"template_{_digest()}"
    with fasteners.InterProcessLock(VAR / ".template.lock"), psycopg.connect(_address(), autocommit=True) as connection:
        templates = [
            row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^template_'")
        ]
        if name not in templates:
            for old in templates:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
            _make(connection, f"{name}_unfinished", name)
    return name


def _make(connection: psycopg.Connection, unfinished: str, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
    environment = os.environ | {"DATABASE_URL": urlsplit(_address())._replace(path=f"/{unfinished}").geturl()}
    for command in (["migrate", "--verbosity", "0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))


def _address() -> str:
    return os.environ["DATABASE_URL"]


def _digest() -> str:
    """What the tables depend on: our migrations, and the versions of the packages that have some."""
    digest = hashlib.sha256()
    for file in sorted(Path("gtcrowd").rglob("migrations/*.*")):
        if file.suffix in (".py", ".sql"):
            digest.update(f"{file}\0".encode() + file.read_bytes())
    for package in ("django", "procrastinate", "django-allauth"):
        digest.update(f"{package} {version(package)}\0".encode())
    return digest.hexdigest()[:16]


EMBEDDED = not os.environ.get("DATABASE_URL")
if EMBEDDED:
    os.environ["DATABASE_URL"] = start()
