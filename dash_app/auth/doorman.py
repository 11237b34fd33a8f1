"""A request's head -> who asks, or why nobody is believed. It reads no body and answers nothing.

In the order of what is shown: a token, a link of a frame, then what the mode takes: the proxy's word or a session's
cookie. Failed tokens are counted by the id that was tried and by the peer, unless that is a named proxy.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from starlette.types import Scope

from collectors.contract.access import Link, Role, Token
from collectors.store.access import LINK_PREFIX, TOKEN_PREFIX, AccessStore, id_in
from dash_app.auth.config import Access
from dash_app.auth.identity import ANYBODY, Identity
from dash_app.auth.limits import Limits
from dash_app.auth.links import TOKEN, Frames, asked_link, fields_of, may_show
from dash_app.auth.needs import PICTURES, READING, need_of
from dash_app.auth.proxied import peer_of, proxied
from dash_app.auth.refusal import SIGNED_OUT, Refusal, too_many
from dash_app.auth.sessions import Sessions, cookie_in, cookie_name

BEARER: Final = b"bearer "
BAD_TOKEN: Final = Refusal(401, "bad_token", "this token is none, or does not count any more", "token refused")
NOT_HERE: Final = Refusal(403, "pictures_only", "this token is for badges and pictures", "refused")
ELSEWHERE: Final = Refusal(403, "not_in_this_frame", "the link of this frame shows something else", "refused")
BAD_LINK: Final = Refusal(403, "bad_link", "this link is none, or does not count any more", "link refused")


class Doorman:
    """Knows everybody who may ask one page."""

    def __init__(self, access: Access, store: AccessStore, url_prefix: str = "/") -> None:
        self.access = access
        self.store = store
        self.url_prefix = url_prefix
        self.sessions = Sessions(store, access.session_secrets)
        self.frames = Frames(self.sessions, lambda: store.records().links, url_prefix)
        self.limits = Limits()
        self.cookie = cookie_name(url_prefix)

    def need(self, method: str, path: str) -> Role | None:
        """The role that a request needs; None where everybody may."""
        is_open_picture = self.access.open_pictures and path in PICTURES and method in READING
        return None if is_open_picture else need_of(method, path, self.access.preview_role)

    def login_address(self, here: str) -> str:
        """Where somebody signs in who wants to see this address, below the prefix."""
        return f"{self.url_prefix}login?next={quote(here, safe='')}"

    def identity(self, scope: Scope) -> Identity | Refusal:
        """Who asks."""
        if not self.access.is_on:
            return ANYBODY
        tokens = self._tokens(scope)
        if tokens:
            return self._by_token(scope, tokens)
        link = asked_link(scope)
        if link:
            return self._by_link(scope, link)
        if self.access.mode == "proxy":
            return self._counted(scope, proxied(scope, self.access))
        return self._by_session(scope) if self.access.mode == "oidc" else SIGNED_OUT

    def _tokens(self, scope: Scope) -> list[str]:
        """Every token that is shown. A proxy may add the authorization of its own provider, which is none of ours."""
        shown = [value for key, value in scope["headers"] if key == b"authorization"]
        tokens = [value[len(BEARER) :].strip().decode("latin-1") for value in shown if value.lower().startswith(BEARER)]
        if self.access.mode == "proxy":
            tokens = [token for token in tokens if id_in(token, TOKEN_PREFIX)]
        if scope["path"] in PICTURES:
            tokens += [
                value for name, value in fields_of(scope["query_string"].decode("latin-1")).items() if name == "token"
            ]
        return tokens

    def _by_token(self, scope: Scope, tokens: list[str]) -> Identity | Refusal:
        tried = id_in(tokens[0], TOKEN_PREFIX)
        keys = (tried and f"token {tried}", self.peer_key(scope))
        wait = self.limits.wait_seconds(*keys)
        if wait:
            return too_many(wait)
        found = self.token_of(tokens[0]) if len(tokens) == 1 else None
        if found is None:
            self.limits.failed(*keys)
            return BAD_TOKEN
        is_in_address = not any(key == b"authorization" for key, _ in scope["headers"])
        is_picture = scope["path"] in PICTURES
        if (found.pictures_only and not is_picture) or (is_in_address and not found.pictures_only):
            return NOT_HERE
        return Identity(f"token {found.name}", found.role, "token")

    def token_of(self, text: str) -> Token | None:
        """The good token of this text."""
        return self.store.token_of(text, datetime.now(UTC))

    def _by_session(self, scope: Scope) -> Identity | Refusal:
        cookie = cookie_in(scope["headers"], self.cookie)
        found = self.sessions.session_of(cookie) if cookie else None
        return Identity(found.user, found.role, "session", found.id, groups=found.groups) if found else SIGNED_OUT

    def _by_link(self, scope: Scope, link: str) -> Identity | Refusal:
        found = self.frames.identity(scope, link)
        if found is None or found.scope is None:
            return SIGNED_OUT
        return found if may_show(scope, found.scope) else ELSEWHERE

    def redeemed(self, scope: Scope) -> Link | Refusal | None:
        """The link whose token stands in the page's address, or why it is none; None where there is no token."""
        if scope["path"] != "/" or scope["method"] not in READING or TOKEN.encode() not in scope["query_string"]:
            return None
        text = fields_of(scope["query_string"].decode("latin-1")).get(TOKEN, "")
        keys = (f"link {id_in(text, LINK_PREFIX)}", self.peer_key(scope))
        wait = self.limits.wait_seconds(*keys)
        if wait:
            return too_many(wait)
        found = self.store.link_of(text, datetime.now(UTC))
        if found is None:
            self.limits.failed(*keys)
        return found or BAD_LINK

    def _counted(self, scope: Scope, found: Identity | Refusal) -> Identity | Refusal:
        if isinstance(found, Identity) or found.event != "forged":
            return found
        key = self.peer_key(scope)
        wait = self.limits.wait_seconds(key)
        if wait:
            return too_many(wait)
        self.limits.failed(key)
        return found

    def peer_key(self, scope: Scope) -> str:
        """What failures of an address are counted under; empty for a proxy, behind which everybody stands."""
        peer = peer_of(scope)
        return "" if peer in self.access.proxy.peers else f"peer {peer}"
