"""Who may do what in one workspace of a fleet: the fleet's sessions, with the roles that the workspace's name gives.

A workspace has tokens and links of its own, which count in it alone; the fleet's tokens and sessions count in each,
a session with its role there. Who has none gets the answer of an address where nothing is, and so does everybody who
asks for a workspace that is not there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import quote

from starlette.types import Scope

from collectors.contract.access import Role, Token
from collectors.store.access import AccessStore
from dash_app.auth.doorman import Doorman
from dash_app.auth.fleet import MOUNT, workspace_prefix
from dash_app.auth.identity import Identity
from dash_app.auth.refusal import HIDDEN, Refusal

NO_ROLE: Final = "no_role"


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
