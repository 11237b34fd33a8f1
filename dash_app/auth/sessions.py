"""A session's record -> the cookie that stands for it, and back: signed, dated, and looked up in the store.

`{sid, user, role, expires}` and the signature; it is refused when it is expired, when its store does not know it any
more (signed out, everywhere or by an admin), or when it was made by other hands. Two secrets count: while the new one
signs, who signed in under the one before stays signed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

from collectors.contract.access import Session, is_good
from collectors.store.access import AccessStore
from collectors.store.backend import StoreProblem

SALT: Final = "training-dashboard.session"
LONGEST_COOKIE: Final = 4096
"""Bytes of what could be a cookie of ours."""


def cookie_name(url_prefix: str, kind: str = "td") -> str:
    """The name of a cookie for a page at this prefix: `__Host-` wants Path=/, and there may be two pages on a host."""
    return f"__Host-{kind}-{hashlib.sha256(url_prefix.encode()).hexdigest()[:8]}"


def cookie_in(headers: Sequence[tuple[bytes, bytes]], name: str) -> str | None:
    """The value of a cookie that is sent once; one that comes twice is nobody's."""
    wanted = name.encode() + b"="
    sent = [part.strip() for key, value in headers if key == b"cookie" for part in value.split(b";")]
    found = [part for part in sent if part.startswith(wanted)]
    return found[0][len(wanted) :].decode("latin-1") if len(found) == 1 else None


def set_cookie(name: str, value: str, *, seconds: int | None = None, in_frames: bool = False) -> str:
    """A `Set-Cookie`; no seconds take the cookie away."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[name] = value
    morsel = cookie[name]
    morsel["path"], morsel["secure"], morsel["httponly"] = "/", True, True
    morsel["samesite"] = "None" if in_frames else "Lax"
    morsel["max-age"] = seconds or 0
    return morsel.OutputString() + ("; Partitioned" if in_frames else "")


class Sessions:
    """Cookies of one page's sessions."""

    def __init__(self, store: AccessStore, own_secrets: Sequence[bytes] = ()) -> None:
        self._store = store
        self._own = tuple(own_secrets)

    def secret(self) -> str:
        """What signs the way to an identity provider and back. Raises StoreProblem."""
        return (self._own or self._store.secrets())[0].hex()

    def _signer(self, salt: str) -> URLSafeSerializer:
        # itsdangerous signs with the last one and takes any.
        keys = [*reversed(self._own or self._store.secrets())]
        return URLSafeSerializer(keys, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})

    def cookie_for(self, session: Session) -> str:
        """The cookie's value. Raises StoreProblem where there is no secret to sign with."""
        told = {"sid": session.id, "user": session.user, "role": session.role.value}
        return self.signed(told | {"expires": int(session.expires_at.timestamp())}, SALT)

    def session_of(self, cookie: str) -> Session | None:
        """The session that a cookie stands for; None for what is none, any more."""
        told = self.opened(cookie, SALT)
        found = self._store.session(str(told.get("sid"))) if told else None
        return found if found is not None and is_good(found, datetime.now(UTC)) else None

    def signed(self, told: dict[str, Any], salt: str) -> str:
        """Something that only we can have written. Raises StoreProblem."""
        text = self._signer(salt).dumps(told)
        return text if isinstance(text, str) else text.decode("ascii")

    def opened(self, text: str, salt: str) -> dict[str, Any] | None:
        """What was signed with this salt; None for what was not."""
        if len(text) > LONGEST_COOKIE:
            return None
        try:
            found = self._signer(salt).loads(text)
        except (BadData, StoreProblem):
            return None
        return found if isinstance(found, dict) else None
