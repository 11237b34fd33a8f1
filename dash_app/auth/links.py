"""A frame's link -> a cookie of that link alone, and what a request with it may ask for.

The token of a link stands in the address once; it is traded for a cookie, and the address goes on without it. A frame
says by `embed_link=` which link it is of, a question of its page by the address it comes from: one page of a wiki may
hold several frames, and each is answered by its own link. What counts is looked up in the store each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.types import Scope as AsgiScope

from collectors.contract.access import Link, Role, is_good
from dash_app.auth.identity import Identity, Scope
from dash_app.auth.needs import CALLBACKS, READING
from dash_app.auth.sessions import Sessions, cookie_in, set_cookie

SALT: Final = "training-dashboard.link"
TOKEN: Final = "embed_token"  # noqa: S105 -- the name of a parameter
LINK: Final = "embed_link"
COOKIE_SECONDS: Final = 12 * 3600
MOST_FIELDS: Final = 100
PAGES: Final = frozenset({"/", "/_dash-layout"})
OF_ONE_RUN: Final = frozenset({"/api/curves", "/api/series", "/api/decisions"})
PARTS: Final = frozenset({"/_dash-dependencies", "/_favicon.ico", "/api/pulse", "/api/events", CALLBACKS})
FILES: Final = ("/assets/", "/_dash-component-suites/")


def fields_of(query: str) -> dict[str, str]:
    """Parameters that are given once; what cannot be read has none."""
    try:
        given = parse_qsl(query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    names = [name for name, _ in given]
    return {name: value for name, value in given if names.count(name) == 1}


def asked_link(scope: AsgiScope) -> str:
    """Id of the link that a request says it is of; empty for none."""
    if scope["path"] in PAGES:
        return fields_of(scope["query_string"].decode("latin-1")).get(LINK, "")
    pages = [value.decode("latin-1") for key, value in scope["headers"] if key == b"referer"]
    try:
        return fields_of(urlsplit(pages[0]).query).get(LINK, "") if len(pages) == 1 else ""
    except ValueError:
        return ""


class Frames:
    """Cookies of one page's links."""

    def __init__(self, sessions: Sessions, links: Callable[[], Iterable[Link]], url_prefix: str) -> None:
        self._sessions = sessions
        self._links = links
        self._prefix = url_prefix

    def cookie_name(self, link_id: str) -> str:
        """The cookie of one link of this page."""
        page = hashlib.sha256(self._prefix.encode()).hexdigest()[:8]
        return f"__Host-td-embed-{page}-{link_id}"

    def traded(self, link: Link) -> tuple[str, str]:
        """The address without the token, and the cookie to set. Raises StoreProblem."""
        shown = {"embed": "1", "panel": link.panel, "run": link.run, LINK: link.id}
        address = f"{self._prefix}?{urlencode({name: value for name, value in shown.items() if value})}"
        value = self._sessions.signed({"link": link.id}, SALT)
        cookie = set_cookie(self.cookie_name(link.id), value, seconds=COOKIE_SECONDS, in_frames=True)
        return address, cookie

    def identity(self, scope: AsgiScope, link_id: str) -> Identity | None:
        """The frame that asks, where it has its link's cookie and the link still counts."""
        found = next((one for one in self._links() if one.id == link_id), None)
        cookie = cookie_in(scope["headers"], self.cookie_name(link_id)) if found else None
        told = self._sessions.opened(cookie, SALT) if cookie else None
        if found is None or told != {"link": link_id} or not is_good(found, datetime.now(UTC)):
            return None
        return Identity(f"link {found.name}", Role.VIEWER, "link", scope=Scope(found.id, found.run, found.panel))


def may_show(asgi: AsgiScope, scope: Scope) -> bool:
    """Whether a frame may ask this: its own page, its parts, and curves of its own run."""
    path, given = asgi["path"], fields_of(asgi["query_string"].decode("latin-1"))
    if asgi["method"] not in READING and path != CALLBACKS:
        return False
    if path in PAGES:
        return given.get("embed") == "1" and given.get("panel", "") == scope.panel and _is_run(given, scope)
    if path in OF_ONE_RUN:
        return scope.run is None or given.get("run") == scope.run
    return path in PARTS or path.startswith(FILES)


def _is_run(given: Mapping[str, str], scope: Scope) -> bool:
    named = given.get("run", "")
    return named == scope.run if scope.run else named in ("", "live")
