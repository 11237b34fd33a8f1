"""Folders that CatBoost wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.recognising import assert_same, points_of, recording, seen, without
from support.recorded import unpack
from support.workspaces import write

OWN = {"train_loss": "learn/Logloss", "val_loss": "test/Logloss"}


@pytest.mark.parametrize(
    ("name", "verdict", "end"),
    [
        ("folder", "ready", "step 60 of 60, completed"),
        ("early_stopped", "ready", "step 25 of 400, stopped early"),
        ("killed", "not_ready", "step 59 of 500, then silent"),
    ],
)
def test_a_recorded_folder_is_shown_and_judged_as_its_own_files_say(
    tmp_path: Path, name: str, verdict: str, end: str
) -> None:
    found, said = recording("catboost", name, tmp_path)

    assert (found.described.trainer, found.verdict) == ("catboost", verdict)
    assert end in found.detail("training")
    assert {OWN.get(series, series) for series in found.model.series} == set(said["series"])
    for series in found.model.series:
        assert_same(found.model.series[series], points_of(said, OWN.get(series, series)))
    assert (found.model.completion.step, found.model.completion.steps) == (said["last"], said["total"])
    assert found.model.completion.early_stop == (name == "early_stopped")


@pytest.mark.parametrize("name", ["folder", "early_stopped"])
def test_the_best_iteration_is_the_one_that_its_model_was_cut_to(tmp_path: Path, name: str) -> None:
    found, said = recording("catboost", name, tmp_path)

    assert found.model.best["val_loss"].step == said["best"]["at"]
    assert found.judged == said["judged"]
    assert found.state.artifacts.checkpoints[0].level.value == "readable", "no number of it is proven"


def test_a_killed_one_leaves_no_model_and_check_1_says_what_was_looked_for(tmp_path: Path) -> None:
    found, said = recording("catboost", "killed", tmp_path)

    assert said["models"] == []
    assert found.outcome("checkpoints") == "fail"
    assert "no model file found: nothing matches `*.cbm`" in found.detail("checkpoints")


def test_each_metric_has_the_direction_that_the_record_says_and_a_loss_its_own_name(tmp_path: Path) -> None:
    found, _ = recording("catboost", "folder", tmp_path)
    about = found.model.about

    assert {name: one.better for name, one in about.items()} == {
        "train_loss": "lower", "val_loss": "lower", "learn/Accuracy": "higher", "test/AUC": "higher",
        "test/Accuracy": "higher",
    }  # fmt: skip
    assert about["val_loss"].label == "test/Logloss"


def test_a_model_in_json_is_judged_where_it_is_the_only_one(tmp_path: Path) -> None:
    root = unpack("catboost", "early_stopped", tmp_path)
    (root / "model.cbm").unlink()

    found = seen(root)

    assert (found.verdict, found.judged, found.model.completion.early_stop) == ("ready", "model.json", True)


def test_without_its_record_nothing_says_how_many_and_that_is_not_called_silent(tmp_path: Path) -> None:
    root = unpack("catboost", "folder", tmp_path)
    (root / "catboost_info/catboost_training.json").unlink()

    found = seen(root)

    assert found.described.trainer == "catboost"
    assert found.verdict == "incomplete"
    assert "nothing says how many steps there are to be" in found.detail("training")


def test_tables_alone_are_enough_without_event_files_and_without_a_test_set(tmp_path: Path) -> None:
    root = unpack("catboost", "folder", tmp_path)
    shutil.rmtree(root / "catboost_info/learn")
    shutil.rmtree(root / "catboost_info/test")
    (root / "catboost_info/test_error.tsv").unlink()

    found = seen(root)

    assert found.verdict == "ready"
    assert set(found.model.series) == {"train_loss", "learn/Accuracy"}


def test_a_table_of_that_name_with_other_columns_is_not_its(tmp_path: Path) -> None:
    write(tmp_path / "catboost_info/learn_error.tsv", "name\tscore\na\t1\n")

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_it_is_not_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "catboost")

    assert recording("catboost", "folder", tmp_path)[0].described.trainer == "plain", "tables of anybody"
