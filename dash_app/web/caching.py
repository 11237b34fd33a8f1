"""An address -> how long a browser may keep its answer. Pure."""

from __future__ import annotations

import re

from dash.fingerprint import check_fingerprint

FOREVER = "public, max-age=31536000, immutable"


def cache_policy(path: str, query: str, status: int) -> str | None:
    """Return a `Cache-Control` for what has its version in its address; null for the rest."""
    if status not in (200, 304):
        return None
    return FOREVER if has_fingerprint(path, query) else None


def without_version(path: str) -> str:
    """Return a component file's path as the package knows it."""
    return str(check_fingerprint(path)[0])  # type: ignore[no-untyped-call] # Dash has no types


def is_versioned(path: str) -> bool:
    """Whether a component file's name carries its version."""
    return without_version(path) != path


def has_fingerprint(path: str, query: str) -> bool:
    """Whether the address changes whenever the content does."""
    if path.startswith("/_dash-component-suites/"):
        return is_versioned(path)
    return path.startswith("/assets/") and re.fullmatch(r"m=[0-9.]+", query) is not None
