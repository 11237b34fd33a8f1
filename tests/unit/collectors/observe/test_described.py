"""What describes a workspace, and what it is by now: a folder that is watched becomes what its training writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.recorded import unpack
from support.workspaces import write

from collectors.collect import CollectOptions, Collector
from collectors.files.workspace import Workspace
from collectors.observe import described
from collectors.store.store import Store


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, looked at anew at every observation."""
    monkeypatch.setattr(described, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(described, "SHARE", 0)
    (tmp_path / "ws").mkdir()
    return tmp_path / "ws"


def test_an_empty_folder_that_is_watched_becomes_what_its_training_writes(watched: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with Collector(watched, Store(tmp_path / "state"), CollectOptions(announce=said.append)) as collector:
        nothing = collector.export()
        shutil.copytree(unpack("keras", "folder", tmp_path), watched, dirs_exist_ok=True)
        trained = collector.export()
        again = collector.export()

    assert nothing.verdict.reason == "Nothing has been trained here yet."
    assert trained.meta.recognised is not None
    assert trained.meta.recognised.startswith("Keras, because")
    assert len(trained.metrics["model"].series["val_loss"].value) == 8
    assert again is trained, "nothing changes when nothing changed"
    assert [line.partition(",")[0] for line in said] == ["Keras"]


def test_a_new_version_is_the_run_from_then_on(watched: Path, tmp_path: Path) -> None:
    shutil.copytree(unpack("lightning", "killed", tmp_path / "a"), watched, dirs_exist_ok=True)
    with Collector(watched, None, CollectOptions(announce=lambda _: None)) as collector:
        before = collector.collect()
        shutil.copytree(unpack("lightning", "resumed", tmp_path / "b"), watched, dirs_exist_ok=True)
        after = collector.collect(before)

    assert before.artifacts.checkpoints[0].path.startswith("lightning_logs/version_0/")
    assert after.artifacts.checkpoints[0].path.startswith("lightning_logs/version_1/")


def test_a_description_that_names_a_trainer_follows_its_newest_run_too(watched: Path, tmp_path: Path) -> None:
    shutil.copytree(unpack("lightning", "killed", tmp_path / "a"), watched, dirs_exist_ok=True)
    write(watched / "dashboard.yaml", "trainer: lightning\ntitle: pears\nlabels: {team: a, line: 4}\n")
    with Collector(watched, None, CollectOptions(announce=lambda _: None)) as collector:
        before = collector.collect()
        shutil.copytree(unpack("lightning", "resumed", tmp_path / "b"), watched, dirs_exist_ok=True)
        after = collector.collect(before)

    assert (before.meta.title, after.meta.title) == ("pears", "pears")
    assert before.meta.labels == after.meta.labels == {"team": "a", "line": "4"}
    assert after.artifacts.checkpoints[0].path.startswith("lightning_logs/version_1/")


def test_a_description_of_ones_own_is_not_looked_past(watched: Path, tmp_path: Path) -> None:
    """What stands in `dashboard.yaml` is what is meant, whatever lies there."""
    text = "streams: [{id: net, label: Net, checkpoint: best.keras, table: {path: training.csv}}]\n"
    write(watched / "dashboard.yaml", text)
    shutil.copytree(unpack("keras", "folder", tmp_path), watched, dirs_exist_ok=True)
    with Collector(watched, None, CollectOptions(announce=lambda _: None)) as collector:
        state = collector.collect()

    assert (list(state.metrics), state.meta.recognised) == (["net"], None)


def test_a_description_elsewhere_is_closed_each_time_it_was_read(tmp_path: Path) -> None:
    """It is read at every look; an observer of weeks would run out of descriptors."""
    (tmp_path / "ws").mkdir()
    named = write(tmp_path / "dashboard.yaml", "trainer: reference\n")
    with Workspace(tmp_path / "ws") as workspace:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(20):
            described.written_in(workspace, named)

        assert len(list(Path("/proc/self/fd").iterdir())) == before
