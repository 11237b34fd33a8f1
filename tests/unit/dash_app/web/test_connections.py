"""What a connection may ask of the server, in both ways to run it: heads, times, and how many there may be."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from support.image_server import image_server
from support.server import RunningServer, start_server
from support.states import good_state
from support.waiting import wait_for
from support.wire import raw_exchange, status_of
from support.workspaces import write

from collectors.store.store import Store
from dash_app.web.connections import (
    BODY_SECONDS,
    HEAD_SECONDS,
    MOST_HEAD_BYTES,
    MOST_HEADERS,
    MOST_UNTAKEN_BYTES,
    MOST_WAITING,
)

MIB = 1 << 20
LINE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
LOSSES = "patchtst_loss_history.csv"
USUAL_HEADERS = 2
"""Of `LINE`."""


class Served:
    """One of the two servers, and the processes that answer."""

    def __init__(self, url: str, processes: Callable[[], list[psutil.Process]], log: Callable[[], str]) -> None:
        self.url, self.processes, self.log = url, processes, log

    def ask(self, request: bytes) -> bytes:
        """Everything that is answered until the connection ends."""
        return raw_exchange(self.url, request, 10 * HEAD_SECONDS)

    def open(self, *parts: bytes) -> socket.socket:
        """A connection on which this was sent."""
        place = urlsplit(self.url)
        connection = socket.create_connection((place.hostname or "", place.port or 80), 10 * BODY_SECONDS)
        connection.sendall(b"".join(parts))
        return connection

    def memory_bytes(self) -> int:
        """The largest process's memory."""
        return max(process.memory_info().rss for process in self.processes())


@pytest.fixture(scope="module", params=["uvicorn", "gunicorn"])
def served(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("connections")
    (home / "state").mkdir()
    Store(home / "state").write_state(good_state())
    if request.param == "uvicorn":
        alone = start_server(home, state_dir=home / "state")
        yield Served(alone.url, lambda: [psutil.Process(alone.process.pid)], alone.log)
        alone.stop()
        return
    with image_server(home, home / "state") as several:
        wait_for(lambda: several.begun() == 2, "both workers", 60)
        first = several.workers()
        yield Served(several.url, lambda: [psutil.Process(worker) for worker in several.workers()], several.log)
        assert several.workers() == first, "a worker died"


def padded(size: int, *, pieces: int = 1) -> bytes:
    """`size` bytes of further headers, in so many."""
    each = size // pieces
    return b"".join(b"X-%02d: " % n + b"x" * (each - 8) + b"\r\n" for n in range(pieces))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", 200),
        (padded(MOST_HEAD_BYTES - 200), 200),
        (padded(MOST_HEAD_BYTES), 431),
        (padded(MOST_HEAD_BYTES - 200, pieces=50), 200),
        (padded(MOST_HEAD_BYTES, pieces=50), 431),
        (b"X: y\r\n" * (MOST_HEADERS - USUAL_HEADERS), 200),
        (b"X: y\r\n" * (MOST_HEADERS - USUAL_HEADERS + 1), 431),
    ],
    ids=["none", "long", "too-long", "many-long", "many-too-long", "many", "too-many"],
)
def test_a_head_has_so_many_bytes_and_headers_and_no_more(served: Served, headers: bytes, status: int) -> None:
    answer = served.ask(LINE + headers + b"\r\n")

    assert status_of(answer) == status
    assert b"connection: close" in answer.lower()


