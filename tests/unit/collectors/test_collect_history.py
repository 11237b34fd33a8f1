"""Snapshots that a watching collector stores by itself, and the baseline as check 10."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.workspaces import (
    Stream,
    good_streams,
    write,
    write_backup,
    write_good,
    write_running,
    write_stream,
)

from collectors.__main__ import main
from collectors.collect import CollectOptions, Collector
from collectors.contract.state import Check, DashboardState
from collectors.live.watch import Watcher
from collectors.observe.load_pipeline import default_config_bytes
from collectors.store.runs import RunStore
from collectors.store.store import Store

SWITCHED_ON = b"\nchecks: {baseline: {enabled: true}}\n"


@contextmanager
def collecting(tmp_path: Path, **options: object) -> Iterator[Collector]:
    """A collector over `ws` with its state in `state`."""
    with Collector(tmp_path / "ws", Store(tmp_path / "state"), CollectOptions(**options)) as collector:  # type: ignore[arg-type]
        yield collector


def snapshots(tmp_path: Path) -> list[str]:
    """Names of the stored snapshots."""
    return sorted(p.stem for p in (tmp_path / "state/runs").glob("*.json"))


def baseline_check(state: DashboardState) -> Check | None:
    """Check 10 of a state."""
    return next((c for c in state.checklist if c.id == "baseline"), None)


def rerun(root: Path, streams: tuple[Stream, ...], factor: float = 1.0) -> None:
    """Train once more in the same folder, later, with other losses."""
    later = max(s.end for s in streams) + 30
    for stream in streams:
        again = replace(stream, start=later, val=[v * factor for v in stream.val])
        later = again.end + 10
        write_stream(root, again)


def test_a_run_that_ended_is_stored_without_being_asked_for(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")

    with collecting(tmp_path) as collector:
        state = collector.export(at_end=True)

    assert snapshots(tmp_path) == [state.meta.run_id]
    assert state.nodes["run-summary"].status == "done"
    assert Store(tmp_path / "state").read_snapshot(state.meta.run_id) == state


def test_a_running_training_is_not_stored_yet(tmp_path: Path) -> None:
    write_running(tmp_path / "ws")

    with collecting(tmp_path) as collector:
        state = collector.export(at_end=True)

    assert snapshots(tmp_path) == []
    assert state.nodes["run-summary"].status == "idle"


def test_a_snapshot_stored_by_hand_while_it_trains_is_not_yet_the_summary(tmp_path: Path) -> None:
    write_running(tmp_path / "ws")

    with collecting(tmp_path) as collector:
        state = collector.export(snapshot=True)

    assert snapshots(tmp_path) == [state.meta.run_id]
    assert (state.nodes["run-summary"].status, state.nodes["run-summary"].message) == (
        "idle",
        "waiting for training to end",
    )


def test_a_stalled_and_a_diverged_run_are_stored_too(tmp_path: Path) -> None:
    write_running(tmp_path / "ws", age=4000)
    with collecting(tmp_path) as collector:
        stalled = collector.export(at_end=True)
    first, second = good_streams()
    diverged = replace(second, val=[0.7, float("nan"), float("nan")])
    for stream in (first, diverged):
        write_stream(tmp_path / "other/ws", stream)
    with collecting(tmp_path / "other") as collector:
        failed = collector.export(at_end=True)

    assert [stalled.nodes["swinmae"].status, failed.nodes["swinmae"].status] == ["stalled", "fail"]
    assert snapshots(tmp_path) == [stalled.meta.run_id]
    assert snapshots(tmp_path / "other") == [failed.meta.run_id]


def test_nothing_is_written_again_while_nothing_changes(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    with collecting(tmp_path) as collector:
        first = collector.export(at_end=True)
        before = {p: p.stat().st_mtime_ns for p in (tmp_path / "state").rglob("*.json*")}

        again = [collector.export(at_end=True) for _ in range(3)]

    assert again == [first] * 3
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_outputs_that_still_change_update_the_same_snapshot(tmp_path: Path) -> None:
    """A backup made later counts."""
    streams = write_good(tmp_path / "ws")
    (tmp_path / "ws/artifacts/bundles/run_bundle.zip").unlink()
    with collecting(tmp_path) as collector:
        before = collector.export(at_end=True)
        write_backup(tmp_path / "ws", streams, time.time())

        after = collector.export(at_end=True)

    stored = Store(tmp_path / "state").read_snapshot(before.meta.run_id)
    assert snapshots(tmp_path) == [before.meta.run_id]
    assert (before.artifacts.readiness.backup_ready, after.artifacts.readiness.backup_ready) == (False, True)
    assert stored == after


def test_a_rerun_in_the_same_folder_is_another_run_and_the_old_one_stays_whole(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 5000)
    with collecting(tmp_path) as collector:
        old = collector.export(at_end=True)
        kept = (tmp_path / f"state/runs/{old.meta.run_id}.json").read_bytes()
        rerun(tmp_path / "ws", streams)

        new = collector.export(at_end=True)

    assert snapshots(tmp_path) == sorted([old.meta.run_id, new.meta.run_id])
    assert (tmp_path / f"state/runs/{old.meta.run_id}.json").read_bytes() == kept


def test_a_stream_that_joins_later_is_the_same_run(tmp_path: Path) -> None:
    """PatchTST ended and nothing runs: the snapshot of this moment becomes that of the whole run."""
    first, second = good_streams()
    write_stream(tmp_path / "ws", first)
    with collecting(tmp_path) as collector:
        early = collector.export(at_end=True)
        write_stream(tmp_path / "ws", second)

        late = collector.export(at_end=True)

    assert snapshots(tmp_path) == [early.meta.run_id] == [late.meta.run_id]
    assert Store(tmp_path / "state").read_snapshot(late.meta.run_id) == late


def test_a_restart_stores_nothing_twice(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    with collecting(tmp_path) as collector:
        first = collector.export(at_end=True)
    index = (tmp_path / "state/runs/index.jsonl").read_bytes()

    with collecting(tmp_path) as collector:
        second = collector.export(at_end=True)

    assert second == first
    assert (tmp_path / "state/runs/index.jsonl").read_bytes() == index


def test_keeping_two_removes_the_oldest_when_a_new_run_is_stored(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    ids = []
    with collecting(tmp_path, keep_runs=2) as collector:
        for number in range(3):
            ids.append(collector.export(at_end=True).meta.run_id)
            rerun(tmp_path / "ws", tuple(replace(s, start=s.start + 500 * number) for s in streams))

    assert len(set(ids)) == 3
    assert snapshots(tmp_path) == sorted(ids[1:])


@pytest.fixture
def pinned(tmp_path: Path) -> tuple[Path, tuple[Stream, ...]]:
    """A good run, stored and pinned, in a workspace that switches check 10 on."""
    streams = write_good(tmp_path / "ws", time.time() - 5000)
    write(tmp_path / "ws/dashboard.yaml", default_config_bytes() + SWITCHED_ON)
    with collecting(tmp_path) as collector:
        RunStore(tmp_path / "state").pin(collector.export(at_end=True).meta.run_id)
    return tmp_path, streams


def test_a_worse_run_fails_check_10_and_is_not_ready(pinned: tuple[Path, tuple[Stream, ...]]) -> None:
    tmp_path, streams = pinned
    rerun(tmp_path / "ws", streams, factor=1.2)

    with collecting(tmp_path) as collector:
        state = collector.export(at_end=True)

    check = baseline_check(state)
    assert check is not None
    assert (check.index, check.outcome, check.blocking) == (10, "fail", True)
    assert "20 % worse, 5 % allowed" in check.detail
    assert state.verdict.value == "not_ready"


def test_a_better_run_passes_check_10(pinned: tuple[Path, tuple[Stream, ...]]) -> None:
    tmp_path, streams = pinned
    rerun(tmp_path / "ws", streams, factor=0.8)

    with collecting(tmp_path) as collector:
        check = baseline_check(collector.export(at_end=True))

    assert check is not None
    assert check.outcome == "pass"


def test_the_baseline_itself_passes_check_10(pinned: tuple[Path, tuple[Stream, ...]]) -> None:
    tmp_path, _ = pinned

    with collecting(tmp_path) as collector:
        check = baseline_check(collector.export(at_end=True))

    assert check is not None
    assert (check.outcome, "is the baseline" in check.detail) == ("pass", True)


def test_a_run_on_other_data_can_not_be_judged_and_is_skipped(pinned: tuple[Path, tuple[Stream, ...]]) -> None:
    tmp_path, streams = pinned
    rerun(tmp_path / "ws", streams, factor=1.2)
    for path in (tmp_path / "ws/configs").iterdir():
        write(path, path.read_text().replace("source: csv", "source: synthetic"), streams[0].start)

    with collecting(tmp_path) as collector:
        state = collector.export(at_end=True)

    check = baseline_check(state)
    assert check is not None
    assert (check.outcome, check.hint is not None) == ("skip", True)
    assert "other source: synthetic against csv" in check.detail


def test_a_baseline_that_is_gone_is_skipped_and_said(pinned: tuple[Path, tuple[Stream, ...]]) -> None:
    tmp_path, streams = pinned
    (tmp_path / f"state/runs/{RunStore(tmp_path / 'state').baseline()}.json").write_bytes(b"{")
    rerun(tmp_path / "ws", streams)

    with collecting(tmp_path) as collector:
        check = baseline_check(collector.export(at_end=True))

    assert check is not None
    assert (check.outcome, "cannot be read" in check.detail) == ("skip", True)


def test_pinning_another_run_is_noticed_by_a_collector_that_lives(pinned: tuple[Path, tuple[Stream, ...]]) -> None:
    tmp_path, streams = pinned
    rerun(tmp_path / "ws", streams, factor=1.2)
    with collecting(tmp_path) as collector:
        worse = collector.export(at_end=True)
        RunStore(tmp_path / "state").pin(worse.meta.run_id)

        again = collector.export(at_end=True)

    outcomes = [check.outcome for state in (worse, again) if (check := baseline_check(state))]
    assert outcomes == ["fail", "pass"]


def test_without_a_pin_or_without_the_switch_there_is_no_check_10(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    with collecting(tmp_path) as collector:
        state = collector.export(at_end=True)
        RunStore(tmp_path / "state").pin(state.meta.run_id)
        not_switched_on = collector.export(at_end=True)
    RunStore(tmp_path / "state").unpin()
    write(tmp_path / "ws/dashboard.yaml", default_config_bytes() + SWITCHED_ON)
    with collecting(tmp_path) as collector:
        not_pinned = collector.export(at_end=True)

    assert [baseline_check(s) for s in (not_switched_on, not_pinned)] == [None, None]


def test_the_policy_of_the_workspace_is_stored_for_those_who_only_see_the_state(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    policy = b"\nbaseline: {metric: train_loss, allowed_relative: 0.01, window: 3}\n"
    write(tmp_path / "ws/dashboard.yaml", default_config_bytes() + policy)

    with collecting(tmp_path) as collector:
        collector.export()

    stored = RunStore(tmp_path / "state").policy()
    assert (stored.metric, stored.allowed_relative, stored.window) == ("train_loss", 0.01, 3)


def test_a_snapshot_that_somebody_removed_is_stored_again_while_the_run_is_the_current_one(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    with collecting(tmp_path) as collector:
        state = collector.export(at_end=True)
        (tmp_path / f"state/runs/{state.meta.run_id}.json").unlink()

        collector.export(at_end=True)

    assert snapshots(tmp_path) == [state.meta.run_id]


def test_an_empty_workspace_has_no_run_to_store(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()

    with collecting(tmp_path) as collector:
        collector.export(at_end=True)

    assert snapshots(tmp_path) == []


def test_a_watcher_stores_the_snapshot_by_itself(tmp_path: Path) -> None:
    _, swinmae = write_running(tmp_path / "ws")
    watcher = Watcher(tmp_path / "ws", tmp_path / "state", CollectOptions(), announce=lambda _: None)
    watcher.collect_once()
    while_running = snapshots(tmp_path)
    write_stream(tmp_path / "ws", replace(swinmae, epochs=len(swinmae.val)))

    state = watcher.collect_once()
    watcher.close()

    assert while_running == []
    assert state is not None
    assert snapshots(tmp_path) == [state.meta.run_id]


@pytest.mark.parametrize("keep", ["0", "-3", "many"])
def test_keeping_nothing_is_refused_before_anything_is_watched(tmp_path: Path, keep: str) -> None:
    (tmp_path / "ws").mkdir()

    assert main(["watch", str(tmp_path / "ws"), "--state-dir", str(tmp_path / "state"), "--keep", keep]) == 2
    assert not (tmp_path / "state").exists()
