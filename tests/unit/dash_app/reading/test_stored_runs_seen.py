"""Which files of the runs folder are runs, which are remembered, and which never were one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.states import failing_state, good_state

from collectors.contract.state import DashboardState
from collectors.store.folder import STATE_FILE
from collectors.store.store import Store
from dash_app.reading.reader import MAX_SNAPSHOTS_KEPT, StateReader, is_run_id

Reads = list[str]


def named(run_id: str) -> DashboardState:
    """A good state of another run."""
    state = good_state()
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Names of the files that are opened, in order."""
    opened: Reads = []
    real: Callable[..., int] = os.open

    def note(path: Path, *more: int) -> int:
        opened.append(Path(path).name)
        return real(path, *more)

    monkeypatch.setattr(os, "open", note)
    return opened


def test_only_what_can_be_a_runs_id_is_listed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for run_id in ("run-2", "run-1"):
        store.write_snapshot(named(run_id))
    for other in ("no run.json", ".hidden.json", f"{'a' * 65}.json", "run-3.json.bak", "-.json", "baseline.txt"):
        (tmp_path / "runs" / other).write_text("{}")

    assert StateReader(tmp_path).run_ids() == ["run-1", "run-2"]
    assert StateReader(tmp_path / "nowhere").run_ids() == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("run-1", True), ("a" * 64, True), ("a" * 65, False), ("run-1\n", False), ("a/b", False), ("..", False)],
)
def test_a_runs_id_is_matched_whole(text: str, is_one: bool) -> None:
    assert is_run_id(text) is is_one


def test_a_run_is_read_once_while_it_does_not_change(tmp_path: Path, reads: Reads) -> None:
    Store(tmp_path).write_snapshot(named("run-1"))
    reader = StateReader(tmp_path)
    reads.clear()

    assert [reader.snapshot("run-1") == named("run-1") for _ in range(3)] == [True] * 3
    assert reads == ["run-1.json"]
    other = failing_state()
    Store(tmp_path).write_snapshot(other.model_copy(update={"meta": named("run-1").meta}))
    reads.clear()
    assert reader.snapshot("run-1") != named("run-1")
    assert reads == ["run-1.json"]


def test_runs_that_are_not_there_push_none_out_of_memory(tmp_path: Path, reads: Reads) -> None:
    """Anybody may ask for a thousand ids that do not exist."""
    Store(tmp_path).write_snapshot(named("run-1"))
    (tmp_path / "runs/broken.json").write_text("{")
    reader = StateReader(tmp_path)
    reader.run("run-1")

    for n in range(2 * MAX_SNAPSHOTS_KEPT):
        assert reader.run(f"absent-{n}").condition == "absent"
        assert reader.run("broken").condition == "unreadable"
    reads.clear()

    assert reader.snapshot("run-1") == named("run-1")
    assert reads == []


def test_the_run_that_was_asked_for_longest_ago_is_forgotten_first(tmp_path: Path, reads: Reads) -> None:
    store = Store(tmp_path)
    ids = [f"run-{n}" for n in range(MAX_SNAPSHOTS_KEPT + 1)]
    for run_id in ids:
        store.write_snapshot(named(run_id))
    reader = StateReader(tmp_path)
    for run_id in (*ids[:-1], ids[0], ids[-1]):
        reader.run(run_id)
    reads.clear()

    for run_id in (ids[0], *ids[2:]):
        reader.run(run_id)
    assert reads == []
    reader.run(ids[1])
    assert reads == [f"{ids[1]}.json"]


def test_a_state_of_exactly_the_bound_is_read_and_one_byte_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(tmp_path).write_state(good_state())
    size = (tmp_path / STATE_FILE).stat().st_size

    monkeypatch.setattr("collectors.store.folder.MAX_BYTES", size)
    assert StateReader(tmp_path).current().state == good_state()
    monkeypatch.setattr("collectors.store.folder.MAX_BYTES", size - 1)
    told = str(StateReader(tmp_path).current().sentence)
    assert f"it has {size:,} bytes, over {size - 1:,}" in told


def test_another_reason_why_a_file_cannot_be_read_is_news(tmp_path: Path) -> None:
    """A link to itself, a name in a file's place, and then nothing: each is another condition to look at."""
    folder = tmp_path / "state"
    folder.symlink_to("state")
    reader = StateReader(folder)
    circle = reader.current()
    assert reader.current() is circle
    folder.unlink()
    folder.write_text("a file")
    below_a_file = reader.current()
    folder.unlink()
    nothing = reader.current()

    assert (circle.condition, below_a_file.condition, nothing.condition) == ("unreadable", "unreadable", "absent")
    assert len({circle.sentence, below_a_file.sentence, nothing.sentence}) == 3
    assert len({circle.etag, below_a_file.etag, nothing.etag}) == 3, "what is told is shown anew"
    assert reader.current() is nothing


def test_no_sentence_tells_where_the_folder_lies(tmp_path: Path) -> None:
    """Whatever is wrong with the file, the page names it and no folder."""
    store = Store(tmp_path)
    told = [StateReader(tmp_path).current().sentence]
    (tmp_path / STATE_FILE).symlink_to(STATE_FILE)
    told.append(StateReader(tmp_path).current().sentence)
    (tmp_path / STATE_FILE).unlink()
    store.write_state(good_state())
    reader = StateReader(tmp_path)
    reader.current()
    (tmp_path / STATE_FILE).unlink()
    told.append(reader.current().sentence)
    (tmp_path / "runs/run-1.json").mkdir()
    told.append(reader.run("run-1").sentence)

    assert [STATE_FILE in str(text) for text in told] == [True, True, True, False]
    assert "run-1.json" in str(told[3])
    assert [str(tmp_path) in str(text) for text in told] == [False] * 4


def test_a_collector_of_this_process_says_by_itself_why_it_cannot_save(tmp_path: Path) -> None:
    """Its word goes before that of a heartbeat, which a full disk may not take either."""
    Store(tmp_path).write_state(good_state())
    reader, problems = StateReader(tmp_path), ["the disk is full"]
    reader.ask_collector(lambda: problems[0] if problems else None)

    full = reader.current()
    problems.clear()
    fine = reader.current()

    assert full.condition != "ok" and "the disk is full" in str(full.sentence)
    assert (full.state, fine.state) == (good_state(), good_state())
    assert (fine.condition, fine.sentence) == ("ok", None)
    assert reader.current() is fine
