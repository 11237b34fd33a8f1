"""Longer curves stand beside the state that names them, for as long as anybody can need them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.state_parts import raw_state

from collectors.contract.metrics import SPARK_POINTS, CurveDocument
from collectors.contract.state import DashboardState, state_from_json
from collectors.store import curves as shelf
from collectors.store.curves import whole
from collectors.store.folder import Folder
from collectors.store.runs import RunStore
from collectors.store.store import Store
from collectors.training.courses import course_of

STATES = Path(__file__).parents[3] / "data" / "states"
LONG = 300


def long_state(last: float = 0.5, run_id: str = "run-1") -> DashboardState:
    """A run whose PatchTST recorded 300 validation losses, and a spike among them."""
    raw = raw_state()
    raw["meta"]["run_id"] = run_id
    at = list(range(LONG))
    values: list[float | None] = [1 / (1 + n) for n in at]
    values[123], values[200], values[-1] = 7.12345678, None, last
    series = {"epoch": [float(n) for n in at], "step": at, "time": [1e9 + n for n in at], "value": values}
    raw["metrics"]["patchtst"]["series"]["val_loss"] = series
    return DashboardState.model_validate(raw)


def stored(state_dir: Path) -> list[str]:
    """Documents below `curves/`."""
    return sorted(path.relative_to(state_dir / "curves").as_posix() for path in state_dir.glob("curves/*/*"))


def test_a_long_curve_leaves_a_spark_and_its_facts_in_the_state_and_stands_in_a_document(tmp_path: Path) -> None:
    state = long_state()

    Store(tmp_path).write_state(state)

    lean = state_from_json((tmp_path / "dashboard-state.json").read_bytes())
    run, was = lean.metrics["patchtst"], state.metrics["patchtst"]
    spark, course = run.series["val_loss"], run.courses["val_loss"]
    assert (spark.epoch, spark.step, spark.time) == ((), (), ())
    assert LONG > SPARK_POINTS >= len(spark.value) and 7.123 in spark.value and None in spark.value
    assert (course.count, course.highest, course.last) == (LONG, 7.12345678, 0.5)
    assert (course.first_epoch, course.last_epoch, course.epochs, course.steps) == (0.0, 299.0, "from_0", "from_0")
    assert run.series["train_loss"] == was.series["train_loss"]
    assert stored(tmp_path) == [f"run-1/patchtst.{run.curves}.json"]
    document = CurveDocument.model_validate_json((tmp_path / "curves" / stored(tmp_path)[0]).read_bytes())
    assert dict(document.series) == {"val_loss": was.series["val_loss"]}
    assert whole(Folder(tmp_path), lean).metrics["patchtst"].series == was.series


def test_a_document_is_written_once_and_equal_curves_have_equal_names(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_state(long_state())
    (name,) = stored(tmp_path)
    before = (tmp_path / "curves" / name).stat()

    store.write_state(long_state().model_copy(update={"notices": ("something else",)}))
    store.write_snapshot(long_state())

    after = (tmp_path / "curves" / name).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert stored(tmp_path) == [name]


def test_a_document_stays_for_those_who_read_the_state_before_and_goes_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(shelf.time, "monotonic", lambda: clock[0])
    store = Store(tmp_path)
    for last in (0.5, 0.6):
        store.write_state(long_state(last))
    first, second = (d for last in (0.5, 0.6) for d in [_digest_of(long_state(last), tmp_path / "other")])

    assert stored(tmp_path) == sorted(f"run-1/patchtst.{digest}.json" for digest in (first, second))
    clock[0] += shelf.GRACE_SECONDS + 1
    store.write_state(long_state(0.6))

    assert stored(tmp_path) == [f"run-1/patchtst.{second}.json"]


def _digest_of(state: DashboardState, state_dir: Path) -> str | None:
    Store(state_dir).write_state(state)
    return state_from_json((state_dir / "dashboard-state.json").read_bytes()).metrics["patchtst"].curves


def test_what_a_snapshot_names_stays_until_its_run_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(shelf.time, "monotonic", lambda: clock[0])
    store = Store(tmp_path)
    store.write_state(long_state(0.5))
    store.write_snapshot(long_state(0.5))
    for last, run_id in ((0.6, "run-1"), (0.7, "run-2"), (0.8, "run-2")):
        clock[0] += shelf.GRACE_SECONDS + 1
        store.write_state(long_state(last, run_id))
    clock[0] += shelf.GRACE_SECONDS + 1
    store.write_state(long_state(0.8, "run-2"))
    kept = store.read_snapshot("run-1")
    assert kept is not None

    assert stored(tmp_path) == [
        f"run-1/patchtst.{kept.metrics['patchtst'].curves}.json",
        f"run-2/patchtst.{_digest_of(long_state(0.8), tmp_path / 'other')}.json",
    ]
    RunStore(tmp_path).delete(["run-1"])
    assert [name.partition("/")[0] for name in stored(tmp_path)] == ["run-2"]
    assert not (tmp_path / "curves" / "run-1").exists()


def test_removing_the_snapshot_of_the_run_that_is_shown_leaves_its_curves(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_state(long_state())
    store.write_snapshot(long_state())

    RunStore(tmp_path).delete(["run-1"])

    assert len(stored(tmp_path)) == 1


def test_another_process_leaves_what_the_state_before_its_own_named_and_sweeps_older_ones(tmp_path: Path) -> None:
    for last in (0.5, 0.6, 0.7):
        Store(tmp_path).write_state(long_state(last))

    digests = {_digest_of(long_state(last), tmp_path / "other") for last in (0.6, 0.7)}
    assert {name.split(".")[1] for name in stored(tmp_path)} == digests


@pytest.mark.parametrize("damage", ["lost", "cut", "of another shape"])
def test_of_a_lost_document_the_sparks_are_what_is_known(tmp_path: Path, damage: str) -> None:
    Store(tmp_path).write_state(long_state())
    path = tmp_path / "curves" / stored(tmp_path)[0]
    if damage == "lost":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:500] if damage == "cut" else b'{"stream": "patchtst"}')
    lean = Store(tmp_path).read_state()
    assert lean is not None

    run = whole(Folder(tmp_path), lean).metrics["patchtst"]

    shown = run.series["val_loss"]
    assert shown.value == lean.metrics["patchtst"].series["val_loss"].value
    assert set(shown.step) == set(shown.epoch) == {None}
    assert course_of(run, "val_loss").count == LONG


def test_many_series_have_shorter_sparks(tmp_path: Path) -> None:
    raw: dict[str, Any] = json.loads(long_state().model_dump_json())
    series = raw["metrics"]["patchtst"]["series"]
    series |= {f"metric{n}": series["val_loss"] for n in range(40)}

    Store(tmp_path).write_state(DashboardState.model_validate(raw))

    lean = json.loads((tmp_path / "dashboard-state.json").read_bytes())
    lengths = {len(one["value"]) for s in lean["metrics"].values() for one in s["series"].values()}
    assert max(lengths) <= 20


@pytest.mark.parametrize(("name", "stream"), [("version-1", "model"), ("version-1-first", "patchtst")])
def test_a_snapshot_of_an_older_version_is_read_as_it_was_written_and_stored_as_today(
    tmp_path: Path, name: str, stream: str
) -> None:
    """Recorded by the version before documents of curves, and by one of the first."""
    raw = (STATES / f"{name}.json").read_bytes()
    old, told = state_from_json(raw), json.loads(raw)
    run = old.metrics[stream]
    course = course_of(run, "val_loss")

    assert old.schema_version == "1"
    assert list(run.series["val_loss"].value) == told["metrics"][stream]["series"]["val_loss"]["value"]
    assert (course.count, course.highest, course.steps) == (90, pytest.approx(3.5), "from_0")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / f"{old.meta.run_id}.json").write_bytes(raw)
    assert [row["problem"] for row in RunStore(tmp_path).rows()] == [None]
    Store(tmp_path).write_snapshot(old)
    new = Store(tmp_path).read_snapshot(old.meta.run_id)
    assert new is not None
    assert new.schema_version == "2"
    assert whole(Folder(tmp_path), new).metrics[stream].series == run.series
