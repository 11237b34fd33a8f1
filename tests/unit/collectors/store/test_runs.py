"""The runs of a state directory: the index, damaged snapshots, the baseline, what removes them."""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.states import diverged_state, ready_state, write_state

from collectors.contract.metrics import Series
from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow, spark_of
from collectors.contract.state import DashboardState
from collectors.presentation.runs import harmless, rows_as_csv
from collectors.store.index import RunRows, head_of, heads_in
from collectors.store.rows import SPARK_POINTS, row_of
from collectors.store.runs import RunProblem, RunStore
from collectors.store.store import Store, StoreProblem

INDEX = "runs/index.jsonl"


def a_run(run_id: str, days: int = 0, base: Callable[[], DashboardState] = ready_state) -> DashboardState:
    """A state of another run that started some days later."""
    state = base()
    started = state.meta.started_at
    assert started is not None
    meta = state.meta.model_copy(update={"run_id": run_id, "started_at": started + timedelta(days=days)})
    return state.model_copy(update={"meta": meta})


def automatic(day: int) -> str:
    return f"run-202611{day:02d}-120000"


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """Three runs, stored in another order than they were started."""
    store = Store(tmp_path)
    for day in (2, 1, 3):
        store.write_snapshot(a_run(automatic(day), day))
    return tmp_path


def ids(runs: RunStore) -> list[str]:
    return [row["run_id"] for row in runs.rows()]


def test_rows_are_newest_first_and_tell_what_a_table_needs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_snapshot(a_run(automatic(1), 1))
    store.write_snapshot(a_run("lr_0.01", 2, diverged_state))

    newest, oldest = RunStore(tmp_path).rows()

    assert (newest["run_id"], newest["named"], newest["verdict"]) == ("lr_0.01", True, "not_ready")
    assert (newest["passed"], newest["total"], newest["problem"]) == (8, 9, None)
    assert newest["streams"]["swinmae"]["diverged"]
    assert spark_of(newest["streams"]["swinmae"])[3] is None
    assert (oldest["run_id"], oldest["named"]) == (automatic(1), False)
    patchtst = oldest["streams"]["patchtst"]
    assert (patchtst["final_val_loss"], patchtst["epochs"], patchtst["duration_seconds"]) == (0.99295, 8, 52)
    assert spark_of(patchtst) == pytest.approx(
        [1.02659, 1.03664, 1.04931, 0.9979, 1.0184, 0.98755, 1.00517, 0.99295], 1e-3
    )


def test_a_long_curve_has_a_short_spark_line_that_ends_where_the_curve_ends() -> None:
    values = tuple(float(n) for n in range(1000, 0, -1))
    places = tuple(range(1000))
    series = Series(epoch=tuple(map(float, places)), step=places, time=(None,) * 1000, value=values)
    state = ready_state()
    metrics = state.metrics["patchtst"].model_copy(update={"series": {"val_loss": series}})

    row = row_of(state.model_copy(update={"metrics": {"patchtst": metrics}}), (1, 1))

    spark = spark_of(row["streams"]["patchtst"])
    assert (len(spark), spark[0], spark[-1]) == (SPARK_POINTS, 1000, 1)


def test_rows_are_a_sequence_that_is_read_where_it_is_looked_at() -> None:
    states = [a_run(automatic(day), day) for day in range(1, 10)]
    rows = RunRows(head_of(row_of(state, (day, day))) for day, state in enumerate(states, start=1))

    assert (len(rows), rows[0]["run_id"], rows[-1]["run_id"]) == (9, automatic(9), automatic(1))
    assert [row["run_id"] for row in rows[2:4]] == [automatic(7), automatic(6)]
    assert [row["run_id"] for row in rows] == rows.run_ids == [automatic(n) for n in range(9, 0, -1)]
    assert rows.find(automatic(4)) is rows[5]
    assert rows.find("nobody") is None
    with pytest.raises(IndexError):
        rows[9]


def test_a_row_that_somebody_wrote_by_hand_is_damaged_and_no_crash() -> None:
    """Its sum is right, its shape is not."""
    head = head_of({**row_of(ready_state(), (1, 1)), "passed": "nine"})  # type: ignore[typeddict-item] # on purpose

    for rows in (RunRows([head]), RunRows([head, head_of(row_of(a_run("other"), (1, 1)))])):
        assert [row["problem"] is None for row in rows] == [row["run_id"] == "other" for row in rows]
        assert [row["problem"] is not None for row in rows].count(True) == 1


