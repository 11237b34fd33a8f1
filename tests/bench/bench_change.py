"""What a change costs, and a start: our page and collector beside TensorBoard, on the same folders, in one run.

    python tests/bench/bench_change.py [--peer PYTHON] [--only PART]

PYTHON is an interpreter that has `tensorboard` with its data server. The folders are made here: several series a file,
tags interleaved, every other file with values as tensors. Output: one line a figure. It judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import psutil  # noqa: E402
from support.build_events import as_tensor, fast_scalar_file, simple_value  # noqa: E402
from support.server import clean_environment, start_server  # noqa: E402
from support.wire import KeptConnection, ask_together, ask_together_anew  # noqa: E402
from support.workspaces import write_good  # noqa: E402
from two_servers import LONGEST, Server, Steps, ours, tensorboard  # noqa: E402

TAGS = ("loss/train", "loss/val", *(f"metric/{n}" for n in range(8)))
APPENDED = 100
DEBOUNCE = 0.2
"""Seconds that notifications are gathered for."""


def tell(what: str, measured: str, should_be: str = "", beside: str = "") -> None:
    """Print one line."""
    print(f"{what:<62} {measured:>22} {should_be:>26}   {beside}", flush=True)


class Folder:
    """A workspace with one stream a run, and a description that says so; TensorBoard looks at its runs."""

    def __init__(self, root: Path, runs: int, tags: Sequence[str], steps: int) -> None:
        self.root, self.tags = root, tags
        self.names = [f"run{number:03d}" for number in range(runs)]
        self.steps = dict.fromkeys(self.names, steps)
        self.spelled = {name: as_tensor if number % 2 else simple_value for number, name in enumerate(self.names)}
        for number, name in enumerate(self.names):
            self.write(name, 1, steps, number)
        streams = [
            {"id": name, "label": name, "checkpoint": {"none": "bench"},
             "events": {"folder": f"runs/{name}", "tags": {_series(tag): [tag] for tag in tags}}}
            for name in self.names
        ]  # fmt: skip
        (root / "dashboard.yaml").write_text(str({"title": "bench", "streams": streams}), encoding="utf-8")

    def write(self, name: str, first: int, count: int, seed: int) -> None:
        """Steps of one run, as a file of its own or behind those that are there."""
        folder = self.root / "runs" / name
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(seed)
        values = np.exp(-np.arange(count) / count)[:, None] + rng.normal(0, 0.01, (count, len(self.tags)))
        steps = np.arange(first, first + count)
        data = fast_scalar_file(self.tags, steps, values, spelled=self.spelled[name], begins=first == 1)
        with (folder / "events.out.tfevents.1795435105.host.17.0").open("ab") as file:
            file.write(data)

    def append(self, name: str) -> None:
        """The next steps of one run."""
        self.write(name, self.steps[name] + 1, APPENDED, 1)
        self.steps[name] += APPENDED

    def last(self, server: Server, names: Sequence[str] = ()) -> Steps:
        """The last step of every curve, as that server calls it."""
        called = _series if server.name == "ours" else str
        return {(name, called(tag)): self.steps[name] for name in names or self.names for tag in self.tags}


def _series(tag: str) -> str:
    return {"loss/train": "train_loss", "loss/val": "val_loss"}.get(tag, tag.replace("/", "_"))


@contextmanager
def both(folder: Folder, peer: str | None) -> Iterator[list[Callable[[], object]]]:
    """How each server is started over a folder."""
    started = [lambda: ours(folder.root)]
    yield [*started, *([lambda: tensorboard(peer, folder.root / "runs", folder.tags)] if peer else [])]


def change(home: Path, peer: str | None) -> None:
    """Many runs: all visible, an append, memory, two curves compared."""
    folder = Folder(home, 50, TAGS, 10_000)
    with both(folder, peer) as servers:
        for start in servers:
            with start() as server:  # type: ignore[attr-defined] # one of two context managers
                visible(server, folder, "50 x 10 x 10,000", "1.5x TensorBoard's speed")
                append(server, folder)
                memory(server, "at most 1.5x TensorBoard's")
                pairs(server)


def visible(server: Server, folder: Folder, what: str, should_be: str) -> None:
    """From the start of the process until every curve's last step was fetched."""
    took = server.wait_for(folder.last(server))
    tell(f"{what}: all visible, {server.name}", f"{took:.2f} s", should_be if server.name == "ours" else "")


def append(server: Server, folder: Folder) -> None:
    """100 steps of one run, until they are served; the middle of five."""
    took, busy = [], []
    for name in folder.names[:5]:
        time.sleep(2.0)  # as when training: nothing else is going on
        before = server.busy_seconds
        folder.append(name)
        server.began = time.perf_counter()
        took.append(server.wait_for(folder.last(server, [name])))
        time.sleep(1.0)
        busy.append(server.busy_seconds - before)
    wait, mine = statistics.median(took), server.name == "ours"
    tell(f"  100 steps appended -> served, {server.name}", f"{wait * 1000:.0f} ms", "< 350 ms" if mine else "",
         f"{(wait - DEBOUNCE) * 1000:.0f} ms after the debounce" if mine else "looks every second")  # fmt: skip
    tell(f"  processor for it, {server.name}", f"{statistics.median(busy) * 1000:.0f} ms", "< 100 ms" if mine else "")


