"""Figures of the run history: `python tests/bench/bench_history.py [--runs 10000] [--many 100000]`.

Makes real snapshots in a temporary folder, and prints for each figure the median and the worst of some
repetitions beside its limit; of the page, the first answer of a server that has just been started. Exits 1
when a median is over its limit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.server import start_server  # noqa: E402
from support.states import ready_state  # noqa: E402

from collectors.compare.compare import compare  # noqa: E402
from collectors.contract.metrics import (  # noqa: E402
    MAX_POINTS,
    Series,
)
from collectors.contract.run_row import RunRow  # noqa: E402
from collectors.contract.state import (  # noqa: E402
    DashboardState,
    state_to_json,
)
from collectors.store.index import line_of  # noqa: E402
from collectors.store.rows import row_of  # noqa: E402
from collectors.store.runs import RunStore  # noqa: E402
from collectors.store.store import Store  # noqa: E402
from dash_app.reading.query import query_from  # noqa: E402
from dash_app.reading.run_page import select_page  # noqa: E402

REPETITIONS = 7


def main() -> int:
    """Measure and print; the exit code says whether every median is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=100_000, help="0 leaves it out")
    asked = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    verdicts = list(_figures(asked.runs, asked.many))
    return 0 if all(verdicts) else 1


def _figures(count: int, many: int) -> Iterator[bool]:
    with _history(count) as folder:
        store, runs = Store(folder), RunStore(folder)
        yield _figure(f"index of {count:,} runs as it was appended, cold", 150, lambda: RunStore(folder).rows())
        RunStore(folder, heal=True).rows()
        yield _figure(f"index of {count:,} runs, cold", 150, lambda: RunStore(folder).rows())
        yield _figure(f"index of {count:,} runs, cold, and every row read", 300, lambda: list(RunStore(folder).rows()))
        runs.rows()
        yield _figure("the index again, nothing changed", 1, runs.rows)
        yield from _filters(list(runs.rows()))
        numbers = iter(range(10**6))
        small = ready_state()
        yield _figure("adding one snapshot", 20, lambda: store.write_snapshot(_a_run(small, next(numbers), "new")))
        full = _full(small)
        yield _figure(
            f"adding one of {len(state_to_json(full)) / 1e3:.0f} kB (4 curves of {MAX_POINTS:,})",
            None,
            lambda: store.write_snapshot(_a_run(full, next(numbers), "full")),
        )
        yield _figure("comparing two runs", 50, lambda: compare(small, small))
        yield _figure(f"comparing two with {MAX_POINTS:,} points a curve", 50, lambda: compare(full, full))
        yield _figure("reading two snapshots and comparing them", 50, lambda: _read_and_compare(folder))
        yield _figure("pinning a baseline", None, lambda: runs.pin("many-000001"))
        store.write_state(small)
        store.write_heartbeat(datetime.now(UTC), 60, os.getpid())
        yield from _first_answers(folder)
        (folder / "runs/index.jsonl").unlink()
        yield _figure(f"making the index of {count:,} runs anew", None, lambda: RunStore(folder).rows(), repetitions=1)
    if many:
        with _history(many, with_files=False) as folder:
            yield _figure(
                f"index of {many:,} runs as it was appended, cold", 1500, lambda: RunStore(folder).rows(), repetitions=3
            )
            RunStore(folder, heal=True).rows()
            yield _figure(f"index of {many:,} runs, cold", 1500, lambda: RunStore(folder).rows(), repetitions=3)


def _filters(rows: list[RunRow]) -> Iterator[bool]:
    """A page of what was typed, of rows that were read before."""
    for text in ("many-0042", "failed:backup or lr<0.01", "nov 25", "val<2 -stopped since:2026-11-24"):
        wish = query_from({"text": text, "zone": "Europe/Berlin"})
        yield _figure(f"filter {text!r} over {len(rows):,} runs", 100, lambda wish=wish: select_page(rows, wish))  # type: ignore[misc] # the loop's own
    grouped = query_from({"group": "*:config.lr", "sort": "patchtst:final_val_loss"})
    yield _figure(f"groups and an order of {len(rows):,} runs", 400, lambda: select_page(rows, grouped))


