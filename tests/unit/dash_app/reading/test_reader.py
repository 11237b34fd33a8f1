"""One look at the state folder: what is there, what is wrong with it, and what a look costs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.states import failing_state, good_state

from collectors.contract.policy import Policy
from collectors.contract.state import DashboardState, state_to_json
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.reading.reader import StateReader

NOW = datetime(2025, 11, 23, 12, 0, tzinfo=UTC)


def store(folder: Path, state: DashboardState | None = None) -> bytes:
    """Write a state as the collector does."""
    state = state or good_state()
    Store(folder).write_state(state)
    return state_to_json(state)


def test_a_good_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    raw = store(tmp_path)

    seen = StateReader(tmp_path).current()

    assert (seen.state, seen.condition, seen.sentence) == (good_state(), "ok", None)
    assert seen.raw == raw


def test_while_nothing_changed_a_look_opens_nothing(tmp_path: Path) -> None:
    """The interpreter's own audit counts every open; a changed file is the counter-proof."""
    store(tmp_path)
    Store(tmp_path).write_heartbeat(NOW, 5, 1)
    reader = StateReader(tmp_path)
    first = reader.current()

    assert opens_during(lambda: reader.current() is first) == (True, 0)
    store(tmp_path, failing_state())
    assert opens_during(lambda: reader.current() is first) == (False, 1)


def test_the_etag_follows_what_is_shown_and_not_the_heartbeat(tmp_path: Path) -> None:
    """A sign of life and a rewrite with the same bytes change nothing on screen."""
    reader = StateReader(tmp_path)
    store(tmp_path)
    etags = [reader.current().etag]
    Store(tmp_path).write_heartbeat(NOW, 5, 1)
    store(tmp_path)
    etags.append(reader.current().etag)
    store(tmp_path, failing_state())
    etags.append(reader.current().etag)
    (tmp_path / "dashboard-state.json").unlink()
    etags.append(reader.current().etag)

    assert etags[0] == etags[1]
    assert len(set(etags[1:])) == 3


def test_an_empty_folder_has_no_state_and_says_how_to_get_one(tmp_path: Path) -> None:
    seen = StateReader(tmp_path / "not even there").current()

    assert (seen.state, seen.condition) == (None, "absent")
    assert "There is no dashboard-state.json yet" in str(seen.sentence)
    assert "collectors watch" in str(seen.sentence)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is not complete JSON"),
        (b'{"schema_version": "1", "meta"', "line 1 column 30"),
        (b"\xff\xfe{}", "is not complete JSON"),
        (b"[]", "breaks schema version 2 at its top level"),
        (b'{"schema_version": "0"}', "at schema_version"),
        (b'{"schema_version": "1"}', "at meta: field required"),
        (b"[" * 100_000, "is not complete JSON"),
    ],
)
def test_a_broken_state_is_named_with_its_place(tmp_path: Path, raw: bytes, said: str) -> None:
    """What was expected, what was found, where, and what to do next; never a guess."""
    (tmp_path / "dashboard-state.json").write_bytes(raw)

    seen = StateReader(tmp_path).current()

    assert (seen.state, seen.condition) == (None, "unreadable")
    assert said in str(seen.sentence)
    assert "`python -m collectors export` writes it anew." in str(seen.sentence)
    assert str(tmp_path) not in str(seen.sentence)


def test_one_wrong_value_is_named_by_its_path(tmp_path: Path) -> None:
    changed = changed_state(verdict={"value": "gre\x1bat"})
    (tmp_path / "dashboard-state.json").write_bytes(changed)

    told = str(StateReader(tmp_path).current().sentence)

    assert "breaks schema version 2 at verdict.value: input should be 'ready'" in told
    assert "found 'gre\\x1bat'" in told


def test_a_newer_schema_is_told_apart_from_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "dashboard-state.json").write_bytes(changed_state(schema_version="3"))

    seen = StateReader(tmp_path).current()

    assert seen.condition == "newer_schema"
    assert "has schema version 3, this page reads version 2" in str(seen.sentence)


def test_the_last_good_state_stays_while_the_file_is_broken_or_gone(tmp_path: Path) -> None:
    reader = StateReader(tmp_path)
    raw = store(tmp_path)
    reader.current()
    (tmp_path / "dashboard-state.json").write_bytes(raw[:-100])
    broken = reader.current()
    (tmp_path / "dashboard-state.json").unlink()
    gone = reader.current()
    store(tmp_path, failing_state())
    again = reader.current()

    assert [broken.condition, gone.condition, again.condition] == ["unreadable", "absent", "ok"]
    assert broken.state == gone.state == good_state()
    assert "has disappeared" in str(gone.sentence)
    assert "is not complete JSON" in str(broken.sentence)
    assert again.state == failing_state()


