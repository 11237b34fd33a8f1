"""A folder that fastai wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.recognising import aged, assert_same, points_of, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

OWN = {"val_loss": "valid_loss"}


def test_a_recorded_folder_is_shown_as_its_table_says_and_its_total_is_said_by_nothing(tmp_path: Path) -> None:
    found = seen(aged(unpack("fastai", "folder", tmp_path)))
    said = facts("fastai", "folder")

    assert (found.described.trainer, found.verdict) == ("fastai", "incomplete")
    assert "epoch 6: nothing says how many epochs there are to be" in found.detail("training")
    assert set(found.model.series) == {"train_loss", "val_loss", "accuracy"}
    for series in found.model.series:
        assert_same(found.model.series[series], points_of(said, OWN.get(series, series)))
    best = found.model.best["val_loss"]
    assert (best.value, best.epoch) == (said["best"]["value"], said["best"]["at"])
    assert found.model.completion.epoch == said["last"]
    assert found.judged == "models/model.pth"
    assert found.outcome("checkpoints") == "pass"


def test_a_total_in_a_config_beside_is_believed(tmp_path: Path) -> None:
    root = unpack("fastai", "folder", tmp_path)
    (root / "models/model.pth").unlink()
    write(root / "config.yaml", "epochs: 6\n", (root / "history.csv").stat().st_mtime - 5)

    found = seen(root)

    assert (found.verdict, found.judged) == ("ready", "models/last.pth")


@pytest.mark.parametrize(("seconds", "outcome"), [(9, "pass"), (60, "skip")], ids=["its best epoch", "before its run"])
def test_how_long_each_epoch_took_says_whether_a_model_is_of_the_run(
    tmp_path: Path, seconds: float, outcome: str
) -> None:
    root = unpack("fastai", "folder", tmp_path)
    ended = (root / "history.csv").stat().st_mtime
    write(root / "config.yaml", "epochs: 6\n", ended - 30)
    os.utime(root / "models/model.pth", (ended - seconds, ended - seconds))

    found = seen(root)

    assert (found.outcome("training"), found.outcome("provenance")) == ("pass", outcome)


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("fastai", "folder", tmp_path)

    assert found.described.recognised == "fastai, because `history.csv` and `models/model.pth`; 6 epochs"


def test_a_table_with_times_of_a_clock_is_not_its(tmp_path: Path) -> None:
    write(tmp_path / "history.csv", "epoch,train_loss,valid_loss,time\n0,1,2,1795747456\n")

    assert seen(tmp_path).described.trainer == "plain"


def test_without_the_module_it_is_anybodys_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "fastai")

    found, _ = recording("fastai", "folder", tmp_path)
    assert (found.described.trainer, found.judged) == ("plain", "models/last.pth"), "which one was best nobody knows"
