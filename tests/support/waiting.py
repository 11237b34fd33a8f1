"""A condition -> its first true value, or a failure that says what was waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def wait_for(condition: Callable[[], Value], what: str, timeout_seconds: float = 15.0) -> Value:
    """Ask every 50 ms until the answer is true; a condition that raises is not yet true."""
    end = time.monotonic() + timeout_seconds
    last: object = None
    while time.monotonic() < end:
        try:
            last = value = condition()
            if value:
                return value
        except Exception as problem:  # noqa: BLE001 -- told below when time is up
            last = problem
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout_seconds:g} s for {what}; last seen: {last!r}")
