"""`validate --wait`: it goes on between two streams, ends when training has ended, and says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.state_parts import END, PATCHTST, SWINMAE, raw_state, raw_stream
from support.states import diverged_state, empty_state, failing_state, ready_state, running_state
from support.workspaces import falling, write_backup, write_good, write_running, write_stream

from collectors.collect import Collector
from collectors.contract.state import DashboardState
from collectors.contract.values import Status, VerdictValue
from collectors.live.file_changes import Changes
from collectors.live.wait import has_ended, progress_line, wait_until_ended

NOW = END.timestamp()


def between(**second: Any) -> DashboardState:
    """PatchTST ended at `END`; SwinMAE has not begun. `second` changes what is known of it."""
    raw = raw_state()
    raw["metrics"]["swinmae"] = raw_stream("SwinMAE", SWINMAE, epochs=5, seen=0)
    raw["metrics"]["swinmae"]["completion"] |= second
    return DashboardState.model_validate(raw)


def with_statuses(*statuses: str) -> DashboardState:
    """Two streams of these statuses."""
    raw = raw_state()
    for stream, status in zip(raw["metrics"].values(), statuses, strict=True):
        stream["completion"]["status"] = status
    return DashboardState.model_validate(raw)


@pytest.mark.parametrize(
    ("seconds", "ended"), [(-5.0, False), (0.0, False), (179.0, False), (180.0, False), (180.5, True), (3600.0, True)]
)
def test_between_two_streams_it_waits_three_minutes_for_the_second_to_begin(seconds: float, ended: bool) -> None:
    assert has_ended(between(), NOW + seconds) is ended


def test_the_stream_that_ended_last_counts() -> None:
    """A third stream has not begun: the second one ended a minute after the first."""
    raw = raw_state()
    raw["metrics"]["third"] = raw_stream("Third", PATCHTST, epochs=5, seen=0)
    raw["metrics"]["swinmae"]["completion"]["last_record_at"] = END.replace(minute=1)
    state = DashboardState.model_validate(raw)

    assert not has_ended(state, NOW + 181)
    assert has_ended(state, NOW + 241)


def test_where_nothing_has_begun_yet_it_waits_for_the_first_stream() -> None:
    assert not has_ended(empty_state(), NOW + 1e9)


def test_what_is_finished_has_ended_whatever_the_verdict() -> None:
    assert has_ended(ready_state(), NOW)
    assert has_ended(failing_state(), NOW)


def test_a_verdict_of_training_is_no_end() -> None:
    raw = raw_state()
    raw["verdict"]["value"] = VerdictValue.TRAINING

    assert not has_ended(DashboardState.model_validate(raw), NOW + 1e6)


@pytest.mark.parametrize(
    ("statuses", "ended"),
    [
        (("done", "running"), False),
        (("fail", "running"), False),
        (("stalled", "running"), False),
        (("idle", "running"), False),
        (("fail", "idle"), True),
        (("stalled", "idle"), True),
        (("stalled", "done"), True),
        (("done", "done"), True),
    ],
)
def test_while_one_stream_runs_it_waits_and_a_stream_that_failed_is_the_end(
    statuses: tuple[str, str], ended: bool
) -> None:
    assert has_ended(with_statuses(*statuses), NOW) is ended


def test_a_diverged_run_has_ended() -> None:
    assert has_ended(diverged_state(), NOW)


def test_how_far_every_stream_is_stands_in_one_line() -> None:
    assert progress_line(running_state()) == (
        "waiting for training to end; patchtst: epoch 8 of 8 (done), swinmae: epoch 3 of 30 (running)"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "idle", "epoch": 3.0}, "no loss read"),
        ({"status": "running", "epoch": None, "epochs": 9}, "no epoch recorded yet (running)"),
        ({"status": "running", "epoch": 2.5, "epochs": None}, "epoch 2.5 (running)"),
        ({"status": "running", "epoch": 0.0, "epochs": 9}, "epoch 0 of 9 (running)"),
        ({"status": "stalled", "unit": "step", "step": 500, "steps": 1000}, "step 500 of 1,000 (stalled)"),
        ({"status": "running", "unit": "step", "step": 500, "steps": None, "epochs": 9}, "step 500 (running)"),
        ({"status": "running", "unit": "step", "step": None, "epoch": 3.0}, "no step recorded yet (running)"),
    ],
)
def test_how_far_one_stream_is_in_words(changes: dict[str, Any], words: str) -> None:
    assert progress_line(between(**changes)).endswith(f", swinmae: {words}")


class Noted(Changes):
    """Real notifications that note how long each wait was allowed to take.

    With `meanwhile` no time passes: it is told which wait this is, and may change the workspace.
    """

    asked: list[float]
    meanwhile: Callable[[int], None] | None = None

    def wait(self, seconds: float) -> bool:
        self.asked.append(seconds)
        if self.meanwhile is None:
            return super().wait(seconds)
        self.meanwhile(len(self.asked))
        return True


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Callable[[], tuple[Collector, Noted]]]:
    """A collector of `tmp_path/ws` that has looked once, and its changes."""
    opened: list[Collector] = []

    def watch() -> tuple[Collector, Noted]:
        opened.append(Collector(tmp_path / "ws", None))
        opened[-1].collect()
        changes = Noted(tmp_path / "ws", tmp_path / "state", print)
        changes.asked = []
        return opened[-1], changes

    yield watch
    for collector in opened:
        collector.close()


Watched = Callable[[], tuple[Collector, Noted]]


def test_a_training_that_has_ended_is_not_waited_for(tmp_path: Path, watched: Watched) -> None:
    write_good(tmp_path / "ws")
    collector, changes = watched()
    said: list[str] = []

    state = wait_until_ended(collector, changes, said.append, None)

    assert (state.verdict.value, said, changes.asked) == (VerdictValue.INCOMPLETE, [], [])


@pytest.mark.parametrize("patience", [None, 3600.0])
def test_the_state_after_the_end_is_the_answer(tmp_path: Path, watched: Watched, patience: float | None) -> None:
    """Losses, loss history and backup are completed at the fourth look; the same progress is said once."""
    streams = write_running(tmp_path / "ws")
    collector, changes = watched()
    said: list[str] = []

    def meanwhile(waits: int) -> None:
        if waits == 4:
            streams[1].val, streams[1].gap = falling(30, 0.7), 0.4
            write_stream(tmp_path / "ws", streams[1])
            write_backup(tmp_path / "ws", streams, streams[1].end)

    changes.meanwhile = meanwhile
    state = wait_until_ended(collector, changes, said.append, patience)

    assert {m.completion.status for m in state.metrics.values()} == {Status.DONE}
    assert state.verdict.value is VerdictValue.INCOMPLETE  # but for the smoke test nothing is missing
    assert said == ["waiting for training to end; patchtst: epoch 8 of 8 (done), swinmae: epoch 3 of 30 (running)"]
    assert changes.asked == [2.0] * 4


def test_patience_ends_and_the_state_of_that_moment_is_the_answer(tmp_path: Path, watched: Watched) -> None:
    write_running(tmp_path / "ws")
    collector, changes = watched()
    said: list[str] = []

    state = wait_until_ended(collector, changes, said.append, 1.5)

    assert state.verdict.value is VerdictValue.TRAINING
    assert said[-1] == "waited 1.5 s: training has not ended"
    assert len(said) == 2
    assert changes.asked
    assert all(0 < seconds <= 1.5 for seconds in changes.asked)
