"""A config file -> plain values, the line of each key, and what is wrong with it.

Input: the bytes and, to tell YAML, JSON and TOML apart, the file's name. Output: `ConfigEvidence`;
mapping keys are always text. Refuses binary files, files over 1 MiB, and whatever the loader of
its format refuses. Judges no value: which keys are needed is the check's question.
"""

from __future__ import annotations

import re
from typing import Final

from collectors.evidence.documents import ConfigEvidence
from collectors.evidence.files import Finding
from collectors.readers.text.plain import Loaded
from collectors.readers.text.text import binary_kind, decode_text

MAX_BYTES: Final = 1024 * 1024
"""A training config has a few thousand; the largest allowed one takes seconds."""

_SUFFIXES: Final = {"yaml": "yaml", "yml": "yaml", "json": "json", "toml": "toml"}
_TOML_LINE: Final = re.compile(r"\s*(?:#[^\n]*\n\s*)*(\[\[?[\w.\"' -]+\]\]?\s*(#|\n|$)|[\w.\"-]+ *= )")


def read_config(data: bytes, *, name: str = "") -> ConfigEvidence:
    """Return what the config says. `data` is None in it, with an error, when it cannot be read."""
    problem = _unreadable(data)
    if problem:
        return ConfigEvidence(_format_by_name(name) or "unknown", (Finding("error", problem),))
    text, _, findings = decode_text(data)
    kind = _format_by_name(name) or _format_by_content(text)
    if any(finding.severity == "error" for finding in findings):
        return ConfigEvidence(kind, tuple(findings))
    loaded = _loaded(kind, text)
    return ConfigEvidence(kind, (*findings, *loaded.findings), loaded.data, loaded.lines)


def _loaded(kind: str, text: str) -> Loaded:
    """By the reader of that format; the other ones are not imported."""
    if kind == "json":
        from collectors.readers.text.json_loader import load_json

        return load_json(text)
    if kind == "toml":
        from collectors.readers.text.toml_loader import load_toml

        return load_toml(text)
    from collectors.readers.text.yaml_loader import load_yaml

    return load_yaml(text)


def _unreadable(data: bytes) -> str | None:
    if not data:
        return "is empty (0 bytes)"
    if len(data) > MAX_BYTES:
        return f"has {len(data):,} bytes; a config has at most {MAX_BYTES:,}"
    binary = binary_kind(data)
    return f"is {binary}; text was expected" if binary else None


def _format_by_name(name: str) -> str | None:
    return _SUFFIXES.get(name.rsplit(".", 1)[-1].lower()) if "." in name else None


def _format_by_content(text: str) -> str:
    if text.lstrip()[:1] == "{":
        return "json"
    return "toml" if _TOML_LINE.match(text) else "yaml"
