"""Runs of an MLflow store: a real SQLite file of MLflow's published schema, taken over by `runs import`."""

from __future__ import annotations

import math
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest
from support.workspaces import falling

from collectors.__main__ import main
from collectors.commands.runs import asked_for
from collectors.contract.state import DashboardState
from collectors.imports.take_over import import_runs
from collectors.readers.mlflow.points import MOST_POINTS
from collectors.readers.mlflow.read import read_mlflow
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.mlflow_table import read_mlflow_table
from collectors.store.runs import RunStore
from collectors.store.store import Store

LONG_AGO = int((time.time() - 90 * 86_400) * 1000)
SCHEMA = """
CREATE TABLE experiments (experiment_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(256) NOT NULL UNIQUE,
  artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT);
CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(250), source_type VARCHAR(20),
  source_name VARCHAR(500), entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(9), start_time BIGINT,
  end_time BIGINT, source_version VARCHAR(50), lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200),
  experiment_id INTEGER REFERENCES experiments, deleted_time BIGINT);
CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
  run_uuid VARCHAR(32) NOT NULL REFERENCES runs, step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,
  PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL,
  run_uuid VARCHAR(32) NOT NULL REFERENCES runs, PRIMARY KEY (key, run_uuid));
CREATE TABLE tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL REFERENCES runs,
  PRIMARY KEY (key, run_uuid));
"""
"""The tables that matter, as MLflow's own migrations leave them."""


