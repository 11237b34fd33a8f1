"""`python -m collectors runs`: list, show, pin, delete, import, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.states import diverged_state, failing_state, ready_state
from support.workspaces import write, write_good

from collectors.__main__ import main
from collectors.contract.state import DashboardState, state_from_json
from collectors.store.runs import RunStore
from collectors.store.store import Store

GOOD, WORSE, BAD = "run-20261123-120000", "run-20261124-120000", "nan_at_epoch_4"


def a_run(state: DashboardState, run_id: str, days: int) -> DashboardState:
    started = state.meta.started_at
    assert started is not None
    meta = state.meta.model_copy(update={"run_id": run_id, "started_at": started + timedelta(days=days)})
    return state.model_copy(update={"meta": meta})


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A ready, a failing and a diverged run; the last one has a name."""
    store = Store(tmp_path / "state")
    store.write_snapshot(a_run(ready_state(), GOOD, 0))
    store.write_snapshot(a_run(failing_state(), WORSE, 1))
    store.write_snapshot(a_run(diverged_state(), BAD, 2))
    return Path(store.backend.where)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def runs(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, stdout and stderr of `runs ...` over that state directory."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["runs", *map(str, arguments), "--state-dir", str(state_dir)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_list_is_a_table_newest_first_with_the_baseline_marked(runs: Run, state_dir: Path) -> None:
    RunStore(state_dir).pin(GOOD)

    code, out, _ = runs("list")

    lines = out.splitlines()
    assert code == 0
    assert [line.split()[0] for line in lines[1:]] == [BAD, WORSE, "*"]
    assert "2026-11-23 12:00:00 UTC  READY" in lines[3]
    assert "diverged" in lines[1]
    assert "0.9929" in lines[3]


def test_runs_alone_lists(runs: Run) -> None:
    assert runs() == runs("list")


def test_list_as_json_is_only_json_with_numbers_for_the_spark_line(runs: Run, state_dir: Path) -> None:
    RunStore(state_dir).pin(GOOD)

    code, out, err = runs("list", "--format", "json")

    found = json.loads(out, parse_constant=pytest.fail)
    assert (code, err, found["baseline"]) == (0, "", GOOD)
    assert [r["run_id"] for r in found["runs"]] == [BAD, WORSE, GOOD]
    assert found["runs"][0]["streams"]["swinmae"]["spark"][3] is None


def test_list_as_csv_reads_back_with_pythons_reader(runs: Run, state_dir: Path) -> None:
    RunStore(state_dir).pin(GOOD)

    _, out, _ = runs("list", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [r["run_id"] for r in rows] == [BAD, WORSE, GOOD]
    assert [r["baseline"] for r in rows] == ["", "", "yes"]
    assert float(rows[2]["patchtst final_val_loss"]) == 0.99295
    assert rows[0]["swinmae status"] == "fail"


def test_list_is_filtered_by_verdict_and_bounded(runs: Run, state_dir: Path) -> None:
    write(state_dir / "runs/broken.json", b"{")

    def ids(*more: str) -> list[str]:
        return [r["run_id"] for r in json.loads(runs("list", "--format", "json", *more)[1])["runs"]]

    assert ids("--verdict", "ready") == [GOOD]
    assert ids("--verdict", "not_ready", "--limit", "1") == [BAD]
    assert ids("--verdict", "damaged") == ["broken"]
    assert ids("--limit", "0") == []
    assert len(ids()) == 4


def test_a_damaged_run_is_listed_with_its_problem(runs: Run, state_dir: Path) -> None:
    write(state_dir / f"runs/{WORSE}.json", b"{")

    code, out, _ = runs("list")

    assert code == 0
    assert f"{WORSE}  2026-11-24 12:00:00 UTC  DAMAGED" in out
    assert "Invalid JSON" in out


def test_nothing_stored_is_said_and_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()

    assert main(["runs", "list", "--state-dir", str(tmp_path / "empty")]) == 0
    assert "no run is stored yet" in capsys.readouterr().err
    assert list((tmp_path / "empty").iterdir()) == []


def test_show_prints_the_checklist_and_the_losses(runs: Run) -> None:
    code, out, _ = runs("show", BAD)

    assert code == 0
    assert f"run {BAD}" in out
    assert "8. [ ] FAIL - Training finished" in out
    assert "val_loss 0.5162, best 0.5162 at epoch 5" in out


def test_show_as_json_is_the_snapshot(runs: Run) -> None:
    _, out, _ = runs("show", GOOD, "--format", "json")

    assert state_from_json(out) == a_run(ready_state(), GOOD, 0)


def test_what_a_person_types_is_normalised_and_echoed(runs: Run) -> None:
    code, out, err = runs("show", "nan at epoch 4")

    assert code == 0
    assert f"run id: {BAD}" in err
    assert f"run {BAD}" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "nobody"], "there is no run nobody"),
        (["show", "///"], "holds no letter or digit"),
        (["show", "../dashboard-state"], "there is no run"),
        (["show", "current"], "no current state"),
        (["baseline", "nobody"], "there is no run nobody"),
        (["baseline", GOOD, "--clear"], "contradict"),
        (["delete"], "name the runs"),
        (["delete", "nobody"], "nothing was removed"),
        (["delete", GOOD, "--keep", "1"], "name the runs"),
        (["delete", "--keep", "-1"], "no number of runs"),
        (["list", "--limit", "-1"], "no number of runs"),
        (["list", "--verdict", "great"], "invalid choice"),
        (["list", "--workspace", "/nowhere/at/all"], "is not a folder"),
        (["import", "/nowhere/at/all/x"], "/nowhere/at/all/x"),
    ],
)
def test_what_cannot_be_meant_is_exit_2_and_one_line(runs: Run, arguments: list[str], words: str) -> None:
    code, out, err = runs(*arguments)

    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith(("error: ", "run id: "))
    assert "Traceback" not in err


