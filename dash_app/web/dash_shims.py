"""All that leans on the insides of Dash, each part with what it waits for; nothing else in the house knows them.

Input: a Dash application, or a request to one of Dash's own addresses. Output: the application without what we do
not want of it, or a refusal where Dash would stumble. Looked through again whenever Dash is renewed (4.4.1 here);
an issue `#N` is https://github.com/plotly/dash/issues/N.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, dash_table
from dash.backends import _fastapi
from dash.fingerprint import check_fingerprint
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dash_app.web.answers import failure, not_found
from dash_app.web.callback_shape import callback_problem

CALLBACK_PATH = "/_dash-update-component"
SUITES_PATH = "/_dash-component-suites/"
ANSWERED = 200


def without_callback_socket() -> None:
    """Let no page offer a socket for callbacks; call it before the application is made.

    #3939, closed by pull request #3941: the page of an application without socket callbacks opens none any more.
    But the route `/_dash-ws-callback` and a worker script stay as long as the backend says that it can: this goes
    when `Dash(...)` has a switch for it (no issue known).
    """
    _fastapi.FastAPIDashServer.websocket_capability = False


def without_tables() -> None:
    """Let no page load Dash's own table, which nobody here draws; call it before the application is made.

    Its scripts stand among those of every page, used or not (no issue known); it goes when Dash lets them be left out.
    """
    dash_table._js_dist.clear()  # type: ignore[attr-defined] # Dash does not annotate it


def prepared(app: Dash) -> None:
    """Let the application know the page's files and callbacks now, not with the first request that it answers.

    #3971, open: the guard of `_setup_server` is set before its work is done, so whoever asks meanwhile finds no
    file registered. And a worker that gets its first request for a file has never answered a page.
    """
    app._setup_server()  # type: ignore[no-untyped-call] # Dash does not annotate it


def answer_unknown_addresses(server: FastAPI) -> None:
    """Answer 404 where nothing is; call it when every route is there.

    Pull request #3668: Dash answers its page at every address that no route has, from the start of the server on.
    Documented as the way to pages of one's own; it goes when that can be switched off (no issue known).
    """
    server.router.routes.append(Route("/{path:path}", _nothing_here))


async def _nothing_here(_: Request) -> Response:
    return not_found()


def asked_address(app: Dash) -> str:
    """Return the whole address of the request that is being answered, as its server sees it; empty without one.

    Dash calls `interpolate_index` without the request, and its `Request` is in a variable of its own. No issue
    known; it goes when the index is made from a request that is handed on. `_setup_server` makes the page once for
    nobody, to see that it can be made.
    """
    try:
        return str(app.backend.request_adapter().url)
    except RuntimeError:
        return ""


def without_version(path: str) -> str:
    """Return a component file's path as its package knows it.

    `dash.fingerprint` is not documented; pull request #973 made it. No issue known; it goes when Dash itself calls
    files with their version in the name immutable, for it says only how long they may be kept.
    """
    return str(check_fingerprint(path)[0])  # type: ignore[no-untyped-call] # Dash does not annotate it


def is_versioned(path: str) -> bool:
    """Whether a component file's name carries its version."""
    return without_version(path) != path


def is_known_file(path: str, known: Mapping[str, set[str]]) -> bool:
    """Whether a component's file is one that the page may ask for; `known` is Dash's own, files by package."""
    package, _, file = path.removeprefix(SUITES_PATH).partition("/")
    return without_version(file) in known.get(package, ())


class DashGuard:
    """Answers 400, 404 or 405 to what Dash would answer with 500.

    Files: #393, mended for Flask by pull request #394; the backend for FastAPI has no such handler. Callbacks: pull
    request #1546 compares the outputs alone, and raises. No issue is known for either on this backend; the guard
    goes when `test_callback_shape.py` and `test_dash_shims.py` pass without it.
    """

    def __init__(self, app: ASGIApp, dash_app: Dash) -> None:
        self._app = app
        self._dash_app = dash_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a callback's body was read before, by `BodyLimit`."""
        refusal: Response | None = None
        if scope["type"] == "http" and scope["path"].startswith(SUITES_PATH):
            known = self._dash_app.registered_paths
            refusal = None if is_known_file(scope["path"], known) else not_found()
        elif scope["type"] == "http" and scope["path"] == CALLBACK_PATH:
            refusal = self._refusal(scope)
            send = _named_json(send)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        if scope["method"] != "POST":
            answer = failure(405, "method_not_allowed", "callbacks are asked with POST")
            answer.headers["Allow"] = "POST"
            return answer
        wrong = self._what_is_wrong(scope)
        return failure(400, "malformed_callback", wrong) if wrong else None

    def _what_is_wrong(self, scope: Scope) -> str | None:
        if not Headers(scope=scope).get("content-type", "").startswith("application/json"):
            return "the body must be application/json"
        return callback_problem(scope["state"]["body"], self._dash_app.callback_map)


def _named_json(send: Send) -> Send:
    """Say what a callback's answer is: without a type it is not packed.

    `FastAPIResponseAdapter.set_response` leaves the type out where Flask's says it. No issue known.
    """

    async def send_named(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == ANSWERED:
            MutableHeaders(scope=message).setdefault("content-type", "application/json")
        await send(message)

    return send_named


class RememberedFiles:
    """Answers 304 for a component's file without reading it again: it cannot change while we run.

    Dash reads and hashes the whole file to say that nothing changed (as made by pull request #973); the chart
    library has 4.8 MB. No issue known; it goes when Dash remembers what it hashed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._etags: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(SUITES_PATH):
            await self._app(scope, receive, send)
            return

        async def send_and_note(message: Message) -> None:
            etag = Headers(raw=message.get("headers", [])).get("etag")
            if etag and message.get("status") == ANSWERED:
                self._etags[path] = etag
            await send(message)

        known = self._etags.get(path)
        if known and Headers(scope=scope).get("if-none-match") == known:
            await Response(status_code=304, headers={"ETag": known})(scope, receive, send)
        else:
            await self._app(scope, receive, send_and_note)