def test_a_folder_or_a_pipe_in_the_states_place_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe nobody writes to must not hang the page."""
    os.mkfifo(tmp_path / "dashboard-state.json")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "dashboard-state.json").mkdir()

    for folder in (tmp_path, tmp_path / "other"):
        seen = StateReader(folder).current()
        assert seen.condition == "unreadable"
        assert "not a regular file" in str(seen.sentence)


def test_a_huge_sparse_state_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "dashboard-state.json").open("wb") as file:
        file.truncate(1 << 36)

    assert "68,719,476,736 bytes" in str(StateReader(tmp_path).current().sentence)


def test_a_heartbeat_has_an_age_and_a_broken_one_is_none(tmp_path: Path) -> None:
    reader = StateReader(tmp_path)
    store(tmp_path)
    nobody = reader.current()
    Store(tmp_path).write_heartbeat(NOW, 5, 4711)
    somebody = reader.current()
    (tmp_path / "heartbeat.json").write_text('{"observed_at": "yesterday"}')
    nonsense = reader.current()

    assert nobody.heartbeat is None and nonsense.heartbeat is None
    assert somebody.heartbeat is not None and somebody.heartbeat.pid == 4711
    assert somebody.heartbeat_age_seconds(NOW + timedelta(seconds=9)) == 9


def test_an_observation_is_stale_without_a_heartbeat_or_with_an_old_one(tmp_path: Path) -> None:
    reader = StateReader(tmp_path)
    store(tmp_path)
    nobody = reader.current()
    Store(tmp_path).write_heartbeat(NOW, 5, 1)
    seen = reader.current()

    assert nobody.is_stale(NOW, 15)
    assert not seen.is_stale(NOW + timedelta(seconds=15), 15)
    assert seen.is_stale(NOW + timedelta(seconds=16), 15)


def test_an_observer_that_ended_before_the_clock_was_put_back_is_missed_as_soon_as_any_other(tmp_path: Path) -> None:
    """Its last sign of life is an hour ahead; one that still looks gives another one."""
    reader = StateReader(tmp_path)
    store(tmp_path)
    Store(tmp_path).write_heartbeat(datetime.now(UTC) + timedelta(hours=1), 5, 1)
    first, now = reader.current(), datetime.now(UTC)
    again = reader.current()
    Store(tmp_path).write_heartbeat(datetime.now(UTC) + timedelta(hours=1, seconds=5), 5, 1)
    alive = reader.current()

    assert first is again and first.heartbeat is not None and first.heartbeat.observed_at <= now
    assert not first.is_stale(now, 15) and first.is_stale(now + timedelta(seconds=16), 15)
    assert alive.heartbeat is not None and alive.heartbeat.observed_at > first.heartbeat.observed_at


def test_an_observer_that_looks_seldom_is_missed_after_three_of_its_intervals(tmp_path: Path) -> None:
    """Else its page would be called old between any two of its looks."""
    reader = StateReader(tmp_path)
    store(tmp_path)
    Store(tmp_path).write_heartbeat(NOW, 60, 1)
    seen = reader.current()

    assert not seen.is_stale(NOW + timedelta(seconds=180), 15)
    assert seen.is_stale(NOW + timedelta(seconds=181), 15)


def test_snapshots_are_found_by_id_and_only_by_id(tmp_path: Path) -> None:
    Store(tmp_path).write_snapshot(good_state())
    run_id = good_state().meta.run_id
    reader = StateReader(tmp_path)
    store(tmp_path)

    assert reader.run_ids() == [run_id]
    assert reader.snapshot(run_id) == good_state()
    for no_id in ("../dashboard-state", "other", "", f"{run_id}\n", ".hidden", "a" * 65):
        assert reader.snapshot(no_id) is None
        assert reader.run(no_id).condition == "absent"


def test_a_damaged_snapshot_is_news_and_not_an_absent_run(tmp_path: Path) -> None:
    Store(tmp_path)
    (tmp_path / "runs" / "run-1.json").write_text("{")

    seen = StateReader(tmp_path).run("run-1")

    assert (seen.state, seen.condition) == (None, "unreadable")
    assert "run-1.json is not complete JSON" in str(seen.sentence)


def changed_state(**changes: Any) -> bytes:
    raw = json.loads(state_to_json(good_state()))
    for name, value in changes.items():
        raw[name] = raw[name] | value if isinstance(value, dict) else value
    return json.dumps(raw).encode()


OPENED: list[str] = []


def note_opens(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(args[0], str | os.PathLike):
        OPENED.append(str(args[0]))


def opens_during(action: Callable[[], bool]) -> tuple[bool, int]:
    """Return the action's answer and how many files were opened meanwhile."""
    if not OPENED:
        OPENED.append("installed")
        sys.addaudithook(note_opens)
    before = len(OPENED)
    return action(), len(OPENED) - before


def test_stored_runs_and_what_is_pinned_are_told_apart_from_the_state(tmp_path: Path) -> None:
    """Each of them is news of its own, and the state's etag stays."""
    reader = StateReader(tmp_path)
    store(tmp_path)
    seen = [reader.current()]
    assert reader.current() is seen[0]
    runs = RunStore(tmp_path)
    for change in (
        lambda: Store(tmp_path).write_snapshot(good_state()),
        lambda: runs.pin(good_state().meta.run_id),
        lambda: runs.write_policy(Policy(window=3)),
        runs.unpin,
        lambda: runs.delete([good_state().meta.run_id]),
    ):
        change()
        seen.append(reader.current())
        assert seen[-1].runs_version != seen[-2].runs_version

    assert reader.current() is seen[-1]
    assert {one.etag for one in seen} == {seen[0].etag}
    assert StateReader(tmp_path).current().runs_version == seen[-1].runs_version, "every worker tells the same"
