"""Why somebody is not let in: a status, a word for programs, a sentence for people, and what the audit says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.contract.access import Role


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal; it never repeats what was shown to prove an identity."""

    status: int
    error: str
    message: str
    event: str = ""
    """What the audit calls it; empty for what anybody meets who is not signed in."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What else programs are told."""
    user: str = ""
    """Who was refused, where that is known."""
    retry_seconds: int = 0


HIDDEN = Refusal(404, "not_found", "there is nothing here")
"""To who may not even know whether there is something."""
SIGNED_OUT = Refusal(401, "signed_out", "you are signed out: sign in, and ask again")


def needs(needed: Role, have: Role, user: str) -> Refusal:
    """Somebody who is known may not do this."""
    more = {"needs": needed.value, "have": have.value}
    return Refusal(403, "forbidden", f"this needs the role {needed}; you are {have}", "refused", more, user)


def no_role(user: str) -> Refusal:
    """Somebody who is known may do nothing here."""
    message = f"{user} is signed in and has no role here: ask who runs this page"
    return Refusal(403, "no_role", message, "refused", {"have": "none"}, user)


def too_many(seconds: float) -> Refusal:
    """Somebody has failed too often."""
    wait = max(1, round(seconds))
    return Refusal(429, "too_many_attempts", f"too many attempts failed: try again in {wait} s", retry_seconds=wait)