class Mlflow:
    """A store that a training writes into, in MLflow's words."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.open() as store:
            store.executescript(SCHEMA)
            store.execute("INSERT INTO experiments VALUES (1, 'anomaly / v2', '', 'active', 0, 0)")

    def open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None)

    def run(self, number: int, status: str = "FINISHED", *, name: str = "calm-crane", stage: str = "active") -> str:
        """Begin a run, an hour after the one before; its id."""
        run_id = f"{number:08x}" + "0" * 24
        start = LONG_AGO + number * 3_600_000
        row = (run_id, name, "LOCAL", "train.py", "", "", status, start, start + 60_000, "", stage, "", 1, None)
        with closing(self.open()) as store:
            store.execute(f"INSERT INTO runs VALUES ({','.join('?' * len(row))})", row)
        return run_id

    def log(self, run_id: str, metric: str, values: list[float], *, every_ms: int = 1000) -> None:
        start = LONG_AGO + int(run_id[:8], 16) * 3_600_000
        rows = []
        for step, value in enumerate(values, start=1):
            # As MLflow's own store does: NaN is a mark, infinities are the largest floats.
            told = 0.0 if math.isnan(value) else max(min(value, sys.float_info.max), -sys.float_info.max)
            rows.append((metric, told, start + step * every_ms, run_id, step, math.isnan(value)))
        with closing(self.open()) as store:
            store.execute("BEGIN")
            store.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
            store.execute("COMMIT")

    def params(self, run_id: str, **params: str) -> None:
        with closing(self.open()) as store:
            store.executemany("INSERT INTO params VALUES (?, ?, ?)", [(k, v, run_id) for k, v in params.items()])


@pytest.fixture
def mlflow(tmp_path: Path) -> Mlflow:
    return Mlflow(tmp_path / "work/mlflow.db")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def take(tmp_path: Path, said: list[str]) -> Iterator[Callable[..., list[str]]]:
    def take(path: Path, *tags: str) -> list[str]:
        return import_runs([path], asked_for(None, None, tags), Store(tmp_path / "state"), said.append)

    yield take


def stored(tmp_path: Path, run_id: str) -> DashboardState:
    return RunStore(tmp_path / "state").required(run_id)


def test_each_run_of_a_store_becomes_a_run_with_its_losses_params_and_times(
    tmp_path: Path, mlflow: Mlflow, take: Callable[..., list[str]]
) -> None:
    run_id = mlflow.run(1)
    val = falling(6)
    mlflow.log(run_id, "train_loss", [v * 1.1 for v in val])
    mlflow.log(run_id, "val_loss", val)
    mlflow.params(run_id, lr="1e-05", epochs="6", optimizer="adamw", amp="True", secret="hunter2")

    assert take(mlflow.path) == ["calm-crane-00000001"]

    state = stored(tmp_path, "calm-crane-00000001")
    stream = state.metrics["model"]
    assert stream.series["val_loss"].value == tuple(val)
    assert stream.series["val_loss"].step == (1, 2, 3, 4, 5, 6)
    assert (stream.final["train_loss"].value, stream.best["val_loss"].value) == (val[-1] * 1.1, min(val))
    assert stream.config == {"lr": 1e-05, "epochs": 6, "optimizer": "adamw"}, "an allow-list of keys, as everywhere"
    assert (stream.completion.status, state.meta.workspace) == ("done", "anomaly___v2")
    assert state.meta.title == "imported from MLflow"
    assert state.meta.started_at is not None
    assert state.meta.started_at.timestamp() == pytest.approx(LONG_AGO / 1000 + 3600, abs=0.01)
    asked = {check.id: (str(check.outcome), check.detail) for check in state.checklist}
    assert asked["logs"] == ("pass", "model: metrics, 6 rows"), "as MLflow calls them: no store holds a metrics.csv"
    assert asked["training"][0] == "pass"
    assert "checkpoints" not in asked, "MLflow names no model's file, as where its newest run is shown"


def test_a_folder_with_a_store_in_it_may_be_named_and_twice_changes_nothing(
    tmp_path: Path, mlflow: Mlflow, take: Callable[..., list[str]], said: list[str]
) -> None:
    for number in (1, 2):
        mlflow.log(mlflow.run(number, name="" if number == 2 else "twin"), "loss/val", falling(3))
    assert sorted(take(mlflow.path.parent)) == ["run-00000002", "twin-00000001"]
    before = {p.name: p.read_bytes() for p in (tmp_path / "state/runs").glob("*.json")}

    take(mlflow.path.parent)

    assert {p.name: p.read_bytes() for p in (tmp_path / "state/runs").glob("*.json")} == before
    assert said[-2:] == ["twin-00000001: is here already", "run-00000002: is here already"]


def test_how_a_run_ended_is_believed_and_nothing_else_is_claimed(
    tmp_path: Path, mlflow: Mlflow, take: Callable[..., list[str]], said: list[str]
) -> None:
    """Failed is failed; killed, and left running long ago, stopped somewhere; deleted ones are left out."""
    statuses = ("FAILED", "KILLED", "RUNNING", "FINISHED")
    for number, status in enumerate(statuses):
        mlflow.log(mlflow.run(number, status, name=status.lower()), "val_loss", falling(4))
    mlflow.log(mlflow.run(9, name="deleted", stage="deleted"), "val_loss", falling(4))
    young = mlflow.run(int((time.time() * 1000 - LONG_AGO) / 3_600_000), "RUNNING", name="young")
    mlflow.log(young, "val_loss", falling(20), every_ms=int((time.time() * 1000 - LONG_AGO) % 3_600_000 / 20))

    taken = take(mlflow.path)

    found = {run.partition("-")[0]: stored(tmp_path, run).metrics["model"].completion.status for run in taken}
    assert found == {"failed": "fail", "killed": "stalled", "running": "stalled", "finished": "done"}
    assert [line for line in said if "still training" in line]


def test_a_loss_that_was_not_finite_stays_so(tmp_path: Path, mlflow: Mlflow, take: Callable[..., list[str]]) -> None:
    run_id = mlflow.run(1)
    mlflow.log(run_id, "val_loss", [0.9, math.inf, math.nan, -math.inf, 0.5])

    (taken,) = take(mlflow.path)

    stream = stored(tmp_path, taken).metrics["model"]
    assert stream.series["val_loss"].value == (0.9, None, None, None, 0.5)
    assert sorted(gap.kind for gap in stream.nonfinite) == ["-inf", "inf", "nan"]
    assert stream.completion.status == "fail"


def test_a_metric_of_another_name_can_be_named(
    tmp_path: Path, mlflow: Mlflow, take: Callable[..., list[str]], said: list[str]
) -> None:
    mlflow.log(mlflow.run(1), "dev/nll", falling(3))

    assert take(mlflow.path) == []
    assert "--tag val_loss=TAG" in said[-1]
    (taken,) = take(mlflow.path, "val_loss=dev/nll")
    assert stored(tmp_path, taken).metrics["model"].series["val_loss"].value == tuple(falling(3))


def test_many_runs_and_long_curves_are_read_in_parts_and_reduced(mlflow: Mlflow) -> None:
    """Minimum and maximum stay; more than fifty runs are told in two answers."""
    values = [1.0 + (n % 7) / 100 for n in range(3 * MOST_POINTS)]
    values[5000], values[5001] = 9.0, -9.0
    mlflow.log(mlflow.run(0), "val_loss", values, every_ms=10)
    for number in range(1, 60):
        mlflow.run(number)
    data = mlflow.path.read_bytes()

    first = read_mlflow(data, tags={"val_loss": ["val_loss"]}, count=50)
    second = read_mlflow(data, tags={"val_loss": ["val_loss"]}, first=50, count=50)

    assert (len(first.runs), first.is_last, len(second.runs), second.is_last) == (50, False, 10, True)
    curve = first.runs[0].curves["val_loss"]
    assert curve.points == len(values) and len(curve.value) <= MOST_POINTS
    assert {9.0, -9.0} <= set(curve.value)


def test_a_store_in_wal_mode_is_read_and_what_is_only_in_the_log_is_said(
    tmp_path: Path, mlflow: Mlflow, take: Callable[..., list[str]], said: list[str]
) -> None:
    mlflow.log(mlflow.run(1), "val_loss", falling(3))
    writer = mlflow.open()
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("UPDATE runs SET name = 'renamed'")
    before = {p.name: p.read_bytes() for p in mlflow.path.parent.iterdir()}

    assert take(mlflow.path) == ["calm-crane-00000001"]

    assert "mlflow.db-wal" in said[0]
    assert {p.name: p.read_bytes() for p in mlflow.path.parent.iterdir()} == before, "nothing is written beside it"
    writer.close()


@pytest.mark.parametrize(
    "spoilt",
    [
        ("DROP TABLE metrics", "no table metrics"),
        ("ALTER TABLE metrics RENAME TO m; CREATE VIEW metrics AS SELECT * FROM m", "no table metrics"),
        ("ALTER TABLE metrics RENAME COLUMN is_nan TO other", "is_nan"),
        ("DROP TABLE runs; CREATE TABLE runs (a); INSERT INTO runs VALUES (1)", "no such column"),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE TABLE \x1b[31m' WHERE name = 'runs'",
            "\\x1b",
        ),
        (
            "DROP TABLE params; CREATE TABLE params"
            " (run_uuid, key, value AS (replace(hex(zeroblob(300000)), '0', '0123456789')));"
            "INSERT INTO params VALUES ('00000001' || '000000000000000000000000', 'lr')",
            "too big",
        ),
    ],
    ids=["no table", "a view", "another column", "another table", "signs for a terminal", "a bomb"],
)
def test_what_is_no_store_of_mlflow_is_refused_in_words(
    mlflow: Mlflow, take: Callable[..., list[str]], said: list[str], spoilt: tuple[str, str]
) -> None:
    spoil, words = spoilt
    mlflow.log(mlflow.run(1), "val_loss", falling(3))
    with closing(mlflow.open()) as store:
        store.executescript(spoil)

    assert take(mlflow.path) == []
    assert "not taken over" in " ".join(said) and words in " ".join(said)
    assert all(line.isprintable() for line in said)


@pytest.mark.parametrize("cut", [16, 100, 5_000, -200])
def test_a_damaged_store_is_refused_and_nothing_crashes(
    mlflow: Mlflow, take: Callable[..., list[str]], said: list[str], cut: int
) -> None:
    for number in range(20):
        mlflow.log(mlflow.run(number), "val_loss", falling(30))
    data = mlflow.path.read_bytes()
    mlflow.path.write_bytes(data[:cut] + b"\xff" * (150 if cut < 0 else 0))

    take(mlflow.path)

    assert all(line.isprintable() for line in said)


def test_the_beginning_of_a_store_is_refused_in_a_sentence(mlflow: Mlflow) -> None:
    """Of a download that broke off, say."""
    beginnings = [mlflow.path.read_bytes()[:size] for size in range(130)]

    for one, beginning in product((read_mlflow, lambda data: read_mlflow_table(data, LossColumns())), beginnings):
        (finding,) = one(beginning).findings
        assert finding.severity == "error"
        assert finding.text.startswith(("is no SQLite file", "cannot be read as a store of MLflow: "))


@pytest.mark.parametrize("size", [16, 17, 18])
def test_the_command_says_so_in_a_sentence(
    tmp_path: Path, mlflow: Mlflow, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    mlflow.path.write_bytes(mlflow.path.read_bytes()[:size])

    code = main(["runs", "import", str(mlflow.path), "--state-dir", str(tmp_path / "state")])

    told = "".join(capsys.readouterr())
    assert f"it has {size} bytes, the header of a database alone has 100" in told
    assert (code, "please report" in told) == (2, False)


def test_rows_of_any_type_are_no_crash(mlflow: Mlflow) -> None:
    """SQLite stores what it is given, whatever a column is called."""
    run_id = mlflow.run(1)
    with closing(mlflow.open()) as store:
        for n, (step, value, at) in enumerate(
            [("x", 1.0, 1), (1, "y", 2), (2, b"\x00", 3), (3, 0.5, "z"), (4, 0.25, -7)]
        ):
            store.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, 0)", ("val_loss", value, at, run_id, step))
            store.execute("INSERT INTO params VALUES (?, ?, ?)", (f"p{n}", step, run_id))
        store.execute("UPDATE runs SET start_time = 'never', end_time = 9e99, name = x'ff00'")

    (run,) = read_mlflow(mlflow.path.read_bytes(), tags={"val_loss": ["val_loss"]}).runs

    assert (run.curves["val_loss"].step, run.curves["val_loss"].value) == ((3, 4), (0.5, 0.25))
    assert (run.started_at, run.ended_at) == (None, None)


def test_the_command_takes_a_store(tmp_path: Path, mlflow: Mlflow, capsys: pytest.CaptureFixture[str]) -> None:
    mlflow.log(mlflow.run(1), "val_loss", falling(3))

    code = main(["runs", "import", str(mlflow.path), "--state-dir", str(tmp_path / "state")])

    assert code == 0
    assert "calm-crane-00000001: taken over" in capsys.readouterr().out
