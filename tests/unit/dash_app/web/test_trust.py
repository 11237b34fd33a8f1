"""What a real server refuses, and what every answer of it carries."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import NamedTuple

import brotli
import httpx
import pytest
from support.server import RunningServer, start_server
from support.states import good_state
from support.wire import raw_exchange, raw_get, status_of

from collectors.store.store import Store
from dash_app.web.trust import is_trusted

CALLBACK = "_dash-update-component"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server with a good state; no test here changes it."""
    running = start_server(tmp_path_factory.mktemp("security"))
    Store(running.state_dir).write_state(good_state())
    yield running
    running.stop()


class Page(HTMLParser):
    """The addresses that a page loads, and its inline scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self._script_type: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        is_loaded = tag == "link" and known.get("rel") != "alternate"
        address = known.get("src") or (known.get("href") if is_loaded else None)
        if address and not address.startswith("data:"):
            self.addresses.append(address)
        is_inline = tag == "script" and "src" not in known
        self._script_type = known.get("type") or "classic" if is_inline else None

    def handle_data(self, data: str) -> None:
        if self._script_type in ("classic", "application/javascript"):
            self.inline.append(data)
        self._script_type = None


def test_the_page_allows_its_own_scripts_and_nothing_else(server: RunningServer) -> None:
    """The policy, word for word; every inline script of the page is in it by its hash."""
    page = server.get("/")
    hashes = [sha256_source(script) for script in Page(page.text).inline]

    assert page.headers["content-security-policy"] == (
        f"default-src 'self'; script-src 'self' {' '.join(hashes)}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        "worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'self'"
    )
    assert hashes


def test_only_html_carries_the_policy_and_everything_the_other_headers(
    server: RunningServer,
) -> None:
    answers = [server.get(path) for path in ("/", "/api/state", "/nope", "/api/runs/x", "/healthz")]
    answers.append(server.get("/", host="evil.example"))

    assert ["content-security-policy" in answer.headers for answer in answers] == [True] + [False] * 5
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
    assert {answer.headers["referrer-policy"] for answer in answers} == {"same-origin"}
    assert not any("x-frame-options" in answer.headers for answer in answers)
    assert not any("server" in answer.headers for answer in answers)


def test_named_sites_may_embed_the_page(serve: Callable[..., RunningServer]) -> None:
    server = serve(options=["--frame-ancestors", "https://wiki.example", "https://*.git.example:8443"])

    policy = server.get("/").headers["content-security-policy"]

    assert policy.endswith("frame-ancestors 'self' https://wiki.example https://*.git.example:8443")


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:8050", "[::1]:8050", "LOCALHOST"])
def test_this_machine_is_trusted_under_each_of_its_names(server: RunningServer, host: str) -> None:
    assert status_of(raw_get(server.url, "/api/state", f"Host: {host}")) == 200


@pytest.mark.parametrize(
    "headers",
    [
        ["Host: evil.example"],
        ["Host: localhost.evil.example"],
        ["Host: evillocalhost"],
        ["Host: 127.0.0.1.evil.example:8050"],
        ["Host: "],
        ["Host: localhost@evil.example"],
        ["Host: localhost", "Host: evil.example"],
    ],
)
def test_a_name_that_is_not_ours_is_refused(server: RunningServer, headers: list[str]) -> None:
    """A foreign site may point its own name at this address; it must get nothing."""
    for path in ("/", "/api/state", "/assets/tokens.css"):
        assert status_of(raw_get(server.url, path, *headers)) == 400


def test_probes_are_answered_under_any_name(server: RunningServer) -> None:
    """An orchestrator asks by address, and learns nothing about a run."""
    assert status_of(raw_get(server.url, "/healthz", "Host: 10.1.2.3:8050")) == 200
    assert status_of(raw_get(server.url, "/readyz", "Host: 10.1.2.3:8050")) == 503


def test_named_hosts_and_their_sub_domains_are_trusted() -> None:
    trusted = ("dashboard.example", "*.team.example")

    assert is_trusted("dashboard.example:443", trusted)
    assert is_trusted("a.team.example", trusted)
    assert is_trusted("localhost", trusted)
    assert not is_trusted("sub.dashboard.example", trusted)
    assert not is_trusted("team.example", trusted)
    assert not is_trusted("evilteam.example", trusted)
    assert is_trusted("anything.example", ("*",))
    assert not is_trusted("", ("*",))


def test_a_body_over_a_mebibyte_is_refused_however_it_is_sent(server: RunningServer) -> None:
    """Announced or in chunks without a length; one byte less is read and judged."""
    body = b"x" * ((1 << 20) + 1)

    assert post(server, body).status_code == 413
    assert post(server, chunks(body)).status_code == 413
    assert post(server, body[:-1]).status_code == 400


def test_a_body_that_only_claims_to_be_huge_is_refused_before_it_is_sent(
    server: RunningServer,
) -> None:
    request = f"POST /{CALLBACK} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {1 << 40}\r\n\r\n"

    assert status_of(raw_exchange(server.url, request.encode())) == 413


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"x",
        b"",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"output":' * 50_000,
        b'{"output": 1}',
        b'{"output": "no-such.output", "inputs": []}',
        b'{"output": {"a": 1}, "inputs": [], "outputs": []}',
    ],
)
def test_a_malformed_callback_is_the_senders_fault(server: RunningServer, body: bytes) -> None:
    """A 500 would say that the page is broken."""
    answer = post(server, body)

    assert answer.status_code == 400
    assert answer.json()["error"] == "malformed_callback"


def test_a_callback_as_plain_text_is_refused(server: RunningServer) -> None:
    """A foreign page can send plain text without asking first, and JSON only after asking."""
    assert post(server, b"{}", "text/plain").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/_dash-component-suites/../..",
        "/_dash-component-suites/dash/../../etc/passwd",
        "/_dash-component-suites/dash/%2e%2e/%2e%2e/etc/passwd",
        "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/",
        "/assets/../pyproject.toml",
        "/assets/..%2fpyproject.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/",
        "/nope",
        "/any/where",
        "/_mcp",
        "/_dash-ws-callback",
        "/docs",
        "/openapi.json",
        "//evil.example/",
    ],
)
def test_what_is_not_there_is_a_404_and_never_the_page(server: RunningServer, path: str) -> None:
    assert status_of(raw_get(server.url, path, "Host: localhost")) == 404


def test_no_socket_is_opened_or_offered(server: RunningServer) -> None:
    """Dash's backend offers a callback socket to everybody unless it is switched off."""
    key = base64.b64encode(b"0123456789abcdef").decode()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}")
    asked = raw_get(server.url, "/_dash-ws-callback", "Host: localhost", *upgrade, "Sec-WebSocket-Version: 13")

    assert status_of(asked) == 404
    assert "websocket" not in server.get("/").text


