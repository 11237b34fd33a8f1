"""What each stage of the pipeline is doing: every rule, every status, every message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.curves import T0
from support.evidence_parts import (
    BROKEN,
    END,
    absent,
    check,
    default_config,
    report,
    scaler,
    stream,
    untrained,
    verdict,
    workspace,
)

from collectors.contract.pipeline import Stage
from collectors.contract.state import Check
from collectors.contract.values import Status, VerdictValue
from collectors.judge.stages import Judged, StageStatus, stage_statuses
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

RUNNING, DONE, FAIL, STALLED, IDLE = Status.RUNNING, Status.DONE, Status.FAIL, Status.STALLED, Status.IDLE


def told(rule: str, seen: WorkspaceEvidence, *checks: Check, **more: Any) -> StageStatus:
    """What a stage of this rule says."""
    config = seen.config.model_copy(update={"stages": (Stage(id="it", label="It", status_from=rule),)})
    known = {"verdict": verdict(), "snapshot_stored": False} | more
    return stage_statuses(Judged(replace(seen, config=config), {c.id: c for c in checks}, **known))["it"]


def two(first: Status, second: Status) -> tuple[StreamEvidence, StreamEvidence]:
    return stream("patchtst", first), stream("swinmae", second)


def test_every_stage_of_the_shipped_pipeline_has_a_status() -> None:
    judged = Judged(workspace(), {}, verdict(), snapshot_stored=False)

    assert list(stage_statuses(judged)) == [stage.id for stage in default_config().stages]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((RUNNING, FAIL), StageStatus(RUNNING, "0 of 2 streams done", T0)),
        ((DONE, RUNNING), StageStatus(RUNNING, "1 of 2 streams done", T0)),
        ((STALLED, FAIL), StageStatus(FAIL, "0 of 2 streams done", None)),
        ((DONE, FAIL), StageStatus(FAIL, "1 of 2 streams done", None)),
        ((STALLED, DONE), StageStatus(STALLED, "1 of 2 streams done", None)),
        ((STALLED, IDLE), StageStatus(STALLED, "0 of 2 streams done", None)),
        ((DONE, DONE), StageStatus(DONE, "2 of 2 streams done", END + 8)),
        ((DONE, IDLE), StageStatus(IDLE, "1 of 2 streams done", None)),
        ((IDLE, IDLE), StageStatus(IDLE, "no stream started", None)),
    ],
)
def test_the_orchestrator_runs_with_any_stream_and_then_is_the_worst_of_them(
    states: tuple[Status, Status], expected: StageStatus
) -> None:
    streams = (
        stream("patchtst", states[0], progress_={"last_at": END}),
        stream("swinmae", states[1], progress_={"last_at": END + 8}),
    )

    assert told("streams", workspace(*streams)) == expected


def test_between_two_streams_of_one_process_the_orchestrator_runs_and_nothing_is_saved_yet() -> None:
    between = workspace(stream("patchtst", progress_={"last_at": END, "lingers": True}), stream("swinmae", IDLE))

    assert told("streams", between) == StageStatus(RUNNING, "1 of 2 streams done", T0)
    assert told("artifacts", between) == told("snapshot", between) == StageStatus(IDLE, "waiting for training to end")


def test_an_orchestrator_of_one_stream_without_a_time_is_done_since_nobody_knows_when() -> None:
    seen = workspace(stream("patchtst", progress_={"last_at": None}))

    assert told("streams", seen) == StageStatus(DONE, "1 of 1 stream done", None)


@pytest.mark.parametrize(
    ("outcome", "status", "message"),
    [
        ("pass", DONE, "scaler, 2 channels"),
        ("skip", RUNNING, "scaler is being written"),
        ("fail", FAIL, "scaler is not sound"),
    ],
)
def test_preparation_says_of_the_scaler_what_its_check_says(outcome: str, status: Status, message: str) -> None:
    assert told("preparation", workspace(), check("scaler", outcome)) == StageStatus(status, message, T0 - 2)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (scaler(center=(0.5,)), "scaler, 1 channel"),
        (scaler(center=None), "scaler, 0 channels"),
    ],
)
def test_preparation_counts_the_channels(file: Any, message: str) -> None:
    assert told("preparation", workspace(scaler=file), check("scaler")).message == message


def test_preparation_waits_for_a_scaler_that_is_not_there() -> None:
    seen = workspace(scaler=absent("artifacts/scaler_fdc.json"))

    assert told("preparation", seen, check("scaler", "fail")) == StageStatus(IDLE, "no scaler")


@pytest.mark.parametrize(("file", "checks"), [(None, [check("scaler")]), (scaler(), [])])
def test_without_a_scaler_to_judge_nobody_claims_that_preparation_is_done(file: Any, checks: list[Check]) -> None:
    assert told("preparation", workspace(scaler=file), *checks).status is IDLE
    assert told("preparation", workspace(scaler=file, started_at=None), *checks).status is IDLE


def test_reports_are_done_when_each_input_is_kept() -> None:
    kept = {"decision": "keep", "hard_fails": []}
    reports = (report(kept, T0 - 3), report(kept, T0 - 9, "b"))

    assert told("reports", workspace(reports=reports)) == StageStatus(DONE, "2 of 2 inputs kept", T0 - 3)
    assert told("reports", workspace()) == StageStatus(IDLE, "no report found")


@pytest.mark.parametrize(
    "other",
    [
        report({"decision": "drop"}, T0),
        report({"decision": "keep", "hard_fails": ["clipped"]}, T0),
        report(["keep"], T0),
        report(None, T0, findings=BROKEN),
        absent("artifacts/dqvl/fdc/b.json", "no permission"),
    ],
)
def test_one_input_that_is_not_kept_fails_the_reports(other: Any) -> None:
    found = told("reports", workspace(reports=(report({"decision": "keep"}, T0 - 3), other)))

    assert (found.status, found.message) == (FAIL, "1 of 2 inputs kept")
    assert found.since == (other.facts.modified_at or T0 - 3)


SAVED = ("checkpoints", "scaler", "logs", "backup", "provenance")


@pytest.mark.parametrize(("first", "second"), [(RUNNING, DONE), (IDLE, IDLE), (FAIL, RUNNING)])
def test_nothing_is_saved_while_a_stream_trains_or_before_one_began(first: Status, second: Status) -> None:
    found = told("artifacts", workspace(*two(first, second)), *map(check, SAVED))

    assert found == StageStatus(IDLE, "waiting for training to end")


@pytest.mark.parametrize("ended", [DONE, FAIL, STALLED])
def test_artifacts_are_judged_once_what_began_has_ended(ended: Status) -> None:
    found = told("artifacts", workspace(*two(ended, IDLE)), *map(check, SAVED))

    assert found == StageStatus(DONE, "5 of 5 checked")


def test_artifacts_look_at_their_own_checks_only() -> None:
    others = [check(name, "fail") for name in ("configs", "smoke", "split_policy", "training")]

    assert told("artifacts", workspace(), *others, check("logs")) == StageStatus(DONE, "1 of 1 checked")


@pytest.mark.parametrize("name", SAVED)
def test_artifacts_name_the_check_that_failed(name: str) -> None:
    checks = [check(one, "fail" if one == name else "pass") for one in SAVED]

    assert told("artifacts", workspace(), *checks) == StageStatus(FAIL, f"4 of 5 checked, {name} failed")


def test_the_first_of_several_failures_is_named_and_a_warning_is_none() -> None:
    checks = [check("scaler", "fail", blocking=False), check("logs", "fail"), check("backup", "fail")]

    assert told("artifacts", workspace(), *checks) == StageStatus(FAIL, "0 of 3 checked, logs failed")
    assert told("artifacts", workspace(), *checks[:1]) == StageStatus(DONE, "0 of 1 checked")


@pytest.mark.parametrize(("blocking", "status"), [(True, IDLE), (False, DONE)])
def test_a_skipped_check_never_counts_as_passed(blocking: bool, status: Status) -> None:
    checks = [check("scaler"), check("backup", "skip", blocking=blocking)]

    assert told("artifacts", workspace(), *checks) == StageStatus(status, "1 of 2 checked")


def test_the_gate_waits_until_every_stream_ended() -> None:
    waiting = StageStatus(IDLE, "waiting for every stream to end")

    assert told("gate", workspace(*two(DONE, RUNNING)), check("logs")) == waiting
    assert told("gate", workspace(*two(IDLE, DONE)), check("logs", "fail")) == waiting
    assert told("gate", workspace(*two(STALLED, FAIL)), check("logs")) == StageStatus(DONE, "1 of 1 passed")


def test_the_gate_tells_passed_failed_and_what_it_waits_for() -> None:
    passed, failed, skipped = check("logs"), check("training", "fail"), check("smoke", "skip")

    assert told("gate", workspace(), passed) == StageStatus(DONE, "1 of 1 passed")
    assert told("gate", workspace(), passed, failed, skipped) == StageStatus(FAIL, "1 of 3 passed, training failed")
    assert told("gate", workspace(), passed, skipped) == StageStatus(IDLE, "cannot be told: smoke")
    warning = check("smoke", "skip", blocking=False)
    assert told("gate", workspace(), passed, warning) == StageStatus(DONE, "1 of 2 passed")
    assert told("gate", workspace(), warning, check("backup", "skip")).message == "cannot be told: backup"


@pytest.mark.parametrize("rule", ["gate", "verdict", "check:logs"])
def test_where_nothing_trained_nothing_is_judged(rule: str) -> None:
    seen = workspace(untrained("patchtst"), untrained("swinmae"))

    assert told(rule, seen, check("logs", "fail")) == StageStatus(IDLE, "nothing trained yet")


def test_a_snapshot_is_told_once_it_is_stored_and_nothing_trains() -> None:
    assert told("snapshot", workspace(), snapshot_stored=True) == StageStatus(DONE, "snapshot stored")
    assert told("snapshot", workspace()) == StageStatus(IDLE, "no snapshot yet")
    still = workspace(*two(DONE, RUNNING))
    assert told("snapshot", still, snapshot_stored=True) == StageStatus(IDLE, "waiting for training to end")
    failed = verdict(VerdictValue.NOT_READY, 8)
    assert told("snapshot", workspace(), verdict=failed, snapshot_stored=True) == StageStatus(
        IDLE, "snapshot stored, 1 check failed"
    )
