"""A server -> thousands of requests that no browser sends, over raw sockets, and what was answered.

    found = fuzz_requests(server.url, 5_000, seed=1)
    found.statuses     status -> how often; 0 is a connection that ended without an answer, or gave none in time
    found.broken       every request that was answered with 5xx, with its answer

Methods, addresses, headers and bodies are mixed and spoilt; a third are callbacks, right but for their values or wrong
somewhere. Nothing here is a fault: a server that is right answers every one of them with less than 500.
"""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from support.callback_bodies import Body, right_bodies

WORKERS = 8
ANSWER_SECONDS = 1.0
"""A request that is not whole gets no answer before it is given up; what it did is in the server's log all the same."""
HEAD_BYTES = 64
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PURGE", "get", "QUERY", "")
CALLBACK = "/_dash-update-component"
PATHS = (
    "/", "/api/state", "/api/pulse", "/api/events", "/api/series", "/api/preview", "/api/runs", "/api/runs.csv",
    "/api/runs.json", "/api/runs/x", "/api/compare", "/api/baseline", "/healthz", "/readyz", "/report.html",
    "/badge.svg", "/graph.svg", "/oembed", "/_dash-layout", "/_dash-dependencies", "/_reload-hash", "/_favicon.ico",
    "/_dash-ws-callback", "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js",
    "/_dash-component-suites/", "/_dash-config", "/assets/page.css", "/assets/page.js", "/assets/core.js", "/_mcp",
    "/_alive_x", "/favicon.ico", CALLBACK, CALLBACK, "/docs", "/openapi.json",
)  # fmt: skip
NAMES = (
    "run", "baseline", "path", "stream", "series", "from", "to", "points", "view", "stage", "v", "m", "url", "format",
    "maxwidth", "maxheight", "text", "verdict", "since", "until",
    "sort", "page", "offset", "limit", "columns", "theme",
    "embed", "panel", "axis", "tag", "metric", "last", "raw", "cacheKey", "job", "endId",
)  # fmt: skip
HEADERS = (
    "Range: bytes=0-", "Range: bytes=9-1,-5", "Range: lines=1",
    "If-None-Match: *", 'If-None-Match: "x', "If-Range: x",
    "If-Modified-Since: yesterday",
    "If-Modified-Since: Thu, 99 Jan 99999 00:00:00 GMT", "Accept-Encoding: br;q=x, gzip",
    "Accept: */*;q=\xff", "Content-Type: application/json",
    "Content-Type: text/html; charset=\x00", "Cookie: a=b; =; ;",
    "Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=x", "Expect: 100-continue",
    "Transfer-Encoding: chunked", "Transfer-Encoding: gzip",
    "Content-Length: -1", "Content-Length: 99999999999999999999",
    "Upgrade: websocket", "Connection: Upgrade", "Upgrade: h2c",
    "HTTP2-Settings: x", "X-Forwarded-For: ::::", "Forwarded: x",
    "X-Forwarded-Proto: gopher", "X-Forwarded-Host: [", "Origin: null",
    "Origin: http://[", "Referer: http://[", "Referer: \xe9",
    "Referer: http://x/?embed=1&embed=0", "Sec-Fetch-Site: same-origin",
    "Sec-WebSocket-Key: x", "Authorization: Basic \xff",
    "X-HTTP-Method-Override: DELETE", "Host: [::1", "Host: localhost:99999",
    "Last-Event-ID: \x01", "Accept-Language: \xff" * 9,
    "Max-Forwards: 0", "Keep-Alive: x", "TE: trailers", "Content-Encoding: gzip", "Date: never", "Via: \x7f",
)  # fmt: skip
HOSTS = (
    "localhost",
    "127.0.0.1:1",
    "[::1]",
    "LOCALHOST.",
    "",
    "evil.example",
    "[127.0.0.1]evil.example",
    "localhost:x",
)


@dataclass
class Found:
    """What came of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Request and the beginning of its answer, both shortened."""


def fuzz_requests(url: str, count: int, seed: int) -> Found:
    """Send so many requests, the same ones for the same seed."""
    bodies = right_bodies(httpx.get(f"{url}_dash-dependencies").json())
    place = urlsplit(url)
    address = (place.hostname or "127.0.0.1", place.port or 80)
    chance, found = random.Random(seed), Found()
    asked = [request_by(chance, bodies) for _ in range(count)]
    with ThreadPoolExecutor(WORKERS) as several:
        for request, answer in zip(asked, several.map(lambda one: answer_to(address, one), asked), strict=True):
            status = int(answer[9:12]) if answer[9:12].isdigit() else 0
            found.statuses[status] += 1
            if status >= 500:
                found.broken.append((request[:2000], answer))
    return found


