"""The only writer: old or new, never a half."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.states import failing_state, ready_state

from collectors.contract.remembered import SeenFile, SmokeResult
from collectors.contract.state import DashboardState
from collectors.store.atomic import TEMPORARY
from collectors.store.backend import StoreProblem
from collectors.store.folder import HEARTBEAT_FILE, STATE_FILE
from collectors.store.place import default_state_dir
from collectors.store.store import KEY_BYTES, Store


def test_what_is_written_reads_back_equal(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")

    store.write_state(failing_state())

    assert store.read_state() == failing_state()
    assert [p.name for p in (tmp_path / "state").iterdir() if p.name.startswith(TEMPORARY)] == []


def test_others_may_read_the_state(tmp_path: Path) -> None:
    """The page may run as another user."""
    Store(tmp_path).write_state(ready_state())

    assert stat.S_IMODE((tmp_path / STATE_FILE).stat().st_mode) == 0o644


def test_a_state_that_breaks_its_contract_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_state(ready_state())
    broken = ready_state().model_copy(update={"schema_version": "3"})

    with pytest.raises(StoreProblem, match="breaks its own schema"):
        store.write_state(broken)

    assert store.read_state() == ready_state()


def test_a_damaged_state_reads_as_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / STATE_FILE).write_bytes(b'{"schema_version":')

    assert store.read_state() is None


def test_a_snapshot_and_its_row_in_the_index(tmp_path: Path) -> None:
    store = Store(tmp_path)
    state = ready_state()

    store.write_snapshot(state)

    row = json.loads((tmp_path / "runs" / "index.jsonl").read_text())
    assert store.has_snapshot(state.meta.run_id)
    assert store.read_snapshot(state.meta.run_id) == state
    assert (row["run_id"], row["verdict"]) == (state.meta.run_id, "ready")


def test_leftovers_of_a_killed_writer_are_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    left = tmp_path / f"{TEMPORARY}abc"
    left.write_bytes(b"half")

    with store.collecting():
        assert not left.exists()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreProblem, match="cannot be written") as problem:
        Store(tmp_path / "file" / "state")

    assert str(tmp_path) not in str(problem.value)


def test_smoke_results_are_valid_for_their_checkpoint_and_config_only(tmp_path: Path) -> None:
    store = Store(tmp_path)
    result = SmokeResult(0, "score 0.1", 1000.0)

    store.remember_smoke("patchtst", ("a" * 64, "b" * 64), result)

    assert store.smoke_result("patchtst", "a" * 64, "b" * 64) == result
    assert store.smoke_result("patchtst", "c" * 64, "b" * 64) is None
    assert store.smoke_result("swinmae", "a" * 64, "b" * 64) is None


@pytest.mark.parametrize("junk", [b"", b"[]", b'{"results": 3}', b'{"results": {"patchtst:a:b": {"x": 1}}}', b"\xff"])
def test_a_damaged_smoke_file_counts_as_not_run(tmp_path: Path, junk: bytes) -> None:
    store = Store(tmp_path)
    (tmp_path / "smoke.json").write_bytes(junk)

    assert store.smoke_result("patchtst", "a", "b") is None


def test_the_heartbeat_says_when_how_often_and_who(tmp_path: Path) -> None:
    store = Store(tmp_path)

    store.write_heartbeat(datetime(2026, 1, 2, tzinfo=UTC), 2.0, 17, problem="no space left on device")

    beat = json.loads((tmp_path / HEARTBEAT_FILE).read_text())
    assert beat["problem"] == "no space left on device"
    assert beat["observed_at"] == "2026-01-02T00:00:00+00:00"
    assert (beat["interval_seconds"], beat["pid"]) == (2.0, 17)


def test_each_workspace_has_its_own_folder(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "run", tmp_path / "b" / "run"

    assert default_state_dir(one) == default_state_dir(one)
    assert default_state_dir(one) != default_state_dir(other)
    assert default_state_dir(one).name.startswith("run-")


def test_no_write_is_lost_when_many_write_at_once(tmp_path: Path) -> None:
    """Eight processes remember one result each in the same file."""
    program = (
        "import sys; from pathlib import Path; from collectors.store.store import Store;"
        "from collectors.contract.remembered import SmokeResult;"
        "Store(Path(sys.argv[1])).remember_smoke(sys.argv[2], ('a', 'b'), SmokeResult(0, '', 1.0))"
    )
    root = Path(__file__).resolve().parents[4]
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), f"s{n}"], cwd=root, env=dict(os.environ))
        for n in range(8)
    ]

    assert [w.wait(timeout=60) for w in writers] == [0] * 8
    assert all(Store(tmp_path).smoke_result(f"s{n}", "a", "b") for n in range(8))


def test_states_are_equal_only_with_equal_content() -> None:
    assert ready_state() != failing_state()
    assert DashboardState.model_validate(ready_state().model_dump()) == ready_state()


def test_a_store_has_one_key_for_digests_and_keeps_it(tmp_path: Path) -> None:
    first = Store(tmp_path).digest_key()

    assert first is not None
    assert len(first) == KEY_BYTES == 32
    assert Store(tmp_path).digest_key() == first
    assert Store(tmp_path / "other").digest_key() != first


def test_a_key_of_another_length_is_made_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.digest_key()
    (place,) = tmp_path.glob(".digest*")
    for junk in (b"", b"x" * 31, b"x" * 33):
        place.write_bytes(junk)
        made = store.digest_key()
        assert made not in (None, first, junk)
        assert place.read_bytes() == made


def test_what_was_seen_after_an_end_reads_back_and_nonsense_is_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    seen = {"a.pt": SeenFile("a" * 64, 3.5, 2.0), "b.pt": SeenFile("b" * 64, 4.0, 2.0)}
    assert store.seen_after_end() == {}

    store.remember_after_end(seen)

    assert store.seen_after_end() == seen
    about = {"sha256": "c", "seen_at": 1, "ended_at": "2"}
    junk = {"good": about, "text": "x", "none": None, "half": {"sha256": "c"}, "odd": {**about, "seen_at": "soon"}}
    (tmp_path / "after_end.json").write_text(json.dumps(junk))
    assert store.seen_after_end() == {"good": SeenFile("c", 1.0, 2.0)}


def test_there_is_a_version_of_the_smoke_runs_and_it_follows_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    versions = [store.smoke_version()]
    for exit_code in (0, 17):
        store.remember_smoke("a", ("c", "d"), SmokeResult(exit_code, "score", 1000.0))
        versions.append(store.smoke_version())

    assert len(set(versions)) == 3
