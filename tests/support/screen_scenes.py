"""`make screens`: every scene of the page, in five sizes and in both themes, and one page that shows them all.

    python tests/support/screen_scenes.py build/screens [--only ready,history] [--sizes desktop,phone]

Input: nothing; every scene is made from the recorded demonstration by the real commands and the real server.
Output: FOLDER/<scene>/<size>-<theme>.png and FOLDER/index.html. It judges nothing: somebody looks at them.
"""

from __future__ import annotations

import argparse
import html
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.browsers import chromium_options, console_messages
from support.screen_workspaces import foreign, long_with_spike, many_streams
from support.server import ROOT, RunningServer, clean_environment, start_server
from support.take_screens import SIZES, THEMES, Shown, take
from support.waiting import wait_for

FAST = "60"
MID_RUN_SPEED = "0.35"
"""Slow enough that all pictures of one scene fall into the same part of the training."""


class Stage:
    """Servers over the recorded runs, each started when a scene first wants it."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.home, self.stack = home, stack
        self.servers: dict[str, RunningServer] = {}

    def server(self, name: str) -> RunningServer:
        """The server of this name, running."""
        if name not in self.servers:
            self.servers[name] = getattr(self, f"_{name}")()
            self.stack.callback(self.servers[name].stop)
        return self.servers[name]

    def _start(self, name: str, workspace: Path | None = None, *options: str, **more: Any) -> RunningServer:
        return start_server(self.home / name, workspace, options=options, **{"collect": True} | more)

    def _running(self) -> RunningServer:
        server = self._start("running", None, "--demo", "--demo-speed", MID_RUN_SPEED, "--demo-pause", "1")
        wait_for(lambda: _is_mid_run(server), "the demonstration's second stream to run", 300)
        return server

    def _ended(self) -> RunningServer:
        """The good run and its baseline, and two earlier ones that ended badly."""
        state_dir = self.home / "ended-state"
        for fault in ("diverge", "corrupt"):
            self._record(f"earlier-{fault}", state_dir, "--fault", fault)
        server = self._start("ended", None, "--demo", "--demo-speed", FAST, "--demo-pause", "1", state_dir=state_dir)
        wait_for(lambda: _verdict(server) == "ready", "the demonstration to end", 120)
        return server

    def _record(self, name: str, state_dir: Path, *options: str) -> Path:
        """Write a recorded run into a folder and store its snapshot."""
        workspace = self.home / name / "demo-workspace"
        state = ["--state-dir", str(state_dir)]
        _run("dash_app.demo", str(workspace), "--speed", FAST, *options)
        _run("collectors", "export", str(workspace), "--snapshot", *state)
        return workspace

    def _failing(self) -> RunningServer:
        """The good run without its scaler, as somebody meets it who forgot to save it."""
        workspace = self._record("failing", self.home / "failing-first")
        (workspace / "artifacts" / "scaler_fdc.json").unlink()
        return self._collected("failing", workspace)

    def _diverged(self) -> RunningServer:
        return self._collected("diverged", self._record("diverged", self.home / "diverged-first", "--fault", "diverge"))

    def _stalled(self) -> RunningServer:
        return self._collected("stalled", self._record("stalled", self.home / "stalled-first", "--fault", "stall"))

    def _six(self) -> RunningServer:
        return self._collected("six", many_streams(self.home / "six", 6))

    def _eight(self) -> RunningServer:
        return self._collected("eight", many_streams(self.home / "eight", 8))

    def _forty(self) -> RunningServer:
        return self._collected("forty", many_streams(self.home / "forty", 40))

    def _long(self) -> RunningServer:
        return self._collected("long", long_with_spike(self.home / "long"))

    def _foreign(self) -> RunningServer:
        return self._collected("foreign", foreign(self.home / "foreign"))

    def _dead(self) -> RunningServer:
        """A run whose observer is gone for longer than anybody waits."""
        state_dir = self.home / "dead-first"
        self._record("dead", state_dir)
        beat = {"observed_at": "2026-01-02T03:04:05Z", "interval_seconds": 2.0, "pid": None}
        (state_dir / "heartbeat.json").write_text(json.dumps(beat))
        return self._start("dead-page", None, "--stale-after", "1", collect=False, state_dir=state_dir)

    def _collected(self, name: str, workspace: Path) -> RunningServer:
        server = self._start(f"{name}-page", workspace)
        wait_for(lambda: _state(server), f"the state of {name}", 120)
        return server

    def _empty(self) -> RunningServer:
        return self._start("empty")

    def _stateless(self) -> RunningServer:
        return self._start("stateless", collect=False)


@dataclass(frozen=True)
class Scene:
    """One thing to look at."""

    name: str
    server: str
    query: str = ""
    told: str = ""
    """What a person who knows nothing must be able to say after five seconds; it stands under the pictures."""
    whole: bool | None = None
    shown: Shown = "drawn"
    sizes: tuple[str, ...] = tuple(SIZES)


PAPER = ("upright", "tablet")  # as wide as A4 upright and across
STORED = "run={run}"  # one that is ready, whatever it is called
TABS = {
    "readiness": "It is ready: every check passed, these files prove it",
    "curves": "Both losses fell, and ended below the baseline's",
    "runs": "Five runs, two of them ready; this is the newest, that one is pinned",
    "decisions": "Three alarms, the longest 19 s, and when",
    "files": "These files belong to the run, and nearly all of them were verified",
}
SCENES = (
    Scene("demo", "running", told="It trains: one stream is done, the other runs, and nothing has failed"),
    Scene("not-ready", "failing", told="Not ready: the scaler is missing; this command brings it back"),
    Scene(
        "not-ready-whole", "failing", "stage=artifact-save", "The same, and which checks and files that stage has", True
    ),
    Scene("gate", "failing", "view=gate", "Of the thirteen checks one fails: the scaler"),
    Scene("diverged", "diverged", told="Not ready: both models diverged; find out why and train again"),
    Scene(
        "stalled", "stalled", told="Not ready: SwinMAE stopped at epoch 6 of 12; the backup is missing because of that"
    ),
    Scene("ready", "ended", "baseline=-", "It is ready"),
    Scene("comparison", "ended", "y=log", "It is ready, and better than the baseline", True),
    *(Scene(f"tab-{tab}", "ended", f"tab={tab}", told, True) for tab, told in TABS.items()),
    Scene("six-streams", "six", told="Six models train; I can read each name and find each curve"),
    Scene("eight-streams", "eight", told="Eight models train; I can still read each name"),
    Scene("forty-streams", "forty", told="Forty models train, as one stage; nothing has failed"),
    Scene("long-with-spike", "long", told="It trains, the loss fell; one value shot up to 400"),
    Scene("foreign", "foreign", told="An Ultralytics run, recognised by these files; it is ready"),
    Scene(
        "stored-without-scripts",
        "ended",
        STORED,
        "An old run, not live; it was ready; here is its report",
        True,
        "without scripts",
    ),
    Scene("paper", "failing", "", "On A4: not ready, the scaler is missing, what to do", True, "on paper", PAPER),
    Scene("dead-observer", "dead", told="This is old: nobody has looked for months", sizes=("phone", "narrow")),
    Scene("embed", "ended", "embed=1", "It is ready, in the middle of somebody else's page"),
    Scene("embed-graph", "failing", "embed=1&panel=graph", "Where in the pipeline it fails"),
    Scene("empty", "empty", told="Nothing was trained here yet; nothing is wrong"),
    Scene("no-state", "stateless", told="Nobody has collected anything yet; this command does"),
)


def main(argv: Sequence[str]) -> int:
    """Take them all; print what the console said."""
    options = _options(argv)
    scenes = [scene for scene in SCENES if options.only is None or scene.name in options.only.split(",")]
    with tempfile.TemporaryDirectory(prefix="dashboard-screens-") as home, ExitStack() as stack:
        stage = Stage(Path(home), stack)
        driver = webdriver.Chrome(options=chromium_options())
        stack.callback(driver.quit)
        for scene in scenes:
            shutil.rmtree(options.folder / scene.name, ignore_errors=True)
            _shoot(driver, stage.server(scene.server), scene, options)
        said = console_messages(driver)
    _write_index(options.folder)
    print("\n".join([*said, f"{options.folder / 'index.html'} shows them all"]))
    return 1 if said else 0


def _shoot(driver: Any, server: RunningServer, scene: Scene, options: argparse.Namespace) -> None:
    query = scene.query.format(run=_newest_run(server)) if scene.query == STORED else scene.query
    for size in (size for size in options.sizes.split(",") if size in scene.sizes):
        for theme in THEMES:
            file = options.folder / scene.name / f"{size}-{theme}.png"
            take(driver, f"{server.url}?{query}", file, whole=scene.whole, shown=scene.shown)
    print(f"{scene.name}: {scene.told}", flush=True)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="names of scenes, with commas")
    parser.add_argument("--sizes", default=",".join(SIZES), help="with commas")
    return parser.parse_args(argv)


def _run(module: str, *arguments: str) -> None:
    """Run one of our commands; a run that is not ready answers with 1 or 4, which is what is wanted here."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1, 4, -9}:  # the stalled run's writer kills itself
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")


