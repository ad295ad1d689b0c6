"""IDs of the components, in one place."""

ADDRESS = "address"
JOBS, TEAMS, WORKFORCES, WORKERS, KINDS, DAYS = (
    "jobs", "teams", "workforces", "workers", "kinds", "days",
)  # fmt: skip
AGAINST = "against"
NAV, PERIODS, CONTENT, NUMBERS, GRID = "nav", "periods", "content", "numbers", "workers-grid"
CLOCK, TICK, PAUSE, WORDS, VERSION, AS_OF, DECIDED, AWAY, SETTLED, ROW = (
    "clock", "tick", "pause", "words", "version", "as-of", "decided", "away", "settled", "row",
)  # fmt: skip
VIEWS, VIEW_NAME, VIEW_SAVE, VIEW_MESSAGE = "views", "view-name", "view-save", "view-message"
CASE_MESSAGE = "case-message"


def graph(name: str) -> dict[str, str]:
    return {"type": "graph", "name": name}


def container(name: str) -> str:
    """Return the ID of the element around a figure."""
    return f"{name}-graph"


def case(pk: int) -> str:
    """Return the ID of the element around a case, to which addresses may point."""
    return f"case-{pk}"


def note(case: int) -> dict[str, str | int]:
    return {"type": "note", "case": case}


def verdict(case: int, decision: str) -> dict[str, str | int]:
    return {"type": "verdict", "case": case, "decision": decision}


def view(pk: int) -> dict[str, str | int]:
    return {"type": "view", "pk": pk}
