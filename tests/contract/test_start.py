"""What a start does not pay for."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("door", ["collectors.__main__", "dash_app.__main__", "dash_app.server"])
def test_pandas_is_imported_by_whoever_asks_for_a_table_and_never_at_the_start(door: str) -> None:
    def imported(*modules: str) -> bool:
        code = f"import sys, {', '.join(modules)}; print('pandas' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout == "True\n"

    assert not imported(door)
    assert imported(door, "pandas")