def answer_to(address: tuple[str, int], request: bytes) -> bytes:
    """The beginning of the answer; empty where there is none."""
    answer = b""
    try:
        with socket.create_connection(address, 30) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(request)
            while len(answer) < HEAD_BYTES and (part := connection.recv(4096)):
                answer += part
    except OSError:
        pass
    return answer[:HEAD_BYTES]


def request_by(chance: random.Random, bodies: Sequence[Body]) -> bytes:
    """One request."""
    request = callback_by(chance, bodies) if chance.random() < 0.35 else plain_by(chance)
    return spoilt(chance, request) if chance.random() < 0.25 else request


def plain_by(chance: random.Random) -> bytes:
    """Any method at any address with any headers."""
    method = chance.choice(METHODS) if chance.random() < 0.4 else "GET"
    headers = chance.sample(HEADERS, chance.choice((0, 0, 1, 1, 2, 4)))
    body = text_by(chance).encode("utf-8", "surrogatepass") if method in ("POST", "PUT", "PATCH") else b""
    return spelt(chance, f"{method} {target_by(chance)}", headers, body)


def target_by(chance: random.Random) -> str:
    """An address: ours, a part of it, or another form of one."""
    path = chance.choice(PATHS)
    match chance.randrange(8):
        case 0:
            path += quoted(text_by(chance), "/%")[:3000]
        case 1:
            path = path[: chance.randrange(len(path))] + chance.choice(
                ("%00", "..", "/../", "%2e%2e%2f", "\\", "//", "%ff")
            )
        case 2:
            path = chance.choice(
                ("*", "http://localhost" + path, "localhost:80", "//", "?", "http://[", "/" + "a" * 5000)
            )
    fields = [f"{chance.choice(NAMES)}={quoted(text_by(chance))[:2000]}" for _ in range(chance.choice((0, 0, 1, 2, 5)))]
    return path + ("?" + "&".join(fields) if fields else "")


def quoted(text: str, safe: str = "") -> str:
    """Percent-encoded, also what is no text."""
    return quote(text, safe=safe, errors="surrogatepass")


def callback_by(chance: random.Random, bodies: Sequence[Body]) -> bytes:
    """A callback's own body with other values, and sometimes with another thing anywhere."""
    body = json.loads(json.dumps(chance.choice(bodies)))
    for wire in [*body["inputs"], *body["state"]]:
        if isinstance(wire, dict) and chance.random() < 0.8:
            wire["value"] = value_by(chance)
    if chance.random() < 0.3:
        body[chance.choice((*body, "x"))] = value_by(chance)
    kind = "Content-Type: application/json"
    method = "POST" if chance.random() < 0.85 else chance.choice(METHODS)
    return spelt(chance, f"{method} {CALLBACK}", [kind], json.dumps(body).encode("utf-8", "surrogatepass"))


def spelt(chance: random.Random, line: str, headers: Sequence[str], body: bytes) -> bytes:
    """Head and body, with a length that is mostly right."""
    host = "localhost" if chance.random() < 0.9 else chance.choice(HOSTS)
    lines = [f"{line} HTTP/1.{chance.choice('1111110')}", f"Host: {host}", *headers]
    if body or chance.random() < 0.1:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join([*lines, "", ""])).encode("latin-1", "replace") + body


def spoilt(chance: random.Random, request: bytes) -> bytes:
    """The same with some bytes replaced, doubled or left out."""
    spoilt_one = bytearray(request)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(spoilt_one) or 1)
        match chance.randrange(3):
            case 0:
                spoilt_one[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                spoilt_one[at:at] = spoilt_one[at : at + 20]
            case 2:
                del spoilt_one[at : at + chance.randrange(8)]
    return bytes(spoilt_one)


def text_by(chance: random.Random) -> str:
    """Text of many kinds."""
    return chance.choice(
        (
            "", "live", "-", "run-20261101-000000", "null",
            "0", "-1", "1e999", "nan", "9" * 400, "../../etc/passwd", "\x00",
            "{}", "[]", "[" * 3000, '{"run_id":null}', '{"run_id":[]}',
            "\u2028\U0001f600", "\ud800", "<script>", "%", "a=b&a=c",
            "patchtst", "swinmae", "val_loss", "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(30)),
        )
    )  # fmt: skip


def value_by(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    kind = chance.randrange(8 if depth < 3 else 5)
    if kind < 3:
        return text_by(chance)
    if kind == 3:
        return chance.choice((None, True, False, 0, -1, 2**70, 1e308, 0.5, float("nan"), float("inf")))
    if kind < 6:
        return [value_by(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {text_by(chance): value_by(chance, depth + 1) for _ in range(chance.randrange(4))}
