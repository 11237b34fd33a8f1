"""The server's figures, on real files, printed beside what they should be and what the machine can do.

    python tests/bench/bench_server.py

Input: nothing; workspaces are made in a temporary folder. Output: one line a figure. The same server's smallest answer
(`/healthz`), asked in the same run, is the machine's own limit that answers are compared with. It judges nothing.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil
from support.build_events import event, fast_scalar_file, record, simple_value
from support.long_runs import FOLDER, collect
from support.server import RunningServer, start_server
from support.streams import EventStream
from support.waiting import wait_for
from support.wire import KeptConnection, ask_together
from support.workspaces import Stream, event_path, write, write_good, write_stream

from collectors.contract.state import DashboardState
from collectors.store.curves import whole
from collectors.store.folder import Folder
from collectors.store.points import ROW
from collectors.store.store import Store

POLLS, ANSWERS, CLIENTS, SECONDS = 1_000, 300, 16, 4.0
LISTENERS, CHANGES = 20, 15
POINTS, SPIKES = 1_000_000, 60


def main() -> int:
    """Print every figure."""
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    print(f"{'what':<58} {'measured':>22} {'should be':>16}   beside it")
    with tempfile.TemporaryDirectory() as home:
        for part in (answers, pushes, zooms):
            part(Path(home) / part.__name__)
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0


def tell(what: str, measured: str, target: str, beside: str = "") -> None:
    """Print one line."""
    print(f"{what:<58} {measured:>22} {target:>16}   {beside}", flush=True)


@contextmanager
def serving(home: Path, workspace: Path, *, collecting: bool = False) -> Iterator[RunningServer]:
    """A real server over what was collected."""
    server = start_server(home / "server", workspace, state_dir=home / "state", collect=collecting)
    try:
        yield server
    finally:
        server.stop()


def answers(home: Path) -> None:
    """Polls and states, one client and sixteen."""
    write_good(home / "ws")
    collect(home / "ws", home / "state")
    with serving(home, home / "ws") as server, KeptConnection(server.url) as client:
        limit = median_ms(lambda: client.get("/healthz"), ANSWERS)
        for path in ("/api/pulse", "/api/state"):
            poll(server, client, path, limit)
        size = len(client.get("/api/state"))
        one = median_ms(lambda: client.get("/api/state"), ANSWERS)
        tell(
            f"/api/state whole ({size:,} bytes), one client, p50",
            f"{one:.2f} ms",
            "< 5 ms",
            f"{one / limit:.1f}x healthz",
        )
        most = asyncio.run(ask_together(server.url, "/healthz", CLIENTS, SECONDS))
        rate = asyncio.run(ask_together(server.url, "/api/state", CLIENTS, SECONDS))
        tell(f"/api/state whole, {CLIENTS} clients", f"{rate:,.0f} /s", "> 300 /s", f"{rate / most:.2f}x healthz")
        comparisons(server, client, limit, most)


def comparisons(server: RunningServer, client: KeptConnection, limit_ms: float, most: float) -> None:
    """The delta of the current run and an earlier one, asked by one client and by sixteen."""
    now = Store(server.state_dir).read_state()
    earlier = now.model_copy(update={"meta": now.meta.model_copy(update={"run_id": "earlier"})})
    Store(server.state_dir).write_snapshot(earlier)
    path = "/api/compare?baseline=earlier"
    size = len(client.get(path))
    one = median_ms(lambda: client.get(path), ANSWERS)
    rate = asyncio.run(ask_together(server.url, path, CLIENTS, SECONDS))
    each = CLIENTS / rate * 1000
    tell(f"{path} ({size:,} bytes), one client, p50", f"{one:.2f} ms", "< 50 ms", f"{one / limit_ms:.1f}x healthz")
    tell(f"{path}, {CLIENTS} clients", f"{rate:,.0f} /s", "", f"{each:.1f} ms each; {rate / most:.2f}x healthz")


def poll(server: RunningServer, client: KeptConnection, path: str, limit_ms: float) -> None:
    """Ask again and again for what did not change."""
    etag = client.header(client.get(path), "etag")
    process = psutil.Process(server.process.pid)
    before = sum(process.cpu_times()[:2])
    took = median_ms(lambda: client.get(path, f"If-None-Match: {etag}"), POLLS)
    busy_ms = (sum(process.cpu_times()[:2]) - before) / POLLS * 1000
    size = len(client.get(path, f"If-None-Match: {etag}"))
    tell(f"{path} unchanged, processor time in the server", f"{busy_ms:.2f} ms", "< 2 ms")
    tell(f"{path} unchanged, asked to answered, p50", f"{took:.2f} ms", "", f"{took / limit_ms:.1f}x healthz")
    tell(f"{path} unchanged, the whole 304", f"{size} bytes", "< 300 bytes")


def median_ms(action: Callable[[], object], times: int) -> float:
    """Milliseconds of one of many calls, the middle one."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def pushes(home: Path) -> None:
    """An epoch appended to an event file -> told to every listener."""
    stream = Stream("swinmae", [0.7], 10_000, time.time() - 5, pid=os.getpid())
    write_stream(home / "ws", stream, checkpoint=False, table=False)
    with serving(home, home / "ws", collecting=True) as server, ExitStack() as stack:
        wait_for((home / "state" / "dashboard-state.json").exists, "the first state", 60)
        streams = [stack.enter_context(EventStream(server.url, timeout_seconds=30)) for _ in range(LISTENERS)]
        known: set[str] = set()
        delays = [
            delay
            for epoch in range(2, CHANGES + 2)
            for delay in change(home / "ws" / event_path(stream), epoch, streams, settle(server, known))
        ]
    p50, p95 = np.percentile(delays, [50, 95]) * 1000
    tell(f"file change -> {LISTENERS} listeners told, p95", f"{p95:.0f} ms", "< 1000 ms", f"p50 {p50:.0f} ms")


