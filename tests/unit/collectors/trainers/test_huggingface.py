"""Folders that the Hugging Face Trainer wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from support.build_checkpoints import torch_zip
from support.recognising import assert_same, points_of, recording, seen
from support.recorded import unpack
from support.workspaces import write

from collectors.files.workspace import Workspace
from collectors.observe.described import by_trainer
from collectors.trainers.folder import Folder


@pytest.mark.parametrize(
    ("name", "verdict", "end"),
    [
        ("folder", "ready", "step 120 of 120, completed"),
        ("killed", "not_ready", "step 70 of 160, then silent"),
        ("resumed", "ready", "step 160 of 160, completed"),
        ("early_stopped", "ready", "step 80 of 600, stopped early"),
    ],
)
def test_a_recorded_folder_is_shown_and_judged_as_its_own_files_say(
    tmp_path: Path, name: str, verdict: str, end: str
) -> None:
    found, said = recording("huggingface", name, tmp_path)
    state_file = said["total_said_by"].partition(":")[0]

    assert found.described.trainer == "huggingface"
    assert found.verdict == verdict
    assert end in found.detail("training")
    assert_same(found.model.series["val_loss"], points_of(said, "eval_loss", state_file))
    train = points_of(said, "loss", state_file) if name != "killed" else points_of(said, "train/loss")
    assert_same(found.model.series["train_loss"], train)
    assert found.model.completion.steps == said["total"]
    assert found.judged == said["judged"]
    best = found.model.best["val_loss"]
    assert (best.value, best.step) == (pytest.approx(said["best"]["value"]), said["best"]["at"])


def test_other_metrics_are_shown_under_their_own_names(tmp_path: Path) -> None:
    found, said = recording("huggingface", "folder", tmp_path)

    for name in ("eval_accuracy", "learning_rate"):
        assert_same(found.model.series[name], points_of(said, name, "trainer_state.json"))
    assert found.model.best["eval_accuracy"].value == max(v for _, _, v in points_of(said, "eval_accuracy"))
    assert set(found.model.series) == {"train_loss", "val_loss", "eval_accuracy", "learning_rate"}


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("huggingface", "folder", tmp_path)

    assert found.state.meta.recognised == (
        "Hugging Face Trainer, because `trainer_state.json` and 2 checkpoint folders; 120 steps, 6 epochs"
    )


def test_only_what_it_has_is_asked_and_ready_says_how_many(tmp_path: Path) -> None:
    found, _ = recording("huggingface", "folder", tmp_path)

    assert found.asked == ["checkpoints", "logs", "configs", "training", "provenance"]
    assert "5 of 5 asked" in found.state.verdict.reason
    assert {stage.label for stage in found.state.pipeline.stages}.isdisjoint({"Data prep", "Data quality"})


def test_without_event_files_and_config_these_are_not_asked(tmp_path: Path) -> None:
    root = unpack("huggingface", "folder", tmp_path)
    for path in [*root.glob("runs/*/*"), *root.rglob("config.json")]:
        path.unlink()

    found = seen(root)

    assert (found.verdict, found.asked) == ("ready", ["checkpoints", "logs", "training", "provenance"])


def at(path: Path, before: float) -> None:
    """As if it had been written so many seconds earlier."""
    os.utime(path, (path.stat().st_mtime - before,) * 2)


@pytest.mark.parametrize(
    ("judged", "before", "outcome"),
    [
        ("model.safetensors", 30, "pass"),
        ("checkpoint-80/model.safetensors", 0, "pass"),
        ("checkpoint-120/model.safetensors", 90, "pass"),
        ("model.safetensors", 86_400, "skip"),
    ],
    ids=["saved at the end", "the best, in the middle", "large, saved before its state", "of another day"],
)
def test_without_event_files_the_trainer_s_own_words_tell_whether_a_model_is_of_the_run(
    tmp_path: Path, judged: str, before: float, outcome: str
) -> None:
    root = unpack("huggingface", "folder", tmp_path)
    shutil.rmtree(root / "runs")
    if "/" in judged:
        for path in [path for path in root.iterdir() if path.is_file()]:
            path.unlink()
    if judged.startswith("checkpoint-120"):  # it was told of no metric to choose a best one by
        for path in root.rglob("trainer_state.json"):
            state = json.loads(path.read_text()) | {"best_model_checkpoint": None}
            write(path, json.dumps(state), path.stat().st_mtime)
    for path in root.rglob("model.safetensors") if before == 90 else [root / judged]:
        at(path, before)

    found = seen(root)

    assert (found.judged, found.outcome("provenance")) == (judged, outcome)
    assert found.verdict == ("ready" if outcome == "pass" else "incomplete")


def test_the_parts_of_deepspeed_alone_are_no_model(tmp_path: Path) -> None:
    root = unpack("huggingface", "folder", tmp_path)
    for path in [*root.rglob("model.safetensors")]:
        path.unlink()
    write(root / "checkpoint-80/global_step80/mp_rank_00_model_states.pt", torch_zip())

    found = seen(root)

    assert found.verdict == "not_ready"
    assert found.detail("checkpoints").startswith("model: no model file found: nothing matches `model.safetensors`")


def test_the_name_of_the_file_alone_is_not_enough(tmp_path: Path) -> None:
    write(tmp_path / "trainer_state.json", json.dumps({"state": "idle"}))
    write(tmp_path / "checkpoint-10/trainer_state.json", b"\x00\x01")

    assert seen(tmp_path).described.trainer is None


def test_an_output_folder_below_others_is_named_with_its_place(tmp_path: Path) -> None:
    unpack("huggingface", "killed", tmp_path / "old")
    unpack("huggingface", "early_stopped", tmp_path / "new")

    found = seen(tmp_path)

    assert found.described.recognised is not None
    assert found.described.recognised.startswith("Hugging Face Trainer in `new`, because")
    assert found.described.recognised.endswith("the newest of 2 runs")
    assert found.judged == "new/model.safetensors"


def test_a_copy_that_lost_its_times_shows_the_checkpoint_of_the_highest_step(tmp_path: Path) -> None:
    rows = [{"loss": 2.0 - n / 100, "step": n, "epoch": n / 50} for n in range(10, 101, 10)]
    for step in (20, 100):
        state = {"global_step": step, "log_history": rows[: step // 10], "max_steps": 200, "num_train_epochs": 4}
        write(tmp_path / f"checkpoint-{step}/trainer_state.json", json.dumps(state), 1_700_000_000)

    found = seen(tmp_path)

    assert found.model.completion.step == 100
    assert found.described.recognised is not None
    assert "100 steps" in found.described.recognised


def test_a_description_stays_the_same_while_checkpoints_come_and_go(tmp_path: Path) -> None:
    """Another description means that everything is read again."""
    root = unpack("huggingface", "killed", tmp_path)
    with Workspace(root) as workspace:
        before = by_trainer(Folder(workspace)).config
        state = json.loads((root / "checkpoint-60/trainer_state.json").read_text()) | {"global_step": 80}
        write(root / "checkpoint-80/trainer_state.json", json.dumps(state))
        write(root / "checkpoint-80/model.safetensors", (root / "checkpoint-60/model.safetensors").read_bytes())

        assert by_trainer(Folder(workspace)).config == before
