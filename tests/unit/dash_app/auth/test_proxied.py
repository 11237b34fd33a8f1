"""A proxy's word: believed from one peer, once; everything else that names somebody is a forgery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collectors.contract.access import Role
from collectors.store.access import AccessStore
from dash_app.auth.config import Access, Proxy, Roles
from dash_app.auth.doorman import Doorman
from dash_app.auth.identity import Identity
from dash_app.auth.refusal import Refusal

PROXY = ("10.0.0.2", 41000)
ACCESS = Access(
    mode="proxy",
    proxy=Proxy(peers=("10.0.0.2", "unix")),
    roles=Roles(operator=("group:release",), viewer=("user:ann",)),
)
USER, GROUPS = "X-Forwarded-User", "X-Forwarded-Groups"


def asked(tmp_path: Path, client: Any, *headers: tuple[str, str]) -> Identity | Refusal:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "client": client, "headers": raw}
    return Doorman(ACCESS, AccessStore(tmp_path)).identity(scope)


@pytest.mark.parametrize(
    ("client", "headers", "found"),
    [
        (PROXY, [(USER, "ann")], ("ann", Role.VIEWER)),
        (PROXY, [(USER, "bob"), (GROUPS, "other, release")], ("bob", Role.OPERATOR)),
        (None, [(USER, "ann")], ("ann", Role.VIEWER)),
        (PROXY, [(USER, "ann"), ("Authorization", "Bearer of-the-provider")], ("ann", Role.VIEWER)),
        (PROXY, [(USER, "eve")], "no_role"),
        (PROXY, [], "signed_out"),
        (PROXY, [(USER, " ")], "signed_out"),
        (PROXY, [(USER, "ann"), (USER, "root")], "several_identities"),
        (PROXY, [(USER, "eve"), (GROUPS, "x"), (GROUPS, "release")], "several_identities"),
        (("10.0.0.3", 41000), [(USER, "ann")], "wrong_peer"),
        (("127.0.0.1", 41000), [(USER, "ann")], "wrong_peer"),
        (("10.0.0.3", 41000), [(USER, "ann"), ("X-Forwarded-For", "10.0.0.2")], "wrong_peer"),
        (("10.0.0.2", 0), [(USER, "ann")], "rewritten_peer"),
    ],
)
def test_only_one_peer_is_believed_and_only_one_name(tmp_path: Path, client: Any, headers: Any, found: Any) -> None:
    answer = asked(tmp_path, client, *headers)

    assert ((answer.user, answer.role) if isinstance(answer, Identity) else answer.error) == found
