"""Folders of LightGBM, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.recognising import aged, assert_same, points_of, recording, seen, without
from support.recorded import unpack
from support.workspaces import write

OWN = {"train_loss": "train/l2", "val_loss": "valid/l2"}


@pytest.mark.parametrize(
    ("name", "verdict", "end"),
    [
        ("folder", "ready", "step 40 of 40, completed"),
        ("early_stopped", "ready", "step 32 of 300, stopped early"),
        ("killed", "incomplete", "step 24 of 300: nothing was written since"),
    ],
)
def test_a_recorded_folder_is_shown_and_judged_as_its_own_files_say(
    tmp_path: Path, name: str, verdict: str, end: str
) -> None:
    _, said = recording("lightgbm", name, tmp_path)
    found = seen(aged(tmp_path))

    assert (found.described.trainer, found.verdict) == ("lightgbm", verdict)
    assert end in found.detail("training")
    assert {OWN.get(series, series) for series in found.model.series} == set(said["series"])
    for series in found.model.series:
        assert_same(found.model.series[series], points_of(said, OWN.get(series, series)))
    assert (found.model.completion.step, found.model.completion.steps) == (said["last"], said["total"])
    assert found.model.completion.early_stop == (name == "early_stopped")
    assert found.judged == said["judged"]
    assert f"{said['models'][0]['trees']} trees" in found.detail("checkpoints")
    assert found.state.artifacts.checkpoints[0].level.value == "readable", "no number of it is proven"


def test_the_best_round_is_the_one_that_its_model_was_cut_to(tmp_path: Path) -> None:
    found, said = recording("lightgbm", "early_stopped", tmp_path)

    assert found.model.best["val_loss"].step == found.model.best["valid/l1"].step == said["best"]["at"]


def test_the_parameters_alone_say_the_patience_where_nothing_was_printed(tmp_path: Path) -> None:
    root = unpack("lightgbm", "early_stopped", tmp_path)
    (root / "train.log").unlink()
    assert seen(root).verdict != "ready", "nothing says that it stopped"

    params = json.loads((root / "params.json").read_text()) | {"early_stopping_rounds": 8}
    write(root / "params.json", json.dumps(params))

    assert seen(root).model.completion.early_stop


def test_the_model_says_the_total_where_no_parameters_were_kept(tmp_path: Path) -> None:
    root = unpack("lightgbm", "folder", tmp_path)
    (root / "params.json").unlink()

    found = seen(root)

    assert (found.verdict, found.model.completion.steps) == ("ready", 40)


def test_without_a_model_check_1_says_what_was_looked_for(tmp_path: Path) -> None:
    root = unpack("lightgbm", "killed", tmp_path)
    (root / "model.txt").unlink()

    found = seen(root)

    assert (found.described.trainer, found.outcome("checkpoints")) == ("lightgbm", "fail")
    assert "model.txt" in found.detail("checkpoints")


def test_values_beside_the_folder_of_its_models_belong_to_them(tmp_path: Path) -> None:
    root = unpack("lightgbm", "folder", tmp_path)
    for name, place in {"model.txt": "models", "evals_result.json": "logs", "params.json": "logs"}.items():
        (root / place).mkdir(exist_ok=True)
        (root / name).rename(root / place / name)

    found = seen(root)

    assert (found.verdict, found.judged) == ("ready", "models/model.txt")


def test_labels_and_texts_are_no_models(tmp_path: Path) -> None:
    write(tmp_path / "model.txt", "tree of life\n")
    write(tmp_path / "evals_result.json", json.dumps({"train": {"score": ["a"]}}))

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_it_is_not_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "lightgbm")

    assert recording("lightgbm", "folder", tmp_path)[0].described.trainer != "lightgbm"


def test_a_model_cut_where_nothing_was_best_is_of_another_training(tmp_path: Path) -> None:
    """A shorter one that ends at the best round is the usual one."""
    root = unpack("lightgbm", "folder", tmp_path)
    path = root / "model.txt"
    text, ended = path.read_text(), path.stat().st_mtime
    sizes = text.partition("tree_sizes=")[2]
    every = sizes.partition("\n")[0].split()
    start, few = text.index("\nTree=0\n") + 1, sum(map(int, every[:8]))
    shorter = text[:start].replace(" ".join(every), " ".join(every[:8])) + text[start : start + few]
    write(path, shorter + text[start + sum(map(int, every)) :], ended)

    found = seen(root)

    assert found.verdict == "not_ready"
    assert "model.txt holds 8 rounds, but evals_result.json 40" in found.detail("provenance")
