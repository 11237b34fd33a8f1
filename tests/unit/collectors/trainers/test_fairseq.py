"""Folders that fairseq wrote, seen with nothing typed: every number is the one its own log holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.recognising import Seen, aged, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

SHOWN = {
    "train_loss": "train/train_loss",
    "val_loss": "valid/valid_loss",
    "inner_loss": "train_inner/loss",
    "valid_ppl": "valid/valid_ppl",
    "lr": "train_inner/lr",
    "train_lr": "train/train_lr",
}


def ended(name: str, target: Path) -> tuple[Seen, dict[str, Any]]:
    return seen(aged(unpack("fairseq", name, target))), facts("fairseq", name)


def cut(root: Path, word: str) -> Path:
    """The log ends before the last line that holds a word, as where its training was killed."""
    log = root / "train.log"
    text = log.read_text()
    at = text.rindex("\n", 0, text.rindex(word)) + 1
    write(log, text[:at], log.stat().st_mtime)
    return aged(root)


@pytest.mark.parametrize(
    ("name", "end"), [("folder", "epoch 4 of 4, completed"), ("updates", "step 30 of 30, completed")]
)
def test_a_recorded_folder_is_ready_by_the_total_that_comes_first(tmp_path: Path, name: str, end: str) -> None:
    found, said = ended(name, tmp_path)

    assert (found.described.trainer, found.verdict) == ("fairseq", "ready")
    assert end in found.detail("training")
    done = found.model.completion
    assert (done.epochs if said["total_is_of"] == "epochs" else done.steps) == said["total"]
    assert (done.epoch, done.step) == (said["epochs"][-1], said["last"])
    assert found.judged == said["judged"]
    best = found.model.best["val_loss"]
    assert (best.step, best.value) == (said["best"]["at"], min(said["series"]["valid/valid_loss"]["values"]))


@pytest.mark.parametrize("name", ["folder", "updates"])
def test_every_series_stands_where_its_rows_say(tmp_path: Path, name: str) -> None:
    found, said = ended(name, tmp_path)

    assert set(found.model.series) == set(SHOWN)
    for series, recorded in SHOWN.items():
        shown, told = found.model.series[series], said["series"][recorded]
        assert (list(shown.step), list(shown.epoch)) == (told["at"], told["epochs"]), series
        assert list(shown.value) == told["values"], series


@pytest.mark.parametrize(("name", "word"), [("folder", '"update": 4.0'), ("updates", '"update": 2.5')])
def test_a_training_that_broke_off_is_never_ready(tmp_path: Path, name: str, word: str) -> None:
    found = seen(cut(unpack("fairseq", name, tmp_path), word))

    assert found.verdict == "incomplete"
    assert "completed" not in found.detail("training")


def test_values_without_a_better_one_are_an_early_stop_where_patience_was_asked_for(tmp_path: Path) -> None:
    root = unpack("fairseq", "folder", tmp_path)
    log = root / "train.log"
    text = log.read_text().replace("'max_epoch': 4", "'max_epoch': 50").replace("'patience': -1", "'patience': 2")
    assert "'patience': 2" in text
    write(log, text, log.stat().st_mtime)

    assert "stopped early" in seen(aged(root)).detail("training")


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("fairseq", "folder", tmp_path)

    assert found.described.recognised == (
        "fairseq, because `train.log` and `checkpoints/checkpoint_best.pt`; 40 updates, epoch 4"
    )


def test_a_log_without_rows_is_not_a_training(tmp_path: Path) -> None:
    write(tmp_path / "preprocess.log", "2026-11-27 03:31:54 | INFO | fairseq_cli.preprocess | done\n")

    assert seen(tmp_path).described.trainer is None


def test_rows_of_another_program_are_not_its(tmp_path: Path) -> None:
    write(tmp_path / "train.log", '2026-11-27 03:31:54 | INFO | train | {"epoch": 1, "loss": 0.5}\n')

    assert seen(tmp_path).described.trainer != "fairseq"


def test_without_the_module_nothing_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "fairseq")

    assert ended("folder", tmp_path)[0].described.trainer is None
