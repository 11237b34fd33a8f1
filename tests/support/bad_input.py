"""One row of a table of bad inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Bad:
    """A name, how to build it, words the finding must hold, and how severe the finding is."""

    name: str
    build: Callable[[], bytes]
    text: str
    severity: str = "error"