def test_what_has_its_version_in_its_address_is_kept_for_good(server: RunningServer) -> None:
    """Everything the page names is there, and nothing of it but the still picture is asked for twice."""
    addresses = set(Page(server.get("/").text).addresses) - {"snapshot.svg"}
    kept = {server.get(address).headers["cache-control"] for address in addresses}

    assert len(addresses) > 5
    assert kept == {"public, max-age=31536000, immutable"}


def test_what_has_no_version_is_asked_for_again(server: RunningServer) -> None:
    first = server.get("/assets/tokens.css")
    missing = server.get("/assets/no-such.css?m=1")

    assert first.headers["cache-control"] == "no-cache"
    assert server.get("/assets/tokens.css", if_none_match=first.headers["etag"]).status_code == 304
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-cache")


def test_a_component_without_a_version_is_not_read_again_to_say_that_it_is_the_same(server: RunningServer) -> None:
    path = "/_dash-component-suites/plotly/package_data/plotly.min.js"
    first = server.get(path)
    again = server.get(path, if_none_match=first.headers["etag"])
    other = server.get(path, if_none_match="another")

    assert [answer.status_code for answer in (first, again, other)] == [200, 304, 200]
    assert again.headers["cache-control"] == "no-cache" and again.headers["etag"] == first.headers["etag"]
    assert first.content == other.content


def test_answers_are_packed_as_the_browser_asks(server: RunningServer) -> None:
    """Brotli before gzip, plain for who knows neither or refuses; the same bytes inside."""
    plain = coded(server, "identity")
    assert coded(server, "") == coded(server, "br;q=0, zstd") == plain
    assert plain.encoding is None

    assert gzip.decompress(coded(server, "gzip").body) == plain.body
    assert brotli.decompress(coded(server, "gzip, deflate, br").body) == plain.body
    assert coded(server, "gzip, deflate, br").encoding == "br"
    assert len(coded(server, "br").body) < len(plain.body) / 3


def test_a_page_behind_a_prefix_works_whether_or_not_the_proxy_strips_it(
    serve: Callable[..., RunningServer],
) -> None:
    """The page's own addresses carry the prefix; both spellings lead to the same files."""
    server = serve(options=["--url-prefix", "/team/dash/"])
    root = server.url.removesuffix("team/dash/")
    with httpx.Client(base_url=root, verify=False) as client:
        addresses = Page(client.get("team/dash/").text).addresses
        paths = [*addresses, "/team/dash/healthz", "/team/dash"]
        strange = client.get("team/dashboard").status_code
        kept = {client.get(path).status_code for path in paths}
        stripped = {client.get(path.removeprefix("/team/dash") or "/").status_code for path in paths}

    assert server.url.endswith("/team/dash/")
    assert addresses and all(address.startswith("/team/dash/") for address in addresses)
    assert (kept, stripped, strange) == ({200}, {200}, 404)


class Coded(NamedTuple):
    """An answer as it was sent."""

    encoding: str | None
    body: bytes


def coded(server: RunningServer, accepted: str) -> Coded:
    headers = {"Accept-Encoding": accepted}
    with server.client.stream("GET", "api/state", headers=headers) as answer:
        return Coded(answer.headers.get("content-encoding"), b"".join(answer.iter_raw()))


def post(
    server: RunningServer, body: bytes | Iterator[bytes], content_type: str = "application/json"
) -> httpx.Response:
    return server.client.post(CALLBACK, content=body, headers={"Content-Type": content_type})


def chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


def sha256_source(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