def _first_answers(folder: Path) -> Iterator[bool]:
    """The selector and the history's table, as a browser asks for them first; what travels is packed."""
    opened = _callback("run-options-tree", {"run-opened.data": 1, "run-search.value": None}, {"shown-run.data": None})
    wishes = {"tab.data": "runs", "history-wish.data": None}
    version = {"runs-version.data": "x"}
    looks = {"shown-run.data": None, "baseline-choice.data": None}
    table = _callback("history-table-tree", {**wishes, **looks, **version, "state-version.data": "x"}, {})
    scatter = _callback("runs-chart-data", {"runs-chart-wish.data": {}}, {})
    for name, body, limit in (
        ("selector", opened, 300),
        ("table of runs", table, 400),
        ("scatter of all", scatter, 1500),
    ):
        with tempfile.TemporaryDirectory() as home:
            server = start_server(Path(home), state_dir=folder)
            try:
                begun = time.perf_counter()
                answer = server.client.post("_dash-update-component", json=body, headers={"Accept-Encoding": "br"})
                took, size = (time.perf_counter() - begun) * 1000, answer.num_bytes_downloaded
            finally:
                server.stop()
        within = answer.status_code == 200 and took < limit and size < 200_000
        unpacked = len(answer.content) / 1000
        told = f"{took:8.2f} ms  {size / 1000:.1f} kB on the wire, {unpacked:.0f} unpacked  limit {limit} ms, 200 kB"
        print(f"{name + ', first answer of a new server':<52} {told}{'' if within else '  OVER'}", flush=True)
        yield within


def _callback(output: str, inputs: dict[str, object], states: dict[str, object]) -> dict[str, object]:
    """The body of a callback's request, as the page's own renderer sends it."""

    def listed(values: dict[str, object]) -> list[dict[str, object]]:
        return [{"id": k.split(".")[0], "property": k.split(".")[1], "value": v} for k, v in values.items()]

    return {
        "output": f"{output}.data",
        "outputs": {"id": output, "property": "data"},
        "inputs": listed(inputs),
        "changedPropIds": [next(iter(inputs))],
        "state": listed(states),
    }


def _figure(name: str, limit_ms: float | None, work: Callable[[], object], *, repetitions: int = REPETITIONS) -> bool:
    times, processor = [], []
    for _ in range(repetitions):
        begun, used = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - used) * 1000)
    median = statistics.median(times)
    within = limit_ms is None or median < limit_ms
    limit = "no limit" if limit_ms is None else f"limit {limit_ms:,} ms"
    figures = f"median {median:8.2f} ms  worst {max(times):8.2f}  processor {statistics.median(processor):8.2f}"
    print(f"{name:<52} {figures}  {limit}{'' if within else '  OVER'}", flush=True)
    return within


@contextmanager
def _history(count: int, *, with_files: bool = True) -> Iterator[Path]:
    """A state directory of many runs; without files the snapshots are empty and only their rows are real."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "runs").mkdir()
        state = ready_state()
        with (folder / "runs/index.jsonl").open("wb") as index:
            for number in range(count):
                run = _a_run(state, number, "many")
                path = folder / f"runs/{run.meta.run_id}.json"
                path.write_bytes(state_to_json(run) if with_files else b"")
                found = path.stat()
                index.write(line_of(row_of(run, (found.st_size, found.st_mtime_ns))) + b"\n")
        yield folder


def _a_run(state: DashboardState, number: int, name: str) -> DashboardState:
    started = state.meta.started_at
    update = {"run_id": f"{name}-{number:06d}", "started_at": started + timedelta(hours=number) if started else None}
    return state.model_copy(update={"meta": state.meta.model_copy(update=update)})


def _full(state: DashboardState) -> DashboardState:
    """The same run with curves as long as the contract allows."""
    places = tuple(range(MAX_POINTS))
    values = tuple(1.0 / (n + 1.37) for n in places)
    times = tuple(1.8e9 + 4.1 * n for n in places)
    curve = Series(epoch=tuple(map(float, places)), step=places, time=times, value=values)
    series = {"train_loss": curve, "val_loss": curve}
    metrics = {stream: m.model_copy(update={"series": series}) for stream, m in state.metrics.items()}
    return state.model_copy(update={"metrics": metrics})


def _read_and_compare(folder: Path) -> None:
    runs = RunStore(folder)
    compare(runs.required("many-000001"), runs.required("many-000002"))


if __name__ == "__main__":
    raise SystemExit(main())
