"""Folders of XGBoost, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.recognising import aged, assert_same, points_of, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

from collectors.trainers.folder import DOCUMENT_BYTES

OWN = {"train_loss": "train/logloss", "val_loss": "validation/logloss"}
WAITED = "step 23 of 300, stopped early"
MAY_HAVE = "it may have stopped early: 10 of `val_loss` follow its best one, and nothing says how many it waits for"


@pytest.mark.parametrize(
    ("name", "verdict", "end"),
    [
        ("folder", "ready", "step 40 of 40, completed"),
        ("early_stopped", "ready", WAITED),
    ],
)
def test_a_recorded_folder_is_shown_and_judged_as_its_own_files_say(
    tmp_path: Path, name: str, verdict: str, end: str
) -> None:
    _, said = recording("xgboost", name, tmp_path)
    found = seen(aged(tmp_path))

    assert (found.described.trainer, found.verdict) == ("xgboost", verdict)
    assert end in found.detail("training")
    assert {OWN.get(series, series) for series in found.model.series} == set(said["series"])
    for series in found.model.series:
        assert_same(found.model.series[series], points_of(said, OWN.get(series, series)))
    assert (found.model.completion.step, found.model.completion.steps) == (said["last"], said["total"])
    assert found.judged == said["judged"]
    assert found.state.artifacts.checkpoints[0].level.value == "readable", "no number of it is proven"


def test_the_best_iteration_is_the_one_that_its_model_names(tmp_path: Path) -> None:
    found, said = recording("xgboost", "early_stopped", tmp_path)
    best = found.model.best["val_loss"]

    assert (best.step, best.value) == (said["best"]["at"], pytest.approx(said["best"]["value"]))


def test_parameters_that_say_the_patience_say_that_it_stopped_early(tmp_path: Path) -> None:
    root = unpack("xgboost", "early_stopped", tmp_path)
    params = json.loads((root / "params.json").read_text()) | {"early_stopping_rounds": 10}
    write(root / "params.json", json.dumps(params))

    found = seen(root)

    assert (found.verdict, found.model.completion.early_stop) == ("ready", True)


def edit(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The only model of a folder, changed; times stay."""
    (root / "model.ubj").unlink()
    path = root / "model.json"
    model = json.loads(path.read_text())
    change(model["learner"])
    write(path, json.dumps(model), path.stat().st_mtime)


def cut(learner: dict[str, Any]) -> None:
    """As XGBoost leaves a model with `save_best`."""
    model = learner["gradient_booster"]["model"]
    model["iteration_indptr"] = model["iteration_indptr"][:15]
    model["trees"], model["tree_info"] = model["trees"][:14], model["tree_info"][:14]
    model["gbtree_model_param"]["num_trees"] = "14"


def test_a_model_that_was_cut_at_its_best_says_the_same(tmp_path: Path) -> None:
    root = unpack("xgboost", "early_stopped", tmp_path)
    edit(root, cut)

    assert WAITED in seen(root).detail("training")


def test_a_model_in_ubjson_says_so_too(tmp_path: Path) -> None:
    root = unpack("xgboost", "early_stopped", tmp_path)
    (root / "model.json").unlink()

    assert WAITED in seen(root).detail("training")


