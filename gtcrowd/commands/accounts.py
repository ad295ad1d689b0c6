"""The demo's accounts: made with random passwords, which are kept in a file that only the owner can read."""

import json
import secrets
from pathlib import Path

from django.conf import settings


def file() -> Path:
    path: Path = settings.VAR / "demo-accounts.json"
    return path


def remember(accounts: dict[str, dict[str, str]]) -> None:
    """Keep what `lines` prints: for each role the e-mail and password, or the access key."""
    file().parent.mkdir(parents=True, exist_ok=True)
    file().touch(mode=0o600)
    file().write_text(json.dumps(accounts, indent=1))


def recall() -> dict[str, dict[str, str]]:
    if not file().exists():
        return {}
    found: dict[str, dict[str, str]] = json.loads(file().read_text())
    return found


def lines() -> list[str]:
    """The accounts as text for a person, or nothing without a demo."""
    known = recall()
    if not known:
        return []
    return [
        "",
        "Demo accounts:",
        *(
            f"  {role:<12} {account['email']:<26} {account['password']}"
            for role, account in known.items()
            if "email" in account
        ),
        *(f"  {role:<12} {account['token']}" for role, account in known.items() if "token" in account),
        "",
    ]


def password() -> str:
    return f"{secrets.token_hex(3)}-{secrets.token_hex(3)}"