def test_a_state_directory_that_is_not_there_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "list", "--state-dir", str(tmp_path / "typo")]) == 2
    assert "is not a folder" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


def test_the_baseline_is_pinned_told_and_cleared(runs: Run, state_dir: Path) -> None:
    assert runs("baseline")[:2] == (0, "no baseline is pinned\n")
    assert runs("baseline", GOOD)[:2] == (0, f"{GOOD}\n")
    assert runs("baseline")[:2] == (0, f"{GOOD}\n")
    assert RunStore(state_dir).baseline() == GOOD
    assert runs("baseline", "--clear")[:2] == (0, "no baseline is pinned\n")


def test_a_damaged_run_cannot_be_the_baseline(runs: Run, state_dir: Path) -> None:
    write(state_dir / f"runs/{WORSE}.json", b"{")

    code, _, err = runs("baseline", WORSE)

    assert code == 2
    assert "cannot be read" in err


def test_delete_removes_what_was_named(runs: Run, state_dir: Path) -> None:
    code, out, _ = runs("delete", WORSE, BAD)

    assert (code, out) == (0, f"removed {WORSE}\nremoved {BAD}\n")
    assert [p.name for p in (state_dir / "runs").glob("*.json")] == [f"{GOOD}.json"]


def test_delete_spares_the_baseline_unless_forced(runs: Run, state_dir: Path) -> None:
    RunStore(state_dir).pin(GOOD)

    assert runs("delete", GOOD)[0] == 2
    assert (state_dir / f"runs/{GOOD}.json").exists()
    assert runs("delete", GOOD, "--force")[0] == 0
    assert not (state_dir / f"runs/{GOOD}.json").exists()


def test_keep_removes_old_runs_but_none_that_a_person_named(runs: Run) -> None:
    code, out, _ = runs("delete", "--keep", "1")

    assert (code, out) == (0, f"removed {GOOD}\n")
    assert runs("delete", "--keep", "1")[1] == "nothing to remove\n"


def test_a_write_that_fails_is_exit_3(runs: Run, state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("collectors.store.atomic.os.fsync", full)

    code, _, err = runs("baseline", GOOD)

    assert code == 3
    assert "space" in err
    assert RunStore(state_dir).baseline() is None


def test_options_may_come_from_the_environment(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the command line wins."""
    monkeypatch.setenv("TRAINING_DASHBOARD_STATE_DIR", str(state_dir))
    monkeypatch.setenv("TRAINING_DASHBOARD_LIMIT", "1")

    assert main(["runs", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["runs", "list", "--limit", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_the_state_directory_may_stand_before_the_action(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--state-dir", str(state_dir), "show", GOOD]) == 0
    assert f"run {GOOD}" in capsys.readouterr().out


def test_import_takes_the_snapshots_of_another_state_directory(runs: Run, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    other.write_snapshot(a_run(ready_state(), "released-1", 5))
    other.write_snapshot(a_run(failing_state(), GOOD, 0))

    code, out, _ = runs("import", tmp_path / "other")

    assert code == 0
    assert out.splitlines() == [
        "released-1: taken over",
        f"{GOOD}: another run of this name is here, both are kept",
        f"{GOOD}-2: taken over",
    ]
    assert runs("import", tmp_path / "other")[1].count("is here already") == 2


def test_import_makes_a_state_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Store(tmp_path / "other").write_snapshot(ready_state())

    assert main(["runs", "import", str(tmp_path / "other"), "--state-dir", str(tmp_path / "new")]) == 0
    assert main(["runs", "list", "--state-dir", str(tmp_path / "new")]) == 0
    assert ready_state().meta.run_id in capsys.readouterr().out


def test_the_current_state_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_good(tmp_path / "ws")
    where = ["--state-dir", str(tmp_path / "state")]
    main(["export", str(tmp_path / "ws"), *where])

    assert main(["runs", "show", "current", *where]) == 0
    assert "Summary: 8/9 passed" in capsys.readouterr().out
