"""Folders that timm's training wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.recognising import aged, assert_same, points_of, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

from collectors.trainers.timm import total_of

RUN = "output/train/20260101-120000-vit_tiny_patch16_224-16"
OWN = {"train_loss": "train_loss", "val_loss": "eval_loss"}


def test_a_training_with_cooldown_is_ready_and_every_column_is_shown(tmp_path: Path) -> None:
    found, said = recording("timm", "folder", tmp_path)

    assert (found.described.trainer, found.verdict) == ("timm", "ready")
    assert "epoch 8 of 8, completed" in found.detail("training")
    assert (found.model.completion.epoch, found.model.completion.epochs) == (said["last"], said["total"])
    assert set(found.model.series) == {"train_loss", "val_loss", "eval_top1", "eval_top5", "lr"}
    for series in found.model.series:
        assert_same(found.model.series[series], points_of(said, OWN.get(series, series)))
    best = found.model.best["eval_top1"]
    assert (best.value, best.epoch) == (said["best"]["value"], said["best"]["at"])
    assert found.judged == said["judged"]


def test_a_killed_one_is_never_ready(tmp_path: Path) -> None:
    found = seen(aged(unpack("timm", "killed", tmp_path)))
    said = facts("timm", "killed")

    assert found.verdict == "incomplete"
    assert "epoch 4 of 8: nothing was written since" in found.detail("training")
    assert_same(found.model.series["val_loss"], points_of(said, "eval_loss"))
    assert found.judged == said["judged"]


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("timm", "killed", tmp_path)

    assert found.described.recognised == (
        f"timm in `{RUN}`, because `{RUN}/summary.csv`, `{RUN}/args.yaml` and `{RUN}/model_best.pth.tar`; 4 of 8 epochs"
    )


def test_a_best_checkpoint_that_says_another_metric_than_its_epoch_has_is_of_another_run(tmp_path: Path) -> None:
    root = unpack("timm", "folder", tmp_path)
    table = root / RUN / "summary.csv"
    write(table, table.read_text().replace(",62.5,", ",61.5,"), table.stat().st_mtime)

    assert seen(root).outcome("provenance") == "fail"


@pytest.mark.parametrize(
    ("args", "total"),
    [
        ({"epochs": 300, "sched": "cosine", "cooldown_epochs": 10}, 310),
        ({"epochs": 300, "cooldown_epochs": 10}, 310),
        ({"epochs": 300, "sched": "cosine", "lr_cycle_limit": 2, "lr_cycle_mul": 1.0}, 600),
        ({"epochs": 300, "sched": "cosine", "warmup_prefix": True, "warmup_epochs": 5}, 305),
        ({"epochs": 300, "sched": "step", "cooldown_epochs": 10}, 300),
        ({"epochs": 300, "sched": "cosine", "lr_cycle_mul": 2.0}, None),
        ({}, None),
    ],
)
def test_the_total_is_counted_as_its_schedule_counts(args: dict[str, Any], total: int | None) -> None:
    assert total_of(args) == total


def test_a_summary_of_something_else_is_not_its(tmp_path: Path) -> None:
    write(tmp_path / "summary.csv", "epoch,train_loss,score\n0,1,2\n")

    assert seen(tmp_path).described.trainer == "plain"


def test_without_the_module_it_is_no_finished_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "timm")

    assert recording("timm", "folder", tmp_path)[0].verdict != "ready"


def test_a_checkpoint_from_before_its_arguments_were_written_cannot_be_told_to_be_of_this_run(tmp_path: Path) -> None:
    root = unpack("timm", "folder", tmp_path)
    write(
        root / RUN / "args.yaml", (root / RUN / "args.yaml").read_text(), (root / RUN / "summary.csv").stat().st_mtime
    )

    assert seen(root).outcome("provenance") == "skip"
