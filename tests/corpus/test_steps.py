"""Every step is tried by doing it: what it says that it clears is cleared, and nothing else runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from step_doing import broken, collect, do, passed, tried
from step_rows import ROWS, Row, damaged
from step_rows_described import ROWS as DESCRIBED
from step_rows_files import ROWS as FILES
from step_rows_rest import ROWS as REST
from step_rows_rest import patient, slow
from step_rows_scores import ROWS as SCORES
from step_rows_scores import again, fused
from step_rows_strict import ROWS as STRICT
from support.breakages import (
    BUNDLE,
    CFG,
    CKPT,
    RUNS,
    TABLE,
    Edit,
    also,
    gone,
    mode,
    put,
    rerun,
    then_backup,
    touched,
)
from support.decisions import EVENTS
from support.fused_scoring import HELD_OUT
from support.nobody import as_nobody, open_to_all
from support.workspaces import SCORING, checkpoint_bytes, write_running

from collectors.collect import CollectOptions, Collector
from collectors.judge.checks.alarm_rate import DIVIDE as FEWER
from collectors.judge.checks.decision_parts import DIVIDE
from collectors.judge.checks.part import SLOW
from collectors.judge.remedy import RUN_SMOKE
from collectors.readers.child.process import ReaderProcess
from collectors.store.store import Store

FURTHER = (*FILES, *DESCRIBED, *STRICT, *SCORES, *REST)


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_step_clears_what_it_says(row: Row, tmp_path: Path, child: ReaderProcess) -> None:
    """The first step is the row's; after it is done, the checks that it names pass, and before it none did."""
    w = broken(tmp_path)
    row.edit(w)
    before = collect(w.root, child)
    assert before.steps[0].needed_for == ()
    assert row.action in before.steps[0].action
    tried(row, w, before, child)


@pytest.mark.parametrize("row", FURTHER, ids=[row.name for row in FURTHER])
def test_any_step_clears_what_it_says(row: Row, tmp_path: Path, child: ReaderProcess) -> None:
    """As above, of the first step that says the row's words, wherever it stands."""
    w = broken(tmp_path)
    row.edit(w)
    tried(row, w, collect(w.root, child), child)


def test_the_smoke_test_is_a_step_that_clears_itself(tmp_path: Path, child: ReaderProcess) -> None:
    """Run as it stands, with the observer's state directory in the environment."""
    w, state_dir = broken(tmp_path), tmp_path / "state"
    (step,) = collect(w.root, child, state_dir).steps
    assert (step.clears, step.command) == (("smoke",), "python -m collectors validate --run-smoke")
    do(step.command or "", w.root, TRAINING_DASHBOARD_STATE_DIR=str(state_dir))
    after = collect(w.root, child, state_dir)
    assert (after.steps, after.verdict.value) == ((), "ready")


def test_who_may_not_read_a_file_is_let_read_it(tmp_path: Path, child: ReaderProcess) -> None:
    w = broken(open_to_all(tmp_path))
    assert "checkpoints" in passed(collect(w.root, child))  # nobody may not load what Python loads on first use
    mode(CKPT, 0)(w)
    with as_nobody():
        before = collect(w.root, child)
    assert before.steps[0].action == "Let the user who validates read it (`ls -ld` shows who may)."
    cleared = {*before.steps[0].clears}
    assert "checkpoints" in cleared
    assert not cleared & passed(before)
    mode(CKPT, 0o644)(w)
    with as_nobody():
        assert cleared <= passed(collect(w.root, child))


def test_a_scoring_command_that_fails_is_mended_and_tried_again(tmp_path: Path, child: ReaderProcess) -> None:
    w, state_dir, program = broken(tmp_path), tmp_path / "state", "inference/run_scoring_example.py"
    environment = {"TRAINING_DASHBOARD_STATE_DIR": str(state_dir)}
    put(program, "raise SystemExit('no data')\n")(w)
    do(f"{RUN_SMOKE.command} > told.txt || true", w.root, **environment)
    (step,) = collect(w.root, child, state_dir).steps
    assert step.clears == ("smoke",)
    assert "scoring command by hand, mend what it says, and try it again (`--run-smoke`)" in step.action
    put(program, SCORING)(w)
    do(f"{RUN_SMOKE.command}", w.root, **environment)
    assert collect(w.root, child, state_dir).steps == ()


def test_tables_of_more_rows_than_are_read_are_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    w = broken(tmp_path)
    fused(w)
    with Collector(w.root, None, CollectOptions(announce=lambda _: None)) as collector:
        collector.collect()
        monkeypatch.setattr("collectors.observe.decision_files.MOST_ROWS", 1000)
        for path in (EVENTS, HELD_OUT):
            put(path, lambda data: data + data.splitlines(keepends=True)[-1])(w)
        cleared = {step.action: {*step.clears} for step in collector.collect().steps}
        assert cleared[DIVIDE] | cleared[FEWER] == {"scores", "alarm_rate", "alignment"}
        again(w)
        assert cleared[DIVIDE] | cleared[FEWER] <= passed(collector.collect())


