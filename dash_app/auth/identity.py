"""Who asks: a name, a role, and how it is known. The request that is being answered has one.

It imports no server: views and callbacks ask `asking()` here, wherever in the request they stand.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal

from collectors.contract.access import Role

How = Literal["nobody asks", "session", "proxy", "token", "link"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a link shows, and nothing else."""

    link: str
    """Id of the link."""
    run: str | None
    """A stored run; None for the current state."""
    panel: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody, or some program."""

    user: str
    role: Role
    how: How
    session: str | None = None
    """Id of the session that it came by."""
    scope: Scope | None = None
    """What a frame may show; None for everybody else."""
    groups: tuple[str, ...] = ()
    """Those that the provider or the proxy says."""

    def may(self, needed: Role) -> bool:
        """Whether it may do what needs this role."""
        return self.role.holds(needed)

    @property
    def is_ambient(self) -> bool:
        """Whether the browser shows it by itself, also for what another site made it ask."""
        return self.how in ("session", "proxy", "link")


ANYBODY: Final = Identity("anonymous", Role.ADMIN, "nobody asks")
"""Where nobody has to say who they are: routes decide by their settings, as they do on one person's machine."""
_asking: ContextVar[Identity] = ContextVar("asking", default=ANYBODY)


def asking() -> Identity:
    """Who asked what is being answered."""
    return _asking.get()


def answer_for(identity: Identity) -> None:
    """Let what follows in this task be an answer to this one."""
    _asking.set(identity)
