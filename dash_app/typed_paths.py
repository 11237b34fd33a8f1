"""A path as it was typed -> an absolute one that can be used. Raises UsageError, in one line that says what to do."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from collectors.options import UsageError
from collectors.store.place import default_state_dir

WORKSPACE_ADVICE = "name the folder that training writes into"
FLEET_ADVICE = "name the folder in which state directories lie side by side"


def readable_folder(path: Path, name: str, advice: str = WORKSPACE_ADVICE) -> Path:
    """A folder that is there and may be read."""
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as problem:
        raise UsageError(f"{name} {path} {_in_words(problem)}; {advice}") from problem
    if not is_folder:
        raise UsageError(f"{name} {path} is a file; {advice}")
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{name} {path} may not be read by this user; {advice}")
    return path.resolve()


def _in_words(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "does not exist"
    return f"cannot be reached ({problem.strerror})"


def state_folder(named: Path | None, workspace: Path) -> Path:
    """Where a state directory is, or will be."""
    path = (named or default_state_dir(workspace)).absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"--state-dir {path} is a file; name a folder")
    return path


def config_file(path: Path | None) -> Path | None:
    """A configuration that is there; None for none."""
    if path is not None and not path.is_file():
        raise UsageError(f"--config {path} is not a file; name a dashboard.yaml")
    return path and path.absolute()