@pytest.mark.parametrize(
    "change",
    [
        lambda learner: learner["gradient_booster"]["model"]["iteration_indptr"].pop(),
        lambda learner: learner["attributes"].update(best_iteration="12"),
    ],
    ids=["fewer rounds than values", "another best"],
)
def test_where_model_and_values_do_not_say_the_same_nothing_says_that_it_stopped(
    tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    root = unpack("xgboost", "early_stopped", tmp_path)
    edit(root, change)

    found = seen(aged(root))

    assert (found.verdict, found.outcome("training")) == ("incomplete", "skip")
    assert MAY_HAVE in found.detail("training")


def test_a_model_that_was_saved_on_the_way_says_nothing_of_the_end(tmp_path: Path) -> None:
    root = unpack("xgboost", "early_stopped", tmp_path)
    (root / "model.ubj").unlink()
    (root / "model.json").rename(root / "model_23.json")

    assert MAY_HAVE in seen(aged(root)).detail("training")


def test_a_killed_one_left_checkpoints_and_no_values(tmp_path: Path) -> None:
    found, said = recording("xgboost", "killed", tmp_path)

    assert (found.described.trainer, found.verdict) == ("xgboost", "not_ready")
    assert said["series"] == {}
    assert "evals_result.json is missing" in found.detail("logs")
    assert found.judged == said["models"][-1]["file"], "the newest one"
    assert f"{said['models'][-1]['trees']} trees" in found.detail("checkpoints")


def test_without_parameters_nothing_says_how_many(tmp_path: Path) -> None:
    root = aged(unpack("xgboost", "folder", tmp_path))
    (root / "params.json").unlink()

    found = seen(root)

    assert found.verdict == "incomplete"
    assert "nothing says how many steps there are to be" in found.detail("training")


def test_a_model_in_ubjson_is_judged_where_it_is_the_only_one(tmp_path: Path) -> None:
    root = unpack("xgboost", "folder", tmp_path)
    (root / "model.json").unlink()

    found = seen(root)

    assert (found.verdict, found.judged) == ("ready", "model.ubj")


def test_values_of_the_usual_two_sets_without_names_keep_them(tmp_path: Path) -> None:
    root = unpack("xgboost", "folder", tmp_path)
    values = json.loads((root / "evals_result.json").read_text())
    named = {"validation_0": values["train"], "validation_1": values["validation"]}
    write(root / "evals_result.json", json.dumps(named), (root / "evals_result.json").stat().st_mtime)

    found = seen(root)

    assert_same(found.model.series["val_loss"], points_of(facts("xgboost", "folder"), "validation/logloss"))
    assert "validation_0/logloss" in found.model.series, "which part it is nothing says"


def test_a_document_of_many_values_is_its_though_others_read_only_small_ones(tmp_path: Path) -> None:
    values = [0.123456789 + 1e-7 * round_ for round_ in range(20_000)]
    write(tmp_path / "evals_result.json", json.dumps({"train": {"logloss": values}, "val": {"logloss": values}}))
    assert (tmp_path / "evals_result.json").stat().st_size > DOCUMENT_BYTES

    assert seen(tmp_path).described.recognised == "XGBoost, because `evals_result.json`; 20,000 iterations"


def test_lists_that_anybody_may_write_are_not_its(tmp_path: Path) -> None:
    write(tmp_path / "scores.json", json.dumps({"a": {"b": [1, 2]}}))

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_it_is_not_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "xgboost")

    assert recording("xgboost", "folder", tmp_path)[0].described.trainer != "xgboost"


def test_a_model_whose_best_score_is_in_no_list_of_values_is_of_another_training(tmp_path: Path) -> None:
    root = unpack("xgboost", "early_stopped", tmp_path)
    params = json.loads((root / "params.json").read_text()) | {"early_stopping_rounds": 10}
    write(root / "params.json", json.dumps(params), (root / "params.json").stat().st_mtime)
    model = json.loads((root / "model.json").read_text())
    score = model["learner"]["attributes"]["best_score"]
    model["learner"]["attributes"]["best_score"] = str(float(score) * 1.01)

    assert seen(root).outcome("provenance") == "pass"
    write(root / "model.json", json.dumps(model), (root / "model.json").stat().st_mtime)

    found = seen(root)

    assert found.outcome("provenance") == "fail"
    assert "model.json says `best_score`" in found.detail("provenance")


def test_a_model_of_fewer_rounds_than_its_values_is_of_another_training(tmp_path: Path) -> None:
    root = unpack("xgboost", "folder", tmp_path)
    ended = (root / "evals_result.json").stat().st_mtime
    early = (root / "checkpoints/model_10.ubj").read_bytes()
    (root / "model.json").unlink()
    write(root / "model.ubj", early, ended)

    found = seen(root)

    assert found.verdict == "not_ready"
    assert "model.ubj holds 11 rounds, but evals_result.json 40" in found.detail("provenance")
