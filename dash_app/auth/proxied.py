"""A request that came by a proxy -> who the proxy says it is, or why it is not believed.

Believed is one named peer, by the address that really connected, and exactly one header. What anybody could have
written (a second header, an address that was rewritten before we saw it) is refused, not chosen from.
"""

from __future__ import annotations

from starlette.types import Scope

from dash_app.auth.config import UNIX, Access
from dash_app.auth.identity import Identity
from dash_app.auth.refusal import Refusal, no_role

LONGEST_NAME = 256


def peer_of(scope: Scope) -> str:
    """The address that connected."""
    client = scope.get("client")
    return str(client[0]) if client and client[0] else UNIX


def proxied(scope: Scope, access: Access) -> Identity | Refusal:
    """Who asks, as the proxy says."""
    client = scope.get("client")
    if client and client[0] and client[1] == 0:  # a connection has a port; what uvicorn takes from a header has none
        return Refusal(403, "rewritten_peer", "the peer's address was rewritten: start without proxy headers", "forged")
    if peer_of(scope) not in access.proxy.peers:
        return Refusal(403, "wrong_peer", "only the proxy may ask here", "forged")
    users = _values(scope, access.proxy.user_header)
    groups = _values(scope, access.proxy.groups_header)
    if len(users) > 1 or len(groups) > 1:
        return Refusal(403, "several_identities", "the request names more than one user or list of groups", "forged")
    if not users or not _is_name(users[0]):
        return Refusal(401, "signed_out", "the proxy says nobody's name: sign in there")
    named = tuple(one.strip() for one in "".join(groups).split(",") if one.strip())
    role = access.roles.role_of(users[0], named)
    return Identity(users[0], role, "proxy", groups=named) if role else no_role(users[0])


def proxied_scheme(scope: Scope, access: Access) -> str:
    """The scheme that the browser sees, from a proxy that is believed."""
    told = _values(scope, "X-Forwarded-Proto")
    is_told = len(told) == 1 and told[0] in ("http", "https") and peer_of(scope) in access.proxy.peers
    return told[0] if is_told else str(scope.get("scheme", "http"))


def _values(scope: Scope, name: str) -> list[str]:
    wanted = name.lower().encode()
    return [value.decode("utf-8", "replace").strip() for key, value in scope["headers"] if key == wanted]


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable()
