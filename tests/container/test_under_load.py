"""The image's gunicorn command before a whole team: 200 pages that poll and 20 that listen, and everything that may
happen to it meanwhile. One history, told once; each test looks at one part of it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from support.image_server import ImageServer, image_server
from support.observing import observed
from support.states import failing_state, good_state, ready_state, running_state
from support.viewers import Crowd, Poller, crowd
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from collectors.store.store import Store

pytestmark = pytest.mark.slow
POLLING, LISTENING = 200, 20
VERY_PATIENT = "--graceful-timeout 600"
"""So long gunicorn would wait for an open stream: who ends within the test's time did not wait for one."""


@dataclass
class History:
    """What happened to the viewers."""

    errors: int = 0
    """Error answers until the server was stopped."""
    lost_by_change: list[int] = field(default_factory=list)
    """Polls that each viewer lost while only the state changed."""
    lost_by_kill: list[int] = field(default_factory=list)
    lost_by_reload: list[int] = field(default_factory=list)
    streams_lost: int = 0
    """Streams that broke off when a worker was killed."""
    streams_ended: int = 0
    """Streams that the server ended when it was stopped."""
    streams_broken: int = 0
    """Streams that broke off when it was stopped."""
    polls: int = 0
    workers: list[set[int]] = field(default_factory=list)
    """Worker processes at the start, after the kill, and after the reload."""
    code: int | None = None
    log: str = ""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Let it all happen; viewers, observer and server run at the same time."""
    home = tmp_path_factory.mktemp("load")
    (home / "state").mkdir()
    store = Store(home / "state")
    store.write_state(good_state())
    with observed(store), image_server(home, home / "state", GUNICORN_CMD_ARGS=VERY_PATIENT) as server:
        wait_for(lambda: server.begun() == 2, "both workers", 60)
        return asyncio.run(_happen(server, store))


async def _happen(server: ImageServer, store: Store) -> History:
    history = History()
    async with crowd(server.port, polling=POLLING, listening=LISTENING) as viewers:
        await viewers.all_hear()
        history.workers.append(server.workers())
        history.lost_by_change = await _losses(viewers, lambda: _change(server, store, viewers))
        history.lost_by_kill = await _losses(viewers, lambda: _kill(server, store, viewers))
        history.workers.append(server.workers())
        history.streams_lost = sum(listener.lost for listener in viewers.listeners)
        history.lost_by_reload = await _losses(viewers, lambda: _reload(server, store, viewers))
        history.workers.append(server.workers())
        history.errors = sum(viewer.errors for viewer in viewers.all)
        history.polls = sum(sum(poller.statuses.values()) for poller in viewers.pollers)
        await _stop(server, viewers, history)
    return history


async def _losses(viewers: Crowd, happening: Callable[[], object]) -> list[int]:
    before = viewers.losses()
    await happening()  # type: ignore[misc] # a coroutine
    return viewers.lost_since(before)


async def _change(server: ImageServer, store: Store, viewers: Crowd) -> None:
    for state in (failing_state(), ready_state(), good_state(), ready_state()):
        await asyncio.to_thread(store.write_state, state)
        await asyncio.sleep(0.3)  # faster than anybody polls
    await _all_see(running_state(), server, store, viewers)


async def _all_see(state: DashboardState, server: ImageServer, store: Store, viewers: Crowd) -> None:
    before = viewers.pollers[0].etag
    await asyncio.to_thread(store.write_state, state)
    now = await asyncio.to_thread(_etag, server)
    assert now != before, "it must be news"
    await viewers.all_see(now)


def _etag(server: ImageServer) -> str:
    return str(httpx.get(f"{server.url}api/pulse").json()["etag"])


async def _kill(server: ImageServer, store: Store, viewers: Crowd) -> None:
    begun = server.begun()
    server.kill_a_worker()
    await asyncio.to_thread(wait_for, lambda: server.begun() == begun + 1, "another worker", 60)
    await _all_see(ready_state(), server, store, viewers)


async def _reload(server: ImageServer, store: Store, viewers: Crowd) -> None:
    begun, old = server.begun(), server.workers()
    server.process.send_signal(signal.SIGHUP)
    await asyncio.to_thread(wait_for, lambda: server.begun() == begun + 2, "new workers", 60)
    await asyncio.to_thread(wait_for, lambda: not server.workers() & old, "the old workers to go", 60)
    await _all_see(good_state(), server, store, viewers)


async def _stop(server: ImageServer, viewers: Crowd, history: History) -> None:
    ended, lost = _ends(viewers)
    server.process.terminate()
    history.code = await asyncio.to_thread(server.process.wait, 60)
    await viewers.until(lambda viewer: isinstance(viewer, Poller) or not viewer.is_connected, "lost its stream")
    history.streams_ended, history.streams_broken = _ends(viewers)[0] - ended, _ends(viewers)[1] - lost
    history.log = server.log()


def _ends(viewers: Crowd) -> tuple[int, int]:
    return sum(one.ended for one in viewers.listeners), sum(one.lost for one in viewers.listeners)


def test_nobody_gets_an_error_and_everybody_sees_the_last_state(history: History) -> None:
    """That everybody saw it was waited for; whoever never does fails the history itself."""
    assert history.errors == 0
    assert history.lost_by_change == [0] * POLLING
    assert history.polls > 3 * POLLING


def test_a_killed_worker_costs_a_viewer_at_most_one_poll(history: History) -> None:
    """Streams on it break off, and come back to the one that is left."""
    before, after, _ = history.workers

    assert len(after) == len(before) == 2 and len(after & before) == 1
    assert max(history.lost_by_kill) <= 1
    assert history.streams_lost <= LISTENING


def test_a_reload_costs_a_viewer_at_most_one_poll(history: History) -> None:
    _, before, after = history.workers

    assert len(after) == 2 and not after & before
    assert max(history.lost_by_reload) <= 1


def test_open_streams_end_themselves_when_it_is_stopped(history: History) -> None:
    """Properly, and without waiting until gunicorn loses its patience with them."""
    assert (history.code, history.streams_ended, history.streams_broken) == (0, LISTENING, 0)


def test_nothing_of_it_is_a_mistake_in_the_log(history: History) -> None:
    """Only the worker that was killed is an error there."""
    alarming = [line for line in history.log.splitlines() if "[INFO]" not in line]

    assert len(alarming) == 1 and "was sent SIGKILL" in alarming[0], alarming
