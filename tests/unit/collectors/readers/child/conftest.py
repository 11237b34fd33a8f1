"""Here it is the children themselves that are tested: each test starts and ends its own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def kept_children() -> None:
    """None is kept."""