def _state(server: RunningServer) -> dict[str, Any]:
    server.get("api/pulse")  # the demonstration begins when somebody looks
    answer = server.get("api/state")
    return dict(answer.json()) if answer.status_code == 200 else {}


def _newest_run(server: RunningServer) -> str:
    runs = server.get("api/runs").json()["runs"]  # the demonstration may be about to begin anew
    return str(next((run for run in runs if run["verdict"] == "ready"), runs[0])["run_id"])


def _verdict(server: RunningServer) -> str:
    return str(_state(server).get("verdict", {}).get("value"))


def _is_mid_run(server: RunningServer) -> bool:
    stream = _state(server).get("metrics", {}).get("swinmae", {})
    return (stream.get("completion", {}).get("epoch") or 0) >= 4


STYLE = """
body { margin: 24px; font: 14px sans-serif }
div { display: flex; gap: 12px; align-items: start; overflow-x: auto }
img { height: 420px; border: 1px solid #ccc }
"""


def _write_index(folder: Path) -> None:
    """One page with every picture that lies there, a row a scene."""
    rows = "".join(_row(folder, scene) for scene in SCENES if (folder / scene.name).is_dir())
    head = f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Screens</title><style>{STYLE}</style>"
    (folder / "index.html").write_text(head + rows, encoding="utf-8")


def _row(folder: Path, scene: Scene) -> str:
    files = sorted((folder / scene.name).glob("*.png"))
    images = [
        f'<a href="{name}"><img src="{name}" alt="{name}"></a>' for name in (f.relative_to(folder) for f in files)
    ]
    return f"<h2>{scene.name}</h2><p>{html.escape(scene.told)}</p><div>{''.join(images)}</div>"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
