"""What is changed, and by whom -> one line of the audit, written before anybody hears that it was changed.

Everything that is no question and no callback changes something. It holds no query of an address, which may hold a
token. Where nobody has to sign in it is all that is left of the gate.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collectors.store.backend import StoreProblem
from collectors.store.place import Place
from dash_app.auth.identity import ANYBODY, Identity
from dash_app.web.dash_shims import CALLBACK_PATH

if TYPE_CHECKING:
    from collectors.store.access import AccessStore

READING: Final = ("GET", "HEAD")
LONGEST_PATH: Final = 200
REFUSED: Final = 400


class Audit:
    """The audit of one store."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @cached_property
    def _store(self) -> AccessStore:
        from collectors.store.access import AccessStore  # who only shows a page writes nothing down

        return AccessStore(self._place)

    def of_writes(self, scope: Scope, who: Identity, send: Send) -> Send:
        """Let a change be written down before its answer is sent; what a route tells (`tell_audit`) is added."""
        if scope["type"] != "http" or scope["method"] in READING or scope["path"] == CALLBACK_PATH:
            return send
        about: dict[str, Any] = {}
        scope["state"] = {**scope.get("state", {}), "audit": about}

        async def send_audited(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < REFUSED:
                await self.note("write", who, scope, **about)
            await send(message)

        return send_audited

    async def note(self, event: str, who: Identity | str, scope: Scope, **about: Any) -> None:
        """Add one line; where it cannot be written the server's log says so."""
        told = {"user": who.user, "role": who.role, "how": who.how} if isinstance(who, Identity) else {"user": who}
        told |= {"method": scope["method"], "path": scope["path"][:LONGEST_PATH]}
        try:
            await run_in_threadpool(lambda: self._store.note(event, **(about | told)))
        except StoreProblem as problem:
            logging.getLogger(__name__).error("the audit cannot be written: %s", problem)


class Audited:
    """What stands in the gate's place where nobody has to sign in."""

    def __init__(self, app: ASGIApp, audit: Audit) -> None:
        self._app = app
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, self._audit.of_writes(scope, ANYBODY, send))
