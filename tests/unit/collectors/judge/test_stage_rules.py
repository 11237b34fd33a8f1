"""Stages of a stream, of a check, of files and of the verdict: every status and message they can give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.curves import T0
from support.evidence_parts import END, check, default_config, facts, stream, untrained, verdict, workspace

from collectors.contract.pipeline import Stage
from collectors.contract.sections import CheckSettings
from collectors.contract.state import Check
from collectors.contract.values import Status, VerdictValue
from collectors.evidence.files import FileFacts
from collectors.judge.stages import BRIEF, Judged, StageStatus, stage_statuses, stream_status
from collectors.training.completion import Target
from collectors.training.divergence import Divergence
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.progress import WriterFacts

RUNNING, DONE, FAIL, STALLED, IDLE = Status.RUNNING, Status.DONE, Status.FAIL, Status.STALLED, Status.IDLE


def told(rule: str, seen: WorkspaceEvidence, *checks: Check, **more: Any) -> StageStatus:
    """What a stage of this rule says."""
    config = seen.config.model_copy(update={"stages": (Stage(id="it", label="It", status_from=rule),)})
    known = {"verdict": verdict(), "snapshot_stored": False} | more
    return stage_statuses(Judged(replace(seen, config=config), {c.id: c for c in checks}, **known))["it"]


def diverged(series: str, kind: Any, epoch: float | None, count: int = 1) -> Divergence:
    return Divergence(series, kind, epoch, 3, T0 + 20, 3, count)


def words(status: Status, **progress: Any) -> str:
    """The message of a stream's stage."""
    return stream_status(stream(status=status, progress_=progress)).message


def test_a_stage_of_a_stream_tells_that_stream() -> None:
    seen = workspace(stream("patchtst", RUNNING, progress_={"since": T0}), stream("swinmae", DONE))

    assert told("stream:patchtst", seen) == StageStatus(RUNNING, "epoch 3 of 3, 10 s an epoch", T0)
    assert told("stream:swinmae", seen) == StageStatus(DONE, "epoch 3 of 3", END)


def test_a_running_stream_tells_its_pace_where_epochs_are_counted() -> None:
    assert words(RUNNING, epoch=2.0, gap=4.13) == "epoch 2 of 3, 4.1 s an epoch"
    assert words(RUNNING, gap=None) == "epoch 3 of 3"
    assert words(RUNNING, target=Target("step", 500)) == "step 3 of 500"
    assert words(RUNNING, quiet=True) == "epoch 3 of 3, 10 s an epoch, quiet"
    assert words(RUNNING, epoch=None, gap=None, target=Target("epoch", None)) == "step 3"


@pytest.mark.parametrize("alive", [True, None])
def test_a_stalled_stream_tells_its_silence_and_a_writer_that_is_gone(alive: bool | None) -> None:
    gone, other = WriterFacts("h", 812, alive=False), WriterFacts("h", 812, alive=alive)

    assert words(STALLED) == "epoch 3 of 3, silent, usual gap 10 s"
    assert words(STALLED, gap=None, writer=other) == "epoch 3 of 3, silent"
    assert words(STALLED, writer=gone) == "epoch 3 of 3, silent, usual gap 10 s, process 812 is gone"
    assert words(RUNNING, gap=None, writer=gone) == "epoch 3 of 3"


def test_a_failed_stream_tells_its_first_divergence_or_that_it_was_recorded() -> None:
    both = (diverged("val_loss", "nan", 2.0), diverged("train_loss", "inf", 3.0))

    assert words(FAIL, divergences=both) == "val_loss NaN since epoch 2 (1 value)"
    assert words(FAIL) == "recorded as failed"
    assert words(DONE) == "epoch 3 of 3"


def test_a_stream_that_has_not_begun_says_so_and_no_more() -> None:
    assert stream_status(untrained()) == StageStatus(IDLE, "not started", None)
    assert stream_status(replace(untrained(), in_current_run=False)).message == "not started"


