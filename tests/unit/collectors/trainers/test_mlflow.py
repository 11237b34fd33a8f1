"""Stores that MLflow 2 and 3 wrote, seen with nothing typed: the newest run with a loss, and where the others are."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.recognising import aged, seen, without
from support.recorded import facts, unpack
from support.workspaces import write

STORES = ["store2", "store3", "files2", "files3"]
LOSSES = {"train_loss", "val_loss"}


def newest(name: str) -> dict[str, Any]:
    kept = [run for run in facts("mlflow", name)["runs"] if run["lifecycle"] == "active"]
    found: dict[str, Any] = max(
        (run for run in kept if LOSSES & run["series"].keys()), key=lambda run: run["started_ms"]
    )
    return found


@pytest.mark.parametrize("name", STORES)
def test_the_newest_run_with_a_loss_is_shown_and_nothing_says_how_long_it_was_to_be(tmp_path: Path, name: str) -> None:
    found = seen(aged(unpack("mlflow", name, tmp_path)))

    run = newest(name)
    assert (found.described.trainer, found.verdict) == ("mlflow", "incomplete")
    assert set(found.model.series) == LOSSES & run["series"].keys()
    for series, shown in found.model.series.items():
        told = run["series"][series]
        assert (list(shown.step), list(shown.value)) == (told["at"], told["values"])
    assert "nothing says" in found.detail("training")
    assert found.asked == ["logs", "training", "provenance"]


@pytest.mark.parametrize("name", STORES)
def test_the_line_offers_every_run(tmp_path: Path, name: str) -> None:
    words = seen(unpack("mlflow", name, tmp_path)).described.recognised or ""

    assert "take over every run with `python -m collectors runs import`" in words
    if name.startswith("files"):
        assert "`interrupted`, which MLflow calls RUNNING" in words
        assert words.endswith("the newest of 12 runs"), "the deleted one is none of them"
    else:
        assert words.startswith("MLflow, because `mlflow.db`")


def test_a_deleted_run_is_not_shown(tmp_path: Path) -> None:
    root = unpack("mlflow", "files3", tmp_path)
    (meta,) = root.glob(f"mlruns/*/{newest('files3')['id']}/meta.yaml")
    write(meta, meta.read_text().replace("lifecycle_stage: active", "lifecycle_stage: deleted"), meta.stat().st_mtime)

    assert "`killed`, which MLflow calls KILLED" in (seen(root).described.recognised or "")


def delete(root: Path, *names: str) -> None:
    """Runs of these names, as MLflow deletes them; times stay."""
    base = root / "mlflow.db"
    if base.exists():
        at = base.stat().st_mtime
        with closing(sqlite3.connect(base)) as store:
            store.executemany("UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = ?", [(name,) for name in names])
            store.commit()
        os.utime(base, (at, at))
    for meta in root.glob("mlruns/*/*/meta.yaml"):
        text = meta.read_text()
        if any(f"run_name: {name}\n" in text for name in names):
            write(meta, text.replace("lifecycle_stage: active", "lifecycle_stage: deleted"), meta.stat().st_mtime)


@pytest.mark.parametrize("name", STORES)
@pytest.mark.parametrize(
    ("gone", "ended"),
    [
        (("interrupted",), ("stalled", "incomplete")),
        (("interrupted", "killed"), ("fail", "not_ready")),
        (("interrupted", "killed", "failed"), ("done", "ready")),
    ],
    ids=["killed", "failed", "finished"],
)
def test_how_a_run_ended_is_what_mlflow_says(
    tmp_path: Path, name: str, gone: tuple[str, ...], ended: tuple[str, str]
) -> None:
    root = unpack("mlflow", name, tmp_path)
    delete(root, *gone)

    found = seen(root)

    assert (found.model.completion.status.value, found.verdict) == ended


def test_a_training_that_writes_its_own_logs_is_told_by_them(tmp_path: Path) -> None:
    unpack("plain", "folder", tmp_path)
    unpack("mlflow", "store3", tmp_path)

    assert seen(tmp_path).described.trainer == "plain"


def test_a_database_that_is_cut_off_is_told_as_such(tmp_path: Path) -> None:
    path = unpack("mlflow", "store3", tmp_path) / "mlflow.db"
    write(path, path.read_bytes()[:300_000], path.stat().st_mtime)

    found = seen(tmp_path)

    assert (found.described.trainer, found.verdict) == ("mlflow", "not_ready")
    assert "cannot be read as a store of MLflow" in found.detail("logs")


def test_a_name_alone_is_not_enough(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as other:
        other.execute("CREATE TABLE measurements (value FLOAT)")
        other.commit()
    write(tmp_path / "mlruns/1/2/meta.yaml", "name: notes\n")

    assert seen(tmp_path).described.trainer is None


@pytest.mark.parametrize("name", ["store3", "files3"])
def test_without_the_module_nothing_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    without(monkeypatch, "mlflow")

    assert seen(unpack("mlflow", name, tmp_path)).described.trainer is None
