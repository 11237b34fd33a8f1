"""A scaler file -> its method and one center and scale a channel.

Input: the bytes. Output: `ScalerEvidence`: numbers as floats, NaN kept. Reads JSON and npz; a
pickle or joblib file is named and refused, since loading one runs the code in it. Judges no number:
whether a scale is positive is the check's question.
"""

from __future__ import annotations

from typing import Any, Final

from collectors.evidence.documents import ScalerEvidence
from collectors.evidence.files import Finding
from collectors.readers.scaler.npz import BadArray, read_npz
from collectors.readers.text.json_loader import load_json
from collectors.readers.text.text import binary_kind, brief, decode_text

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_VALUES: Final = 200_000
_KEYS: Final = ("method", "center", "scale")
_PICKLE_SUFFIXES: Final = (".pkl", ".pickle", ".joblib")
_PICKLE: Final = "which runs code when it is loaded and is never loaded here"
_REMEDY: Final = "write it as JSON: {`method`, `center`, `scale`}"


def read_scaler(data: bytes, *, name: str = "") -> ScalerEvidence:
    """Return what the scaler holds. `sound` in it means it could be read as a scaler."""
    kind = binary_kind(data)
    if kind == "a pickle" or name.lower().endswith(_PICKLE_SUFFIXES):
        what = "a joblib file, a kind of pickle" if name.endswith(".joblib") else "a pickle"
        return _unreadable("pickle", f"is {what}, {_PICKLE}; {_REMEDY}")
    if not data:
        return _unreadable("unknown", "is empty (0 bytes)")
    if len(data) > MAX_BYTES:
        return _unreadable("unknown", f"has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    if kind in ("a zip archive", "an empty zip archive"):
        return _read_npz(data)
    if kind:
        return _unreadable("unknown", f"is {kind}; JSON or npz was expected")
    return _read_json(data)


def _unreadable(kind: str, problem: str) -> ScalerEvidence:
    return ScalerEvidence(kind, (Finding("error", problem),))


def _read_npz(data: bytes) -> ScalerEvidence:
    try:
        arrays, names = read_npz(data, _KEYS)
    except BadArray as error:
        return ScalerEvidence("npz", (Finding("error", str(error), error.where),))
    if "data.pkl" in {name.rsplit("/", 1)[-1] for name in names}:
        return _unreadable("pickle", f"is a PyTorch file with a pickle in it, {_PICKLE}; {_REMEDY}")
    fields: dict[str, Any] = {key: arrays[key] for key in _KEYS if key in arrays}
    for key in ("center", "scale"):
        if isinstance(fields.get(key), tuple):
            fields[key] = list(fields[key])
    return _evidence("npz", fields, names, [])


def _read_json(data: bytes) -> ScalerEvidence:
    text, _, findings = decode_text(data)
    if any(finding.severity == "error" for finding in findings):
        return ScalerEvidence("json", tuple(findings))
    loaded = load_json(text, max_nodes=MAX_VALUES)
    findings += loaded.findings
    if loaded.data is None and any(finding.severity == "error" for finding in findings):
        return ScalerEvidence("json", tuple(findings))
    if not isinstance(loaded.data, dict):
        what = f"is {_kind(loaded.data)}; an object with `method`, `center`, `scale` was expected"
        return ScalerEvidence("json", (*findings, Finding("error", what)))
    return _evidence("json", loaded.data, tuple(loaded.data), findings)


def _evidence(kind: str, fields: dict[str, Any], names: tuple[str, ...], findings: list[Finding]) -> ScalerEvidence:
    there = ", ".join(brief(name) for name in names[:8]) or "nothing"
    for key in _KEYS:
        if key not in fields:
            findings.append(Finding("error", f"has no `{key}`; it has {there}"))
    method = _method(fields, findings)
    center, scale = (_numbers(key, fields, findings) for key in ("center", "scale"))
    if center is not None and scale is not None and len(center) != len(scale):
        lengths = f"`center` has {len(center):,} numbers, `scale` has {len(scale):,}"
        findings.append(Finding("error", f"{lengths}: one of each a channel was expected"))
    return ScalerEvidence(kind, tuple(findings), method, center, scale)


def _method(fields: dict[str, Any], findings: list[Finding]) -> str | None:
    method = fields.get("method")
    if isinstance(method, str) or "method" not in fields:
        return method
    findings.append(Finding("error", f"found {_kind(method)} where a name was expected", "method"))
    return None


def _numbers(key: str, fields: dict[str, Any], out: list[Finding]) -> tuple[float, ...] | None:
    """Return the list under `key` as floats, or None with a finding that names the first misfit."""
    if key not in fields:
        return None
    values = fields[key]
    if not isinstance(values, list):
        text = f"found {_kind(values)} where a list with one number a channel was expected"
        out.append(Finding("error", text, key))
        return None
    misfits = [index for index, value in enumerate(values) if not _is_number(value)]
    if misfits:
        more = f", and {len(misfits) - 1:,} more" if len(misfits) > 1 else ""
        text = f"found {_kind(values[misfits[0]])} where a number was expected{more}"
        out.append(Finding("error", text, f"{key}[{misfits[0]}]"))
        return None
    return tuple(_to_float(value) for value in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _to_float(value: float) -> float:
    """Return a float; a whole number too large for one becomes infinite, which the check refuses."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return f"the text {brief(value)}"
    names = {type(None): "null", dict: "an object", list: "a list", tuple: "a list of numbers"}
    return names.get(type(value)) or f"the number {brief(value)}"
