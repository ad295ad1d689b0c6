"""Store the accounts of the demo, with random passwords, in a file that only its owner can read."""

import json
import secrets
from pathlib import Path

from django.conf import settings


def file() -> Path:
    path: Path = settings.VAR / "demo-accounts.json"
    return path


def remember(accounts: dict[str, dict[str, str]]) -> None:
    """Store for each role the email and password, or the access key."""
    file().parent.mkdir(parents=True, exist_ok=True)
    file().touch(mode=0o600)
    file().write_text(json.dumps(accounts, indent=1))


def recall() -> dict[str, dict[str, str]]:
    """Return the stored accounts; empty without a demo."""
    if not file().exists():
        return {}
    stored: dict[str, dict[str, str]] = json.loads(file().read_text())
    return stored


def lines() -> list[str]:
    """Return the accounts as lines of text; empty without a demo."""
    stored = recall()
    if not stored:
        return []
    return [
        "",
        "Demo accounts:",
        *(
            f"  {role:<12} {account['email']:<26} {account['password']}"
            for role, account in stored.items()
            if "email" in account
        ),
        *(f"  {role:<12} {account['token']}" for role, account in stored.items() if "token" in account),
        "",
    ]


def password() -> str:
    """Return a random password."""
    return f"{secrets.token_hex(3)}-{secrets.token_hex(3)}"
