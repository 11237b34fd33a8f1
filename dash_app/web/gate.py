"""The one gate: a request -> the application inside, for who may; everybody else is refused before anything is read.

It denies by default: what `auth.needs` does not open is for those who are known and have the role. It goes around
everything but the headers, the prefix and the trusted hosts. A stream ends with the session that it was opened by.
What changes something is written to the audit before its answer is sent, and so is every refusal that tells something.
"""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collectors.contract.access import Link
from collectors.store.backend import StoreProblem
from dash_app.auth.doorman import Doorman
from dash_app.auth.identity import ANYBODY, Identity, answer_for
from dash_app.auth.needs import READING
from dash_app.auth.proxied import peer_of, proxied_scheme
from dash_app.auth.refusal import Refusal, needs
from dash_app.web.answers import failure
from dash_app.web.audit import Audit
from dash_app.web.origin import is_from_this_page
from dash_app.web.refused import refused

POLICY_VIOLATION: Final = 4401
"""What a websocket is closed with that nobody may open."""
FOREIGN: Final = Refusal(403, "foreign_request", "this is done by this page only, not by another site", "refused")


class StreamEnded(Exception):
    """Whoever follows a stream is signed out; what makes it may stop."""


class Gate:
    """Lets in who may."""

    def __init__(self, app: ASGIApp, doorman: Doorman, audit: Audit) -> None:
        self._app = app
        self._doorman = doorman
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        access = self._doorman.access
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        link = self._doorman.redeemed(scope)
        if isinstance(link, Link):
            await self._trade(link, scope, receive, send)
            return
        found = link or self._let_in(scope)
        if isinstance(found, Refusal):
            await self._refuse(found, scope, receive, send)
            return
        answer_for(found)
        if access.mode == "proxy":
            scope["scheme"] = proxied_scheme(scope, access)
        await self._answer(scope, receive, send, found)

    async def _trade(self, link: Link, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead a frame to its address without the token, with a cookie that only frames of that site show again."""
        try:
            address, cookie = await run_in_threadpool(self._doorman.frames.traded, link)
        except StoreProblem as problem:
            await failure(503, "not_saved", str(problem))(scope, receive, send)
            return
        headers = {"Set-Cookie": cookie, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        await RedirectResponse(address, 303, headers)(scope, receive, send)

    def _let_in(self, scope: Scope) -> Identity | Refusal:
        """Who asks, where they may; nobody in particular at what is open to all."""
        method = scope["method"]
        need = self._doorman.need(method, scope["path"])
        if need is None:
            return ANYBODY
        found = self._doorman.identity(scope)
        if isinstance(found, Refusal):
            return found
        if not found.may(need):
            return needs(need, found.role, found.user)
        if method not in READING and found.is_ambient and not is_from_this_page(Headers(scope=scope)):
            return FOREIGN
        return found

    async def _answer(self, scope: Scope, receive: Receive, send: Send, identity: Identity) -> None:
        answer = self._private(scope, send) if identity is not ANYBODY else send
        try:
            await self._app(scope, receive, self._audit.of_writes(scope, identity, answer))
        except Exception as problem:
            if not isinstance(_cause(problem), StreamEnded):
                raise

    def _private(self, scope: Scope, send: Send) -> Send:
        """Let nobody else keep the answer, and end a stream with what it was opened by."""
        is_stream = False

        async def send_private(message: Message) -> None:
            nonlocal is_stream
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kept = headers.get("cache-control", "no-cache")
                if "immutable" not in kept:
                    headers["Cache-Control"] = f"private, {kept}"
                headers.add_vary_header("Cookie")
                is_stream = headers.get("content-type", "").startswith("text/event-stream")
            elif is_stream and isinstance(self._doorman.identity(scope), Refusal):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                raise StreamEnded
            await send(message)

        return send_private

    async def _refuse(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal.event:
            more = dict(refusal.more) | {"error": refusal.error, "peer": peer_of(scope)}
            await self._audit.note(refusal.event, refusal.user, scope, **more)
        await refused(refusal, scope, self._doorman)(scope, receive, send)


def _cause(problem: BaseException) -> BaseException:
    """What is in a group of one: tasks wrap what they raise."""
    while isinstance(problem, BaseExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem
