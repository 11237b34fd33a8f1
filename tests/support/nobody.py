"""The rights of a user who owns nothing, for what no mode bit would stop root from doing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root; who is not root has none to lose."""
    if os.geteuid() != 0:
        yield
        return
    try:
        os.seteuid(NOBODY)
    except PermissionError:
        pytest.skip("runs as root, and is not allowed to become anybody else")
    try:
        yield
    finally:
        os.seteuid(0)


def open_to_all(folder: Path) -> Path:
    """Let others pass through pytest's own folders, which are their maker's alone."""
    top = Path(tempfile.gettempdir())
    for above in (folder, *folder.parents):
        if above == top or top not in above.parents:
            break
        above.chmod(0o755)
    return folder
