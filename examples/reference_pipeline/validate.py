"""The workspace -> the collectors' verdict, printed as they print it.

The trainer does not judge itself and imports nothing of the dashboard: it asks the command, with
this Python for the scoring smoke test, because this one has torch.
"""

from __future__ import annotations

import subprocess
import sys

from .layout import Layout

MEANING = {0: "ready", 1: "not ready", 4: "incomplete or still training"}


def ask_collectors(layout: Layout) -> str:
    """Run ``python -m collectors validate`` and give its exit code in words."""
    if not _can_import("collectors.__main__"):
        return 'left out: the dashboard\'s collectors cannot be imported here; pip install -e "."'
    command = [sys.executable, "-m", "collectors", "validate", str(layout.root)]
    command += ["--run-smoke", "--smoke-python", sys.executable]
    code = subprocess.run(command, check=False).returncode
    return f"exit code {code}, {MEANING.get(code, 'the validator itself had a problem')}"


def _can_import(module: str) -> bool:
    """Try it in a process of its own: an import that fails there would look like a verdict of 1."""
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0
