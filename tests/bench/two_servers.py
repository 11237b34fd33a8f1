"""A folder of event files -> our page with its collector, and TensorBoard with its data server, asked in the same way.

Both are real processes over the same files. How curves are served is known here alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import psutil
from support.server import ROOT, clean_environment

LONGEST = 120.0
S = TypeVar("S", bound="Server")
Steps = dict[tuple[str, str], int]
"""Run and tag, or stream and series -> the last step that is shown."""


@dataclass
class Server:
    """One process tree that answers at an address."""

    process: subprocess.Popen[bytes]
    url: str
    began: float
    """When it was started, by the clock of `perf_counter`."""
    etag: str = field(default="", init=False)
    name: ClassVar[str]

    def steps(self) -> Steps:
        """What can be seen now, every curve fetched as a page fetches them; empty where nothing changed."""
        raise NotImplementedError

    def pair(self) -> str:
        """The address of one whole curve of two that are compared."""
        raise NotImplementedError

    def get(self, path: str, data: bytes | None = None) -> Any:
        """The JSON at a path."""
        with urllib.request.urlopen(self.url + path, data, timeout=LONGEST) as answer:
            return json.load(answer)

    def wait_for(self, wanted: Steps) -> float:
        """Seconds since the start of the process, or since `began` was set anew, until all that is shown."""
        while time.perf_counter() - self.began < LONGEST:
            try:
                shown = self.steps()
            except (OSError, ValueError, KeyError):  # it does not listen yet, or knows nothing
                shown = {}
            if shown and all(shown.get(curve, -1) >= step for curve, step in wanted.items()):
                return time.perf_counter() - self.began
            time.sleep(0.01)
        return float("nan")

    @property
    def tree(self) -> list[psutil.Process]:
        """Its processes."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    @property
    def memory_mb(self) -> float:
        """Of all its processes; what they share is counted once where the system tells."""
        return sum(getattr(one.memory_full_info(), "pss", one.memory_info().rss) for one in self.tree) / 1e6

    @property
    def busy_seconds(self) -> float:
        """Processor time of all its processes until now."""
        return sum(sum(one.cpu_times()[:2]) for one in self.tree)


@dataclass
class Ours(Server):
    """`python -m dash_app`."""

    name = "ours"
    digests: dict[str, str] = field(default_factory=dict, init=False)
    """Stream -> digest of the curves that were fetched of it."""

    def steps(self) -> Steps:
        """The final point of each series in the state, and the longer curves of the streams whose digest is another.

        So does a page that shows every chart: of curves that it holds it asks for what is new.
        """
        etag = self.get("api/pulse")["etag"]
        if etag == self.etag:
            return {}
        state = self.get("api/state")
        run_id, metrics = state["meta"]["run_id"], state["metrics"]
        for stream, run in metrics.items():
            digest, held = run.get("curves"), self.digests.get(stream)
            if digest and digest != held:
                asked = [("run", run_id), ("stream", stream), *(("series", name) for name in run["series"])]
                self.get("api/curves?" + urllib.parse.urlencode([*asked[:66], *([("since", held)] if held else [])]))
                self.digests[stream] = digest
        self.etag = etag
        return {(s, name): p["step"] or -1 for s, run in metrics.items() for name, p in run["final"].items()}

    def pair(self) -> str:
        """A stream's main chart, or its first series as a whole where pages hold their curves themselves."""
        state = self.get("api/state")
        stream, run = next(iter(state["metrics"].items()))
        asked = {"run": state["meta"]["run_id"], "stream": stream}
        if run.get("curves"):
            return "/api/curves?" + urllib.parse.urlencode(asked)
        whole = {"series": next(iter(run["series"])), "axis": "step", "from": 0, "to": 1 << 40}
        return "/api/series?" + urllib.parse.urlencode(asked | whole)


class TensorBoard(Server):
    """`tensorboard --load_fast=true`, looking for news as often as it can."""

    name = "TensorBoard"
    wanted: tuple[str, ...] = ()
    """Tags."""

    def steps(self) -> Steps:
        """Every run's curve of every tag, in one question as its page asks."""
        asked = json.dumps([{"plugin": "scalars", "tag": tag} for tag in self.wanted])
        data = urllib.parse.urlencode({"requests": asked}).encode()
        found = self.get("experiment/defaultExperimentId/data/plugin/timeseries/timeSeries", data)
        return {
            (run, one["tag"]): points[-1]["step"]
            for one in found
            for run, points in one.get("runToSeries", {}).items()
            if points
        }

    def pair(self) -> str:
        """One run's curve of one tag."""
        run = next(iter(self.get("data/runs")))
        return "/data/plugin/scalars/scalars?" + urllib.parse.urlencode({"run": run, "tag": self.wanted[0]})


@contextmanager
def ours(workspace: Path, *options: str) -> Iterator[Ours]:
    """Our page and collector over a workspace, with a state folder of its own."""
    state = Path(tempfile.mkdtemp())
    command = [sys.executable, "-m", "dash_app", str(workspace), "--port", "0", "--state-dir", str(state), *options]
    try:
        with _started(Ours, command, r"http://\S+/") as server:
            yield server
    finally:
        shutil.rmtree(state)


@contextmanager
def tensorboard(python: str, folder: Path, tags: Sequence[str]) -> Iterator[TensorBoard]:
    """TensorBoard over a folder."""
    command = [python, "-m", "tensorboard.main", "--logdir", str(folder), "--port", "0", "--load_fast=true"]
    with _started(TensorBoard, [*command, "--reload_interval", "1"], r"http://\S+/") as server:
        server.wanted = tuple(tags)
        yield server


@contextmanager
def _started(kind: type[S], command: list[str], address: str) -> Iterator[S]:
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=log, stderr=log)
        try:
            found = None
            while found is None and process.poll() is None and time.perf_counter() - began < LONGEST:
                time.sleep(0.005)
                found = re.search(address, os.pread(log.fileno(), 1 << 16, 0).decode())
            if found is None:
                raise RuntimeError(f"it did not start: {os.pread(log.fileno(), 1 << 16, 0).decode()}")
            yield kind(process, found.group(), began)
        finally:
            process.terminate()
            process.wait()
