"""Folders that MMEngine wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.recognising import Seen, aged, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

SHOWN = {"loss": "train_loss"}
PACE = {"time", "data_time"}


def ended(name: str, target: Path) -> tuple[Seen, dict[str, Any]]:
    return seen(aged(unpack("mmengine", name, target))), facts("mmengine", name)


@pytest.mark.parametrize(
    ("name", "end", "judged"),
    [
        ("folder", "epoch 4 of 4, completed", "work_dirs/toy/best_accuracy_epoch_2.pth"),
        ("iterations", "step 60 of 60, completed", "work_dirs/toy/best_accuracy_iter_60.pth"),
    ],
)
def test_a_recorded_folder_is_ready_with_the_total_of_its_config(
    tmp_path: Path, name: str, end: str, judged: str
) -> None:
    found, said = ended(name, tmp_path)

    assert (found.described.trainer, found.verdict) == ("mmengine", "ready")
    assert end in found.detail("training")
    assert said["total"] in (found.model.completion.epochs, found.model.completion.steps)
    assert (found.judged, said["judged"]) == (judged, judged)
    assert found.asked == ["checkpoints", "logs", "training", "provenance"]


@pytest.mark.parametrize("name", ["folder", "iterations"])
def test_every_series_stands_where_its_file_says(tmp_path: Path, name: str) -> None:
    found, said = ended(name, tmp_path)

    told = {SHOWN.get(s["key"], s["key"]): s for s in said["series"].values() if s["key"] not in PACE}
    assert set(found.model.series) == set(told)
    for series, recorded in told.items():
        shown = found.model.series[series]
        by_epochs = "iter" not in recorded and said["steps_are"]["val"] == "epochs"
        assert list(shown.value) == recorded["values"], series
        assert list(shown.epoch if by_epochs else shown.step) == recorded["at"], series
        assert list(shown.epoch) == recorded.get("epoch", list(shown.epoch)), series


def test_the_best_checkpoint_is_held_against_the_series_it_was_chosen_by(tmp_path: Path) -> None:
    root = unpack("mmengine", "folder", tmp_path)
    (root / "work_dirs/toy/epoch_1.pth").replace(root / "work_dirs/toy/best_accuracy_epoch_2.pth")

    found = seen(aged(root))

    assert found.verdict == "not_ready"
    assert "says `meta.iter` 15" in found.detail("provenance")


@pytest.mark.parametrize(
    ("lost", "end"), [(3, "nothing says that it is over"), (8, "epoch 2 of 4: nothing was written")]
)
def test_a_training_that_broke_off_is_never_ready(tmp_path: Path, lost: int, end: str) -> None:
    root = unpack("mmengine", "folder", tmp_path)
    (path,) = root.rglob("scalars.json")
    rows = path.read_text().splitlines()[:-lost]  # without 3 of them the last epoch has one row of three
    write(path, "\n".join(rows) + "\n", path.stat().st_mtime)

    found = seen(aged(root))

    assert found.verdict == "incomplete"
    assert end in found.detail("training")


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("mmengine", "folder", tmp_path)

    place = "work_dirs/toy/20261127_030926"
    assert found.described.recognised == (
        f"MMEngine in `{place}`, because `{place}/vis_data/scalars.json`, `{place}/vis_data/config.py` and "
        "`work_dirs/toy/best_accuracy_epoch_2.pth`; 60 iterations, epoch 4"
    )


def test_the_config_is_read_as_text_and_never_executed(tmp_path: Path) -> None:
    root = unpack("mmengine", "folder", tmp_path)
    (config,) = root.rglob("vis_data/config.py")
    trap = tmp_path / "executed"
    write(config, f"open({str(trap)!r}, 'w')\n" + config.read_text(), config.stat().st_mtime)

    found = seen(aged(root))
    assert (found.verdict, trap.exists()) == ("ready", False)
    assert [(one.id, "never run" in one.reason) for one in found.state.not_asked] == [("configs", True)]


def test_the_name_of_the_file_alone_is_not_enough(tmp_path: Path) -> None:
    write(tmp_path / "run/vis_data/scalars.json", json.dumps({"step": 1, "temperature": 20.5}) + "\n")

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_it_is_anybodys_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "mmengine")

    found, _ = ended("folder", tmp_path)
    assert (found.described.trainer, found.verdict) != ("mmengine", "ready")


def test_without_a_best_model_an_early_one_is_not_the_trainings(tmp_path: Path) -> None:
    root = unpack("mmengine", "folder", tmp_path)
    for path in [*root.rglob("best_*.pth"), *root.rglob("epoch_[234].pth")]:
        path.unlink()

    found = seen(root)

    assert found.verdict == "not_ready"
    assert "epoch_1.pth says `meta.iter` 15" in found.detail("provenance")