def settle(server: RunningServer, known: set[str]) -> set[str]:
    """Wait until the state has been the same for a second; gives every state that there was."""
    since, last = time.monotonic(), ""
    while time.monotonic() - since < 1:
        etag = server.get("/api/pulse").json()["etag"]
        if etag != last:
            since, last = time.monotonic(), etag
        known.add(etag)
        time.sleep(0.02)
    return known


def change(file: Path, epoch: int, streams: list[EventStream], known: set[str]) -> list[float]:
    """Seconds from one epoch's records to each listener's word of a state that there never was."""
    values = [simple_value(tag, 0.7 / epoch) for tag in ("loss/train", "loss/val")]
    records = b"".join(record(event(epoch, [value], time.time())) for value in values)
    told: list[float] = []

    def listen(one: EventStream) -> None:
        while one.pulse()["etag"] in known:
            pass
        told.append(time.perf_counter())

    threads = [threading.Thread(target=listen, args=(one,)) for one in streams]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    with file.open("ab") as handle:
        handle.write(records)
    for thread in threads:
        thread.join()
    return [at - begun for at in told]


def zooms(home: Path) -> None:
    """Ranges of a million points, and the spikes that survive their reduction."""
    rng = np.random.default_rng(5)
    values = np.exp(-np.arange(POINTS) / 3e5) + rng.normal(0, 0.01, POINTS)
    spikes = np.sort(rng.choice(np.arange(2, POINTS, 2), SPIKES, replace=False))
    values[spikes - 1] += 5
    events = fast_scalar_file(["loss/val"], np.arange(1, POINTS + 1), values[:, None])
    write(home / "ws" / FOLDER / "events.out.tfevents.1795435105.host.17.0", events)
    state = collect(home / "ws", home / "state")
    with serving(home, home / "ws") as server, KeptConnection(server.url) as client:
        beside = f"{median_ms(lambda: read_rows(home / 'state'), 5):.0f} ms to read the side file"
        for share in (1.0, 0.1, 0.01):
            first = int(POINTS * (1 - share) / 2)
            address = series_address(state, first, first + int(POINTS * share))
            took = median_ms(lambda address=address: client.get(address), 15)
            tell(f"zoom on {share:.0%} of {POINTS:,} points, p50", f"{took:.0f} ms", "< 300 ms", beside)
        found = server.get(series_address(state, 0, POINTS)).json()
    shown = whole(Folder(home / "state"), state).metrics["patchtst"].series["val_loss"]
    for what, steps in (("the curve", shown.step), ("api/series", found["step"])):
        kept = len(set(steps) & set(spikes.tolist()))
        tell(
            f"spikes of one step kept by {what}", f"{kept} of {SPIKES}", f"{SPIKES} of {SPIKES}", f"{len(steps)} points"
        )


def series_address(state: DashboardState, first: float, last: float) -> str:
    """The question for a range of the first stream's validation loss."""
    return f"/api/series?run={state.meta.run_id}&stream=patchtst&series=val_loss&axis=step&from={first}&to={last}"


def read_rows(state_dir: Path) -> int:
    """Read all points and look at each: less work cannot show a whole curve."""
    (file,) = (state_dir / "cache" / "points").glob("*.points")
    return int(np.frombuffer(file.read_bytes(), ROW)["value"].argmax())


if __name__ == "__main__":
    raise SystemExit(main())
