"""A value of a config and its key -> why it is not shown: it looks like a path, an address or a secret. Pure.

Input: text, and the names on the way to it. Output: the reason, or None. It errs on the safe side: whatever is
withheld is still compared, only as *differs*. Numbers and truth values say nothing of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from collectors.contract.configs import Reason

LONGEST: Final = 80
"""Characters of a value that is shown."""
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET: Final = frozenset({"secret", "password", "passwd", "passphrase", "pin"})
"""Words of a key whose number is withheld too."""
_NAMES: Final[dict[Reason, frozenset[str]]] = {
    "secret": _SECRET | {
        "secrets", "passwords", "pwd", "pass", "token", "apikey", "key", "keys", "credential", "credentials", "auth",
        "authorization", "bearer", "cookie", "dsn", "pat", "user", "username", "login", "account",
    },
    "path": frozenset({
        "path", "paths", "file", "files", "filename", "filepath", "dir", "dirs", "directory", "folder", "folders",
        "root",
    }),
    "address": frozenset({
        "host", "hosts", "hostname", "url", "urls", "uri", "endpoint", "address", "addr", "email", "server", "domain",
        "ip", "proxy",
    }),
}  # fmt: skip
"""Words of a key whose text is withheld whatever it says."""
_ENDINGS: Final = (
    "csv|tsv|json|jsonl|yaml|yml|toml|cfg|ini|txt|log|md|pdf|html|xml|py|sh|ipynb|pt|pth|ckpt|safetensors|onnx|pb|pkl|"
    "pickle|joblib|npy|npz|h5|hdf5|keras|parquet|feather|arrow|mat|wav|png|jpg|jpeg|zip|gz|tar|bin|ubj|tfrecord|db|"
    "sqlite|xls|xlsx|pem|crt|env"
)
_DOMAINS: Final = "com|org|net|io|ai|dev|cloud|edu|gov|de|eu|uk|fr|local|internal|lan|corp"
_LOOKS: Final[tuple[tuple[Reason, str], ...]] = (
    ("secret", r"-----BEGIN|\b(sk|pk|rk)[-_]\w|\b(hf|ghp|gho|ghs|xox[a-z])[-_]\w|\bgithub_pat_|\bglpat-"),
    ("secret", r"\b(AKIA|ASIA|AIza|eyJ)\w"),
    ("secret", r"(?i)\b(bearer|basic)\s+\S|\b(password|passwd|pwd|token|secret|api[_-]?key)\b\s*[:=]"),
    ("secret", r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    ("address", r"://|@|\blocalhost\b|\b\d{1,3}(\.\d{1,3}){3}\b|^[\w.-]+:\d{2,5}\b|[0-9a-fA-F]*:[0-9a-fA-F]*:"),
    ("address", rf"(?i)\b([a-z0-9-]+\.)+({_DOMAINS})\b"),
    ("path", rf"[/\\]|^~|^\.+$|(?i:\.({_ENDINGS}))\b"),
)
_RANDOM: Final = re.compile(r"[A-Za-z0-9+=]{16,}")
_TURNS: Final = re.compile(r"[0-9]+|(?<=[a-z])[A-Z]")


def why_withheld(value: object, names: Iterable[str] = ()) -> Reason | None:
    """Why a plain value at these keys is not shown; None where it may be."""
    words = {word.lower() for name in names for word in _WORD.findall(name)}
    if words & _SECRET and not isinstance(value, bool):
        return "secret"
    if not isinstance(value, str) or not value:
        return None
    named = (reason for reason, known in _NAMES.items() if words & known)
    looks = (reason for reason, pattern in _LOOKS if re.search(pattern, value))
    found = next(named, None) or next(looks, None) or ("secret" if _is_random(value) else None)
    return found or ("long" if len(value) > LONGEST else None)


def _is_random(value: str) -> bool:
    """Whether a part of it is no word: sixteen and more letters that digits and capitals are strewn over."""
    parts = _RANDOM.findall(value)
    return any(re.search(r"\d", part) and (len(_TURNS.findall(part)) >= 3 or len(part) >= 32) for part in parts)
