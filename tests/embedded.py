"""Loaded before Django's settings: the tests' own PostgreSQL, apart from the one that `make run` uses."""

import os
import tempfile
from pathlib import Path

from gtcrowd.platform import postgres

VAR = Path("var/test").resolve()
os.environ["GTCROWD_VAR"] = str(VAR)
os.environ.setdefault("GTCROWD_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ["GTCROWD_STORE_DIR"] = tempfile.mkdtemp(prefix="gtcrowd-objects-")
os.environ["GTCROWD_MAIL_URL"] = "memorymail://"
os.environ["GTCROWD_LOG_LEVEL"] = "WARNING"
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = postgres.start(VAR / "postgres")
