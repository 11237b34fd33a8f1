"""Live trainings by two libraries, followed with nothing typed: first record, `kill -9`, resume, READY.

Hugging Face's is watched by `python -m collectors watch`, Lightning's by the app. What is shown at the end is what the
trainer's own log holds, read here by `json` and `csv`.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from support.following import Followed, is_gone, let_go, training
from support.server import ROOT, clean_environment, start_server
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from collectors.contract.state import DashboardState, state_from_json

FIRST, KILLED, RESUMED, TOTAL = 5, 55, 45, 80
"""Steps that were done when the training is held: 40 is the last that was saved before it is killed."""
Log = dict[str, list[tuple[int, float]]]


@dataclass(frozen=True)
class Library:
    """How one library's training is started and what its own files say."""

    name: str
    label: str
    counts_from: int
    """Its first step is called so."""
    total: tuple[str, int]
    log: Callable[[Path], Log]
    watched: Callable[[Path, Path], object]

    @property
    def script(self) -> str:
        return f"train_{self.name}.py"

    def step(self, done: int) -> int:
        """What it calls the step with which so many were done."""
        return done - 1 + self.counts_from


def history(folder: Path) -> Log:
    """Rows of `trainer_state.json`."""
    rows = json.loads((folder / "trainer_state.json").read_text())["log_history"]
    names = {"train_loss": "loss", "val_loss": "eval_loss"}
    return {series: [(row["step"], row[key]) for row in rows if key in row] for series, key in names.items()}


def tables(folder: Path) -> Log:
    """Rows of both versions' `metrics.csv`: of the first those that the checkpoint had seen."""
    found: Log = {"train_loss": [], "val_loss": []}
    for version, before in ((0, 40), (1, TOTAL)):
        with (folder / f"lightning_logs/version_{version}/metrics.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                for series, points in found.items():
                    if row[series] and int(row["step"]) < before:
                        points.append((int(row["step"]), float(row[series])))
    return found


@contextmanager
def by_command(folder: Path, home: Path) -> Iterator[Followed]:
    """`python -m collectors watch`; its state file is read."""
    command = [sys.executable, "-m", "collectors", "watch", str(folder), "--state-dir", str(home / "state")]
    stored = home / "state/dashboard-state.json"
    with (home / "watch.log").open("wb") as log:
        watcher = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=log, stderr=log)
    try:
        yield Followed(lambda: state_from_json(stored.read_bytes()) if stored.exists() else None)
    finally:
        watcher.terminate()
        assert watcher.wait(60) == 0, (home / "watch.log").read_text()


@contextmanager
def by_app(folder: Path, home: Path) -> Iterator[Followed]:
    """`python -m dash_app`; its `/api/state` is asked."""
    server = start_server(home, folder, state_dir=home / "state", collect=True)

    def read() -> DashboardState | None:
        answer = server.get("api/state")
        return state_from_json(answer.content) if answer.status_code == 200 else None

    try:
        yield Followed(read)
    finally:
        server.stop()


