"""Who may know of which workspace of a fleet, by its name; and where its page hangs. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from dash_app.auth.config import Access, Roles
from dash_app.auth.identity import Identity

MOUNT: Final = "/w/"
"""Where the pages of workspaces hang, below the prefix."""
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
