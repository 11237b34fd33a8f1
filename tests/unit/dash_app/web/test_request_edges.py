"""The edges of one request: a failure in the middle of an answer, bodies to the byte, names of hosts, prefixes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dash_app.web.body_limit import MAX_BODY_BYTES, BodyLimit
from dash_app.web.trust import AnswerHeaders, LastResort, TrustedHosts, UrlPrefix, content_security_policy, is_trusted

START: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


def scope_of(path: str = "/", method: str = "GET", **fields: Any) -> Scope:
    usual = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": [(b"host", b"localhost")]}
    return usual | fields


async def says_ok(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers anything, with what it was asked for."""
    await send(dict(START, headers=list(START["headers"])))
    await send({"type": "http.response.body", "body": scope.get("path", "").encode()})


def sent(app: ASGIApp, scope: Scope, *received: Message) -> list[Message]:
    """Every message of one request's answer."""
    messages: list[Message] = []
    waiting = list(received)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    return messages


def headers_of(messages: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in messages[0]["headers"]}


def failing_after(*messages: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
        raise RuntimeError("broken in the middle")

    return app


def test_a_failure_in_the_middle_of_an_answer_sends_no_second_head(caplog: pytest.LogCaptureFixture) -> None:
    """The server ends the connection instead: half an answer with an error's head behind it looks whole."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def nothing() -> Message:
        raise AssertionError("nothing is read")

    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError, match="broken in the middle"):
        asyncio.run(LastResort(failing_after(START))(scope_of("/api/state"), nothing, send))

    assert messages == [START]
    assert "request /api/state failed" in caplog.text


def test_a_failure_before_the_answer_is_told_in_a_word() -> None:
    messages = sent(LastResort(failing_after()), scope_of())

    assert [message["type"] for message in messages] == ["http.response.start", "http.response.body"]
    assert messages[0]["status"] == 500


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_a_failure_of_what_is_no_request_is_the_servers_to_tell(kind: str) -> None:
    with pytest.raises(RuntimeError, match="broken in the middle"):
        sent(LastResort(failing_after()), {"type": kind})


def body_of(*pieces: bytes) -> list[Message]:
    last = len(pieces) - 1
    return [{"type": "http.request", "body": piece, "more_body": at < last} for at, piece in enumerate(pieces)]


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([b"x" * MAX_BODY_BYTES], 200),
        ([b"x" * (MAX_BODY_BYTES + 1)], 413),
        ([b"x" * MAX_BODY_BYTES, b"", b"y"], 413),
        ([b"x", b"y" * (MAX_BODY_BYTES - 1)], 200),
    ],
)
def test_a_body_has_at_most_a_mebibyte(pieces: list[bytes], status: int) -> None:
    answer = sent(BodyLimit(says_ok), scope_of(method="POST"), *body_of(*pieces))

    assert answer[0]["status"] == status
    assert (headers_of(answer).get("connection") == "close") is (status == 413)


@pytest.mark.parametrize(
    ("announced", "status"),
    [(b"1048576", 200), (b"1048577", 413), (b"-1", 200), (b"many", 200), (b"", 200)],
)
def test_a_body_that_announces_too_much_is_refused_unread(announced: bytes, status: int) -> None:
    """What announces nothing that can be believed is counted."""
    scope = scope_of(method="POST", headers=[(b"content-length", announced)])

    assert sent(BodyLimit(says_ok), scope, *body_of(b"short"))[0]["status"] == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_question_without_a_body_is_not_waited_for(method: str) -> None:
    assert sent(BodyLimit(says_ok), scope_of(method=method))[0]["status"] == 200


def test_a_body_is_handed_on_once_and_what_follows_comes_from_the_connection() -> None:
    heard: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([await receive(), await receive()])
        assert scope["state"] == {"kept": 1, "body": b"whole"}

    gone = {"type": "http.disconnect"}
    sent(BodyLimit(app), scope_of(method="POST", state={"kept": 1}), *body_of(b"wh", b"ole"), gone)

    assert heard == [{"type": "http.request", "body": b"whole", "more_body": False}, gone]


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("dash.example", True),
        ("DASH.example:8050", True),
        (" dash.example ", True),
        ("a.team.example", True),
        ("a.b.team.example", True),
        ("team.example", False),
        (".team.example", False),
        ("steam.example", False),
        ("dash.example.evil", False),
        ("localhost", True),
        ("127.0.0.1:8050", True),
        ("[::1]:8050", True),
        ("[::2]", False),
        ("", False),
        (":8050", False),
        ("[127.0.0.1]evil.example", False),
        ("[::1]evil.example", False),
        ("[::1]:8050:1", False),
        ("[::1", False),
        ("[localhost]", False),
        ("[127.0.0.1]", False),
        ("localhost:", False),
        ("localhost:x", False),
        ("localhost:8050:evil", False),
        ("localhost/evil", False),
        ("user@localhost", False),
        ("localhost evil.example", False),
        ("localhost\x00", False),
    ],
)
def test_a_host_is_ours_by_its_whole_name_or_below_a_star(host: str, is_ours: bool) -> None:
    assert is_trusted(host, ["dash.example", "*.team.example"]) is is_ours


def test_a_star_alone_trusts_every_name_but_none() -> None:
    assert [is_trusted(host, ["*"]) for host in ("any.example", "", "[any.example]")] == [True, False, False]


@pytest.mark.parametrize(
    ("hosts", "path", "status"),
    [
        ([b"localhost"], "/", 200),
        ([b"evil.example"], "/", 400),
        ([b"evil.example"], "/healthz", 200),
        ([b"evil.example"], "/readyz", 200),
        ([b"evil.example"], "/healthz/x", 400),
        ([], "/", 400),
        ([b"localhost", b"evil.example"], "/", 400),
    ],
)
def test_every_name_that_a_request_gives_must_be_ours(hosts: list[bytes], path: str, status: int) -> None:
    scope = scope_of(path, headers=[(b"host", host) for host in hosts])

    assert sent(TrustedHosts(says_ok, []), scope)[0]["status"] == status


@pytest.mark.parametrize(
    ("prefix", "path", "inside"),
    [
        ("/dash/", "/dash/api/state", "/api/state"),
        ("/dash/", "/dash/", "/"),
        ("/dash/", "/dash", "/"),
        ("/dash/", "/dashboard", "/dashboard"),
        ("/dash/", "/api/state", "/api/state"),
        ("/", "/api/state", "/api/state"),
    ],
)
def test_a_prefix_is_taken_off_where_it_stands(prefix: str, path: str, inside: str) -> None:
    seen: list[tuple[str, bytes]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["path"], scope["raw_path"]))

    sent(UrlPrefix(app, prefix), scope_of(path, raw_path=path.encode()))

    assert seen == [(inside, inside.encode())]


def test_only_html_carries_the_policy_and_what_says_nothing_is_asked_for_again() -> None:
    html = dict(START, headers=[(b"content-type", b"text/html; charset=utf-8")])
    kept = dict(START, headers=[(b"cache-control", b"no-store")])

    async def answers(message: Message, scope: Scope, receive: Receive, send: Send) -> None:
        await send(message)

    told = [
        headers_of(sent(AnswerHeaders(lambda *a, m=message: answers(m, *a), policy=lambda: "rules"), scope_of(path)))
        for message, path in ((html, "/"), (dict(START, headers=[]), "/"), (kept, "/"))
    ]

    assert [head.get("content-security-policy") for head in told] == ["rules", None, None]
    assert [head["cache-control"] for head in told] == ["no-cache", "no-cache", "no-store"]
    assert {head["x-content-type-options"] for head in told} == {"nosniff"}
    assert {head["referrer-policy"] for head in told} == {"same-origin"}


def test_scripts_are_allowed_by_hash_and_frames_by_name() -> None:
    policy = dict(rule.split(" ", 1) for rule in content_security_policy(["'sha256-x'"], ["https://wiki"]).split("; "))

    assert policy["script-src"] == "'self' 'sha256-x'"
    assert policy["frame-ancestors"] == "'self' https://wiki"
    assert policy["object-src"] == "'none'"
    assert policy["default-src"] == policy["connect-src"] == policy["base-uri"] == "'self'"