def test_an_early_stop_and_an_older_run_are_added() -> None:
    older = stream(status=DONE, in_current_run=False, progress_={"early_stop": True})

    assert words(DONE, early_stop=True) == "epoch 3 of 3, stopped early"
    assert stream_status(older).message == "epoch 3 of 3, stopped early, from the previous run"
    assert stream_status(replace(older, progress=replace(older.progress, early_stop=False))).message == (
        "epoch 3 of 3, from the previous run"
    )


@pytest.mark.parametrize(("outcome", "status"), [("fail", FAIL), ("skip", IDLE)])
def test_a_stage_of_a_check_says_the_first_thing_the_check_says(outcome: str, status: Status) -> None:
    found = told("check:logs", workspace(), check("logs", outcome, detail=" one thing ; and; another"))

    assert found == StageStatus(status, "one thing")
    short = told("check:logs", workspace(), check("logs", outcome, headline="The log is gone"))
    assert short == StageStatus(status, "The log is gone")
    assert told("check:logs", workspace(), check("logs")) == StageStatus(DONE, "")


def test_a_long_detail_is_cut_at_the_length_of_a_node() -> None:
    fits, long = "x" * BRIEF, "x" * (BRIEF - 2) + " yz"

    assert told("check:logs", workspace(), check("logs", "fail", detail=fits)).message == fits
    assert told("check:logs", workspace(), check("logs", "fail", detail=long)).message == "x" * (BRIEF - 2) + "…"
    assert len(told("check:logs", workspace(), check("logs", "fail", detail=fits + "y")).message) == BRIEF == 90


def test_a_check_that_is_not_in_the_list_says_why() -> None:
    asked = default_config().model_copy(update={"checks": {"baseline": CheckSettings()}})

    assert told("check:baseline", workspace()) == StageStatus(IDLE, "not asked for in this pipeline")
    assert told("check:baseline", workspace(config=asked)) == StageStatus(IDLE, "no baseline is pinned")
    assert told("check:scaler", workspace()) == StageStatus(IDLE, "not in the external checklist")


def of_files(*files: FileFacts) -> StageStatus:
    return told("files", workspace(stage_files={"it": files, "other": (facts("other.csv"),)}))


def test_a_stage_of_files_is_done_with_the_newest_file_that_holds_something() -> None:
    newest, older, timeless = facts("a.csv", T0 + 5), facts("b.csv", T0), facts("c.csv", None)

    assert of_files(older, newest, timeless) == StageStatus(DONE, "3 files", T0 + 5)
    assert of_files(older) == StageStatus(DONE, "1 file", T0)


@pytest.mark.parametrize(
    "useless",
    [
        FileFacts("a.csv", True, 0, T0 + 9),
        FileFacts("a.csv", True, None, T0 + 9),
        facts("a.csv", T0 + 9, problem="no permission"),
    ],
)
def test_a_file_that_is_empty_or_cannot_be_read_is_none(useless: FileFacts) -> None:
    assert of_files(useless) == StageStatus(IDLE, "no file yet")
    assert of_files(useless, facts("b.csv", T0)) == StageStatus(DONE, "1 file", T0)


def test_a_stage_that_no_file_was_looked_for_is_idle() -> None:
    assert told("files", workspace()) == StageStatus(IDLE, "no file yet")


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (VerdictValue.READY, DONE),
        (VerdictValue.NOT_READY, FAIL),
        (VerdictValue.INCOMPLETE, IDLE),
        (VerdictValue.TRAINING, RUNNING),
    ],
)
def test_the_verdict_is_a_stage_and_only_ready_is_done(value: VerdictValue, status: Status) -> None:
    found = told("verdict", workspace(), verdict=verdict(value, passed=7, total=10))

    assert found == StageStatus(status, "7 of 10 passed")


def test_files_without_a_time_tell_none() -> None:
    assert of_files(facts("a.csv", None), facts("b.csv", None)) == StageStatus(DONE, "2 files", None)
