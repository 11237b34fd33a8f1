"""Stores that MLflow 2 and 3 really wrote (tests/data/mlflow/make.py), taken over by `runs import`."""

from __future__ import annotations

import lzma
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.event_reading import DATA

from collectors.commands.runs import asked_for
from collectors.contract.state import DashboardState
from collectors.imports.take_over import import_runs
from collectors.store.runs import RunStore
from collectors.store.store import Store

EXPECTED = {
    "usual": ("done", [0.875, 0.625, 0.5, 0.375]),
    "killed": ("stalled", [0.75, 0.5]),
    "failed": ("fail", [0.75, 0.5, 0.375]),
    "odd": ("fail", [0.5, None, None, 0.25]),
    "child": ("done", [0.75, 0.5, 0.375, 0.25]),
}
"""Name of a run -> how it ended and its `val_loss`, as make.py logged them; the deleted one is left out."""


@pytest.fixture(params=["mlflow2", "mlflow3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "work/mlflow.db"
    path.parent.mkdir()
    path.write_bytes(lzma.decompress((DATA / f"mlflow/{request.param}.db.xz").read_bytes()))
    return path


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def take(tmp_path: Path, said: list[str]) -> Callable[..., dict[str, DashboardState]]:
    """Take over a store; name of each run -> its state."""

    def take(path: Path, *tags: str) -> dict[str, DashboardState]:
        taken = import_runs([path], asked_for(None, None, tags), Store(tmp_path / "state"), said.append)
        return {run.rpartition("-")[0]: RunStore(tmp_path / "state").required(run) for run in taken}

    return take


Take = Callable[..., dict[str, DashboardState]]


def losses(state: DashboardState, series: str = "val_loss") -> list[float | None]:
    return list(state.metrics["model"].series[series].value)


def test_every_run_that_logged_a_loss_is_taken_with_its_values_and_its_end(store: Path, take: Take) -> None:
    found = take(store)

    assert {n: (str(s.metrics["model"].completion.status), losses(s)) for n, s in found.items()} == EXPECTED
    assert losses(found["usual"], "train_loss") == [0.75, 0.5, 0.375, 0.25]
    assert {state.meta.workspace for state in found.values()} == {"detector"}
    assert found["usual"].metrics["model"].config == {"lr": 0.001, "epochs": 4}


def test_a_run_without_a_usual_name_is_told_with_its_metrics_and_one_without_any_as_such(
    store: Path, take: Take, said: list[str]
) -> None:
    take(store)

    refused = {line.partition("-")[0]: line.partition(": not taken over: ")[2] for line in said if "not taken" in line}
    assert refused == {
        "sklearn": "none of its metrics has a usual name of a loss; say which one is with --tag val_loss=TAG. "
        "It has training_mse, training_r2_score",
        "empty": "it has no metrics",
        "parent": "none of its metrics has a usual name of a loss; say which one is with --tag val_loss=TAG. "
        "It has best",
    }


def test_a_tag_that_is_named_adds_to_the_usual_names(store: Path, take: Take) -> None:
    found = take(store, "val_loss=training_mse")

    assert found.keys() == {*EXPECTED, "sklearn"}
    assert losses(found["sklearn"]) == [0.5]
    assert losses(found["usual"]) == EXPECTED["usual"][1]


def test_a_named_tag_goes_before_the_usual_names(store: Path, take: Take) -> None:
    assert losses(take(store, "val_loss=train_loss")["usual"]) == [0.75, 0.5, 0.375, 0.25]


def test_a_run_that_was_killed_this_minute_has_ended(store: Path, take: Take, said: list[str]) -> None:
    now = int(time.time() * 1000)
    with closing(sqlite3.connect(store, isolation_level=None)) as opened:
        (run_id,) = opened.execute("SELECT run_uuid FROM runs WHERE name = 'killed'").fetchone()
        opened.execute("UPDATE metrics SET timestamp = ? + 1000 * step WHERE run_uuid = ?", (now - 3000, run_id))
        opened.execute("UPDATE runs SET start_time = ?, end_time = ? WHERE run_uuid = ?", (now - 9000, now, run_id))

    assert take(store)["killed"].metrics["model"].completion.status == "stalled"
    assert not any("still training" in line for line in said)
