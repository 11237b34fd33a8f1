"""An address -> how long a browser may keep its answer. Pure."""

from __future__ import annotations

import re

from dash_app.web.dash_shims import SUITES_PATH, is_versioned

FOREVER = "public, max-age=31536000, immutable"


def cache_policy(path: str, query: str, status: int) -> str | None:
    """Return a `Cache-Control` for what has its version in its address; null for the rest."""
    if status not in (200, 304):
        return None
    return FOREVER if has_fingerprint(path, query) else None


def has_fingerprint(path: str, query: str) -> bool:
    """Whether the address changes whenever the content does."""
    if path.startswith(SUITES_PATH):
        return is_versioned(path)
    return path.startswith("/assets/") and re.fullmatch(r"m=[0-9.]+", query) is not None
