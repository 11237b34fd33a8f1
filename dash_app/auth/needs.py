"""Method and path -> the role it needs: the one table of it. Pure.

`docs/access.md` is made from it, and a test walks every route with every role and compares. What no row names needs a
viewer to be read and an admin to be changed, also where nothing is: nobody learns from a refusal what there is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from collectors.contract.access import Role

READING: Final = frozenset({"GET", "HEAD"})
CALLBACKS: Final = "/_dash-update-component"


@dataclass(frozen=True, slots=True)
class Need:
    """Who may ask one address."""

    methods: frozenset[str]
    path: str
    """Exact; `{name}` stands for one part of it."""
    role: Role | None
    """None: everybody, also who is not signed in."""
    what: str
    """What it is, for people."""

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return not self.methods <= READING and self.path != CALLBACKS


def _need(methods: str, path: str, role: Role | None, what: str) -> Need:
    return Need(frozenset(methods.split()), path, role, what)


NEEDS: Final = (
    _need("GET HEAD", "/healthz", None, "whether the process lives"),
    _need("GET HEAD", "/readyz", None, "whether it has something true to show"),
    _need("GET HEAD", "/login", None, "the way to the identity provider"),
    _need("GET HEAD", "/auth/callback", None, "the way back from it"),
    _need("GET HEAD", "/signed-out", None, "where signing out ends"),
    _need("GET HEAD", "/", Role.VIEWER, "the page"),
    _need("POST", CALLBACKS, Role.VIEWER, "what the page shows next; callbacks never write"),
    _need("GET HEAD", "/api/fleet", Role.VIEWER, "of a fleet the rows that one may see"),
    _need("GET HEAD", "/api/fleet/events", Role.VIEWER, "that some of them changed"),
    _need("GET HEAD", "/api/state", Role.VIEWER, "the state, its pulse and its events"),
    _need("GET HEAD", "/api/pulse", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/events", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/curves", Role.VIEWER, "points of curves"),
    _need("GET HEAD", "/api/series", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/scalars", Role.VIEWER, "the same, of curves that nobody configured"),
    _need("GET HEAD", "/api/decisions", Role.VIEWER, "decisions, also as a table"),
    _need("GET HEAD", "/api/decisions.csv", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/runs", Role.VIEWER, "stored runs, also as tables"),
    _need("GET HEAD", "/api/runs.csv", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/runs.json", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/runs/{run_id}", Role.VIEWER, "the same"),
    _need("GET HEAD", "/api/compare", Role.VIEWER, "a run beside its baseline"),
    _need("GET HEAD", "/api/compared.csv", Role.VIEWER, "runs side by side, as a table"),
    _need("GET HEAD", "/api/compared.json", Role.VIEWER, "runs side by side, as JSON"),
    _need("GET HEAD", "/report.html", Role.VIEWER, "the report"),
    _need("GET HEAD", "/oembed", Role.VIEWER, "how another site embeds the page"),
    _need("GET HEAD", "/badge.svg", Role.VIEWER, "the badge (`open_pictures: true`: everybody)"),
    _need("GET HEAD", "/snapshot.svg", Role.VIEWER, "the picture (likewise)"),
    _need("GET HEAD", "/api/preview", Role.VIEWER, "contents of files (`preview_role` may ask for more)"),
    _need("GET HEAD", "/api/log", Role.VIEWER, "the end of a log (likewise)"),
    _need("GET HEAD", "/api/scalars", Role.VIEWER, "curves of event files that nobody configured (likewise)"),
    _need("GET HEAD", "/api/me", Role.VIEWER, "who is asking, and their role"),
    _need("GET HEAD", "/api/baseline", Role.VIEWER, "which run is the baseline"),
    _need("POST", "/api/baseline", Role.OPERATOR, "pins a run, or none"),
    _need("POST", "/sign-out", Role.VIEWER, "ends one's own session"),
    _need("POST", "/sign-out-everywhere", Role.VIEWER, "ends all of one's own sessions"),
    _need("GET HEAD", "/api/links", Role.OPERATOR, "one's own links for frames; an admin's list has all"),
    _need("POST", "/api/links", Role.OPERATOR, "makes a link for a frame"),
    _need("POST", "/api/links/revoke", Role.OPERATOR, "ends one of one's own; an admin any"),
    _need("GET HEAD", "/api/sessions", Role.ADMIN, "who is signed in"),
    _need("POST", "/api/sessions/revoke", Role.ADMIN, "signs somebody out"),
    _need("GET HEAD", "/api/tokens", Role.ADMIN, "tokens, without their secrets"),
    _need("POST", "/api/tokens/revoke", Role.ADMIN, "ends a token"),
)
"""Every address of ours; Dash's own have no rows."""
OPEN: Final = frozenset(need.path for need in NEEDS if need.role is None)
PICTURES: Final = frozenset({"/badge.svg", "/snapshot.svg"})
CONTENTS: Final = frozenset({"/api/preview", "/api/log", "/api/scalars"})
_EXACT: Final = {(method, need.path): need for need in NEEDS for method in need.methods if "{" not in need.path}
_PATTERNS: Final = [
    (need, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(need.path)))) for need in NEEDS if "{" in need.path
]


def need_of(method: str, path: str, preview_role: Role = Role.VIEWER) -> Role | None:
    """The role that a request needs; None where everybody may. `path` is decoded, below the prefix."""
    found = _EXACT.get((method, path))
    if found is not None:
        return preview_role if path in CONTENTS else found.role
    for need, pattern in _PATTERNS:
        if method in need.methods and pattern.fullmatch(path):
            return need.role
    return Role.VIEWER if method in READING else Role.ADMIN