def test_a_reading_that_takes_long_is_given_more_time(tmp_path: Path) -> None:
    """By the description's own limits: the child of the other tests has others."""
    w = broken(tmp_path)
    slow(w)
    with Collector(w.root, None, CollectOptions(announce=lambda _: None)) as collector:
        step = next(one for one in collector.collect().steps if one.action == SLOW.action)
    assert "training" in step.clears
    patient(w)
    with Collector(w.root, None, CollectOptions(announce=lambda _: None)) as collector:
        assert {*step.clears} <= passed(collector.collect())


def test_a_file_that_changed_after_the_end_is_put_back(tmp_path: Path, child: ReaderProcess) -> None:
    w, state_dir = broken(tmp_path), tmp_path / "state"
    touched(-9000, CKPT, CFG, TABLE, w.events())(w)
    with Collector(w.root, Store(state_dir), CollectOptions(announce=lambda _: None)) as collector:
        collector.export()
    good = (w.root / CKPT).read_bytes()
    then_backup(put(CKPT, checkpoint_bytes(replace(w.patchtst, seed=9)), at=8000))(w)
    step = collect(w.root, child, state_dir).steps[0]
    assert step.action.startswith("Put back PatchTST's own checkpoint, or train again, and make a new backup")
    assert step.clears == ("provenance",)
    then_backup(put(CKPT, good, at=-8000))(w)
    assert "provenance" in passed(collect(w.root, child, state_dir))


@pytest.mark.parametrize(
    "edit",
    [
        rerun(pause=100.0),
        also(rerun(pause=100.0), put(CKPT, b"cut")),
        also(put(CKPT, b"cut"), touched(-880, BUNDLE)),
    ],
    ids=["the backup is of the run before", "and the new checkpoint is damaged", "and packed before the run had ended"],
)
def test_nothing_is_restored_from_a_backup_that_may_be_another_runs(
    edit: Edit, tmp_path: Path, child: ReaderProcess
) -> None:
    """Bringing back an older run's file would pass for a remedy, and lose the one that was trained."""
    w = broken(tmp_path)
    edit(w)
    commands = [step.command or "" for step in collect(w.root, child).steps]
    assert not [one for one in commands if one.startswith(("unzip", "tar -x"))]


def test_while_a_stream_trains_what_it_cannot_have_yet_is_no_step_and_no_failure(
    tmp_path: Path, child: ReaderProcess
) -> None:
    """Nothing is missing in a training's first minutes."""
    write_running(tmp_path / "ws")
    state = collect(tmp_path / "ws", child)
    waiting = {c.id for c in state.checklist if c.not_yet}
    assert (state.verdict.value, state.verdict.failed) == ("training", 0)
    assert {"backup", "training", "provenance"} <= waiting
    assert state.verdict.not_yet == len(waiting)
    assert state.steps == ()


def test_a_stopped_training_explains_what_was_not_packed(tmp_path: Path, child: ReaderProcess) -> None:
    """The consequence says so, and is counted with its cause."""
    w = broken(tmp_path)
    next(row for row in ROWS if row.name == "stopped half-way").edit(w)
    state = collect(w.root, child)
    packed = next(c for c in state.checklist if c.id == "backup")
    assert packed.follows_from == ("training",)
    assert packed.detail.endswith("(follows from 8)")
    assert "5 follows" in state.verdict.reason
    assert "more" not in state.verdict.reason


def test_an_empty_workspace_fails_nothing(tmp_path: Path, child: ReaderProcess) -> None:
    """It is not ready, and nothing in it is wrong."""
    w = broken(tmp_path)
    gone(*(p.name for p in w.root.iterdir() if p.name != "configs"))(w)
    state = collect(w.root, child)
    assert (state.verdict.value, state.verdict.failed, state.verdict.reason) == (
        "not_ready",
        0,
        "Nothing has been trained here yet.",
    )
    assert BUNDLE.split("/", maxsplit=1)[0] not in {p.name for p in w.root.iterdir()}


def test_a_damaged_checkpoint_does_not_make_its_backup_another_runs(tmp_path: Path, child: ReaderProcess) -> None:
    """The copy differs because the file is bad."""
    w = broken(tmp_path)
    put(CKPT, b"cut")(w)
    assert collect(w.root, child).artifacts.backup[0].belongs_to_run is None


def test_lost_records_explain_no_damaged_checkpoint(tmp_path: Path, child: ReaderProcess) -> None:
    """Bringing them back does not mend it: it is a cause of its own, with a step of its own."""
    w = broken(tmp_path)
    also(damaged(CKPT), gone(RUNS, TABLE, BUNDLE))(w)
    state = collect(w.root, child)
    checkpoints = next(c for c in state.checklist if c.id == "checkpoints")
    assert (checkpoints.passed, checkpoints.follows_from) == (False, ())
    assert not [step.action for step in state.steps if "Bring back" in step.action and "checkpoints" in step.clears]