def test_adding_a_run_writes_one_line_and_no_other_snapshot(state_dir: Path) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in (state_dir / "runs").glob("*.json")}
    index = (state_dir / INDEX).read_bytes()

    Store(state_dir).write_snapshot(a_run(automatic(9), 9))

    assert (state_dir / INDEX).read_bytes().startswith(index)
    assert (state_dir / INDEX).read_bytes().count(b"\n") == index.count(b"\n") + 1
    assert {name: (state_dir / "runs" / name).stat().st_mtime_ns for name in before} == before
    assert ids(RunStore(state_dir))[0] == automatic(9)


def test_the_same_rows_come_back_while_nothing_changed(state_dir: Path) -> None:
    runs = RunStore(state_dir)
    first = runs.rows()

    assert runs.rows() is first
    Store(state_dir).write_snapshot(a_run(automatic(8), 8))
    assert runs.rows() is not first


def opened_snapshots(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the snapshots that are opened from now on; they are opened as ever."""
    opened: list[str] = []
    real = os.open

    def count(path: str | os.PathLike[str], *more: int, **how: int) -> int:
        opened.extend([Path(path).name] if str(path).endswith(".json") else [])
        return real(path, *more, **how)

    monkeypatch.setattr(os, "open", count)
    return opened


def test_a_sound_index_is_enough(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = opened_snapshots(monkeypatch)

    assert len(ids(RunStore(state_dir))) == 3
    assert opened == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda index: index.unlink(),
        lambda index: index.write_bytes(b""),
        lambda index: index.write_bytes(b"\x00\xff{{{\n"),
        lambda index: index.write_bytes(b'{"run_id": "run-20261101-120000", "verdict": "ready"}\n'),
        lambda index: index.write_bytes(index.read_bytes()[:-40]),
        lambda index: index.write_bytes(index.read_bytes().replace(b'"passed":9', b'"passed":"nine"', 1)),
        lambda index: index.write_bytes(index.read_bytes().replace(b'"ready"', b'"excellent"', 1)),
    ],
    ids=["missing", "empty", "bytes", "old shape", "cut", "wrong type", "unknown verdict"],
)
def test_an_index_that_is_wrong_is_made_anew_from_the_snapshots(state_dir: Path, spoil: Callable[[Path], None]) -> None:
    right = list(RunStore(state_dir).rows())
    spoil(state_dir / INDEX)

    read_only = list(RunStore(state_dir).rows())
    healed = list(RunStore(state_dir, heal=True).rows())

    assert read_only == healed == right
    written = heads_in((state_dir / INDEX).read_bytes())
    assert (list(RunRows(written.heads.values())), written.lines, written.wrong) == (right, 3, 0)


def old_format(index: Path) -> None:
    """Make an index what the version before wrote: another mark, and rows that tell less."""
    rows = [json.loads(line) for line in index.read_bytes().splitlines()]
    lines = []
    for row in rows:
        for stream in row["streams"].values():
            for name in ("config", "trained", "diverged_epoch", "unfinished"):
                del stream[name]
        body = json.dumps({k: v for k, v in row.items() if k not in ("v", "sum")}, separators=(",", ":")).encode()[1:]
        lines.append(b'{"v":1,"sum":%d,%s\n' % (zlib.crc32(body), body))
    index.write_bytes(b"".join(lines))


def test_an_index_of_the_version_before_is_made_anew_by_itself(state_dir: Path) -> None:
    right = list(RunStore(state_dir).rows())
    old_format(state_dir / INDEX)
    assert heads_in((state_dir / INDEX).read_bytes()).wrong == 3

    assert list(RunStore(state_dir).rows()) == right
    assert list(RunStore(state_dir, heal=True).rows()) == right
    assert heads_in((state_dir / INDEX).read_bytes()).wrong == 0


def test_where_nobody_may_write_the_index_each_snapshot_is_read_only_once(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page before a read-only folder whose index is old: a new run must not cost reading all of them."""
    old_format(state_dir / INDEX)
    runs = RunStore(state_dir)
    assert len(ids(runs)) == 3
    opened = opened_snapshots(monkeypatch)

    Store(state_dir).write_snapshot(a_run(automatic(9), 9))

    assert len(ids(runs)) == 4
    assert opened == []


def test_only_what_is_missing_is_read_again(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (state_dir / INDEX).read_bytes().splitlines(keepends=True)
    (state_dir / INDEX).write_bytes(b"".join(lines[1:]))
    opened = opened_snapshots(monkeypatch)

    assert len(ids(RunStore(state_dir))) == 3
    assert opened == [f"{automatic(2)}.json"]


def test_an_index_that_is_older_than_a_snapshot_is_not_believed(state_dir: Path) -> None:
    """Somebody copies a snapshot into the folder, or another one over it."""
    path = state_dir / f"runs/{automatic(1)}.json"
    other = a_run(automatic(1), 1, diverged_state)
    path.write_text(other.model_dump_json())

    row = RunStore(state_dir).row(automatic(1))

    assert row is not None
    assert row["verdict"] == "not_ready"


def test_a_snapshot_that_is_gone_has_no_row(state_dir: Path) -> None:
    (state_dir / f"runs/{automatic(2)}.json").unlink()

    assert ids(RunStore(state_dir)) == [automatic(3), automatic(1)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "JSON"),
        (b'{"schema_version": "1"', "JSON"),
        (b'{"schema_version": "3"}', "schema_version"),
        (b"[" * 10_000, "JSON"),
        (ready_state().model_dump_json()[:-1].encode() + b',"\\u001b[2J' + b"x" * 5000 + b'": 1}', "\\x1b[2Jxxx"),
        (a_run("another").model_dump_json().encode(), "it holds the run another"),
    ],
    ids=["empty", "cut", "other version", "deep", "escape in a key", "renamed"],
)
def test_a_damaged_snapshot_is_listed_as_damaged_and_harms_nobody(state_dir: Path, data: bytes, words: str) -> None:
    (state_dir / f"runs/{automatic(2)}.json").write_bytes(data)

    runs = RunStore(state_dir, heal=True)

    damaged = next(row for row in runs.rows() if row["problem"] is not None)
    assert damaged["run_id"] == automatic(2)
    assert words in (damaged["problem"] or "")
    assert (damaged["problem"] or "").isprintable()
    assert len(damaged["problem"] or "") < 400
    assert (damaged["verdict"], damaged["streams"]) == (None, {})
    assert ids(runs) == [automatic(n) for n in (3, 1, 2)], "the start of a damaged one is that in its id"
    assert runs.snapshot(automatic(2)) is None
    assert runs.snapshot(automatic(3)) is not None
    with pytest.raises(RunProblem, match="cannot be read"):
        runs.required(automatic(2))


