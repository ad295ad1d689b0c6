"""Wait for a state: no test depends on how fast something happens."""

import time
from collections.abc import Callable

DEADLINE_SECONDS = 300
"""So long that no machine is too slow, and a test that fails still ends."""


def until(condition: Callable[[], object], *, step: Callable[[], None] = lambda: time.sleep(0.05)) -> None:
    """Return when `condition()` holds; `step` passes the time between two looks.

    Raises AssertionError after DEADLINE_SECONDS.
    """
    give_up = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, f"did not happen within {DEADLINE_SECONDS} seconds"
        step()
