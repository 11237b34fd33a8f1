"""Bytes of a state file -> a `DashboardState`, or what is wrong with them in one sentence. Pure.

It names the file, the place, what was expected, what was found and what to do next; it never
guesses a state from half a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pydantic_core
from pydantic import ValidationError

from collectors.contract.state import SCHEMA_VERSION, DashboardState, state_from_json
from collectors.visible import visible_text

Condition = Literal["ok", "absent", "unreadable", "newer_schema", "not_saved"]
ADVICE = "`python -m collectors export` writes it anew."
LONGEST_FINDING = 80


@dataclass(frozen=True)
class Problem:
    """Why there is no state to show."""

    condition: Condition
    """`absent`, `unreadable`, `newer_schema` or `not_saved`."""
    sentence: str
    """What a person should know and do."""


def state_or_problem(raw: bytes, name: str) -> DashboardState | Problem:
    """Read a state file's bytes; `name` is the file as a person knows it."""
    try:
        return state_from_json(raw)
    except ValidationError as broken:
        return _newer(raw, name) or Problem("unreadable", _sentence(broken, name))


def absent(name: str) -> Problem:
    """Nothing has been collected yet."""
    return Problem(
        "absent",
        f"There is no {name} yet. A collector writes it as soon as it has read the workspace; where none "
        "runs, start one with `python -m collectors watch`.",
    )


def vanished(name: str) -> Problem:
    """There was a state, and now the file is gone."""
    return Problem("absent", f"{name} has disappeared from the state folder. {ADVICE}")


def unreadable(name: str, found: str) -> Problem:
    """The file is there and cannot be opened."""
    return Problem("unreadable", f"{name} cannot be read: {found}. {ADVICE}")


def not_saved(why: str) -> Problem:
    """Somebody looks at the workspace and cannot write down what is true now."""
    return Problem("not_saved", f"State not saved: {str(visible_text(why)).rstrip('.')}.")


def _newer(raw: bytes, name: str) -> Problem | None:
    version = _schema_version(raw)
    if version is None or version <= int(SCHEMA_VERSION):
        return None
    return Problem(
        "newer_schema",
        f"{name} has schema version {version}, this page reads version {SCHEMA_VERSION}: a newer "
        "Training Dashboard wrote it. Update the one that serves this page.",
    )


def _schema_version(raw: bytes) -> int | None:
    try:
        document = pydantic_core.from_json(raw)
    except ValueError:
        return None
    version = document.get("schema_version") if isinstance(document, dict) else None
    whole = re.fullmatch(r"([0-9]{1,9})(\.[0-9]+)*", str(version))
    return int(whole.group(1)) if whole else None


def _sentence(broken: ValidationError, name: str) -> str:
    first = broken.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return f"{name} is not complete JSON: {_shortened(first['ctx']['error'])}. {ADVICE}"
    place = ".".join(map(str, first["loc"])) or "its top level"
    found = "" if first["type"] == "missing" else f", found {_shortened(repr(first['input']))}"
    expected = _shortened(first["msg"][:1].lower() + first["msg"][1:])
    return f"{name} breaks schema version {SCHEMA_VERSION} at {place}: {expected}{found}. {ADVICE}"


def _shortened(text: str) -> str:
    shown = str(visible_text(text))
    return shown if len(shown) <= LONGEST_FINDING else shown[: LONGEST_FINDING - 1] + "…"
