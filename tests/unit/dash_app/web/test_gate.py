"""The gate over a small application: what passes, how answers become private, and which failures end a stream."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from support.signing_in import new_token, scope_of

from collectors.contract.access import Role
from collectors.store.access import AccessStore
from collectors.store.store import Store
from dash_app.auth.config import Access
from dash_app.auth.doorman import Doorman
from dash_app.web.audit import Audit
from dash_app.web.gate import Gate, StreamEnded


def saying(*headers: tuple[str, str], failing: BaseException | None = None) -> ASGIApp:
    """An application that answers with these headers, and then breaks, or not."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        named = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": 200, "headers": named})
        await send({"type": "http.response.body", "body": b"inside"})
        if failing is not None:
            raise failing

    return app


class Guarded:
    """A gate around it, and a viewer's token."""

    def __init__(self, folder: Path) -> None:
        Store(folder)
        self.store = AccessStore(folder)
        self.doorman = Doorman(Access(mode="token"), self.store)
        self.audit = Audit(folder)
        self.token = new_token(self.store, Role.VIEWER)

    def ask(self, app: ASGIApp, path: str = "/api/state", *, shown: bool = True, **scope: Any) -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        headers = {"host": "localhost"} | ({"authorization": f"Bearer {self.token}"} if shown else {})
        asked = scope_of("GET", path, headers) | scope
        asyncio.run(Gate(app, self.doorman, self.audit)(asked, receive, send))
        return sent


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    return Guarded(tmp_path)


def headers_of(messages: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in messages[0]["headers"]}


def test_who_is_known_gets_in_and_others_get_nothing_of_what_is_inside(guarded: Guarded) -> None:
    known, nobody = guarded.ask(saying()), guarded.ask(saying(), shown=False)

    assert (known[0]["status"], known[1]["body"]) == (200, b"inside")
    assert nobody[0]["status"] == 401 and b"inside" not in b"".join(one.get("body", b"") for one in nobody)


def test_no_socket_is_opened_and_what_is_no_request_passes(guarded: Guarded) -> None:
    assert guarded.ask(saying(), type="websocket") == [{"type": "websocket.close", "code": 4401}]
    assert len(guarded.ask(saying(), type="lifespan", shown=False)) == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (None, "private, no-cache"),
        ("no-store", "private, no-store"),
        ("public, max-age=1, immutable", "public, max-age=1, immutable"),
    ],
)
def test_an_answer_to_somebody_is_kept_by_nobody_else(guarded: Guarded, said: str | None, kept: str) -> None:
    headers = headers_of(guarded.ask(saying(*([("cache-control", said)] if said else []))))

    assert (headers["cache-control"], headers["vary"]) == (kept, "Cookie")
    open_to_all = headers_of(guarded.ask(saying(("x", "y")), "/healthz", shown=False))
    assert open_to_all == {"x": "y"}


def test_only_a_stream_ends_with_the_token_it_was_opened_by(guarded: Guarded) -> None:
    def told(kind: str) -> list[bytes]:
        async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
            guarded.store.end("tokens", lambda _: True)
            await send({"type": "http.response.body", "body": b"more", "more_body": True})

        guarded.token = new_token(guarded.store, Role.VIEWER)
        return [message["body"] for message in guarded.ask(app)[1:]]

    assert told("application/json") == [b"more"]
    assert told("text/event-stream; charset=utf-8") == [b""]


def test_a_stream_that_ended_is_no_failure_and_everything_else_is_one(guarded: Guarded) -> None:
    alone = BaseExceptionGroup("one", [BaseExceptionGroup("one", [StreamEnded()])])

    assert len(guarded.ask(saying(failing=StreamEnded()))) == len(guarded.ask(saying(failing=alone))) == 2
    with pytest.raises(RuntimeError):
        guarded.ask(saying(failing=RuntimeError()))
    with pytest.raises(BaseExceptionGroup):
        guarded.ask(saying(failing=ExceptionGroup("two", [StreamEnded(), StreamEnded()])))
