"""Options of a reader <-> plain JSON values, for the way to the child process.

Input: plain values, and frozen records of our own such as `LossColumns`, whose sequences are tuples. Output: the
other. The child imports the classes its parent names; refuses classes outside `collectors`.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Mapping
from typing import Any, Final

_CLASS: Final = "@class"


def to_plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with records written out as their class and fields."""
    return {name: _record(value) if dataclasses.is_dataclass(value) else value for name, value in options.items()}


def from_plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with the records made again; raise ValueError for a class that is not ours."""
    return {
        name: _made(value) if isinstance(value, dict) and _CLASS in value else value for name, value in options.items()
    }


def _record(value: Any) -> dict[str, Any]:
    return {_CLASS: [type(value).__module__, type(value).__qualname__], "fields": dataclasses.asdict(value)}


def _made(value: dict[str, Any]) -> Any:
    module, name = value[_CLASS]
    if not module.startswith("collectors."):
        raise ValueError(f"{module} is not ours")
    return getattr(importlib.import_module(module), name)(**_frozen(value["fields"]))


def _frozen(value: Any) -> Any:
    """The same with tuples for JSON's lists."""
    if isinstance(value, dict):
        return {key: _frozen(one) for key, one in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
