"""Stores of MLflow 2 and 3, databases and files: `runs import` takes over what MLflow's own client reads in them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.recorded import facts, unpack

from collectors.commands.runs import asked_for
from collectors.contract.state import DashboardState
from collectors.imports.take_over import import_runs
from collectors.store.runs import RunStore
from collectors.store.store import Store

STORES = ["store2", "store3", "files2", "files3"]
ENDS = {"FINISHED": "done", "FAILED": "fail", "KILLED": "stalled", "RUNNING": "stalled"}
NOT_FINITE = "odd"
Take = Callable[..., dict[str, DashboardState]]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def take(tmp_path: Path, said: list[str]) -> Take:
    """Take over what lies below a path; id of each run, as it begins -> its state."""

    def take(path: Path, *tags: str) -> dict[str, DashboardState]:
        taken = import_runs([path], asked_for(None, None, tags), Store(tmp_path / "state"), said.append)
        return {run.rpartition("-")[2]: RunStore(tmp_path / "state").required(run) for run in taken}

    return take


def recorded_runs(name: str) -> list[dict[str, Any]]:
    return [run for run in facts("mlflow", name)["runs"] if run["lifecycle"] == "active"]


def finite(values: list[Any]) -> list[float | None]:
    """Values as a state holds them; a database has the largest float for an infinity."""
    numbers = map(float, values)
    return [value if math.isfinite(value) and abs(value) < 1e308 else None for value in numbers]


@pytest.mark.parametrize("name", STORES)
def test_every_run_is_taken_over_as_it_was_logged_or_named_with_its_metrics(
    tmp_path: Path, take: Take, said: list[str], name: str
) -> None:
    found = take(unpack("mlflow", name, tmp_path / "work"))

    told = {run["id"][:8]: run for run in recorded_runs(name) if {"train_loss", "val_loss"} & run["series"].keys()}
    assert set(found) == set(told), "nested runs too, and deleted ones not"
    for run_id, run in told.items():
        stream = found[run_id].metrics["model"]
        for series in {"train_loss", "val_loss"} & run["series"].keys():
            shown, points = stream.series[series], run["series"][series]
            assert (list(shown.step), list(shown.value)) == (points["at"], finite(points["values"])), run["name"]
        assert str(stream.completion.status) == ("fail" if run["name"] == NOT_FINITE else ENDS[run["status"]])
        assert found[run_id].meta.workspace == run["experiment"]
        assert stream.config == {"lr": 0.001, "epochs": 4}

    refused = {line.partition(": ")[0].rpartition("-")[2]: line for line in said if "not taken over" in line}
    others = {
        run["id"][:8]: run for run in recorded_runs(name) if not {"train_loss", "val_loss"} & run["series"].keys()
    }
    assert set(refused) == set(others)
    for run_id, run in others.items():
        words = f"It has {', '.join(sorted(run['series']))}" if run["series"] else "it has no metrics"
        assert refused[run_id].endswith(words)


@pytest.mark.parametrize("name", STORES)
def test_a_tag_adds_to_the_usual_names(tmp_path: Path, take: Take, name: str) -> None:
    found = take(unpack("mlflow", name, tmp_path / "work"), "val_loss=validation/r2 score")

    own = next(run for run in recorded_runs(name) if run["name"] == "own names")
    assert list(found[own["id"][:8]].metrics["model"].series["val_loss"].value) == [0.5, 0.75]
    usual = next(run for run in recorded_runs(name) if run["name"] == "usual")
    assert list(found[usual["id"][:8]].metrics["model"].series["val_loss"].value) == [0.875, 0.625, 0.5, 0.375]


def test_a_run_whose_beginning_is_no_moment_is_taken_over_with_the_others(tmp_path: Path, take: Take) -> None:
    root = unpack("mlflow", "files3", tmp_path / "work")
    own = next(run for run in recorded_runs("files3") if run["name"] == "usual")
    (meta,) = root.glob(f"mlruns/*/{own['id']}/meta.yaml")
    text = meta.read_text()
    assert f"start_time: {own['started_ms']}" in text
    meta.write_text(text.replace(f"start_time: {own['started_ms']}", "start_time: never"))

    found = take(root)

    assert own["id"][:8] in found
    assert len(found) > 1


def test_the_folder_of_files_itself_may_be_named(tmp_path: Path, take: Take) -> None:
    root = unpack("mlflow", "files3", tmp_path / "work")

    assert len(take(root / "mlruns")) == 8


def test_runs_of_a_deleted_experiment_are_left_out(tmp_path: Path, take: Take) -> None:
    root = unpack("mlflow", "files2", tmp_path / "work")
    for meta in root.glob("mlruns/*/meta.yaml"):
        meta.write_text(meta.read_text().replace("lifecycle_stage: active", "lifecycle_stage: deleted"))

    assert take(root) == {}


def test_a_metric_that_cannot_be_read_is_said(tmp_path: Path, take: Take, said: list[str]) -> None:
    root = unpack("mlflow", "files2", tmp_path / "work")
    usual = next(run["id"] for run in recorded_runs("files2") if run["name"] == "usual")
    (path,) = root.rglob(f"{usual}/metrics/val_loss")
    path.unlink()
    os.mkfifo(path)

    found = take(root)

    assert list(found[usual[:8]].metrics["model"].series) == ["train_loss"]
    assert any("val_loss" in line for line in said)
