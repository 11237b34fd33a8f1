"""A stream's whole config -> its values by dotted key, as far as they may leave the workspace. Pure.

Input: plain values and the key under which this store makes digests. Output: `ConfigValues` of the state.
A list of plain values is one value. What is withheld leaves a keyed digest: it tells two values apart and can be
tried against a guess by nobody who lacks the key. It refuses to list more than `MOST` keys, and counts the rest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from collectors.contract.configs import ConfigValues, Withheld
from collectors.contract.values import Scalar
from collectors.digest import short_digest
from collectors.judge.withheld import LONGEST, why_withheld
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

MOST: Final = 300
"""Keys of one config that are listed."""
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digests:
    """Makes the digests of one store; without a key, none."""

    key: bytes | None

    def of(self, value: object) -> str | None:
        """`which key:digest`: digests of different keys say nothing about each other."""
        if self.key is None:
            return None
        made = hmac.new(self.key, _text(value).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"{short_digest(self.key, 4)}:{made[:16]}"


def configs_of(seen: WorkspaceEvidence, digests: Digests) -> dict[str, ConfigValues]:
    """The whole config of every stream whose config can be read."""
    found = ((s.id, _config(s, digests)) for s in seen.streams)
    return {stream: config for stream, config in found if config is not None}


def _config(s: StreamEvidence, digests: Digests) -> ConfigValues | None:
    data = s.config.evidence.data if s.config is not None and s.config.evidence is not None else None
    section = s.stream.config
    if section is None or not isinstance(data, Mapping):
        return None
    found: dict[str, Scalar | Withheld] = {}
    left_out = 0
    for names, value in _flattened(data, ()):
        if len(found) >= MOST:
            left_out += 1
        else:
            found[".".join(_name(name, digests) for name in names)] = _shown(value, names, digests)
    return ConfigValues(values=found, left_out=left_out, highlighted=section.highlights)


def _flattened(value: Any, names: Names) -> Iterator[tuple[Names, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flattened(inner, (*names, str(key)))
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list, tuple)) for item in value):
        for number, inner in enumerate(value):
            yield from _flattened(inner, (*names, str(number)))
    else:
        yield names, value


def _shown(value: Any, names: Names, digests: Digests) -> Scalar | Withheld:
    items = value if isinstance(value, (list, tuple)) else (value,)
    reasons = (why_withheld(item, names) for item in items)
    reason = next((found for found in reasons if found), None)
    plain = _plain(value)
    if reason is None and isinstance(plain, str) and len(plain) > LONGEST:
        reason = "long"
    return Withheld(withheld=reason, digest=digests.of(value)) if reason else plain


def _name(name: str, digests: Digests) -> str:
    """A key that says itself what must not be said is named by its digest."""
    reason = why_withheld(name)
    return f"({reason} {(digests.of(name) or '')[-6:]})" if reason else name


def _plain(value: Any) -> Scalar:
    """A value that strict JSON can hold, and that no other one looks like."""
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) <= 2**53:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _text(value)


def _text(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    except ValueError:  # an int of thousands of digits
        return "a number of thousands of digits"
