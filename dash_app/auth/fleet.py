"""Who may know of which workspace of a fleet, and who may do what in one: the fleet's sessions, and roles by name.

A workspace has tokens and links of its own, which count in it alone; the fleet's tokens and sessions count in each,
with the role that the name gives. Who has none there gets the answer of an address where nothing is, and so does
everybody who asks for a workspace that is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from starlette.types import Scope

from collectors.contract.access import Role, Token
from collectors.store.access import AccessStore
from dash_app.auth.config import Access, Roles
from dash_app.auth.doorman import Doorman
from dash_app.auth.identity import Identity
from dash_app.auth.refusal import HIDDEN, Refusal

MOUNT: Final = "/w/"
"""Where the pages of workspaces hang, below the prefix."""
NO_ROLE: Final = "no_role"
KNOWN_NAMES: Final = 100_000


def workspace_prefix(fleet_prefix: str, name: str) -> str:
    """The address of a workspace's page, as it stands in a link."""
    return f"{fleet_prefix.rstrip('/')}{MOUNT}{quote(name, safe='')}/"


class Sight:
    """Which names somebody may know of."""

    def __init__(self, access: Access) -> None:
        self._roles: Callable[[str], Roles] = lru_cache(KNOWN_NAMES)(lambda name: access.of(name).roles)

    def of(self, who: Identity) -> Callable[[str], bool]:
        """Whether they may know of a workspace by its name."""
        if who.how in ("nobody asks", "token"):
            return _every
        if who.how == "link":
            return lambda _name: False
        return lambda name: self._roles(name).role_of(who.user, who.groups) is not None


def _every(_name: str) -> bool:
    return True


class WorkspaceDoorman(Doorman):
    """Knows everybody who may ask one workspace; `store` is its own, or the fleet's where there is no such one."""

    def __init__(self, fleet: Doorman, name: str, store: AccessStore) -> None:
        # What signs people in hangs at the fleet's page.
        super().__init__(replace(fleet.access.of(name), oidc=None), store, workspace_prefix(fleet.url_prefix, name))
        self.cookie, self.limits = fleet.cookie, fleet.limits
        self._fleet = fleet
        self._below = f"{MOUNT}{quote(name, safe='')}"

    def need(self, method: str, path: str) -> Role | None:
        """Nothing of a workspace is open to everybody: its answer would tell that it is there."""
        return super().need(method, path) or Role.VIEWER

    def login_address(self, here: str) -> str:
        """The fleet's; from there it goes on to this workspace."""
        return self._fleet.login_address(self._below + here)

    def identity(self, scope: Scope) -> Identity | Refusal:
        """Who asks; who has no role here cannot tell it from nothing."""
        found = super().identity(scope)
        return HIDDEN if isinstance(found, Refusal) and found.error == NO_ROLE else found

    def token_of(self, text: str) -> Token | None:
        """A token of this workspace, or of the fleet."""
        return super().token_of(text) or self._fleet.token_of(text)

    def _by_session(self, scope: Scope) -> Identity | Refusal:
        """A session of the fleet, with the role that it has here."""
        found = self._fleet._by_session(scope)
        if isinstance(found, Refusal):
            return found
        role = self.access.roles.role_of(found.user, found.groups)
        return replace(found, role=role) if role else HIDDEN