def memory(server: Server, should_be: str) -> None:
    """All processes together."""
    told = f"{len(server.tree)} processes"
    tell(f"  memory, {server.name}", f"{server.memory_mb:.0f} MB", should_be if server.name == "ours" else "", told)


def pairs(server: Server) -> None:
    """Two whole curves, one after the other by one client, and by sixteen."""
    path, mine = server.pair(), server.name == "ours"
    took = []
    for _ in range(100):
        begun = time.perf_counter()
        with KeptConnection(server.url) as client:
            client.get(path)
        took.append(2 * (time.perf_counter() - begun))
    ask = ask_together if mine else ask_together_anew
    rate = asyncio.run(ask(server.url, path, 16, 4.0)) / 2
    tell(f"  two whole curves, one client p50, {server.name}", f"{statistics.median(took) * 1000:.1f} ms",
         "5 ms" if mine else "")  # fmt: skip
    tell(f"  two whole curves, 16 clients, {server.name}", f"{rate:,.0f} pairs/s", "300 pairs/s" if mine else "")


def few(home: Path, peer: str | None) -> None:
    """Two runs of ten series, and four series of a million steps."""
    for name, runs, tags, steps in (("2 x 10 x 10,000", 2, TAGS, 10_000), ("4 x 1,000,000", 2, TAGS[:2], 1_000_000)):
        with (
            tempfile.TemporaryDirectory(dir=home) as root,
            both(folder := Folder(Path(root), runs, tags, steps), peer) as servers,
        ):
            for start in servers:
                with start() as server:  # type: ignore[attr-defined] # the same
                    visible(server, folder, name, "faster than TensorBoard")
                    memory(server, "")


def sweep(home: Path, _peer: str | None) -> None:
    """A thousand runs of one series below one folder, without a description."""
    folder = Folder(home, 1_000, ("loss/train",), 100)
    (home / "dashboard.yaml").unlink()
    newest = home / "runs" / folder.names[-1]
    os.utime(next(newest.iterdir()), (time.time(), time.time()))
    with ours(home) as server:
        took = server.wait_for({("model", "train_loss"): 100})
        said = " ".join(server.get("api/state")["notices"])
        tell("1,000 runs below one folder: the newest shown", f"{took:.2f} s", "< 2 s", said[:120])
        time.sleep(2.0)
        server.began = time.perf_counter()
        folder.append(folder.names[-1])
        took = server.wait_for({("model", "train_loss"): folder.steps[folder.names[-1]]})
        tell("  100 steps appended to it -> served", f"{took * 1000:.0f} ms", "< 400 ms with the debounce")
        memory(server, "")


def start(home: Path, _peer: str | None) -> None:
    """The reference run: validate, the first answer of a new server, memory."""
    write_good(home / "ws")
    environment = clean_environment(PYTHONDONTWRITEBYTECODE="")
    validate = [sys.executable, "-m", "collectors", "validate", str(home / "ws"), "--state-dir", str(home / "none")]
    alone = [sys.executable, "-c", "import dash, fastapi, uvicorn"]
    for what, command, should_be in (
        ("`validate` of the reference run, process", validate, "< 0.6 s, 0.5 s processor"),
        ("importing dash, fastapi and uvicorn alone", alone, ""),
    ):
        runs = [_cost(command, environment) for _ in range(5)]
        wall, busy = (min(values) for values in zip(*runs, strict=True))
        tell(what, f"{wall:.2f} s", should_be, f"{busy:.2f} s of it processor")
    with ours(home / "ws") as server:
        server.wait_for({("swinmae", "train_loss"): 0})
        memory(server, "< 130 MB")
    first_answers(home)


def _cost(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and processor seconds with those of its children."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    after = os.times()
    return time.perf_counter() - begun, after[2] + after[3] - before[2] - before[3]


def first_answers(home: Path) -> None:
    """The page of a server that was just started, and what it holds then."""
    with tempfile.TemporaryDirectory(dir=home) as state:
        subprocess.run([sys.executable, "-m", "collectors", "export", str(home / "ws"), "--state-dir", state], cwd=ROOT,
                       check=False, capture_output=True)  # fmt: skip
        took = []
        for number in range(5):
            begun = time.perf_counter()
            server = start_server(home / f"server{number}", home / "ws", state_dir=Path(state))
            server.get("/")
            took.append(time.perf_counter() - begun)
            rss = psutil.Process(server.process.pid).memory_info().rss / 1e6
            server.stop()
    tell("first answer of a new server", f"{min(took):.2f} s", "0.25 s over importing alone", f"{rss:.0f} MB, < 110 MB")


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has tensorboard")
    parser.add_argument("--only", choices=("start", "few", "change", "sweep"))
    asked = parser.parse_args()
    print(
        f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the start; at most {LONGEST:.0f} s each"
    )
    for part in (start, few, change, sweep):
        if asked.only in (None, part.__name__):
            home = Path(tempfile.mkdtemp())
            try:
                part(home, asked.peer)
            finally:
                shutil.rmtree(home)
    print(f"load average {os.getloadavg()[0]:.1f} at the end")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
