"""Folders that loops of one's own left, seen with nothing typed: every number is the one their files hold."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path

import pytest
from support.build_checkpoints import Numbers, a_value, torch_zip
from support.foreign import log_bytes
from support.recognising import Seen, assert_same, points_of, recording, seen
from support.recorded import unpack
from support.workspaces import write


@pytest.mark.parametrize("name", ["csv", "killed_csv"])
def test_a_table_of_epochs_is_shown_whole_with_the_total_of_its_config(tmp_path: Path, name: str) -> None:
    found, said = recording("plain", name, tmp_path)

    assert found.described.trainer == "plain"
    for series, column in (("train_loss", "train_loss"), ("val_loss", "val_loss"), ("val_r2", "val_r2")):
        assert_same(found.model.series[series], points_of(said, column))
    assert (found.model.completion.epoch, found.model.completion.epochs) == (said["last"], said["total"])
    assert found.judged == said["judged"]
    assert found.model.config == {"lr": 0.01, "batch_size": 20, "epochs": said["total"], "seed": 7}
    assert (found.verdict == "ready") == (said["ended"] == "complete")


def test_event_files_of_epochs_from_0_are_counted_to_their_total(tmp_path: Path) -> None:
    found, said = recording("plain", "folder", tmp_path)

    assert found.verdict == "ready"
    for series, tag in (("train_loss", "Loss/train"), ("val_loss", "Loss/val"), ("R2/val", "R2/val")):
        assert list(found.model.series[series].value) == [value for _, _, value in points_of(said, tag)]
    assert found.model.completion.epochs == said["total"]
    best = found.model.best["val_loss"]
    assert (best.value, best.epoch) == (pytest.approx(said["best"]["value"]), said["best"]["at"])
    assert found.judged == said["judged"], "the best one, where it is named so"


def loop(root: Path, tables: dict[str, str], ends: float = 0.4) -> Seen:
    """What a loop of ten epochs left that wrote these tables, by their names and headers; each value is a fraction."""
    at = time.time() - 20_000
    for name, head in tables.items():
        width = head.count(",")
        rows = [f"{n},{','.join(f'{0.9 - n / 100 - k / 1000:.3f}' for k in range(width))}" for n in range(1, 10)]
        write(root / name, "\n".join([head, *rows, f"10{f',{ends}' * width}", ""]), at)
    numbers = Numbers()
    write(root / "model.pt", torch_zip({"model": a_value(numbers)}, numbers), at)
    write(root / "config.yaml", "epochs: 10\n", at - 60)
    return seen(root)


def test_a_training_that_logs_its_accuracy_alone_is_one(tmp_path: Path) -> None:
    found = loop(tmp_path / "table", {"log.csv": "epoch,train_acc,val_acc"})
    assert (found.described.trainer, found.verdict) == ("plain", "ready")
    assert "all values finite" in found.detail("training"), "a metric is no loss"
    assert found.model.best["val_acc"].value == pytest.approx(0.889)

    values = [(n, {"Accuracy/train": 0.9 + n / 200, "Accuracy/val": 0.8 + n / 200}) for n in range(1, 11)]
    write(tmp_path / "events/runs/events.out.tfevents.1795748094.host.9.0", log_bytes(values, 1795748094.0))
    shutil.copytree(tmp_path / "table", tmp_path / "events", ignore=lambda *_: ["log.csv"], dirs_exist_ok=True)
    found = seen(tmp_path / "events")
    assert (found.outcome("logs"), set(found.model.series)) == ("pass", {"Accuracy/train", "Accuracy/val"})


@pytest.mark.parametrize(
    ("train", "val", "series"),
    [
        ("train.csv", "val.csv", {"train_loss", "val_loss", "acc", "val_acc"}),
        ("logs/training/log.csv", "logs/validation/log.csv", {"train_loss", "val_loss", "acc", "val_acc"}),
    ],
)
def test_tables_of_both_parts_of_the_data_are_one_run(tmp_path: Path, train: str, val: str, series: set[str]) -> None:
    found = loop(tmp_path, {train: "epoch,loss,acc", val: "epoch,loss,acc"})

    assert (found.verdict, set(found.model.series)) == ("ready", series)
    assert "the newest of" not in (found.described.recognised or "")
    assert loop(tmp_path, {val: "epoch,loss,acc"}, math.nan).verdict == "not_ready", "its validation is looked at"


@pytest.mark.parametrize("as_events", [False, True], ids=["table", "event files"])
def test_a_learning_rate_that_was_tried_out_afterwards_is_not_the_run(tmp_path: Path, as_events: bool) -> None:
    trained = [(n, {"train_loss": 1 / n, "val_loss": 1.1 / n, "lr": n / 1000}) for n in range(1, 31)]
    tried = [(n, {"train_loss": 2.0 + n / 100, "lr": 1e-6 * 1.3**n}) for n in range(50)]
    for name, rows, start in (("fit", trained, 1_795_000_000), ("lr_find", tried, 1_795_001_000)):
        head = ",".join(["step", *rows[0][1]])
        cut = "" if name == "fit" else "50"  # a row that was being written
        table = "\n".join([head, *(",".join(map(str, [n, *values.values()])) for n, values in rows), cut])
        events = f"runs/{name}/events.out.tfevents.{start}.host.9.0"
        data = log_bytes(rows, float(start)) if as_events else table
        write(tmp_path / (events if as_events else f"{name}.csv"), data, start + 100.0)

    found = seen(tmp_path)

    assert found.described.recognised is not None
    assert "`runs/fit`" in found.described.recognised or "`fit.csv`" in found.described.recognised
    assert len(found.model.series["train_loss"].value) == len(trained), "a warm-up is none"


def test_steps_are_not_called_epochs(tmp_path: Path) -> None:
    found, said = recording("plain", "steps", tmp_path)

    assert_same(found.model.series["train_loss"], points_of(said, "train/loss"), from_epoch=None)
    assert found.verdict == "incomplete"
    assert "step 60: nothing says which epoch a step is; there are to be 6" in found.detail("training")


def test_a_killed_training_is_not_ready(tmp_path: Path) -> None:
    for name in ("killed", "killed_csv"):
        found, _ = recording("plain", name, tmp_path / name)

        assert found.verdict != "ready"
        assert found.outcome("checkpoints") == "pass"


def test_rows_of_training_and_validation_are_one_table_and_patience_says_the_end(tmp_path: Path) -> None:
    found, said = recording("plain", "jsonl", tmp_path)

    for series in ("train_loss", "val_loss", "val_r2"):
        assert list(found.model.series[series].value) == [value for _, _, value in points_of(said, series)]
    assert (found.verdict, found.model.completion.early_stop) == ("ready", said["ended"] == "early stopped")
    assert (found.model.completion.epochs, found.judged) == (said["total"], said["judged"])


def test_a_loop_with_accelerate_is_ready_by_what_its_tracker_and_its_saves_say(tmp_path: Path) -> None:
    found, said = recording("accelerate", "folder", tmp_path)

    assert (found.verdict, found.model.completion.epochs) == ("ready", said["asked"]["epochs"])
    assert found.judged == "model/model.safetensors"
    assert_same(found.model.series["val_loss"], points_of(said, "eval_loss"))


def test_without_a_saved_model_the_newest_of_accelerates_states_is_judged(tmp_path: Path) -> None:
    root = unpack("accelerate", "folder", tmp_path)
    (root / "model/model.safetensors").unlink()

    assert seen(root).judged == "checkpoints/checkpoint_4/model.safetensors"
