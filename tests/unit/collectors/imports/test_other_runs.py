"""A folder of many runs, watched with nothing typed: the newest is shown and the others stand in the history."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.recognising import aged, points_of
from support.recorded import facts, unpack
from support.workspaces import write

from collectors.collect import CollectOptions
from collectors.contract.state import DashboardState
from collectors.live.watch import Watcher
from collectors.store.runs import RunStore

Watch = Callable[..., Watcher]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "ws"


@pytest.fixture
def watch(tmp_path: Path, root: Path) -> Iterator[Watch]:
    made: list[Watcher] = []

    def watch() -> Watcher:
        if made:
            made.pop().close()
        made.append(Watcher(root, tmp_path / "state", CollectOptions(announce=lambda _: None), announce=lambda _: None))
        assert made[0].collect_once() is not None
        return made[0]

    yield watch
    made.pop().close()


def offered(watcher: Watcher) -> dict[str, DashboardState]:
    """What is put into the history, by its id."""
    ids = iter(watcher.take_another_run, None)
    return {run_id: RunStore(watcher.store.backend).required(run_id) for run_id in ids}


def write_version(root: Path, number: int, hours: float) -> None:
    """A recorded training as this version, its last file so many hours old."""
    made = root.parent / f"made-{number}"
    version = aged(unpack("lightning", "folder", made)) / "lightning_logs/version_0"
    newest = max(path.stat().st_mtime for path in version.rglob("*") if path.is_file())
    aged(made, newest - (time.time() - hours * 3600.0))
    (root / "lightning_logs").mkdir(parents=True, exist_ok=True)
    shutil.move(version, root / f"lightning_logs/version_{number}")
    shutil.rmtree(made)


def test_the_other_versions_stand_in_the_history_with_their_numbers(root: Path, watch: Watch) -> None:
    for number in (0, 1, 2):
        write_version(root, number, hours=9 - number)

    found = offered(watch())

    assert list(found) == ["version_1", "version_0"]
    said = points_of(facts("lightning", "folder"), "val_loss")
    for name, state in found.items():
        assert list(state.metrics["model"].series["val_loss"].value) == pytest.approx([v for *_, v in said], rel=1e-6)
        assert {c.path.split("/")[1] for c in state.artifacts.checkpoints} == {name}


def test_what_is_there_is_not_stored_again_and_what_went_on_since_is(root: Path, watch: Watch) -> None:
    write_version(root, 0, hours=9)
    write_version(root, 1, hours=3)
    (stored,) = offered(watch()).values()
    assert offered(watch()) == {}

    earlier = {"timestamp": stored.meta.timestamp - timedelta(hours=10)}
    watch().store.write_snapshot(stored.model_copy(update={"meta": stored.meta.model_copy(update=earlier)}))

    assert list(offered(watch())) == ["version_0"]


def test_one_that_may_still_train_is_not_offered(root: Path, watch: Watch) -> None:
    write_version(root, 0, hours=0.05)
    write_version(root, 1, hours=0.01)

    assert offered(watch()) == {}


def test_a_run_that_was_followed_here_is_not_stored_twice(root: Path, watch: Watch) -> None:
    write_version(root, 0, hours=50)
    followed = [row["run_id"] for row in RunStore(watch().store.backend).rows()]
    write_version(root, 1, hours=3)

    assert len(followed) == 1
    assert offered(watch()) == {}


def test_a_description_that_names_the_trainer_offers_them_too(root: Path, watch: Watch) -> None:
    write_version(root, 0, hours=9)
    write_version(root, 1, hours=3)
    write(root / "dashboard.yaml", "trainer: lightning\nstreams: [{completion: {total: 5}}]\n")

    found = offered(watch())

    assert {name: state.verdict.value.value for name, state in found.items()} == {"version_0": "ready"}


def test_a_test_of_the_finished_model_is_no_run_of_the_history(root: Path, watch: Watch) -> None:
    unpack("lightning", "tensorboard", root)

    assert offered(watch()) == {}


@pytest.mark.parametrize("name", ["files2", "files3", "store2", "store3"])
def test_every_ended_run_of_an_mlflow_store_but_the_newest_is_offered(root: Path, watch: Watch, name: str) -> None:
    unpack("mlflow", name, root)
    losses = {"train_loss", "val_loss", "loss", "eval_loss"}
    kept: list[dict[str, Any]] = [
        run for run in facts("mlflow", name)["runs"] if run["lifecycle"] == "active" and losses & run["series"].keys()
    ]
    newest = max(kept, key=lambda run: run["started_ms"])

    found = offered(watch())

    ended = [run for run in kept if run is not newest and run["status"] in {"FINISHED", "FAILED", "KILLED"}]
    assert {run_id.rpartition("-")[2] for run_id in found} == {run["id"][:8] for run in ended}