@pytest.mark.parametrize("mtime", [-(10**9), 10**11, 2**33])
def test_a_damaged_snapshot_of_any_age_is_listed(state_dir: Path, mtime: int) -> None:
    path = state_dir / f"runs/{automatic(2)}.json"
    path.write_bytes(b"{")
    os.utime(path, (mtime, mtime))

    for _ in range(2):
        assert len(list(RunStore(state_dir, heal=True).rows())) == 3


def test_what_is_no_file_of_ours_is_no_run(state_dir: Path) -> None:
    os.mkfifo(state_dir / "runs/pipe.json")
    (state_dir / "runs/folder.json").mkdir()
    (state_dir / "runs/link.json").symlink_to("/etc/hostname")
    (state_dir / "runs/.hidden.json").write_bytes(b"{}")
    (state_dir / "runs/no id.json").write_bytes(b"{}")

    assert ids(RunStore(state_dir)) == [automatic(n) for n in (3, 2, 1)]


def test_there_are_no_runs_where_there_is_no_folder(tmp_path: Path) -> None:
    assert list(RunStore(tmp_path / "nothing").rows()) == []
    assert RunStore(tmp_path / "nothing").baseline() is None
    assert not (tmp_path / "nothing").exists()


def test_a_folder_that_cannot_be_written_is_read_all_the_same(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (state_dir / INDEX).unlink()

    def refuse(*_: object, **__: object) -> None:
        raise StoreProblem("no space left")

    monkeypatch.setattr("collectors.store.folder.replace_file", refuse)

    assert len(RunStore(state_dir, heal=True).rows()) == 3
    assert not (state_dir / INDEX).exists()


def test_an_index_full_of_old_lines_is_compacted(state_dir: Path) -> None:
    store = Store(state_dir)
    for number in range(80):
        state = a_run(automatic(1), 1)
        store.write_snapshot(state.model_copy(update={"notices": (str(number),)}))
    before = (state_dir / INDEX).read_bytes().count(b"\n")

    RunStore(state_dir, heal=True).rows()

    assert before == 83
    assert (state_dir / INDEX).read_bytes().count(b"\n") == 3
    assert len(RunStore(state_dir).rows()) == 3


@pytest.fixture
def listed(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index with contents, as a long history has them, and a row that was appended since."""
    monkeypatch.setattr("collectors.store.index.CONTENTS_FROM", 2)
    (state_dir / INDEX).unlink()
    RunStore(state_dir, heal=True).rows()
    Store(state_dir).write_snapshot(a_run(automatic(4), 4))
    found = heads_in((state_dir / INDEX).read_bytes())
    assert (found.lines, found.wrong, found.listed) == (4, 0, 3)
    return state_dir


def test_a_long_index_begins_with_its_contents(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that it lists and those that came later are told alike, and no snapshot is opened for them."""
    Store(listed).write_snapshot(a_run(automatic(1), 1, diverged_state))
    opened = opened_snapshots(monkeypatch)

    rows = list(RunStore(listed).rows())

    assert [row["run_id"] for row in rows] == [automatic(n) for n in (4, 3, 2, 1)]
    assert [row["verdict"] for row in rows] == ["ready", "ready", "ready", "not_ready"]
    assert rows[2] == row_of(a_run(automatic(2), 2), (rows[2]["size_bytes"], rows[2]["mtime_ns"]))
    assert opened == []


def contents_with_the_right_sum(index: bytes) -> bytes:
    """What only a person could write: contents that make no sense under a sum that is right."""
    body = b'"ids":7,"whens":null,"sizes":[],"mtimes_ns":[],"ends":[9]}\n'
    return b'{"v":4,"contents":%d,"bytes":0,%s' % (zlib.crc32(body), body) + index.split(b"\n", 1)[1]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda index: index[:-40],
        lambda index: index[: len(index) // 2],
        lambda index: index.replace(b'"ids":"run', b'"ids":"sun', 1),
        lambda index: index.replace(b'"passed":9', b'"passed":8', 1),
        lambda index: index.replace(b'"sizes":[', b'"sizes":[1', 1),
        lambda index: index.replace(b'"contents":', b'"contents":1', 1),
        lambda index: index.split(b"\n", 1)[1],
        lambda index: index[: index.find(b"\n") - 3],
        contents_with_the_right_sum,
    ],
    ids=["cut", "half", "an id", "a row", "a size", "the sum", "without", "contents only", "by hand"],
)
def test_contents_that_are_wrong_are_made_anew(listed: Path, spoil: Callable[[bytes], bytes]) -> None:
    right = list(RunStore(listed).rows())
    (listed / INDEX).write_bytes(spoil((listed / INDEX).read_bytes()))

    read_only = list(RunStore(listed).rows())
    healed = list(RunStore(listed, heal=True).rows())

    assert read_only == healed == right
    assert heads_in((listed / INDEX).read_bytes()).wrong == 0


def test_an_index_whose_contents_list_too_little_is_written_anew(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.store.index.CONTENTS_FROM", 2)
    monkeypatch.setattr("collectors.store.runs.CONTENTS_FROM", 2)
    assert heads_in((state_dir / INDEX).read_bytes()).listed == 0

    RunStore(state_dir, heal=True).rows()

    assert heads_in((state_dir / INDEX).read_bytes()).listed == 3


def test_healing_loses_no_run_that_is_added_meanwhile(state_dir: Path) -> None:
    """Two threads write, one heals all the time: every run is there in the end."""
    done = threading.Event()

    def heal() -> None:
        while not done.is_set():
            (state_dir / INDEX).unlink(missing_ok=True)
            RunStore(state_dir, heal=True).rows()

    def write(first: int) -> None:
        for number in range(first, first + 15):
            Store(state_dir).write_snapshot(a_run(f"many-{number}"))

    healer = threading.Thread(target=heal)
    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 15)]
    for thread in (healer, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    healer.join()

    assert len(ids(RunStore(state_dir))) == 33


def test_the_baseline_is_pinned_for_everybody(state_dir: Path) -> None:
    RunStore(state_dir).pin(automatic(2))

    assert RunStore(state_dir).baseline() == automatic(2)
    RunStore(state_dir).unpin()
    RunStore(state_dir).unpin()
    assert RunStore(state_dir).baseline() is None


def test_a_run_may_be_called_baseline(tmp_path: Path) -> None:
    Store(tmp_path).write_snapshot(a_run("baseline"))
    RunStore(tmp_path).pin("baseline")

    assert ids(RunStore(tmp_path)) == ["baseline"]
    assert RunStore(tmp_path).snapshot("baseline") == a_run("baseline")


@pytest.mark.parametrize("run_id", ["nobody", "../dashboard-state", "", "a" * 65, "a\x00b"])
def test_what_is_not_there_cannot_be_pinned(state_dir: Path, run_id: str) -> None:
    with pytest.raises(RunProblem, match="there is no run"):
        RunStore(state_dir).pin(run_id)

    assert RunStore(state_dir).baseline() is None


@pytest.mark.parametrize("junk", [b"", b"[]", b'{"run_id": 3}', b'{"run_id": "../x"}', b"\xff"])
def test_a_damaged_pin_is_none(state_dir: Path, junk: bytes) -> None:
    (state_dir / "baseline.json").write_bytes(junk)

    assert RunStore(state_dir).baseline() is None


def test_deleting_is_all_or_nothing(state_dir: Path) -> None:
    runs = RunStore(state_dir)

    with pytest.raises(RunProblem, match="there is no run nobody; nothing was removed"):
        runs.delete([automatic(1), "nobody"])

    assert len(ids(runs)) == 3
    runs.delete([automatic(1), automatic(3)])
    assert ids(runs) == [automatic(2)]


def test_the_baseline_is_not_deleted_unless_forced(state_dir: Path) -> None:
    runs = RunStore(state_dir)
    runs.pin(automatic(2))

    with pytest.raises(RunProblem, match="is the baseline"):
        runs.delete([automatic(1), automatic(2)])

    assert len(ids(runs)) == 3
    runs.delete([automatic(2)], force=True)
    assert (len(ids(runs)), runs.baseline()) == (2, None)


def test_a_damaged_snapshot_can_be_deleted(state_dir: Path) -> None:
    (state_dir / f"runs/{automatic(2)}.json").write_bytes(b"{")

    RunStore(state_dir).delete([automatic(2)])

    assert len(ids(RunStore(state_dir))) == 2


def test_pruning_spares_the_newest_the_baseline_the_named_and_the_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day in range(1, 9):
        store.write_snapshot(a_run(automatic(day), day))
    store.write_snapshot(a_run("released", 0))
    (tmp_path / f"runs/{automatic(3)}.json").write_bytes(b"{")
    runs = RunStore(tmp_path)
    runs.pin(automatic(2))

    removed = runs.prune(2, spared=(automatic(1),))

    assert sorted(removed) == [automatic(n) for n in (4, 5, 6)]
    assert set(ids(runs)) == {"released", *(automatic(n) for n in (1, 2, 3, 7, 8))}


def test_the_policy_is_the_default_until_one_is_stored(state_dir: Path) -> None:
    assert RunStore(state_dir).policy() == Policy()
    RunStore(state_dir).write_policy(Policy(window=4, must_match=("source",)))
    assert RunStore(state_dir).policy() == Policy(window=4, must_match=("source",))
    (state_dir / "policy.json").write_bytes(b'{"window": -1}')
    assert RunStore(state_dir).policy() == Policy()


def test_the_state_and_its_neighbours_are_no_runs(state_dir: Path) -> None:
    write_state(state_dir, ready_state())
    RunStore(state_dir).write_policy(Policy())
    RunStore(state_dir).pin(automatic(1))

    assert len(ids(RunStore(state_dir))) == 3


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_numbers_and_ordinary_text_stay_as_they_are() -> None:
    assert [harmless(v) for v in (-1.5, None, 3, "run-1", "")] == [-1.5, None, 3, "run-1", ""]


def test_a_workspace_that_is_called_like_a_formula_is_harmless_in_a_table() -> None:
    state = ready_state()
    named = state.model_copy(update={"meta": state.meta.model_copy(update={"workspace": "=cmd|' /C calc'!A0"})})
    row: RunRow = row_of(named, (1, 1))

    assert ",'=cmd|" in rows_as_csv([row], None)


def test_a_row_is_one_short_line() -> None:
    assert len(json.dumps(row_of(ready_state(), (12_345, 1_795_453_157_200_923_853)))) < 1300
