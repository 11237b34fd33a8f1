"""Folders that Keras wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.foreign import log_bytes, series
from support.recognising import assert_same, points_of, recording, seen
from support.recorded import unpack
from support.workspaces import write


@pytest.mark.parametrize(
    ("name", "epoch", "judged"),
    [
        ("folder", 8, "model.keras"),
        ("early_stopped", 10, "model.keras"),
        ("killed", 5, "best.keras"),
        ("resumed", 8, "model.keras"),
    ],
)
def test_a_recorded_folder_shows_both_losses_by_the_epochs_of_its_table(
    tmp_path: Path, name: str, epoch: int, judged: str
) -> None:
    found, said = recording("keras", name, tmp_path)

    assert found.described.trainer == "keras"
    assert_same(found.model.series["train_loss"], points_of(said, "loss", "training.csv"))
    assert_same(found.model.series["val_loss"], points_of(said, "val_loss", "training.csv"))
    assert_same(found.model.series["val_accuracy"], points_of(said, "val_accuracy", "training.csv"))
    assert (found.model.completion.epoch, found.model.completion.epochs) == (said["last"], None)
    assert f"epoch {epoch}" in found.detail("training"), "the last one that is over, counted from 1"
    assert found.judged == judged
    assert found.outcome("checkpoints") == found.outcome("logs") == "pass"


def test_event_files_alone_are_two_series_of_one_run(tmp_path: Path) -> None:
    root = unpack("keras", "folder", tmp_path)
    for path in [root / "training.csv", root / "history.json"]:
        path.unlink()

    found = seen(root)

    assert found.described.recognised == "Keras, because `logs/train` and `model.keras`"
    assert "epoch 8" in found.detail("training")
    assert found.model.final["train_loss"].value != found.model.final["val_loss"].value


def test_a_table_of_one_loss_is_anybodys(tmp_path: Path) -> None:
    write(tmp_path / "training.csv", b"epoch,loss\n0,0.5\n1,0.4\n")
    assert seen(tmp_path).described.trainer != "keras"
    write(tmp_path / "training.csv", b"epoch,accuracy,loss\n0,0.1,0.5\n1,0.2,0.4\n")
    assert seen(tmp_path).described.trainer == "keras"


def test_a_history_alone_is_read_as_lists(tmp_path: Path) -> None:
    root = unpack("keras", "folder", tmp_path)
    for path in [root / "training.csv", *root.rglob("*tfevents*")]:
        path.unlink()

    found = seen(root)

    assert found.described.trainer == "keras"
    assert len(found.model.series["val_loss"].value) == 8
    assert "epoch 8: nothing says how many" in found.detail("training")
    assert list(found.model.series["val_loss"].epoch) == list(range(8))


def test_a_total_in_a_config_beside_is_believed(tmp_path: Path) -> None:
    root = unpack("keras", "folder", tmp_path)
    write(root / "config.json", '{"epochs": 8}', (root / "training.csv").stat().st_mtime - 5)

    found = seen(root)

    assert (found.verdict, found.model.completion.epochs) == ("ready", 8)


@pytest.mark.parametrize(("name", "text"), [
    ("params.json", '{"epochs": 40, "patience": 3}'),
    ("dashboard.yaml", "trainer: keras\nstreams:\n  - completion: {total: 40, patience: 3}\n"),
])  # fmt: skip
def test_an_early_stop_needs_one_file_that_says_total_and_patience(tmp_path: Path, name: str, text: str) -> None:
    root = unpack("keras", "early_stopped", tmp_path)
    write(root / name, text, (root / "training.csv").stat().st_mtime - 30)

    found = seen(root)

    assert (found.verdict, found.model.completion.early_stop) == ("ready", True)


def test_a_table_in_another_order_is_not_keras(tmp_path: Path) -> None:
    write(tmp_path / "log.csv", "epoch,val_loss,loss\n0,1.0,2.0\n")

    assert seen(tmp_path).described.trainer == "plain"


def test_event_files_that_begin_later_count_from_zero(tmp_path: Path) -> None:
    """A second `fit(initial_epoch=4)` with a folder of its own."""
    for part, factor in (("train", 1.0), ("validation", 1.25)):
        rows = series("epoch_loss", range(4, 8), factor=factor)
        write(tmp_path / f"logs/{part}/events.out.tfevents.1795748094.host.9.0.v2", log_bytes(rows, 1795748094.0))
    write(tmp_path / "config.json", '{"epochs": 8}')

    found = seen(tmp_path)

    assert found.described.trainer == "keras"
    assert "epoch 8 of 8, completed" in found.detail("training")