LIBRARIES = [
    Library("huggingface", "Hugging Face Trainer", 1, ("step", TOTAL), history, by_command),
    Library("lightning", "Lightning", 0, ("epoch", 4), tables, by_app),
]
MODULES = {"huggingface": "transformers", "lightning": "lightning"}


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_a_live_training_is_followed_through_a_kill_and_a_resume_until_it_is_ready(
    library: Library, tmp_path: Path
) -> None:
    if importlib.util.find_spec(MODULES[library.name]) is None:
        pytest.skip(f"needs {library.label}: make slow TRAIN=1")
    folder = tmp_path / "run"
    folder.mkdir()
    with library.watched(folder, tmp_path) as seen:
        first = follow_until_killed(library, folder, seen)
        follow_resumed(library, folder, seen, first)
        state = seen.until(lambda state, _: state.verdict.value == "ready", "READY")

    assert state.meta.run_id == first
    assert {state.meta.run_id for state in seen.states if has_begun(state)} == {first}
    assert seen.model.completion.status == "done"
    assert [(check.id, check.detail) for check in state.checklist if not check.passed] == []
    for series, points in library.log(folder).items():
        shown = seen.model.series[series]
        assert len(points) == (TOTAL // FIRST if series == "train_loss" else 4)
        assert list(shown.step) == [step for step, _ in points]
        assert list(shown.value) == pytest.approx([value for _, value in points], rel=1e-6)


def follow_until_killed(library: Library, folder: Path, seen: Followed) -> str:
    """From an empty folder to the end that nobody wrote down; gives the run's id."""
    idle = seen.until(lambda state, _: state is not None, "the first state")
    assert (idle.verdict.value, idle.meta.recognised, seen.model.completion.status) == ("not_ready", None, "idle")
    with training(library.script, folder, "--hold", FIRST, KILLED) as child:
        seen.until_held(child, folder, FIRST)
        begun = seen.until(lambda _, model: model.completion.step == library.step(FIRST), "the first record")
        assert_runs(seen, child.pid)
        assert len(seen.model.series["train_loss"].value) == 1
        let_go(folder, FIRST)

        seen.until_held(child, folder, KILLED)
        held = seen.until(lambda _, model: is_at(library, model, KILLED), f"step {KILLED} with its end in sight")
        assert_runs(seen, child.pid)
        assert str(held.meta.recognised).startswith(library.label)
        assert seen.model.completion.expected_end_at.timestamp() == pytest.approx(end_in_sight(folder), abs=1)
        assert is_gone(child)
    killed = seen.until(lambda _, model: model.completion.status == "stalled", "the killed training to be stalled")
    assert (seen.model.completion.writer.pid, seen.model.completion.writer.alive) == (child.pid, False)
    assert seen.model.completion.expected_end_at is None
    assert killed.meta.run_id == begun.meta.run_id
    assert killed.verdict.value == "not_ready"
    assert {state.verdict.value.value for state in seen.states} == {"not_ready", "training"}
    return killed.meta.run_id


def follow_resumed(library: Library, folder: Path, seen: Followed, run: str) -> None:
    """The same run by another process; what was thrown away is gone."""
    before = len(seen.states)
    with training(library.script, folder, "--resume", "--hold", RESUMED) as child:
        seen.until_held(child, folder, RESUMED)
        resumed = seen.until(
            lambda _, model: model.completion.status == "running" and model.completion.step == library.step(RESUMED),
            "the first record after the resume",
        )
        assert_runs(seen, child.pid)
        assert resumed.meta.run_id == run
        steps = [library.step(done) for done in range(FIRST, RESUMED + 1, FIRST)]
        assert list(seen.model.series["train_loss"].step) == steps
        assert {state.verdict.value.value for state in seen.states[before:]} <= {"not_ready", "training"}
        let_go(folder, RESUMED)
        assert child.wait(300) == 0, (folder.parent / f"{library.script}.log").read_text()


def has_begun(state: DashboardState) -> bool:
    """Whether there is a record: before its first one nothing says whether a process goes on or begins anew."""
    return any(model.series for model in state.metrics.values())


def assert_runs(seen: Followed, pid: int) -> None:
    """It is said to run, and by which process."""
    completion = seen.model.completion
    assert completion.status == "running"
    assert (completion.writer.pid, completion.writer.alive) == (pid, True)


def is_at(library: Library, model: object, done: int) -> bool:
    """How far it is, of how many, and until when."""
    completion = model.completion
    total = completion.steps if library.total[0] == "step" else completion.epochs
    at_step = (completion.step, total) == (library.step(done), library.total[1])
    return at_step and completion.expected_end_at is not None


def end_in_sight(folder: Path) -> float:
    """Last record and what is left at the usual pace, as TensorBoard's own reader has the times."""
    (file,) = folder.rglob("events.out.tfevents.*")
    scalars = EventAccumulator(str(file)).Reload()
    (loss,) = {"train/loss", "train_loss"} & set(scalars.Tags()["scalars"])
    times = [scalar.wall_time for scalar in scalars.Scalars(loss)]
    gaps = [after - before for before, after in pairwise(times)]
    return times[-1] + (TOTAL - KILLED) / FIRST * median(gaps)
