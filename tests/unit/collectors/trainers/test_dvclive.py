"""Folders that DVCLive wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.recognising import aged, assert_same, points_of, recording, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

OWN = {"train_loss": "train/loss", "val_loss": "val/loss"}


@pytest.mark.parametrize(
    ("name", "verdict", "end"),
    [
        ("folder", "ready", "epoch 12 of 12, completed"),
        ("early", "incomplete", "step 4: nothing says which epoch a step is; there are to be 40"),
    ],
)
def test_a_recorded_folder_is_one_table_of_all_its_metrics(tmp_path: Path, name: str, verdict: str, end: str) -> None:
    found = seen(aged(unpack("dvclive", name, tmp_path)))
    said = facts("dvclive", name)

    assert (found.described.trainer, found.verdict) == ("dvclive", verdict)
    assert end in found.detail("training")
    assert {OWN.get(series, series) for series in found.model.series} == set(said["series"])
    for series in found.model.series:
        assert_same(found.model.series[series], points_of(said, OWN.get(series, series)))
    assert (found.model.completion.step, found.model.completion.epochs) == (said["last"], said["total"])
    assert found.judged == said["judged"]
    last = found.model.final["val_loss"].value
    assert last == pytest.approx(said["summary"]["val"]["loss"]), "its own last value is the last one that is shown"


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("dvclive", "early", tmp_path)

    assert found.described.recognised == (
        "DVCLive, because 3 tables in `dvclive/plots/metrics` and `dvclive/metrics.json`; step 4 (from 0)"
    )


def test_the_model_that_dvc_yaml_names_is_judged_before_another(tmp_path: Path) -> None:
    root = unpack("dvclive", "folder", tmp_path)
    (root / "out").mkdir()
    (root / "model.pt").rename(root / "out/net.pt")
    write(root / "dvc.yaml", "artifacts:\n  net:\n    path: out/net.pt\n    type: model\n")
    write(root / "model.pt", b"not a model")

    assert seen(root).judged == "out/net.pt"


def test_tables_of_another_kind_in_such_a_folder_are_not_its(tmp_path: Path) -> None:
    write(tmp_path / "dvclive/plots/metrics/words.tsv", "name\tcount\na\t1\n")

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_its_tables_are_not_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "dvclive")

    assert recording("dvclive", "folder", tmp_path)[0].verdict != "ready"