def test_an_address_counts_too(served: Served) -> None:
    answer = served.ask(b"GET /" + b"a" * MOST_HEAD_BYTES + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert status_of(answer) == 431


@pytest.mark.parametrize(
    ("address", "header", "status"),
    [
        (b"http://localhost/api/state", b"localhost", 200),
        (b"http://evil.example/api/state", b"localhost", 400),
        (b"http://evil.example?x", b"localhost", 400),
        (b"HTTP://user@localhost/api/state", b"localhost", 400),
        (b"http://localhost.evil.example:80/assets/page.css", b"localhost", 400),
        (b"http://localhost/api/state", b"evil.example", 200),
        (b"/api/state?x=http://evil.example/", b"localhost", 200),
        (b"//localhost/api/state", b"evil.example", 400),
    ],
)
def test_the_host_of_a_whole_address_is_judged_and_not_the_header(
    served: Served, address: bytes, header: bytes, status: int
) -> None:
    answer = served.ask(b"GET " + address + b" HTTP/1.1\r\nHost: " + header + b"\r\nConnection: close\r\n\r\n")

    assert status_of(answer) == status


@pytest.mark.parametrize("header", [b"X: y\r\n", b"X: " + b"y" * 50_000 + b"\r\n", b"y" * 50_000], ids=len)
def test_headers_without_an_end_are_refused_and_take_no_memory(served: Served, header: bytes) -> None:
    """A hundred megabytes, in small ones, long ones, and one that never ends."""
    before, sent = served.memory_bytes(), 0
    chunk = header * (MIB // len(header))
    with served.open(LINE + b"X: ") as connection:
        with suppress(OSError):  # the server has closed it
            while sent < 100 * MIB:
                connection.sendall(chunk)
                sent += len(chunk)
        answer = connection.recv(65536)
    assert status_of(answer) == 431
    assert sent < 100 * MIB
    assert served.memory_bytes() - before < 32 * MIB


def test_headers_behind_a_request_that_is_still_answered_are_bounded_too(served: Served) -> None:
    """An event stream never ends by itself, and what a client sends meanwhile is kept for afterwards."""
    before = served.memory_bytes()
    with served.open(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        assert status_of(connection.recv(65536)) == 200
        with pytest.raises(OSError):
            for _ in range(100):
                connection.sendall(b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * (MIB // 6))
    assert served.memory_bytes() - before < 32 * MIB


def test_answers_that_nobody_takes_are_bounded_together(served: Served) -> None:
    """Each of five megabytes, and none is taken for a minute; whoever asks anew is still answered."""
    library = b"GET /_dash-component-suites/plotly/package_data/plotly.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
    before, ends = served.memory_bytes(), urlsplit(served.url)
    with ExitStack() as several:
        for _ in range(130):
            connection = several.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.settimeout(10 * BODY_SECONDS)
            connection.connect((ends.hostname, ends.port))
            connection.sendall(library)
            assert status_of(connection.recv(100)) == 200
        assert status_of(served.ask(LINE + b"\r\n")) == 200
        assert served.memory_bytes() - before < 2 * MOST_UNTAKEN_BYTES  # what was taken in part is held whole
    assert "Traceback" not in served.log()


@pytest.mark.parametrize("path", [b"/api/state", b"/api/events"])
def test_requests_that_wait_behind_another_one_are_few(served: Served, path: bytes) -> None:
    """Nobody reads the answers; and whoever is gone is not answered on: that would be a fault in the log."""
    before = served.memory_bytes()
    one = b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for _ in range(10):
        with served.open(one * (MOST_WAITING // 2)) as connection, suppress(OSError):
            for _ in range(100):
                connection.sendall(one * 1000)

    assert served.memory_bytes() - before < 32 * MIB
    assert "Traceback" not in served.log()


def test_as_many_as_may_wait_are_answered_in_order(served: Served) -> None:
    kept = LINE.replace(b"Connection: close\r\n", b"") + b"\r\n"

    assert served.ask(kept * MOST_WAITING + LINE + b"\r\n").count(b"HTTP/1.1 200") == 1 + MOST_WAITING
    assert status_of(served.ask(kept * (1 + MOST_WAITING) + LINE + b"\r\n")) == 429


SPOILT = b"\x00\x01 no request\r\n\r\n"
ASKED = b"GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"POST /api/baseline HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
AWAITED = (
    b"POST /api/baseline HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.mark.parametrize("sent", [ASKED, BODY, AWAITED, ASKED + ASKED], ids=["asked", "body", "awaited", "two"])
def test_what_is_refused_while_an_answer_is_made_gets_the_refusal_alone(served: Served, sent: bytes) -> None:
    """Whoever makes the answer does not write behind the end: that would be the server's fault in its log."""
    answers = [served.ask(sent + SPOILT) for _ in range(5)]

    assert [status_of(answer) for answer in answers] == [400] * 5
    assert {answer.count(b"HTTP/1.1") for answer in answers} == {1}
    assert "Traceback" not in served.log()


def test_a_refusal_is_not_written_into_an_answer_that_has_begun(served: Served) -> None:
    """Also where another request waits behind it already."""
    with served.open(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        assert status_of(connection.recv(65536)) == 200
        connection.sendall(ASKED + SPOILT)
        rest = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                rest += part
    assert b"HTTP/1.1" not in rest
    assert "Traceback" not in served.log()


def ends(connection: socket.socket) -> bytes:
    """What comes until the server closes it."""
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


@pytest.mark.slow
def test_a_head_that_does_not_come_is_not_waited_for(served: Served) -> None:
    """Nothing at all, a part of it, and a part of the next one on a connection that is kept."""
    kept = LINE.replace(b"Connection: close\r\n", b"")
    with ExitStack() as several:
        silent, part, again = (several.enter_context(served.open(s)) for s in (b"", LINE, kept + b"\r\n" + kept))

        assert ends(silent) == b""
        assert status_of(ends(part)) == 408
        answers = ends(again)
        assert (status_of(answers), answers.count(b"HTTP/1.1 408")) == (200, 1)


@pytest.mark.slow
def test_a_kept_connection_may_rest_for_longer_than_a_poll(served: Served) -> None:
    """An empty line behind a request is no beginning of the next one."""
    with served.open(LINE.replace(b"Connection: close\r\n", b"") + b"\r\n\r\n") as blank:
        assert status_of(ends(blank)) == 200


@pytest.mark.slow
def test_a_body_that_does_not_come_is_not_waited_for(served: Served) -> None:
    head = b"POST /api/baseline HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
    with served.open(head + b'{"run_id": null}') as part:
        assert status_of(ends(part)) == 408


def test_with_few_descriptors_the_page_answers_and_the_collector_looks(tmp_path: Path) -> None:
    """Three hundred half-open connections, and room for 256 of anything."""
    server = start_server(tmp_path, collect=True)
    psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE, (256, 256))
    try:
        with ExitStack() as several:
            place = urlsplit(server.url)
            for _ in range(300):
                half = several.enter_context(socket.create_connection((place.hostname or "", place.port or 80), 60))
                half.sendall(b"GET / HTTP/1.1\r\n")

            assert server.get("healthz").status_code == 200
            before = observed_at(server)
            write(server.workspace / LOSSES, "epoch,train_loss,val_loss\n1,2.0,2.1\n")
            wait_for(lambda: observed_at(server) > before, "a sign of life", 60)
            wait_for(lambda: LOSSES in server.get("api/state").text, "the new file", 60)
        assert "Too many open files" not in server.log()
    finally:
        server.stop()


def observed_at(server: RunningServer) -> str:
    return str(server.get("api/pulse").json()["observed_at"])
