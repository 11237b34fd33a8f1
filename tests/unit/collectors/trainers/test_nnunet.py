"""Folders that nnU-Net wrote, seen with nothing typed: every number is the one its own log holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.recognising import Seen, aged, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

from collectors.files.workspace import Workspace
from collectors.trainers import nnunet
from collectors.trainers.folder import Folder

FOLD = "Dataset001_Toy/nnUNetTrainer__nnUNetPlans__2d/fold_0"
SHOWN = {"train_loss": "train_loss", "val_loss": "val_loss", "dice": "Pseudo dice"}


def ended(name: str, target: Path) -> tuple[Seen, dict[str, Any]]:
    return seen(aged(unpack("nnunet", name, target))), facts("nnunet", name)


@pytest.mark.parametrize(
    ("name", "verdict", "end"),
    [
        ("folder", "ready", "epoch 6 of 6, completed"),
        ("killed", "incomplete", "epoch 5 of 50: nothing was written since"),
    ],
)
def test_a_recorded_fold_is_shown_and_judged_as_its_own_files_say(
    tmp_path: Path, name: str, verdict: str, end: str
) -> None:
    found, said = ended(name, tmp_path)

    assert (found.described.trainer, found.verdict) == ("nnunet", verdict)
    assert end in found.detail("training")
    assert found.model.completion.epochs == said["total"]
    assert (found.model.completion.epoch, found.judged) == (said["last"], said["judged"])
    assert set(found.model.series) == set(SHOWN)
    for series, recorded in SHOWN.items():
        shown, told = found.model.series[series], said["series"][recorded]
        assert (list(shown.epoch), list(shown.value)) == (told["at"], told["values"])


def test_dice_gets_better_when_it_rises(tmp_path: Path) -> None:
    found, said = ended("folder", tmp_path)

    assert found.model.best["dice"].value == max(said["series"]["Pseudo dice"]["values"])


def test_each_class_is_a_series(tmp_path: Path) -> None:
    root = unpack("nnunet", "folder", tmp_path)
    (log,) = root.rglob("training_log_*.txt")
    text = log.read_text().replace("[np.float32(0.2207)]", "[np.float32(0.2207), nan, 0.5]")
    text = text.replace("[np.float32(0.2164)]", "[np.float32(0.2164), np.float64(0.25), 0.75]")
    write(log, text, log.stat().st_mtime)

    series = seen(aged(root)).model.series
    assert list(series["dice_2"].value) == [None, 0.25]
    assert list(series["dice_3"].value) == [0.5, 0.75]


def test_a_log_of_a_validation_alone_is_not_the_run(tmp_path: Path) -> None:
    root = unpack("nnunet", "folder", tmp_path)
    (log,) = root.rglob("training_log_*.txt")
    later = log.with_name("training_log_2026_11_28_01_00_00.txt")
    text = log.read_text()
    write(later, text[: text.index("Epoch 0")] + "Validation complete \n", log.stat().st_mtime + 60)

    found = seen(aged(root))

    assert found.verdict == "ready"
    assert "03_34_33.txt" in str(found.described.recognised)


def test_an_epoch_that_only_began_is_not_counted(tmp_path: Path) -> None:
    root = unpack("nnunet", "folder", tmp_path)
    (log,) = root.rglob("training_log_*.txt")
    text = log.read_text()
    write(log, text[: text.index("train_loss 0.3299")].rpartition("\n")[0] + "\n", log.stat().st_mtime)
    (log.parent / "checkpoint_final.pth").unlink()

    assert (found := seen(aged(root))).verdict == "incomplete"
    assert "epoch 5 of 6" in found.detail("training")


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("nnunet", "folder", tmp_path)

    assert found.described.recognised == (
        f"nnU-Net in `{FOLD}`, because `{FOLD}/training_log_2026_11_27_03_34_33.txt`, `{FOLD}/debug.json` and "
        f"`{FOLD}/checkpoint_final.pth`; epoch 5 (from 0)"
    )


def test_the_name_of_the_file_alone_is_not_enough(tmp_path: Path) -> None:
    write(tmp_path / "fold_0/training_log_2026.txt", "2026-11-27 03:34:34.353067: Epoch 0 \n")

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_nothing_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "nnunet")

    assert ended("folder", tmp_path)[0].described.trainer is None


def test_a_fold_that_was_continued_counts_from_zero_though_its_new_log_begins_later(tmp_path: Path) -> None:
    root = unpack("nnunet", "folder", tmp_path)
    (log,) = root.rglob("training_log_*.txt")
    before, text = log.read_text(), ""
    head, _, tail = before.partition("Epoch 3")
    text = head[: head.index("Epoch 0")].rpartition("\n")[0] + head.rpartition("\n")[2].join(["\n", f"Epoch 3{tail}"])
    write(log.with_name("training_log_2026_11_27_09_00_00.txt"), text, log.stat().st_mtime)
    log.unlink()

    found = seen(aged(root))

    assert found.model.series["train_loss"].epoch[0] == 3.0
    assert "epoch 6 of 6, completed" in found.detail("training")


def test_the_final_model_says_the_last_epoch_and_the_best_one_any(tmp_path: Path) -> None:
    def says(root: Path) -> dict[str, str]:
        with Workspace(root, ()) as workspace:
            folder = Folder(workspace)
            (run,) = nnunet.recognise(folder)
            described: dict[str, Any] = nnunet.describe(folder, run)
        found: dict[str, str] = described["streams"][0]["checkpoint"]["says"]["epoch"]
        return found

    root = unpack("nnunet", "folder", tmp_path)
    assert says(root) == {"key": "current_epoch", "at": "last"}
    (final,) = root.rglob("checkpoint_final.pth")
    final.unlink()
    assert says(root) == {"key": "current_epoch"}
