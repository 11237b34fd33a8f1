"""Folders that Ultralytics wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.recognising import aged, assert_same, points_of, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

TRAIN = "runs/detect/train"


@pytest.mark.parametrize(
    ("name", "end"), [("folder", "epoch 10 of 10, completed"), ("early_stopped", "epoch 7 of 60, stopped early")]
)
def test_a_recorded_training_that_ended_is_ready_and_every_column_is_shown(tmp_path: Path, name: str, end: str) -> None:
    found, said = recording("ultralytics", name, tmp_path)
    columns = {s["column"] for s in said["series"].values()} - {"time"}

    assert found.described.trainer == "ultralytics"
    assert (found.verdict, found.model.completion.early_stop) == ("ready", name == "early_stopped")
    assert end in found.detail("training")
    assert set(found.model.series) == columns
    for column in columns:
        assert_same(found.model.series[column], points_of(said, column))
    best = found.model.best[said["best"]["column"]]
    assert (best.value, best.epoch) == (said["best"]["value"], said["best"]["at"])
    assert (found.model.completion.epoch, found.model.completion.epochs) == (said["last"], said["total"])
    assert found.judged == said["judged"]


def test_a_killed_one_whose_weights_were_not_rewritten_has_not_ended(tmp_path: Path) -> None:
    found = seen(aged(unpack("ultralytics", "killed", tmp_path)))
    said = facts("ultralytics", "killed")

    assert found.verdict == "incomplete"
    assert "epoch 4 of 10: nothing was written since" in found.detail("training")
    assert found.model.completion.epoch == said["last"]
    assert_same(found.model.series["train/box_loss"], points_of(said, "train/box_loss"))
    assert found.outcome("checkpoints") == "pass"


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("ultralytics", "early_stopped", tmp_path)

    assert found.described.recognised == (
        f"Ultralytics in `{TRAIN}`, because `{TRAIN}/results.csv`, `{TRAIN}/args.yaml` and `{TRAIN}/weights/best.pt`; "
        "7 of 60 epochs"
    )


def test_the_padded_header_of_old_versions_is_the_same_table(tmp_path: Path) -> None:
    root = unpack("ultralytics", "folder", tmp_path)
    table = root / TRAIN / "results.csv"
    padded = "\n".join(",".join(cell.rjust(23) for cell in line.split(",")) for line in table.read_text().splitlines())
    write(table, padded + "\n", table.stat().st_mtime)

    found = seen(root)

    assert found.verdict == "ready"
    assert_same(
        found.model.series["metrics/mAP50-95(B)"], points_of(facts("ultralytics", "folder"), "metrics/mAP50-95(B)")
    )


def test_weights_of_an_earlier_training_in_the_same_folder_do_not_say_that_this_one_ended(tmp_path: Path) -> None:
    root = unpack("ultralytics", "early_stopped", tmp_path)
    table = root / TRAIN / "results.csv"
    write(table, table.read_text(), table.stat().st_mtime + 3600)

    assert not seen(root).model.completion.early_stop


def test_the_newest_of_several_runs_is_shown(tmp_path: Path) -> None:
    unpack("ultralytics", "folder", tmp_path / "a")
    aged(tmp_path / "a")
    unpack("ultralytics", "early_stopped", tmp_path / "b")

    found = seen(tmp_path)

    assert found.judged == f"b/{TRAIN}/weights/best.pt"
    assert found.described.words.endswith("the newest of 2 runs")


def test_a_table_of_that_name_without_its_columns_is_not_its(tmp_path: Path) -> None:
    write(tmp_path / "results.csv", "epoch,score\n1,2\n")
    write(tmp_path / "args.yaml", "task: detect\nepochs: 5\n")

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_it_is_not_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "ultralytics")

    assert recording("ultralytics", "folder", tmp_path)[0].described.trainer == "plain", "a table of anybody"


def test_weights_of_another_training_measured_what_this_table_does_not_hold(tmp_path: Path) -> None:
    other = unpack("ultralytics", "early_stopped", tmp_path / "other") / "runs/detect/train/weights/best.pt"
    own = unpack("ultralytics", "folder", tmp_path / "own") / "runs/detect/train/weights/best.pt"
    write(own, other.read_bytes(), own.stat().st_mtime)

    found = seen(tmp_path / "own")

    assert (found.verdict, found.outcome("provenance")) == ("not_ready", "fail")
    assert "best.pt says `train_metrics.metrics/mAP50-95(B)`" in found.detail("provenance")
