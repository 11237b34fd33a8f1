"""A scaler that is older than its run by more than any preparation takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gathered import START, at, good, patchtst, unread, with_config, with_progress, with_stream

from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import judge
from collectors.judge.findings.scaler_age import find_old_scaler
from collectors.training.evidence import WorkspaceEvidence

DAY = 86_400.0


def older(days: float, *, each_run: bool = True) -> WorkspaceEvidence:
    """The scaler was written so many days before PatchTST's first record."""
    assert good().scaler is not None and good().config.scaler is not None
    seen = replace(good(), scaler=at(good().scaler, START - days * DAY))
    return seen if each_run else with_config(seen, scaler={**good().config.scaler.model_dump(), "written": None})


def outcome(seen: WorkspaceEvidence) -> Outcome:
    return next(c.outcome for c in judge(seen).checks if c.id == "provenance")


def test_where_each_run_writes_its_own_an_old_one_fails_with_both_dates() -> None:
    seen = older(1000)

    (found,) = find_old_scaler(seen)
    assert (found.path, found.stream, found.level) == ("artifacts/scaler_fdc.json", "patchtst", "fail")
    assert found.text == (
        "the scaler artifacts/scaler_fdc.json was written 2021-02-17 22:13:20 UTC, 1,000 d before patchtst's run began "
        "(2023-11-14 22:13:20 UTC), and each run writes its own (`written: each_run`)"
    )
    assert outcome(seen) is Outcome.FAIL


def test_where_nothing_is_said_an_old_one_is_told_and_passes() -> None:
    seen = older(1000, each_run=False)

    (found,) = find_old_scaler(seen)
    assert found.level is None and found.text.endswith("began (2023-11-14 22:13:20 UTC)")
    assert outcome(seen) is Outcome.PASS


@pytest.mark.parametrize(("days", "told"), [(-1, 0), (1.05, 0), (2, 0), (2.001, 1)])
def test_preparing_data_may_take_two_days(days: float, told: int) -> None:
    assert len(list(find_old_scaler(older(days)))) == told


def test_a_file_servers_clock_that_is_behind_makes_no_scaler_old() -> None:
    run = patchtst().run
    assert run is not None
    file = run.latest_file
    assert file.facts.modified_at is not None
    behind = replace(file, facts=replace(file.facts, modified_at=file.facts.modified_at - 300))
    seen = with_stream(older(2.001), run=replace(run, files=(behind,)))

    assert list(find_old_scaler(seen)) == []


def test_lost_times_no_run_a_missing_scaler_and_a_running_training_say_nothing() -> None:
    old = older(1000)
    assert old.scaler is not None

    for seen in (
        with_stream(old, times_trusted=False),
        with_stream(old, run=None, times_trusted=None),
        replace(old, scaler=unread(old.scaler)),
        replace(old, scaler=None),
        replace(old, scaler=at(old.scaler, None)),
        with_config(old, scaler=None),
        with_progress(old, status=Status.RUNNING),
    ):
        assert list(find_old_scaler(seen)) == []
