"""Signing in at an identity provider, and out again: `/login`, `/auth/callback`, `/sign-out`, `/signed-out`.

Who comes back gets a session of ours, new each time, and is led to the view they came for, if it is one of this page.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from collectors.contract.access import Role
from collectors.store.backend import StoreProblem
from dash_app.auth.doorman import Doorman
from dash_app.auth.identity import asking
from dash_app.auth.proxied import peer_of
from dash_app.auth.refusal import Refusal, no_role, too_many
from dash_app.auth.sessions import cookie_in, cookie_name, set_cookie
from dash_app.web.refused import refused, words

if TYPE_CHECKING:
    from dash_app.auth.oidc import Provider, Somebody

LOGIN_SECONDS: Final = 600
LONGEST_NEXT: Final = 2000
INSIDE: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
AGAIN: Final = '<p><a href="{home}">Sign in</a></p>'
OUT: Final = '<p><a href="{place}">Sign out at the identity provider too</a></p>'


def inside(wish: str | None) -> str:
    """A wished address, below the prefix, if it is one of this page; else the page itself."""
    is_ours = wish is not None and len(wish) <= LONGEST_NEXT and INSIDE.fullmatch(wish) is not None
    return wish if is_ours and wish is not None else "/"


def add_sign_in(server: FastAPI, doorman: Doorman) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    from dash_app.auth.oidc import Provider  # nobody else needs what it brings

    oidc = doorman.access.oidc
    if oidc is None:
        raise ValueError("mode oidc without a provider")
    api = SignIn(doorman, Provider(doorman.access, oidc))
    kept = Middleware(LoginCookie, doorman=doorman)
    server.router.routes.extend(
        [
            Route("/login", api.login, middleware=[kept]),
            Route("/auth/callback", api.callback, middleware=[kept]),
            Route("/signed-out", api.signed_out),
            Route("/sign-out", api.sign_out, methods=["POST"]),
            Route("/sign-out-everywhere", api.sign_out_everywhere, methods=["POST"]),
        ]
    )


class LoginCookie:
    """Keeps what Authlib has to know when somebody comes back: state, nonce and verifier, in a cookie for minutes."""

    def __init__(self, app: ASGIApp, doorman: Doorman) -> None:
        self._app = app
        self._doorman = doorman

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with the secret of this moment: another process may have changed it."""
        try:
            secret = await run_in_threadpool(self._doorman.sessions.secret)
        except StoreProblem as problem:
            await words("Not signed in", f"No session can be kept: {problem}", 503)(scope, receive, send)
            return
        kept = SessionMiddleware(
            self._app,
            secret_key=secret,
            session_cookie=cookie_name(self._doorman.url_prefix, "td-login"),
            max_age=LOGIN_SECONDS,
            same_site="lax",
            https_only=True,
        )
        await kept(scope, receive, send)


class SignIn:
    """The routes, at one provider."""

    def __init__(self, doorman: Doorman, provider: Provider) -> None:
        self._doorman = doorman
        self._provider = provider

    async def login(self, request: Request) -> Response:
        """Lead to the provider; `next` is where to come back to."""
        from dash_app.auth.oidc import Unreachable

        request.session["next"] = inside(request.query_params.get("next"))
        try:
            return await self._provider.way_there(request)
        except Unreachable as problem:
            return self._unreachable(problem)

    async def callback(self, request: Request) -> Response:
        """Take who comes back from the provider."""
        from dash_app.auth.oidc import NotSignedIn, Unreachable

        wait = self._doorman.limits.wait_seconds(self._doorman.peer_key(request.scope))
        if wait:
            return self._refused(request, too_many(wait))
        back = inside(request.session.get("next"))
        try:
            somebody = await self._provider.way_back(request)
        except NotSignedIn as problem:
            await self._note("sign-in failed", "", request, why=str(problem))
            return self._failed(request, Refusal(400, "not_signed_in", f"{problem}: try again"))
        except Unreachable as problem:
            return self._unreachable(problem)
        request.session.clear()
        return await self._begun(request, somebody, back)

    async def _begun(self, request: Request, somebody: Somebody, back: str) -> Response:
        role = self._doorman.access.roles.role_of(somebody.user, somebody.groups)
        if role is None:
            await self._note("sign-in refused", somebody.user, request, why="no role")
            return self._failed(request, no_role(somebody.user))
        try:
            before = cookie_in(request.scope["headers"], self._doorman.cookie)
            await run_in_threadpool(self._end_old, before)
            cookie = await run_in_threadpool(self._cookie, somebody, role)
        except StoreProblem as problem:
            return words("Not signed in", f"The session cannot be kept: {problem}", 503)
        await self._note("sign-in", somebody.user, request, role=role.value)
        answer = RedirectResponse(self._doorman.url_prefix.rstrip("/") + back, 303)
        answer.headers["Set-Cookie"] = cookie
        return answer

    def _end_old(self, cookie: str | None) -> None:
        """Nobody has two sessions in one browser."""
        old = self._doorman.sessions.session_of(cookie) if cookie else None
        if old is not None:
            self._doorman.store.end("sessions", lambda one: one.id == old.id)

    def _cookie(self, somebody: Somebody, role: Role) -> str:
        seconds = self._doorman.access.session_seconds
        groups = self._doorman.access.named_groups(somebody.groups)
        session = self._doorman.store.begin_session(somebody.user, role, seconds, groups=groups)
        return set_cookie(self._doorman.cookie, self._doorman.sessions.cookie_for(session), seconds=int(seconds) or 1)

    async def sign_out(self, _: Request) -> Response:
        """End the session that asks."""
        session = asking().session
        return await self._out(lambda one: one.id == session)

    async def sign_out_everywhere(self, _: Request) -> Response:
        """End every session of who asks."""
        user = asking().user
        return await self._out(lambda one: getattr(one, "user", None) == user)

    async def _out(self, is_meant: Callable[[Any], bool]) -> Response:
        try:
            await run_in_threadpool(self._doorman.store.end, "sessions", is_meant)
        except StoreProblem as problem:
            return words("Not signed out", f"The session cannot be ended: {problem}", 503)
        answer = RedirectResponse(f"{self._doorman.url_prefix}signed-out", 303)
        answer.headers["Set-Cookie"] = set_cookie(self._doorman.cookie, "")
        return answer

    async def signed_out(self, _: Request) -> Response:
        """Say that it is done, and where the provider's own session ends."""
        place = await self._provider.way_out()
        link = AGAIN.format(home=html.escape(self._doorman.url_prefix))
        link += OUT.format(place=html.escape(place)) if place else ""
        return words("You are signed out", "This page knows you no more.", link=link)

    def _failed(self, request: Request, refusal: Refusal) -> Response:
        self._doorman.limits.failed(self._doorman.peer_key(request.scope))
        return self._refused(request, refusal)

    def _refused(self, request: Request, refusal: Refusal) -> Response:
        request.session.clear()
        return refused(refusal, request.scope, self._doorman)

    def _unreachable(self, problem: Exception) -> Response:
        logging.getLogger(__name__).error("the identity provider does not answer as one: %s", problem)
        return words("Not signed in", "The identity provider cannot be reached; try again in a moment.", 502)

    async def _note(self, event: str, user: str, request: Request, **about: str) -> None:
        try:
            await run_in_threadpool(
                self._doorman.store.note, event, user=user, peer=peer_of(request.scope), how="session", **about
            )
        except StoreProblem as problem:
            logging.getLogger(__name__).error("the audit cannot be written: %s", problem)
