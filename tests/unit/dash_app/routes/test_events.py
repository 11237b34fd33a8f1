"""Pushed pulses: a real server, real sockets, a real state folder."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from support.server import ROOT, RunningServer, clean_environment, start_server
from support.states import failing_state, good_state, write_state
from support.streams import EventStream
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from collectors.store.store import Store
from dash_app.reading.reader import StateReader
from dash_app.routes.events import MOST_LISTENERS, Channel

Serve = Callable[..., RunningServer]


def put(state_dir: Path, state: DashboardState, interval_seconds: float = 1) -> None:
    """Write a state and a heartbeat of now, as the collector does."""
    store = Store(state_dir)
    store.write_state(state)
    store.write_heartbeat(datetime.now(UTC), interval_seconds, 4711)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    server = start_server(tmp_path_factory.mktemp("events"))
    yield server
    server.stop()


def test_a_stream_begins_with_what_is_polled(running: RunningServer) -> None:
    """Unpacked and unbuffered, though the browser takes packed answers."""
    put(running.state_dir, good_state())

    with EventStream(running.url, "Accept-Encoding: gzip, br") as stream:
        pushed, polled = stream.pulse(), running.get("/api/pulse").json()

    assert stream.status == 200
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["cache-control"] == "no-cache"
    assert stream.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in stream.headers
    assert {**pushed, "now": None} == {**polled, "now": None}
    assert abs((datetime.fromisoformat(pushed["now"]) - datetime.now(UTC)).total_seconds()) < 5


def test_every_listener_is_told_of_a_changed_state(running: RunningServer) -> None:
    put(running.state_dir, good_state())
    with ExitStack() as stack:
        streams = [stack.enter_context(EventStream(running.url)) for _ in range(5)]
        before = [stream.pulse()["etag"] for stream in streams]

        put(running.state_dir, failing_state())
        now = running.get("/api/pulse").json()["etag"]
        told = [stream.pulse_where("etag", now)["etag"] for stream in streams]

    assert len(set(before)) == len(set(told)) == 1
    assert told[0] != before[0]


def test_a_state_that_breaks_is_told_too(running: RunningServer) -> None:
    put(running.state_dir, good_state())
    with EventStream(running.url) as stream:
        assert stream.pulse()["condition"] == "ok"

        (running.state_dir / "dashboard-state.json").write_text("{")
        pulse = stream.pulse_where("condition", "unreadable")

    assert "dashboard-state.json" in pulse["sentence"]


def test_while_nothing_changes_a_pulse_comes_every_interval_of_the_observer(running: RunningServer) -> None:
    """So that a page can tell a silent stream from a quiet training."""
    put(running.state_dir, good_state(), interval_seconds=1)
    with EventStream(running.url) as stream:
        begun = time.monotonic()
        pulses = [stream.pulse() for _ in range(5)]
        took = time.monotonic() - begun

    assert {pulse["etag"] for pulse in pulses} == {pulses[0]["etag"]}
    assert 2 <= took < 12, "the first two come at once, three more a second apart"


def test_head_answers_the_headers_and_ends(running: RunningServer) -> None:
    answer = running.client.head("api/events")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_too_many_listeners_are_sent_to_the_poll_and_a_gone_one_makes_room(serve: Serve) -> None:
    server = serve()
    put(server.state_dir, good_state())
    with ExitStack() as stack:
        streams = [stack.enter_context(EventStream(server.url)) for _ in range(MOST_LISTENERS)]
        assert streams[-1].pulse()["condition"] == "ok"

        refused = server.get("/api/events")
        assert refused.status_code == 503
        assert refused.json()["error"] == "too_many_streams"
        assert int(refused.headers["retry-after"]) > 0
        assert server.get("/api/pulse").status_code == 200

        streams[0].close()
        wait_for(lambda: EventStream(server.url).status == 200, "room for one more")


def test_a_stopped_server_ends_its_streams_within_seconds_and_without_a_complaint(serve: Serve) -> None:
    server = serve()
    put(server.state_dir, good_state())
    streams = [EventStream(server.url) for _ in range(3)]
    assert all(stream.pulse() for stream in streams)

    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    for stream in streams:
        with pytest.raises(EOFError):
            while stream.pulse():
                pass
    code = server.process.wait(10)

    assert code == 0
    assert time.monotonic() - begun < 5
    assert len(server.log().splitlines()) == 2, server.log()


def test_gunicorn_workers_push_behind_a_prefix_and_end_at_once(tmp_path: Path) -> None:
    """Two workers; each tells its own listeners."""
    put(tmp_path, good_state())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"STATE_DIR": str(tmp_path), "WORKSPACE": str(tmp_path), "URL_PREFIX": "/team/dash/"}
    env = {f"TRAINING_DASHBOARD_{name}": value for name, value in options.items()}
    command = ["-m", "gunicorn", "-c", "python:dash_app.gunicorn_conf", "-b", f"127.0.0.1:{port}", "-w", "2"]
    with subprocess.Popen(
        [sys.executable, *command, "dash_app.server:create_server()"],
        cwd=ROOT, env=clean_environment(**env), stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        url = f"http://127.0.0.1:{port}/team/dash/"
        wait_for(lambda: httpx.get(f"{url}healthz").status_code == 200, "gunicorn", 30)
        streams = [EventStream(url) for _ in range(8)]
        before = [stream.pulse()["etag"] for stream in streams]
        put(tmp_path, failing_state())
        after = httpx.get(f"{url}api/pulse").json()["etag"]
        told = [stream.pulse_where("etag", after) for stream in streams]

        begun = time.monotonic()
        process.terminate()
        errors = process.communicate(timeout=20)[1]

    assert set(before) != {after} and len(told) == 8
    assert process.returncode == 0
    assert time.monotonic() - begun < 8, "it must not wait for the grace time of 20 s"
    assert "Traceback" not in errors


def test_a_slow_listener_gets_only_the_newest_pulse(tmp_path: Path) -> None:
    """Nothing is queued for it: between two of its reads there may be any number of changes."""

    async def listen() -> tuple[bytes, bytes]:
        channel = Channel(StateReader(tmp_path).current, 15)
        with channel.listening():
            messages = channel.messages()
            first = await anext(messages)
            for state in (failing_state(), good_state(), failing_state()):
                write_state(tmp_path, state)
                seen = channel._newest
                while channel._newest == seen:
                    await asyncio.sleep(0.02)
            return first, await anext(messages)

    first, second = asyncio.run(listen())

    assert b'"condition": "absent"' in first
    assert StateReader(tmp_path).current().etag.encode() in second


def test_nobody_looks_while_nobody_listens(tmp_path: Path) -> None:
    looks = []

    async def listen() -> int:
        reader = StateReader(tmp_path)
        channel = Channel(lambda: looks.append(1) or reader.current(), 15)  # type: ignore[func-returns-value]
        with channel.listening():
            await anext(channel.messages())
        await asyncio.sleep(0.6)
        before = len(looks)
        await asyncio.sleep(0.6)
        return len(looks) - before

    assert asyncio.run(listen()) == 0
    assert looks
