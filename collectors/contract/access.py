"""Who may do what, as it is kept: roles, and the records of tokens, sessions and links. Frozen, no clock.

No record holds a secret: of a token and of a link there is the SHA-256 alone.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from collectors.contract.shapes import Section


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def holds(self, needed: Role) -> bool:
        """Whether whoever has this role may do what needs the other one."""
        return RANK[self] >= RANK[needed]


RANK: Final = {role: rank for rank, role in enumerate(Role)}


class Lasting(Protocol):
    """What counts from one instant to another, unless it was taken back before."""

    @property
    def expires_at(self) -> datetime | None:
        """When it ends; None for what does not end by itself."""

    @property
    def ended_at(self) -> datetime | None:
        """When it was taken back; None where it was not."""


def is_good(one: Lasting, now: datetime) -> bool:
    """Whether it still counts."""
    return one.ended_at is None and (one.expires_at is None or now < one.expires_at)


class Token(Section):
    """What a program shows instead of a person's session."""

    id: str
    """Stands at the beginning of the token: it is no secret."""
    name: str
    """What it is for, in the words of whoever made it."""
    sha256: str
    role: Role
    pictures_only: bool = False
    """Good for badges and pictures alone, and then also in their address."""
    made_by: str
    made_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None


class Session(Section):
    """One signing in of one person."""

    id: str
    user: str
    role: Role
    groups: tuple[str, ...] = ()
    """Those that some role is given to: on a page of many workspaces each asks for the role anew."""
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class Link(Section):
    """What lets a frame on another site show one thing of this page."""

    id: str
    name: str
    sha256: str
    run: str | None = None
    """The stored run that it shows; None for the current state."""
    panel: str = ""
    """The part of the page that it shows; empty for all of it."""
    made_by: str
    made_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None


class AccessRecords(Section):
    """All of them."""

    tokens: tuple[Token, ...] = ()
    sessions: tuple[Session, ...] = ()
    links: tuple[Link, ...] = ()
